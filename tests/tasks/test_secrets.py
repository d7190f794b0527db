import json
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_kms as kms
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_ssm as ssm

from constructs_ecs import Code, ConstructsEcsError, ContainerSecret, FargateService
from tests.meaning import permissions
from tests.scene import Scene, scene
from tests.support import app, of_type, only

ARN = "arn:aws:secretsmanager:us-east-1:123456789012:secret:db-AbCdEf"


def _json_secret(place: Scene, **options: Any) -> secretsmanager.Secret:  # noqa: ANN401 - any option
    generator = secretsmanager.SecretStringGenerator(
        secret_string_template='{"username": "app"}',  # noqa: S106 - its shape, no secret
        generate_string_key="password",
    )
    return secretsmanager.Secret(place.stack, "Db", generate_secret_string=generator, **options)


def _with(place: Scene, secret: ContainerSecret) -> FargateService:
    return place.fargate(container=place.container(secrets={"DB": secret}))


def _granted(place: Scene, service: FargateService) -> set[tuple[str, str, str]]:
    """What the template lets the execution role do: action, resource, condition."""
    (policy,) = [name for name in of_type(place.template, "AWS::IAM::ManagedPolicy") if "ExecutionRole" in name]
    assert service.task.needs.execution_role
    return {(action, resource, condition) for _, _, action, resource, condition in permissions(place.template)[policy]}


def test_a_secret_gives_its_endpoint_and_the_execution_role_exactly_it() -> None:
    place = scene()
    secret = _json_secret(place)
    service = _with(place, ContainerSecret.from_secrets_manager(secret, json_key="password"))
    (read,) = [grant for grant in _granted(place, service) if grant[0] == "secretsmanager:GetSecretValue"]
    assert read[1] == f"<{place.stack.resolve(secret.secret_arn)['Ref']}>"
    assert "secretsmanager" in {endpoint.value for endpoint in place.network.interface_endpoints}
    (container,) = only(place.template, "AWS::ECS::TaskDefinition")["ContainerDefinitions"]
    (value,) = container["Secrets"]
    assert json.dumps(value["ValueFrom"]).endswith('":password::"]]}')


def test_a_key_of_ones_own_is_used_through_secrets_manager_alone() -> None:
    place = scene()
    secret = _json_secret(place, encryption_key=kms.Key(place.stack, "Key"))
    service = _with(place, ContainerSecret.from_secrets_manager(secret))
    (decrypt,) = [grant for grant in _granted(place, service) if grant[0] == "kms:Decrypt"]
    assert json.loads(decrypt[2]) == {"StringEquals": {"kms:ViaService": "secretsmanager.<AWS::Region>.amazonaws.com"}}


def test_no_policy_of_a_key_or_secret_names_the_role_that_reads() -> None:
    place = scene()
    secret = _json_secret(place, encryption_key=kms.Key(place.stack, "Key"))
    _with(place, ContainerSecret.from_secrets_manager(secret))
    for kind in ("AWS::KMS::Key", "AWS::SecretsManager::ResourcePolicy"):
        assert "ExecutionRole" not in json.dumps(of_type(place.template, kind))


def test_a_json_key_that_the_secret_of_this_app_lacks_is_refused() -> None:
    with pytest.raises(ConstructsEcsError) as caught:
        ContainerSecret.from_secrets_manager(_json_secret(scene()), json_key="passwd")
    assert caught.value.code is Code.SECRET_JSON_KEY
    assert "password, username" in str(caught.value)


def test_the_keys_of_an_imported_secret_are_its_owners_business() -> None:
    place = scene()
    secret = secretsmanager.Secret.from_secret_complete_arn(place.stack, "Imported", ARN)
    service = _with(place, ContainerSecret.from_secrets_manager(secret, json_key="anything"))
    assert ("secretsmanager:GetSecretValue", ARN, "{}") in _granted(place, service)


def test_a_secret_by_partial_arn_or_name_is_refused() -> None:
    place = scene()
    for secret in (
        secretsmanager.Secret.from_secret_name_v2(place.stack, "ByName", "db"),
        secretsmanager.Secret.from_secret_partial_arn(place.stack, "Partial", ARN.removesuffix("-AbCdEf")),
    ):
        with pytest.raises(ConstructsEcsError) as caught:
            ContainerSecret.from_secrets_manager(secret)
        assert caught.value.code is Code.SECRET_ARN


def test_a_parameter_gives_the_execution_role_get_parameters() -> None:
    place = scene()
    parameter = ssm.StringParameter.from_secure_string_parameter_attributes(
        place.stack, "Parameter", parameter_name="/shop/token"
    )
    key = kms.Key(place.stack, "Key")
    service = _with(place, ContainerSecret.from_ssm_parameter(parameter, encryption_key=key))
    granted = {grant[0]: grant for grant in _granted(place, service)}
    assert granted["ssm:GetParameters"][1].endswith(":parameter/shop/token")
    assert "ssm.<AWS::Region>.amazonaws.com" in granted["kms:Decrypt"][2]


def test_no_secret_value_is_in_the_template() -> None:
    place = scene()
    _with(place, ContainerSecret.from_secrets_manager(_json_secret(place)))
    assert "SecretString" not in only(place.template, "AWS::SecretsManager::Secret")


@pytest.mark.parametrize("json_key", ["", "a:b"])
def test_a_json_key_that_ecs_cannot_name_is_refused(json_key: str) -> None:
    secret = secretsmanager.Secret.from_secret_complete_arn(scene().stack, "Imported", ARN)
    with pytest.raises(ConstructsEcsError) as caught:
        ContainerSecret.from_secrets_manager(secret, json_key=json_key)
    assert caught.value.code is Code.SECRET_JSON_KEY


def test_every_kind_of_imported_parameter_is_granted_by_its_arn() -> None:
    place = scene()
    imported = {
        "BY_NAME": ssm.StringParameter.from_string_parameter_name(place.stack, "ByName", "/shop/level"),
        "BY_ARN": ssm.StringParameter.from_string_parameter_arn(
            place.stack, "ByArn", "arn:aws:ssm:us-east-1:123456789012:parameter/shop/url"
        ),
    }
    secrets = {name: ContainerSecret.from_ssm_parameter(parameter) for name, parameter in imported.items()}
    service = place.fargate(container=place.container(secrets=secrets))
    read = {resource for action, resource, _ in _granted(place, service) if action == "ssm:GetParameters"}
    assert read == {
        "arn:aws:ssm:<AWS::Region>:<AWS::AccountId>:parameter/shop/level",
        "arn:aws:ssm:us-east-1:123456789012:parameter/shop/url",
    }


def test_a_secret_and_its_key_may_be_in_two_other_stacks() -> None:
    root = app()
    key = kms.Key(cdk.Stack(root, "Keys"), "Key")
    secret = secretsmanager.Secret(cdk.Stack(root, "Secrets"), "Secret", encryption_key=key)
    place = scene(scope=cdk.Stack(root, "Service"))
    service = _with(place, ContainerSecret.from_secrets_manager(secret))
    assert {"secretsmanager:GetSecretValue", "kms:Decrypt"} <= {grant[0] for grant in _granted(place, service)}
