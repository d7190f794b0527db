"""Queues that keep what could not start an execution, and who may send to them.

Sources: EventBridge user guide, "Using dead-letter queues" and "Troubleshooting"; EventBridge Scheduler user guide,
"Configuring a dead-letter queue"; SQS developer guide, "Key management".
"""

from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sqs as sqs
from constructs import Construct, IConstruct

from constructs_ecs.acknowledgements import acknowledge
from constructs_ecs.errors import Code, InvalidValueError
from constructs_ecs.facts.cdk_types import CdkType, check_cdk
from constructs_ecs.facts.needs import Permission
from constructs_ecs.facts.triggers import (
    ENCRYPTED_QUEUE_ACTIONS,
    EVENTS_PRINCIPAL,
    QUEUE_RETENTION_DAYS,
    SEND_MESSAGE,
)
from constructs_ecs.known import key_arn, once
from constructs_ecs.lacking import allow_in_key_policy, say_what_is_lacking

_REASON: Final = "A start of an execution that cannot be made is kept in the dead-letter queue."


def dead_letter_queue(scope: Construct, construct_id: str, *, removal_policy: cdk.RemovalPolicy) -> sqs.Queue:
    """Make a queue that is encrypted with a key of SQS, takes TLS alone and keeps messages for 14 days.

    Args:
        scope: the parent construct.
        construct_id: the id of the queue in its scope.
        removal_policy: what becomes of the queue, and of its policy, with the stack.
    """
    queue = sqs.Queue(
        scope,
        construct_id,
        encryption=sqs.QueueEncryption.SQS_MANAGED,
        enforce_ssl=True,
        retention_period=cdk.Duration.days(QUEUE_RETENTION_DAYS),
        removal_policy=removal_policy,
    )
    policy = queue.node.try_find_child("Policy")
    if isinstance(policy, sqs.QueuePolicy):
        # A queue that outlives the stack goes on refusing what is not TLS.
        policy.apply_removal_policy(removal_policy)
    acknowledge(
        queue,
        "This is a dead-letter queue itself; nothing receives from it but who looks after it.",
        "AwsSolutions-SQS3",
    )
    return queue


def check_dead_letters(queue: sqs.IQueue | None) -> None:
    """Check a queue for what could not be started: a standard queue of the CDK, or none.

    Raises:
        InvalidValueError: ECS030, it is none; ECS075, it is a FIFO queue.
    """
    check_cdk(queue, CdkType.QUEUE, name="dead_letters", optional=True)
    if queue is not None and queue.fifo:
        raise InvalidValueError(
            Code.TRIGGER,
            f"dead_letters is a standard queue, since EventBridge sends to no FIFO queue; got {queue.node.path}.",
            "Give a standard queue.",
        )


@once
def send_permissions(queue: sqs.IQueue) -> tuple[Permission, ...]:
    """What a role needs to send to a queue, and to use the queue's own key where the app knows of one."""
    send = Permission(actions=(SEND_MESSAGE,), resources=(queue.queue_arn,), reason=_REASON)
    key = queue.encryption_master_key
    if key is None:
        return (send,)
    return (send, Permission(actions=ENCRYPTED_QUEUE_ACTIONS, resources=(key_arn(key),), reason=_REASON))


def let_rule_send(rule: IConstruct, rule_arn: str, queue: sqs.IQueue) -> None:
    """Let EventBridge send what one rule could not deliver; of a queue that cannot be changed, say what it lacks.

    Args:
        rule: what is warned of.
        rule_arn: the rule's ARN; a literal where the queue is not of the rule's stack, which else could not be made
            before the queue.
        queue: where it is sent.
    """
    statement = iam.PolicyStatement(
        sid=f"EventRule{rule.node.addr}",
        principals=[iam.ServicePrincipal(EVENTS_PRINCIPAL)],
        actions=[SEND_MESSAGE],
        resources=[queue.queue_arn],
        conditions={"ArnEquals": {"aws:SourceArn": rule_arn}},
    )
    if not queue.add_to_resource_policy(statement).statement_added:
        say_what_is_lacking(rule, "constructs-ecs:imported-queue", queue, statement)
    key = queue.encryption_master_key
    if key is not None:
        _let_events_use(key)


@once
def _let_events_use(key: kms.IKey) -> None:
    """Let EventBridge send to queues that a key encrypts, which it does without naming the rule to the key."""
    statement = iam.PolicyStatement(
        sid="EventBridge",
        principals=[iam.ServicePrincipal(EVENTS_PRINCIPAL)],
        actions=list(ENCRYPTED_QUEUE_ACTIONS),
        resources=["*"],  # in a key's policy: this key
    )
    allow_in_key_policy(key, statement)
