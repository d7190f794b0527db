import json
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_kms as kms
from aws_cdk.assertions import Annotations, Match

from constructs_ecs.registry import EcrRepository, Image, RegistryCredentials
from constructs_ecs.roles import execution_role, task_role
from tests import support

TASK_DEFINITION = "AWS::ECS::TaskDefinition"
DIGEST = "sha256:" + "0123456789abcdef" * 4


def _task(stack: cdk.Stack, **images: Image) -> None:
    execution = execution_role(stack, "ExecutionRole")
    definition = ecs.FargateTaskDefinition(
        stack,
        "Task",
        execution_role=execution.sealed,
        task_role=task_role(stack, "TaskRole").sealed,
    )
    for name, image in images.items():
        bound = image.bind(stack, name)
        execution.allow(bound.needs.execution_role)
        definition.add_container(name, image=bound.container_image)


def _template(*, flags: bool, used: bool = True) -> dict[str, Any]:
    stack = support.stack(flags=flags)
    key = kms.Key(stack, "Key")
    credentials = RegistryCredentials(stack, "Credentials", encryption_key=key)
    repository = EcrRepository(stack, "Repository", encryption_key=key)
    if used:
        _task(
            stack,
            web=Image.from_registry("registry.example.com/team/web:1.4.2", credentials=credentials),
            proxy=Image.from_ecr(repository, tag="2"),
            agent=Image.from_ecr(repository, digest=DIGEST),
        )
    return support.template(stack)


@pytest.fixture(scope="module", params=[False, True], ids=["no flags", "flags"])
def flags(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture(scope="module")
def template(flags: bool) -> dict[str, Any]:
    return _template(flags=flags)


def _containers(template: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        container["Name"]: container for container in support.only(template, TASK_DEFINITION)["ContainerDefinitions"]
    }


def test_a_container_names_its_image_and_its_credentials(template: dict[str, Any]) -> None:
    web = _containers(template)["web"]
    (secret,) = support.of_type(template, "AWS::SecretsManager::Secret")
    assert web["Image"] == "registry.example.com/team/web:1.4.2"
    assert web["RepositoryCredentials"] == {"CredentialsParameter": {"Ref": secret}}


def test_a_container_names_a_repository_with_its_tag_or_digest(template: dict[str, Any]) -> None:
    containers = _containers(template)
    assert containers["proxy"]["Image"]["Fn::Join"][1][-1] == ":2"
    assert containers["agent"]["Image"]["Fn::Join"][1][-1] == f"@{DIGEST}"
    assert "RepositoryCredentials" not in containers["proxy"]


def test_the_execution_role_reads_the_secret_and_pulls_and_nothing_else(template: dict[str, Any]) -> None:
    statements = support.only(template, "AWS::IAM::ManagedPolicy")["PolicyDocument"]["Statement"]
    actions = [
        action
        for statement in statements
        for action in ([statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"])
    ]
    assert sorted(actions) == [
        "ecr:BatchCheckLayerAvailability",
        "ecr:BatchGetImage",
        "ecr:GetAuthorizationToken",
        "ecr:GetDownloadUrlForLayer",
        "kms:Decrypt",
        "secretsmanager:GetSecretValue",
    ]
    (decrypt,) = (statement for statement in statements if statement["Action"] == "kms:Decrypt")
    assert "secretsmanager." in json.dumps(decrypt["Condition"]["StringEquals"]["kms:ViaService"])


def test_the_cdk_grants_nothing_on_its_own(template: dict[str, Any]) -> None:
    assert not support.of_type(template, "AWS::IAM::Policy")


@pytest.mark.parametrize("resource_type", ["AWS::KMS::Key", "AWS::ECR::Repository", "AWS::SecretsManager::Secret"])
def test_using_an_image_changes_neither_a_key_nor_a_repository_nor_a_secret(
    template: dict[str, Any], flags: bool, resource_type: str
) -> None:
    unused = _template(flags=flags, used=False)
    assert support.of_type(template, resource_type) == support.of_type(unused, resource_type)
    assert not support.of_type(template, "AWS::SecretsManager::ResourcePolicy")


def test_no_value_of_the_secret_is_in_the_template(template: dict[str, Any]) -> None:
    text = json.dumps(template)
    assert "SecretString" not in text.replace("GenerateSecretString", "").replace("SecretStringTemplate", "")
    assert "{{resolve:" not in text


def test_an_image_named_by_its_ecr_host_raises_no_warning_of_the_cdk() -> None:
    stack = support.stack(env=support.ENVIRONMENT)
    _task(stack, web=Image.from_registry("123456789012.dkr.ecr.us-east-1.amazonaws.com/app:1"))
    assert Annotations.from_stack(stack).find_warning("*", Match.any_value()) == []


@pytest.mark.parametrize(
    "host",
    [
        "123456789012.dkr.ecr.eu-west-1.amazonaws.com",
        "123456789012.dkr.ecr-fips.us-east-1.amazonaws.com",
        "123456789012.dkr-ecr.us-east-1.on.aws",
    ],
)
def test_a_host_of_ecr_that_no_endpoint_serves_needs_the_internet(host: str) -> None:
    bound = Image.from_registry(f"{host}/app:1").bind(support.stack(env=support.ENVIRONMENT), "web")
    assert bound.host == host
    assert bound.needs.registries == (host,)
    assert not bound.needs.endpoints
    assert len(bound.needs.execution_role) == 2


def test_a_repository_of_another_region_needs_the_internet() -> None:
    stack = support.stack(env=support.ENVIRONMENT)
    arn = "arn:aws:ecr:eu-west-1:123456789012:repository/app"
    repository = ecr.Repository.from_repository_arn(stack, "Elsewhere", arn)
    bound = Image.from_ecr(repository, tag="1").bind(stack, "web")
    assert bound.host == "123456789012.dkr.ecr.eu-west-1.amazonaws.com"
    assert bound.needs.registries == ("123456789012.dkr.ecr.eu-west-1.amazonaws.com",)


def test_in_a_stack_for_any_region_a_repository_counts_as_near() -> None:
    stack = support.stack()
    bound = Image.from_registry("123456789012.dkr.ecr.eu-west-1.amazonaws.com/app:1").bind(stack, "web")
    assert bound.host is None
    assert bound.needs.endpoints


def test_the_cdk_does_not_warn_of_an_image_in_ecr_that_is_given_its_permission_here() -> None:
    stack = support.stack(env=support.ENVIRONMENT)
    name = "123456789012.dkr.ecr.us-east-1.amazonaws.com/app:1"
    _task(stack, web=Image.from_registry(name))

    assert _containers(support.template(stack))["web"]["Image"] == name
    assert Annotations.from_stack(stack).find_warning("*", Match.any_value()) == []


def test_a_repository_of_another_account_is_warned_about() -> None:
    stack = support.stack(env=support.ENVIRONMENT)
    arn = "arn:aws:ecr:us-east-1:210987654321:repository/app"
    repository = ecr.Repository.from_repository_arn(stack, "Theirs", arn)
    bound = Image.from_ecr(repository, tag="1").bind(stack, "web")
    assert bound.needs.endpoints
    warnings = Annotations.from_stack(stack).find_warning("*", Match.string_like_regexp("account 210987654321"))
    assert len(warnings) == 1
