"""Starts of an execution by the clock: schedules of EventBridge Scheduler.

Sources: EventBridge Scheduler user guide, "Setting up", "Confused deputy prevention", "Schedule types", "Flexible time
windows", "Adding context attributes"; API reference, ``CreateSchedule``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_scheduler_targets as targets
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from constructs_ecs.errors import Code
from constructs_ecs.facts.cron import check_schedule_expression
from constructs_ecs.facts.limits import check_kind
from constructs_ecs.facts.needs import Permission
from constructs_ecs.facts.triggers import (
    MAX_EVENT_AGE_SECONDS,
    MAX_FLEXIBLE_WINDOW_MINUTES,
    MIN_EVENT_AGE_SECONDS,
    SCHEDULER_PRINCIPAL,
    check_description,
    check_input,
    check_period,
    check_retries,
    json_text,
)
from constructs_ecs.jobs.dead_letters import send_permissions
from constructs_ecs.jobs.durations import whole_seconds
from constructs_ecs.known import Part, place_of
from constructs_ecs.roles import LeastPrivilegeRole


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """How hard EventBridge tries to start an execution, and where a start goes that it gave up.

    Args:
        retries: how often a start that failed is tried again.
        max_event_age: how long it is tried at most; None for what EventBridge does of itself, 24 hours.
        dead_letters: where it goes then; None for the workflow's own queue.
    """

    retries: int
    max_event_age: cdk.Duration | None
    dead_letters: sqs.IQueue | None

    def check(self) -> None:
        """Check the figures; the queue is checked by who knows the default.

        Raises:
            InvalidValueError: ECS075.
        """
        check_retries(self.retries)
        if self.max_event_age is not None:
            whole_seconds(
                self.max_event_age,
                code=Code.TRIGGER,
                name="max_event_age",
                minimum=MIN_EVENT_AGE_SECONDS,
                maximum=MAX_EVENT_AGE_SECONDS,
            )


@dataclass(frozen=True, kw_only=True)
class Timetable:
    """When something is started, and with what; as :meth:`Workflow.on_schedule` takes it."""

    expression: scheduler.ScheduleExpression
    input: Mapping[str, Any] | scheduler.ScheduleTargetInput | None
    flexible_window: cdk.Duration | None
    start: datetime | None
    end: datetime | None
    enabled: bool
    description: str | None

    def check(self) -> None:
        """Check the values.

        Raises:
            InvalidValueError: ECS075.
        """
        check_kind(self.expression, scheduler.ScheduleExpression, code=Code.TRIGGER, name="expression")
        check_schedule_expression(self.expression.expression_string)
        check_kind(self.enabled, bool, code=Code.TRIGGER, name="enabled")
        check_description(self.description)
        check_period(self.start, self.end)
        if self.flexible_window is not None:
            whole_seconds(
                self.flexible_window,
                code=Code.TRIGGER,
                name="flexible_window",
                minimum=60,
                maximum=MAX_FLEXIBLE_WINDOW_MINUTES * 60,
                unit=60,
            )
        if not isinstance(self.input, scheduler.ScheduleTargetInput | None):
            check_kind(self.input, Mapping, code=Code.TRIGGER, name="input")
            check_input(self.input)

    @property
    def target_input(self) -> scheduler.ScheduleTargetInput | None:
        """The input as the CDK takes it."""
        if not isinstance(self.input, Mapping):
            return self.input
        text = json_text(self.input)
        # The CDK leaves out what is null.
        return (
            scheduler.ScheduleTargetInput.from_object(self.input)
            if text is None
            else scheduler.ScheduleTargetInput.from_text(text)
        )

    @property
    def time_window(self) -> scheduler.TimeWindow:
        """The flexible window as the CDK takes it."""
        if self.flexible_window is None:
            return scheduler.TimeWindow.off()
        return scheduler.TimeWindow.flexible(self.flexible_window)


class Schedules(Part):
    """The schedules of one workflow, in a group of their own, which the role is for and the metrics count.

    Args:
        scope: the workflow.
        construct_id: the id of this construct in its scope.
        machine: what is started.
        start: the permission to start it.
    """

    group: scheduler.ScheduleGroup
    """All schedules of the workflow, and nothing else."""
    role: LeastPrivilegeRole
    """What EventBridge Scheduler may do for schedules of the group."""

    def __init__(self, scope: Construct, construct_id: str, *, machine: sfn.IStateMachine, start: Permission) -> None:
        super().__init__(scope, construct_id)
        # A group holds no data: its schedules are in the stack.
        self.group = scheduler.ScheduleGroup(self, "Group", removal_policy=cdk.RemovalPolicy.DESTROY)
        self.role = LeastPrivilegeRole(
            self,
            "Role",
            assumed_by=self._principal(),
            description="Starts executions of one state machine by the clock.",
        )
        self.role.allow([start])
        self._machine = machine
        self._each = Part(self, "Each")

    def _principal(self) -> iam.IPrincipal:
        return iam.ServicePrincipal(
            SCHEDULER_PRINCIPAL,
            conditions={
                "StringEquals": {
                    "aws:SourceAccount": place_of(self).account,
                    "aws:SourceArn": self.group.schedule_group_arn,
                }
            },
        )

    def add(
        self, construct_id: str, timetable: Timetable, delivery: Delivery, dead_letters: sqs.IQueue
    ) -> scheduler.Schedule:
        """Make a schedule of what was checked before."""
        self.role.allow(send_permissions(dead_letters))
        return scheduler.Schedule(
            self._each,
            construct_id,
            schedule=timetable.expression,
            schedule_group=self.group,
            # The CDK's own grants do not reach the sealed role.
            target=targets.StepFunctionsStartExecution(
                self._machine,
                role=self.role.sealed,
                input=timetable.target_input,
                dead_letter_queue=dead_letters,
                retry_attempts=delivery.retries,
                max_event_age=delivery.max_event_age,
            ),
            time_window=timetable.time_window,
            start=timetable.start,
            end=timetable.end,
            enabled=timetable.enabled,
            description=timetable.description,
        )
