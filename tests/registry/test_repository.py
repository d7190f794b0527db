import json
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_kms as kms
from aws_cdk import aws_secretsmanager as secretsmanager

from constructs_ecs.errors import Code, InvalidValueError
from constructs_ecs.registry import EcrRepository
from tests import nag, support

REPOSITORY = "AWS::ECR::Repository"


@pytest.fixture(scope="module", params=[False, True], ids=["no flags", "flags"])
def template(request: pytest.FixtureRequest) -> dict[str, Any]:
    stack = support.stack(flags=request.param)
    EcrRepository(stack, "Repository")
    return support.template(stack)


def _rules(repository: dict[str, Any]) -> list[dict[str, Any]]:
    rules: list[dict[str, Any]] = json.loads(repository["LifecyclePolicy"]["LifecyclePolicyText"])["rules"]
    return rules


def test_images_are_scanned_when_pushed_and_their_tags_never_move(template: dict[str, Any]) -> None:
    repository = support.only(template, REPOSITORY)
    assert repository["ImageScanningConfiguration"] == {"ScanOnPush": True}
    assert repository["ImageTagMutability"] == "IMMUTABLE"


def test_untagged_images_go_before_the_oldest_beyond_the_maximum(template: dict[str, Any]) -> None:
    untagged, oldest = _rules(support.only(template, REPOSITORY))
    assert untagged["rulePriority"] < oldest["rulePriority"]
    assert untagged["selection"]["tagStatus"] == "untagged"
    assert untagged["selection"]["countType"] == "sinceImagePushed"
    assert oldest["selection"]["tagStatus"] == "any"
    assert oldest["selection"]["countType"] == "imageCountMoreThan"


def test_the_repository_survives_the_stack_with_its_images(template: dict[str, Any]) -> None:
    (repository,) = support.of_type(template, REPOSITORY).values()
    assert repository["DeletionPolicy"] == repository["UpdateReplacePolicy"] == "Retain"
    assert "EmptyOnDelete" not in repository["Properties"]


def test_no_policy_opens_the_repository_to_others(template: dict[str, Any]) -> None:
    assert "RepositoryPolicyText" not in support.only(template, REPOSITORY)


def test_a_repository_that_goes_with_its_stack_takes_its_images_along_without_a_lambda() -> None:
    stack = support.stack()
    EcrRepository(stack, "Repository", removal_policy=cdk.RemovalPolicy.DESTROY)
    template = support.template(stack)
    assert support.only(template, REPOSITORY)["EmptyOnDelete"] is True
    assert {resource["Type"] for resource in template["Resources"].values()} == {REPOSITORY}


def test_a_key_a_name_and_a_lifecycle_can_be_chosen() -> None:
    stack = support.stack()
    key = kms.Key(stack, "Key")
    EcrRepository(
        stack,
        "Repository",
        repository_name="team/app",
        encryption_key=key,
        untagged_retention_days=3,
        max_images=7,
    )
    template = support.template(stack)
    (key_id,) = support.of_type(template, "AWS::KMS::Key")
    repository = support.only(template, REPOSITORY)
    assert repository["RepositoryName"] == "team/app"
    assert repository["EncryptionConfiguration"] == {
        "EncryptionType": "KMS",
        "KmsKey": {"Fn::GetAtt": [key_id, "Arn"]},
    }
    assert [rule["selection"]["countNumber"] for rule in _rules(repository)] == [3, 7]
    assert len(support.only(template, "AWS::KMS::Key")["KeyPolicy"]["Statement"]) == 1


def test_a_repository_can_keep_every_image() -> None:
    stack = support.stack()
    EcrRepository(stack, "Repository", untagged_retention_days=None, max_images=None)
    assert "LifecyclePolicy" not in support.only(support.template(stack), REPOSITORY)


@pytest.mark.parametrize(
    "arguments",
    [{"repository_name": "Team/App"}, {"untagged_retention_days": 0}, {"max_images": 0}, {"max_images": 1.5}],
)
def test_what_ecr_does_not_take_is_refused(arguments: dict[str, Any]) -> None:
    with pytest.raises(InvalidValueError) as raised:
        EcrRepository(support.stack(), "Repository", **arguments)
    assert raised.value.code is Code.ECR_REPOSITORY


def test_a_name_that_is_a_token_is_taken() -> None:
    stack = support.stack()
    name = cdk.CfnParameter(stack, "Name").value_as_string
    EcrRepository(stack, "Repository", repository_name=name)
    assert support.only(support.template(stack), REPOSITORY)["RepositoryName"] == {"Ref": "Name"}


def test_reviewers_find_nothing() -> None:
    stack = support.stack()
    EcrRepository(stack, "Repository")
    secretsmanager.Secret(stack, "Canary")  # every pack has something to say about it
    app = cdk.App.of(stack)
    assert isinstance(app, cdk.App)
    assert {finding.path for finding in nag.findings(app)} == {"Test/Canary/Resource"}
