import json
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs

from constructs_ecs.errors import Code, InvalidValueError
from constructs_ecs.facts.features import LOG_KEY_ACTIONS
from constructs_ecs.facts.retention import RETENTION_DAYS
from constructs_ecs.logs import allow_log_service, log_group
from tests import support
from tests.nag import findings
from tests.support import warnings

KEY_ARN = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
BOTH_FLAGS = pytest.mark.parametrize("flags", [False, True], ids=["no flags", "all flags"])


def logs_statements(template: dict[str, Any]) -> list[dict[str, Any]]:
    """The statements of the single key's policy that let CloudWatch Logs use it."""
    policy = support.only(template, "AWS::KMS::Key")["KeyPolicy"]["Statement"]
    return [statement for statement in policy if "logs." in json.dumps(statement["Principal"])]


def test_every_period_on_offer_becomes_the_group_s_retention() -> None:
    stack = support.stack()
    for days in RETENTION_DAYS:
        log_group(stack, f"Group{days}", retention_days=days)

    groups = support.of_type(support.template(stack), "AWS::Logs::LogGroup")
    assert [group["Properties"]["RetentionInDays"] for group in groups.values()] == list(RETENTION_DAYS)


@pytest.mark.parametrize("days", [0, 2, True, "7", None])
def test_another_period_is_refused_before_anything_is_made(days: Any) -> None:  # noqa: ANN401 - whatever a user may pass
    stack = support.stack()
    with pytest.raises(InvalidValueError) as caught:
        log_group(stack, "Group", retention_days=days)

    assert caught.value.code is Code.RETENTION
    assert not stack.node.children


def test_a_group_and_its_events_survive_the_stack_unless_told_otherwise() -> None:
    stack = support.stack()
    log_group(stack, "Kept", retention_days=7)
    log_group(stack, "Deleted", retention_days=7, removal_policy=cdk.RemovalPolicy.DESTROY)

    groups = support.of_type(support.template(stack), "AWS::Logs::LogGroup").values()
    assert [(group["DeletionPolicy"], group["UpdateReplacePolicy"]) for group in groups] == [
        ("Retain", "Retain"),
        ("Delete", "Delete"),
    ]


def test_a_group_without_a_key_names_none() -> None:
    stack = support.stack()
    log_group(stack, "Group", retention_days=7)
    template = support.template(stack)

    assert "KmsKeyId" not in support.only(template, "AWS::Logs::LogGroup")
    assert not support.of_type(template, "AWS::KMS::Key")


@BOTH_FLAGS
@pytest.mark.parametrize("env", [None, support.ENVIRONMENT], ids=["any environment", "one environment"])
def test_groups_with_the_same_key_let_cloudwatch_logs_use_it_once(flags: bool, env: cdk.Environment | None) -> None:
    stack = support.stack(flags=flags, env=env)
    key = kms.Key(stack, "Key")
    for name in ("First", "Second"):
        log_group(stack, name, retention_days=7, encryption_key=key)
    template = support.template(stack)

    (key_id,) = support.of_type(template, "AWS::KMS::Key")
    groups = support.of_type(template, "AWS::Logs::LogGroup").values()
    assert [group["Properties"]["KmsKeyId"] for group in groups] == [{"Fn::GetAtt": [key_id, "Arn"]}] * 2
    (statement,) = logs_statements(template)
    assert sorted(statement["Action"]) == sorted(LOG_KEY_ACTIONS)
    assert statement["Effect"] == "Allow"
    assert not support.of_type(template, "AWS::IAM::Policy")


def test_cloudwatch_logs_may_use_the_key_for_log_groups_of_its_account_and_region_alone() -> None:
    stack = support.stack(env=support.ENVIRONMENT)
    key = kms.Key(stack, "Key")
    allow_log_service(key)

    (statement,) = logs_statements(support.template(stack))
    ((operator, condition),) = statement["Condition"].items()
    assert statement["Principal"] == {"Service": "logs.us-east-1.amazonaws.com"}
    assert operator == "ArnLike"
    assert condition.keys() == {"kms:EncryptionContext:aws:logs:arn"}
    assert ":logs:us-east-1:123456789012:log-group:*" in json.dumps(condition)


def test_a_key_of_another_stack_is_opened_where_it_is() -> None:
    app = support.app()
    keys, groups = cdk.Stack(app, "Keys"), cdk.Stack(app, "Groups")
    key = kms.Key(keys, "Key")
    log_group(groups, "Group", retention_days=7, encryption_key=key)

    assert len(logs_statements(support.template(keys))) == 1
    assert "Fn::ImportValue" in support.only(support.template(groups), "AWS::Logs::LogGroup")["KmsKeyId"]


def test_an_imported_key_is_used_and_a_warning_says_what_its_policy_lacks() -> None:
    stack = support.stack()
    key = kms.Key.from_key_arn(stack, "Key", KEY_ARN)
    for name in ("First", "Second"):
        log_group(stack, name, retention_days=7, encryption_key=key)

    groups = support.of_type(support.template(stack), "AWS::Logs::LogGroup").values()
    assert [group["Properties"]["KmsKeyId"] for group in groups] == [KEY_ARN] * 2
    (warning,) = warnings(stack)
    pasted, _ = json.JSONDecoder().raw_decode(warning[warning.index("{") :])
    assert warning.startswith("Test/Key is imported")
    assert pasted["Action"] == list(LOG_KEY_ACTIONS)
    assert pasted["Principal"].keys() == {"Service"}
    assert pasted["Condition"]["ArnLike"].keys() == {"kms:EncryptionContext:aws:logs:arn"}


def test_a_key_that_was_removed_and_made_anew_is_used_as_the_first_was() -> None:
    stack = support.stack()
    for name in ("First", "Second"):
        stack.node.try_remove_child("Key")
        log_group(stack, name, retention_days=1, encryption_key=kms.Key(stack, "Key"))
    template = support.template(stack)

    (key_id,) = support.of_type(template, "AWS::KMS::Key")
    keys = [each["Properties"]["KmsKeyId"] for each in support.of_type(template, "AWS::Logs::LogGroup").values()]
    assert keys == [{"Fn::GetAtt": [key_id, "Arn"]}] * 2
    assert len(logs_statements(template)) == 1


def test_a_key_of_the_app_gives_no_warning() -> None:
    stack = support.stack()
    log_group(stack, "Group", retention_days=7, encryption_key=kms.Key(stack, "Key"))
    support.template(stack)

    assert warnings(stack) == []


@BOTH_FLAGS
def test_no_pack_finds_anything_in_a_group_with_a_key(flags: bool) -> None:
    app = support.app(flags=flags)
    stack = cdk.Stack(app, "Test")
    key = kms.Key(stack, "Key", enable_key_rotation=True)
    group = log_group(stack, "Group", retention_days=365, encryption_key=key)

    assert isinstance(group, logs.LogGroup)
    assert findings(app) == []


def test_a_period_that_only_cloudformation_knows_is_taken() -> None:
    scope = support.stack()
    days = cdk.CfnParameter(scope, "Days", type="Number").value_as_number
    log_group(scope, "Group", retention_days=int(days))
    assert support.only(support.template(scope), "AWS::Logs::LogGroup")["RetentionInDays"] == {"Ref": "Days"}
