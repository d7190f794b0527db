"""Starts of an execution by what happens: rules of EventBridge.

Sources: S3 user guide, "Using EventBridge"; ECR user guide, "Amazon ECR events and EventBridge"; EventBridge user
guide, "Event patterns", "Using dead-letter queues", "Cross-service confused deputy prevention".
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, Final

import aws_cdk as cdk
import jsii
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from constructs_ecs.errors import Code, ConflictError, InvalidValueError
from constructs_ecs.facts.cdk_types import CdkType, check_cdk
from constructs_ecs.facts.images import check_tag
from constructs_ecs.facts.limits import check_kind, is_token, shown
from constructs_ecs.facts.needs import Permission
from constructs_ecs.facts.triggers import (
    EVENTS_PRINCIPAL,
    RULE_NAME_CHARACTERS,
    check_description,
    check_key_part,
    key_pattern,
)
from constructs_ecs.jobs.dead_letters import let_rule_send
from constructs_ecs.jobs.notifications import send_events
from constructs_ecs.jobs.schedule import Delivery
from constructs_ecs.known import Part, place_of
from constructs_ecs.roles import LeastPrivilegeRole

_PATTERN_FIELDS: Final = ("account", "detail", "detail_type", "id", "region", "resources", "source", "time", "version")


class EventSource(ABC):
    """What starts executions: :class:`ObjectCreated`, :class:`ImagePushed`, or one of your own."""

    @abstractmethod
    def bind(self, scope: Construct) -> events.EventPattern:
        """Return the pattern of the events, and let them be sent where that takes something.

        Args:
            scope: what the rule is in.
        """


@dataclass(frozen=True, kw_only=True)
class ObjectCreated(EventSource):
    """An object of a bucket was created, in whichever way.

    A bucket of this app is made to send its events to EventBridge, without a custom resource; that an imported one
    must be is a warning at synthesis. The execution's input is S3's event: the key is ``$.detail.object.key``.

    Args:
        bucket: the bucket, in the workflow's account and Region.
        prefix: what the object's key begins with; by default anything.
        suffix: what it ends with; by default anything.

    Raises:
        InvalidValueError: ECS030, `bucket` is none; ECS075, a prefix or suffix is empty or longer than a key.
    """

    bucket: s3.IBucket
    prefix: str | None = None
    suffix: str | None = None

    def __post_init__(self) -> None:
        check_cdk(self.bucket, CdkType.BUCKET, name="bucket")
        check_key_part(self.prefix, name="prefix")
        check_key_part(self.suffix, name="suffix")

    def bind(self, scope: Construct) -> events.EventPattern:
        """Let the bucket send its events, and return their pattern.

        Args:
            scope: what the rule is in.

        Raises:
            ConflictError: ECS075, the bucket is known to be in another account or Region.
        """
        _check_place(self.bucket, scope)
        send_events(self.bucket)
        detail: dict[str, Any] = {"bucket": {"name": [self.bucket.bucket_name]}}
        key = key_pattern(self.prefix, self.suffix)
        if key is not None:
            detail["object"] = {"key": [dict(key)]}
        return events.EventPattern(source=["aws.s3"], detail_type=["Object Created"], detail=detail)


@dataclass(frozen=True, kw_only=True)
class ImagePushed(EventSource):
    """An image was pushed to an ECR repository.

    The execution's input is ECR's event, with the tag in ``$.detail['image-tag']``.

    Args:
        repository: the repository, in the workflow's account and Region.
        tag: the tag that it was pushed with; by default any, and none.

    Raises:
        InvalidValueError: ECS030, `repository` is none; ECS021, the tag is malformed.
    """

    repository: ecr.IRepository
    tag: str | None = None

    def __post_init__(self) -> None:
        check_cdk(self.repository, CdkType.REPOSITORY, name="repository")
        if self.tag is not None and not is_token(self.tag):
            check_tag(self.tag)

    def bind(self, scope: Construct) -> events.EventPattern:
        """Return the pattern of the events.

        Args:
            scope: what the rule is in.

        Raises:
            ConflictError: ECS075, the repository is known to be in another account or Region.
        """
        _check_place(self.repository, scope)
        detail: dict[str, Any] = {
            "action-type": ["PUSH"],
            "result": ["SUCCESS"],
            "repository-name": [self.repository.repository_name],
        }
        if self.tag is not None:
            detail["image-tag"] = [self.tag]
        return events.EventPattern(source=["aws.ecr"], detail_type=["ECR Image Action"], detail=detail)


@dataclass(frozen=True, kw_only=True)
class Occurrence:
    """What is waited for and what an execution gets of it; as :meth:`Workflow.on_event` takes it."""

    event: EventSource | events.EventPattern
    input: events.RuleTargetInput | None
    event_bus: events.IEventBus | None
    enabled: bool
    description: str | None


def check_occurrence(occurrence: Occurrence) -> None:
    """Check what is waited for and what is made of it.

    Raises:
        InvalidValueError: ECS075, it is neither a source nor a pattern, a pattern that says nothing, or another value
            is of another type; ECS030, the bus is none.
    """
    event = occurrence.event
    says_something = isinstance(event, events.EventPattern) and any(
        getattr(event, name) is not None for name in _PATTERN_FIELDS
    )
    if not says_something and not isinstance(event, EventSource):
        raise InvalidValueError(
            Code.TRIGGER,
            "event is ObjectCreated(...), ImagePushed(...) or an events.EventPattern that has a field; got "
            f"{shown(event)}.",
            "Say which events start the workflow.",
        )
    check_kind(occurrence.input, events.RuleTargetInput, type(None), code=Code.TRIGGER, name="input")
    check_cdk(occurrence.event_bus, CdkType.EVENT_BUS, name="event_bus", optional=True)
    check_kind(occurrence.enabled, bool, code=Code.TRIGGER, name="enabled")
    check_description(occurrence.description)


class EventRules(Part):
    """The rules of one workflow, and the role that starts its executions for them.

    Args:
        scope: the workflow.
        construct_id: the id of this construct in its scope.
        machine_arn: what is started.
        start: the permission to start it.
    """

    role: LeastPrivilegeRole
    """What EventBridge may do for rules of this account and Region."""

    def __init__(self, scope: Construct, construct_id: str, *, machine_arn: str, start: Permission) -> None:
        super().__init__(scope, construct_id)
        self.role = LeastPrivilegeRole(
            self,
            "Role",
            assumed_by=self._principal(),
            description="Starts executions of one state machine on events.",
        )
        self.role.allow([start])
        self._machine_arn = machine_arn
        self._each = Part(self, "Each")

    def _principal(self) -> iam.IPrincipal:
        # The rules name the role, so that the role cannot name them.
        place = place_of(self)
        return iam.ServicePrincipal(
            EVENTS_PRINCIPAL,
            conditions={
                "StringEquals": {"aws:SourceAccount": place.account},
                "ArnLike": {"aws:SourceArn": f"arn:{place.partition}:events:{place.region}:{place.account}:rule/*"},
            },
        )

    def add(
        self, construct_id: str, occurrence: Occurrence, delivery: Delivery, dead_letters: sqs.IQueue
    ) -> events.Rule:
        """Make a rule of what was checked before."""
        event = occurrence.event
        holder = Part(self._each, construct_id)
        pattern = event.bind(holder) if isinstance(event, EventSource) else event
        name = None if _is_beside(dead_letters, self) else _rule_name(holder)
        rule = events.Rule(
            holder,
            "Rule",
            rule_name=name,
            event_pattern=pattern,
            event_bus=occurrence.event_bus,
            enabled=occurrence.enabled,
            description=occurrence.description,
            targets=[_StartExecution(self._target(occurrence, delivery, dead_letters))],
        )
        let_rule_send(rule, rule.rule_arn if name is None else self._rule_arn(name, occurrence.event_bus), dead_letters)
        return rule

    def _target(self, occurrence: Occurrence, delivery: Delivery, dead_letters: sqs.IQueue) -> events.RuleTargetConfig:
        age = delivery.max_event_age
        return events.RuleTargetConfig(
            arn=self._machine_arn,
            role=self.role.sealed,
            input=occurrence.input,
            dead_letter_config=events.CfnRule.DeadLetterConfigProperty(arn=dead_letters.queue_arn),
            retry_policy=events.CfnRule.RetryPolicyProperty(
                maximum_retry_attempts=delivery.retries,
                maximum_event_age_in_seconds=None if age is None else age.to_seconds(),
            ),
        )

    def _rule_arn(self, name: str, bus: events.IEventBus | None) -> str:
        place = place_of(self)
        of_bus = "" if bus is None else f"{bus.event_bus_name}/"
        return f"arn:{place.partition}:events:{place.region}:{place.account}:rule/{of_bus}{name}"


@jsii.implements(events.IRuleTarget)
class _StartExecution:
    """The state machine as a target; not the CDK's, whose queue policy makes two stacks wait for each other."""

    def __init__(self, config: events.RuleTargetConfig) -> None:
        self._config = config

    def bind(self, rule: object, id: str | None = None) -> events.RuleTargetConfig:  # noqa: A002, ARG002 - the CDK's
        return self._config


def _is_beside(queue: sqs.IQueue, scope: Construct) -> bool:
    """Whether a queue's policy is in the stack of the rules, and can name a rule that is made there."""
    return isinstance(queue, sqs.Queue) and place_of(queue).stack is place_of(scope).stack


def _rule_name(holder: Construct) -> str:
    """A name that is known before the rule is made, for a queue's policy in another stack."""
    return cdk.Names.unique_resource_name(holder, max_length=RULE_NAME_CHARACTERS, separator="-")


def _check_place(source: s3.IBucket | ecr.IRepository, scope: Construct) -> None:
    theirs, ours = source.env, place_of(scope)
    places = ((theirs.account, ours.account), (theirs.region, ours.region))
    if any(one != other and not is_token(one) and not is_token(other) for one, other in places):
        raise ConflictError(
            Code.TRIGGER,
            f"EventBridge sees the events of its own account and Region; {source.node.path} is in {theirs.account}, "
            f"{theirs.region}, and the workflow in {ours.account}, {ours.region}.",
            "Make the workflow where the events are, or forward them to its account and Region and give their pattern.",
        )
