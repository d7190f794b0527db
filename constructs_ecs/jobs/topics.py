"""Topics that alarms tell: CloudWatch may publish to them, and use their keys.

Sources: CloudWatch user guide, "Notifying users on alarm changes"; SNS developer guide, "Default Amazon SNS access
control" and "Key management".
"""

from typing import Final

import jsii
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from constructs import IConstruct, IValidation

from constructs_ecs.errors import Code, ConflictError
from constructs_ecs.facts.cdk_types import CdkType, check_cdk
from constructs_ecs.facts.limits import is_token
from constructs_ecs.facts.triggers import ALARMS_PRINCIPAL, ENCRYPTED_TOPIC_ACTIONS, PUBLISH
from constructs_ecs.known import once, place_of
from constructs_ecs.lacking import allow_in_key_policy

_POLICY: Final = "Policy"
"""Where the CDK puts a topic's policy, once there is one."""


def check_topic(topic: sns.ITopic, scope: IConstruct) -> None:
    """Check a topic that alarms tell: they reach those of their own Region alone.

    Args:
        topic: what was given, of any type.
        scope: what the alarms are in.

    Raises:
        InvalidValueError: ECS030, it is none.
        ConflictError: ECS076, it is known to be in another Region.
    """
    check_cdk(topic, CdkType.TOPIC, name="topic")
    theirs, ours = topic.env.region, place_of(scope).region
    if theirs != ours and not is_token(theirs) and not is_token(ours):
        raise ConflictError(
            Code.WORKFLOW_ALARM,
            f"An alarm tells topics of its own Region, {ours}; {topic.node.path} is in {theirs}.",
            "Give a topic of this Region, and subscribe what listens in the other one to it.",
        )


@once
def let_alarms_publish(topic: sns.ITopic) -> None:
    """Let alarms of the topic's account publish to it, where it has a policy and a key of this app.

    A topic without a policy lets its account's alarms publish; one that was given a policy does no more. Which it is in
    the end is known at synthesis.
    """
    if isinstance(topic, sns.Topic):
        topic.node.add_validation(_TopicPolicy(topic))
    key = topic.master_key
    if key is not None:
        _let_alarms_use(key)


@jsii.implements(IValidation)
class _TopicPolicy:
    """Adds to the policy that a topic has, if it has one; called when the CDK synthesizes."""

    def __init__(self, topic: sns.Topic) -> None:
        self._topic = topic
        self._said = False

    def validate(self) -> list[str]:
        found: IConstruct | None = self._topic.node.try_find_child(_POLICY)
        if found is not None and not self._said:
            self._said = True
            self._topic.add_to_resource_policy(_publish(self._topic))
        return []


def _publish(topic: sns.Topic) -> iam.PolicyStatement:
    place = place_of(topic)
    return iam.PolicyStatement(
        sid="CloudWatchAlarms",
        principals=[iam.ServicePrincipal(ALARMS_PRINCIPAL)],
        actions=[PUBLISH],
        resources=[topic.topic_arn],
        conditions={
            "StringEquals": {"aws:SourceAccount": place.account},
            "ArnLike": {"aws:SourceArn": f"arn:{place.partition}:cloudwatch:{place.region}:{place.account}:alarm:*"},
        },
    )


@once
def _let_alarms_use(key: kms.IKey) -> None:
    statement = iam.PolicyStatement(
        sid="CloudWatchAlarms",
        principals=[iam.ServicePrincipal(ALARMS_PRINCIPAL)],
        actions=list(ENCRYPTED_TOPIC_ACTIONS),
        resources=["*"],  # in a key's policy: this key
    )
    allow_in_key_policy(key, statement)
