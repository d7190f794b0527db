from typing import Any

import pytest

from constructs_ecs.preflight.findings import Severity
from constructs_ecs.preflight.rules.t04_secret_key import SecretJsonKey
from tests.preflight.rules.support_tasks import Resources, findings, fixture, launched

GENERATED = {"GenerateSecretString": {"SecretStringTemplate": '{"username": "app"}', "GenerateStringKey": "password"}}


def reading(suffix: str, secret: dict[str, Any] | None = None, other: dict[str, Any] | None = None) -> Resources:
    container = {"Secrets": [{"Name": "PASSWORD", "ValueFrom": {"Fn::Sub": f"${{Secret}}{suffix}"}}]}
    properties = GENERATED if secret is None else secret
    resources = launched(container, Secret={"Type": "AWS::SecretsManager::Secret", "Properties": properties})
    return resources if other is None else resources | {"Other": other}


def test_a_key_that_the_secret_lacks_stops_the_task() -> None:
    (found,) = findings(SecretJsonKey, reading(":pass::"))
    assert (found.severity, found.where.logical_id) == (Severity.START, "Secret")
    assert found.symptom == "retrieved secret from Secrets Manager did not contain json key pass"
    assert "username, password" in found.message


def test_a_key_of_a_secret_that_is_no_json_stops_the_task() -> None:
    (found,) = findings(SecretJsonKey, reading(":password::", {"GenerateSecretString": {}}))
    assert "is no JSON object" in found.message


def test_log_options_read_keys_too() -> None:
    option = {"Name": "splunk-token", "ValueFrom": {"Fn::Sub": "${Secret}:token::"}}
    container = {"LogConfiguration": {"LogDriver": "splunk", "SecretOptions": [option]}}
    secret = {"Type": "AWS::SecretsManager::Secret", "Properties": GENERATED}
    assert len(findings(SecretJsonKey, launched(container, Secret=secret))) == 1


@pytest.mark.parametrize("suffix", [":password::", ":username::", "", ":::"])
def test_a_key_that_is_there_passes_and_so_does_the_whole_secret(suffix: str) -> None:
    assert findings(SecretJsonKey, reading(suffix)) == []


def test_the_template_in_which_all_is_well_passes() -> None:
    assert findings(SecretJsonKey, fixture("fargate")) == []


def test_a_parameter_has_no_keys() -> None:
    container = {"Secrets": [{"Name": "LEVEL", "ValueFrom": {"Ref": "Parameter"}}]}
    parameter = {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": "info"}}
    assert findings(SecretJsonKey, launched(container, Parameter=parameter)) == []


def test_an_older_version_may_have_the_key() -> None:
    assert findings(SecretJsonKey, reading(":pass:AWSPREVIOUS:")) == []


def test_a_database_adds_keys_to_a_secret() -> None:
    attachment = {
        "Type": "AWS::SecretsManager::SecretTargetAttachment",
        "Properties": {"SecretId": {"Ref": "Secret"}, "TargetId": "db", "TargetType": "AWS::RDS::DBInstance"},
    }
    assert findings(SecretJsonKey, reading(":host::", other=attachment)) == []


def test_a_rotation_may_add_keys() -> None:
    rotation = {"Type": "AWS::SecretsManager::RotationSchedule", "Properties": {"SecretId": {"Ref": "Secret"}}}
    assert findings(SecretJsonKey, reading(":host::", other=rotation)) == []


def test_a_secret_that_is_created_empty_is_filled_in_later() -> None:
    assert findings(SecretJsonKey, reading(":host::", {"Name": "app"})) == []
