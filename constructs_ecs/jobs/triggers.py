"""What starts a workflow, as it is added bit by bit: schedules, rules, their queue, and who is told when one fails."""

from typing import TYPE_CHECKING

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from constructs_ecs.errors import Code, InvalidValueError
from constructs_ecs.facts.limits import shown
from constructs_ecs.facts.needs import Permission
from constructs_ecs.facts.triggers import MAX_LOOK_BACK_SECONDS, MIN_LOOK_BACK_SECONDS, evaluation
from constructs_ecs.jobs.alarms import WorkflowAlarms
from constructs_ecs.jobs.dead_letters import dead_letter_queue
from constructs_ecs.jobs.durations import whole_seconds
from constructs_ecs.jobs.events import EventRules, Occurrence
from constructs_ecs.jobs.schedule import Delivery, Schedules, Timetable

if TYPE_CHECKING:
    from collections.abc import Mapping


class Triggers:
    """The triggers of one workflow. Nothing is made before it is needed.

    Args:
        scope: the workflow.
        workflow_name: what the alarms call it.
        machine: what is started.
        start: the permission to start it.
        removal_policy: what becomes of the dead-letter queue with the stack.
    """

    dead_letters: sqs.Queue | None
    """The workflow's own queue, once there is one."""

    def __init__(
        self,
        scope: Construct,
        *,
        workflow_name: str,
        machine: sfn.StateMachine,
        start: Permission,
        removal_policy: cdk.RemovalPolicy,
    ) -> None:
        self._scope = scope
        self._machine = machine
        self._start = start
        self._removal_policy = removal_policy
        self._schedules: Schedules | None = None
        self._rules: EventRules | None = None
        self._dimensions: dict[str, Mapping[str, str]] = {}
        self._ids: set[str] = set()
        self._topics: list[sns.ITopic] = []
        self._within: int | None = None
        self.dead_letters = None
        self._workflow_name = workflow_name
        self._alarms: WorkflowAlarms | None = None

    def add_schedule(self, construct_id: str, timetable: Timetable, delivery: Delivery) -> scheduler.Schedule:
        """Add a schedule."""
        self._take(construct_id)
        if self._schedules is None:
            self._schedules = Schedules(self._scope, "Schedules", machine=self._machine, start=self._start)
        made = self._schedules.add(construct_id, timetable, delivery, self._queue(delivery))
        self._watch()
        return made

    def add_rule(self, construct_id: str, occurrence: Occurrence, delivery: Delivery) -> events.Rule:
        """Add a rule."""
        self._take(construct_id)
        if self._rules is None:
            (arn,) = self._start.resources
            self._rules = EventRules(self._scope, "Events", machine_arn=arn, start=self._start)
        made = self._rules.add(construct_id, occurrence, delivery, self._queue(delivery))
        bus = {} if occurrence.event_bus is None else {"EventBusName": occurrence.event_bus.event_bus_name}
        self._dimensions[construct_id] = {**bus, "RuleName": made.rule_name}
        self._watch()
        return made

    def watch_executions(self, topic: sns.ITopic) -> list[cloudwatch.Alarm]:
        """Tell a topic of executions that fail."""
        return self._made_alarms().on_failures(topic)

    def tell(self, topic: sns.ITopic) -> None:
        """Tell a topic of each trigger that fails, of those that are there and those that come."""
        self._topics.append(topic)
        self._watch()

    def watch_runs(self, topic: sns.ITopic, within: cdk.Duration) -> cloudwatch.Alarm:
        """Tell a topic when nothing was started for some time."""
        seconds = whole_seconds(
            within,
            code=Code.WORKFLOW_ALARM,
            name="within",
            minimum=MIN_LOOK_BACK_SECONDS,
            maximum=MAX_LOOK_BACK_SECONDS,
        )
        periods, period_seconds = evaluation(seconds)
        if self._within not in (None, seconds):
            raise InvalidValueError(
                Code.WORKFLOW_ALARM,
                f"A workflow has one alarm on missed runs, within {self._within:,} seconds; got {seconds:,}.",
                "Say the same for each topic.",
            )
        self._within = seconds
        return self._made_alarms().on_missed_runs(topic, periods=periods, period_seconds=period_seconds)

    def _take(self, construct_id: str) -> None:
        if not isinstance(construct_id, str) or not construct_id or construct_id in self._ids:
            raise InvalidValueError(
                Code.TRIGGER,
                f"A trigger's id is text of its own among those of its workflow; got {shown(construct_id)}.",
                "Give each schedule and event another one.",
            )
        self._ids.add(construct_id)

    def _queue(self, delivery: Delivery) -> sqs.IQueue:
        if delivery.dead_letters is not None:
            return delivery.dead_letters
        if self.dead_letters is None:
            self.dead_letters = dead_letter_queue(self._scope, "DeadLetters", removal_policy=self._removal_policy)
        return self.dead_letters

    def _watch(self) -> None:
        if not self._topics:
            return
        alarms = self._made_alarms()
        for topic in self._topics:
            if self.dead_letters is not None:
                alarms.on_dead_letters(topic, queue_name=self.dead_letters.queue_name)
            if self._schedules is not None:
                alarms.on_schedules(topic, group_name=self._schedules.group.schedule_group_name)
            for construct_id, dimensions in self._dimensions.items():
                alarms.on_rule(topic, construct_id, dimensions=dimensions)

    def _made_alarms(self) -> WorkflowAlarms:
        if self._alarms is None:
            (arn,) = self._start.resources
            self._alarms = WorkflowAlarms(self._scope, "Alarms", workflow_name=self._workflow_name, machine_arn=arn)
        return self._alarms
