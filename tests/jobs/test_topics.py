import json
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns

from constructs_ecs.errors import Code, ConflictError
from constructs_ecs.jobs.topics import check_topic, let_alarms_publish
from tests.jobs.workflows import pasted
from tests.support import ENVIRONMENT, of_type, only, stack, template, warnings

ALARMS = {"Service": "cloudwatch.amazonaws.com"}
KEY_ARN = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"


def said(document: dict[str, Any]) -> list[dict[str, Any]]:
    """What a policy says of alarms."""
    return [each for each in document["Statement"] if each["Principal"] == ALARMS]


def test_a_topic_without_a_policy_keeps_its_own_which_lets_alarms_publish() -> None:
    scope = stack()
    let_alarms_publish(sns.Topic(scope, "Topic"))
    assert not of_type(template(scope), "AWS::SNS::TopicPolicy")


def test_a_topic_with_a_policy_lets_the_account_s_alarms_publish_also_when_it_got_it_later() -> None:
    scope = stack()
    topic = sns.Topic(scope, "Topic")
    let_alarms_publish(topic)
    let_alarms_publish(topic)
    topic.add_to_resource_policy(
        iam.PolicyStatement(actions=["sns:Publish"], principals=[iam.AccountRootPrincipal()], resources=["*"])
    )
    (statement,) = said(only(template(scope), "AWS::SNS::TopicPolicy")["PolicyDocument"])
    assert statement["Action"] == "sns:Publish"
    assert statement["Condition"]["StringEquals"] == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
    assert ":alarm:*" in json.dumps(statement["Condition"]["ArnLike"])


def test_alarms_may_use_the_key_of_a_topic() -> None:
    scope = stack()
    key = kms.Key(scope, "Key")
    for name in ("First", "Second"):
        let_alarms_publish(sns.Topic(scope, name, master_key=key))
    (statement,) = said(only(template(scope), "AWS::KMS::Key")["KeyPolicy"])
    assert statement["Action"] == ["kms:Decrypt", "kms:GenerateDataKey"]


def test_an_imported_key_says_what_its_policy_lacks() -> None:
    scope = stack()
    key = kms.Key.from_key_arn(scope, "Key", KEY_ARN)
    let_alarms_publish(sns.Topic(scope, "Topic", master_key=key))
    (warning,) = warnings(scope)
    assert pasted(warning)["Principal"] == ALARMS


def test_an_imported_topic_is_left_as_it_is() -> None:
    scope = stack()
    let_alarms_publish(sns.Topic.from_topic_arn(scope, "Topic", "arn:aws:sns:us-east-1:123456789012:topic"))
    assert "Resources" not in template(scope)
    assert warnings(scope) == []


@pytest.mark.parametrize("env", [None, ENVIRONMENT], ids=["any environment", "one environment"])
def test_a_topic_is_in_the_region_of_the_alarms_as_far_as_that_is_known(env: cdk.Environment | None) -> None:
    scope = stack(env=env)
    check_topic(sns.Topic(scope, "Own"), scope)
    check_topic(sns.Topic.from_topic_arn(scope, "Near", "arn:aws:sns:us-east-1:210987654321:alarms"), scope)
    far = sns.Topic.from_topic_arn(scope, "Far", "arn:aws:sns:eu-west-1:123456789012:alarms")
    if env is None:
        check_topic(far, scope)
        return
    with pytest.raises(ConflictError, match="its own Region, us-east-1; Test/Far is in eu-west-1") as refused:
        check_topic(far, scope)
    assert refused.value.code is Code.WORKFLOW_ALARM
