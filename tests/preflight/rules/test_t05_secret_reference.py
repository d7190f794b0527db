import pytest

from constructs_ecs.preflight.findings import Severity
from constructs_ecs.preflight.rules.t05_secret_reference import SecretReferenceForm
from tests.preflight.rules.support_tasks import Resources, findings, launched, parameters

ARN = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:app-AbCdEf"


def reading(value_from: object, fargate: bool = True) -> Resources:
    secret = {"Type": "AWS::SecretsManager::Secret", "Properties": {}}
    return launched({"Secrets": [{"Name": "PASSWORD", "ValueFrom": value_from}]}, fargate=fargate, Secret=secret)


@pytest.mark.parametrize("suffix", [":password", ":password:", ":password:::", ":a:b:c:d"])
def test_anything_but_three_fields_after_the_arn_stops_the_task(suffix: str) -> None:
    for value in (
        f"{ARN}{suffix}",
        {"Fn::Sub": f"${{Secret}}{suffix}"},
        {"Fn::Join": ["", [{"Ref": "Secret"}, suffix]]},
    ):
        (found,) = findings(SecretReferenceForm, reading(value))
        assert (found.severity, found.where.logical_id) == (Severity.START, "TaskDefinition")
        assert found.where.property_path == ("ContainerDefinitions", 0, "Secrets", 0, "ValueFrom")


def test_a_version_stage_and_a_version_id_at_once_stop_the_task() -> None:
    (found,) = findings(SecretReferenceForm, reading(f"{ARN}:key:AWSCURRENT:1234"))
    assert "version stage and a version id" in found.message


def test_on_ec2_the_agent_s_own_words_are_known() -> None:
    (found,) = findings(SecretReferenceForm, reading(f"{ARN}:password", fargate=False))
    assert found.symptom == (
        "an invalid ARN format for the AWS Secrets Manager secret was specified. Specify a valid ARN and try again."
    )


@pytest.mark.parametrize("suffix", ["", ":password::", ":::", ":password:AWSPREVIOUS:", "::AWSCURRENT:", ":key::1234"])
def test_the_arn_alone_or_with_three_fields_passes(suffix: str) -> None:
    assert findings(SecretReferenceForm, reading(f"{ARN}{suffix}")) == []
    assert findings(SecretReferenceForm, reading({"Fn::Sub": f"${{Secret}}{suffix}"})) == []


@pytest.mark.parametrize("value", ["/app/level", "arn:aws:ssm:eu-west-1:111122223333:parameter/app:3", "level:3"])
def test_a_parameter_is_none_of_this_rule_s(value: str) -> None:
    assert findings(SecretReferenceForm, reading(value)) == []


def test_a_part_that_is_not_known_leaves_it_open() -> None:
    template = {"Parameters": parameters("Arn"), "Resources": reading({"Fn::Sub": "${Arn}:password"})}
    assert findings(SecretReferenceForm, template) == []
