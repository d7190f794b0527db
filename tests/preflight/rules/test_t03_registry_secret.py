import json
from typing import Any

import pytest

from constructs_ecs.preflight.findings import Severity
from constructs_ecs.preflight.rules.t03_registry_secret import RegistrySecret
from tests.preflight.rules.support_tasks import Resources, findings, launched, parameters

GENERATED = {"SecretStringTemplate": '{"username": "puller"}', "GenerateStringKey": "password"}


def pulling(**secret: object) -> Resources:
    container = {
        "Image": "registry.example.com/app",
        "RepositoryCredentials": {"CredentialsParameter": {"Ref": "Secret"}},
    }
    return launched(container, Secret={"Type": "AWS::SecretsManager::Secret", "Properties": secret})


@pytest.mark.parametrize(
    "secret",
    [
        {"SecretString": '{"user": "a", "password": "b"}'},
        {"SecretString": '{"username": "", "password": "b"}'},
        {"SecretString": "hunter2"},
        {"SecretString": "[]"},
        {"GenerateSecretString": {}},
        {"GenerateSecretString": {**GENERATED, "GenerateStringKey": "token"}},
    ],
)
def test_a_secret_without_user_name_or_password_stops_the_task(secret: dict[str, Any]) -> None:
    (found,) = findings(RegistrySecret, pulling(**secret))
    assert (found.severity, found.where.logical_id) == (Severity.START, "Secret")
    assert (
        found.symptom
        == "CannotPullContainerAuthError: asm fetching username: AuthorizationData is malformed, empty field"
    )
    assert found.launch_sites[0].logical_id == "Service"


@pytest.mark.parametrize(
    "secret",
    [
        {"SecretString": json.dumps({"username": "a", "password": "b", "note": ""})},
        {"SecretString": {"Fn::Sub": '{"username": "${AWS::AccountId}", "password": "${AWS::Region}"}'}},
        {"GenerateSecretString": GENERATED},
    ],
)
def test_a_secret_with_both_passes(secret: dict[str, Any]) -> None:
    assert findings(RegistrySecret, pulling(**secret)) == []


def test_a_task_without_registry_credentials_is_none_of_this_rule_s() -> None:
    secret = {"Type": "AWS::SecretsManager::Secret", "Properties": {"SecretString": "hunter2"}}
    assert findings(RegistrySecret, launched(Secret=secret)) == []


def test_a_secret_that_is_created_empty_is_filled_in_later() -> None:
    assert findings(RegistrySecret, pulling(Description="Filled in by hand")) == []


def test_a_secret_from_a_parameter_leaves_it_open() -> None:
    template = {"Parameters": parameters("Value"), "Resources": pulling(SecretString={"Ref": "Value"})}
    assert findings(RegistrySecret, template) == []
    template["Parameters"]["Value"]["Default"] = "set me"
    assert findings(RegistrySecret, template) == []


def test_a_secret_with_an_unknown_part_leaves_it_open() -> None:
    written = {"Fn::Sub": '{"username": "a", "pass${Value}'}
    assert (
        findings(RegistrySecret, {"Parameters": parameters("Value"), "Resources": pulling(SecretString=written)}) == []
    )


def test_a_secret_of_another_stack_leaves_it_open() -> None:
    container = {"RepositoryCredentials": {"CredentialsParameter": {"Fn::ImportValue": "Secret"}}}
    assert findings(RegistrySecret, launched(container)) == []
