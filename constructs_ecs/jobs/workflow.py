"""A state machine that runs jobs, with its role, its log, its triggers and its alarms.

Source: Step Functions developer guide, "Creating an IAM role for your state machine", "Service quotas".
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from constructs_ecs.errors import Code
from constructs_ecs.facts.cdk_types import CdkType, check_cdk
from constructs_ecs.facts.limits import check_kind, check_removal_policy
from constructs_ecs.facts.needs import Permission
from constructs_ecs.facts.triggers import MAX_RETRIES, MAX_TIMEOUT_SECONDS, START_EXECUTION
from constructs_ecs.jobs.chaining import check_chainable
from constructs_ecs.jobs.dead_letters import check_dead_letters
from constructs_ecs.jobs.durations import whole_seconds
from constructs_ecs.jobs.events import EventSource, Occurrence, check_occurrence
from constructs_ecs.jobs.rendering import states_rendered
from constructs_ecs.jobs.schedule import Delivery, Timetable
from constructs_ecs.jobs.topics import check_topic
from constructs_ecs.jobs.triggers import Triggers
from constructs_ecs.jobs.workflow_log import log_and_trace, workflow_log
from constructs_ecs.jobs.workflow_role import acknowledge_steps, workflow_role
from constructs_ecs.known import Part


class Workflow(Part):
    """Runs steps from its start to their end, once for each execution: a standard state machine of Step Functions.

    All that an execution does is logged, in an encrypted log group, and traced with X-Ray. The role may do what the
    steps need, write the log and the traces; Step Functions assumes it for state machines of this account and Region
    alone. CloudFormation names the state machine after this construct.

    Grant with the CDK's own methods: ``workflow.state_machine.grant_start_execution(role)``.

    Args:
        scope: the parent construct.
        construct_id: the id of this construct in its scope.
        definition: the first state, or a chain of states: :class:`RunTask`, what :class:`Steps` builds, and every state
            of ``aws_stepfunctions``.
        encryption_key: encrypts the log. By default a new key with rotation. Its policy lets CloudWatch Logs use it for
            log groups of this account and Region; what the policy of an imported key lacks is a warning at synthesis.
            Step Functions itself encrypts executions with a key of its own.
        log_retention_days: how long the log is kept; one of the periods that CloudWatch Logs offers.
        include_execution_data: whether inputs, outputs and parameters are in the log, too: task tokens, which let their
            reader end a task in the task's place, and whatever secret is passed in them. Off by default; for 90 days
            Step Functions shows them to those who may read executions. Pass secrets to a container as its secrets.
        timeout: how long an execution may take, from 1 to 99,999,999 whole seconds; by default a year, as long as
            Step Functions lets one run. The tasks of ``RunTask`` steps are stopped with it.
        query_language: what states are written in that do not say; JSONPath by default.
        comment: describes the state machine in its definition; none by default.
        removal_policy: what becomes of log, key and dead-letter queue with the stack; they stay by default.

    Raises:
        InvalidValueError: ECS074, the definition is no state or chain, the timeout is out of bounds, or an option is of
            another type; ECS018, the retention is not on offer; ECS030, `encryption_key` or `removal_policy` is none.
    """

    state_machine: sfn.StateMachine
    """The state machine; grant with its methods."""
    role: iam.IRole
    """What the steps act with; a step that calls another service of AWS has its permissions added by the CDK."""
    log_group: logs.LogGroup
    """The log of all executions."""
    encryption_key: kms.IKey
    """Encrypts the log."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        definition: sfn.IChainable,
        encryption_key: kms.IKey | None = None,
        log_retention_days: int = 365,
        include_execution_data: bool = False,
        timeout: cdk.Duration | None = None,
        query_language: sfn.QueryLanguage | None = None,
        comment: str | None = None,
        removal_policy: cdk.RemovalPolicy = cdk.RemovalPolicy.RETAIN,
    ) -> None:
        check_chainable(definition, name="definition", code=Code.WORKFLOW)
        check_cdk(encryption_key, CdkType.KEY, name="encryption_key", optional=True)
        check_kind(include_execution_data, bool, code=Code.WORKFLOW, name="include_execution_data")
        check_kind(query_language, sfn.QueryLanguage, type(None), code=Code.WORKFLOW, name="query_language")
        check_kind(comment, str, type(None), code=Code.WORKFLOW, name="comment")
        check_removal_policy(removal_policy)
        if timeout is not None:
            whole_seconds(timeout, code=Code.WORKFLOW, name="timeout", minimum=1, maximum=MAX_TIMEOUT_SECONDS)
        super().__init__(scope, construct_id)
        self.encryption_key = self._new_key(removal_policy) if encryption_key is None else encryption_key
        self.log_group = workflow_log(
            self,
            "LogGroup",
            retention_days=log_retention_days,
            encryption_key=self.encryption_key,
            removal_policy=removal_policy,
        )
        role = workflow_role(self, "Role")
        self.role = role.role
        with states_rendered(query_language) as steps:
            self.state_machine = sfn.StateMachine(
                self,
                "StateMachine",
                definition_body=sfn.DefinitionBody.from_chainable(definition),
                state_machine_type=sfn.StateMachineType.STANDARD,
                role=self.role,
                timeout=timeout,
                query_language=query_language,
                comment=comment,
            )
        # Of a job it names the family alone, which would be no reason to wait for it.
        jobs = dict.fromkeys(step.job.task.task_definition for step in steps)
        self.state_machine.node.add_dependency(role.ready, *jobs)
        acknowledge_steps(self, self.role, steps)
        log_and_trace(self.state_machine, self.log_group, include_execution_data=include_execution_data)
        self._triggers = Triggers(
            self,
            workflow_name=construct_id,
            machine=self.state_machine,
            start=Permission(
                actions=(START_EXECUTION,),
                resources=(self.state_machine.state_machine_arn,),
                reason="An execution is started.",
            ),
            removal_policy=removal_policy,
        )

    def _new_key(self, removal_policy: cdk.RemovalPolicy) -> kms.Key:
        return kms.Key(
            self,
            "Key",
            description="Encrypts the log of a workflow's executions.",
            enable_key_rotation=True,
            removal_policy=removal_policy,
        )

    @property
    def dead_letters(self) -> sqs.Queue | None:
        """Keeps what could not start an execution, from the first trigger on that was given no other queue."""
        return self._triggers.dead_letters

    def on_schedule(
        self,
        construct_id: str,
        expression: scheduler.ScheduleExpression,
        *,
        input: Mapping[str, Any] | scheduler.ScheduleTargetInput | None = None,  # noqa: A002 - EventBridge's name
        flexible_window: cdk.Duration | None = None,
        retries: int = MAX_RETRIES,
        max_event_age: cdk.Duration | None = None,
        start: datetime | None = None,
        end: datetime | None = None,
        enabled: bool = True,
        description: str | None = None,
        dead_letters: sqs.IQueue | None = None,
    ) -> scheduler.Schedule:
        """Start an execution by the clock, with EventBridge Scheduler, in a schedule group of this workflow.

        The group's role may start this workflow and send to the dead-letter queues, and nothing else.

        Args:
            construct_id: the id of the schedule among this workflow's.
            expression: when: ``scheduler.ScheduleExpression.cron(...)`` with a time zone, ``rate(...)`` or ``at(...)``,
                which is once.
            input: the execution's input: what JSON has, of 256 KiB at most, with ``scheduler.ContextAttribute`` for
                what differs each time, such as ``ContextAttribute.scheduled_time``. By default what EventBridge
                Scheduler sends of itself.
            flexible_window: within how long after its time an execution is started, 1 to 1,440 whole minutes; by
                default at its time.
            retries: how often a start that failed is tried again, 0 to 185 times.
            max_event_age: for how long, 60 seconds to 24 hours; 24 hours by default.
            start: from when the schedule holds, with a time zone; by default at once.
            end: until when; by default for good.
            enabled: whether it starts anything; it does by default.
            description: of the schedule; none by default.
            dead_letters: a standard queue for what could not be started; by default one of this workflow, which is
                encrypted, kept with the stack gone, and keeps messages for 14 days.

        Raises:
            InvalidValueError: ECS075, a value is not what EventBridge Scheduler takes, or the id is used; ECS030,
                `dead_letters` is no queue.
        """
        timetable = Timetable(
            expression=expression,
            input=input,
            flexible_window=flexible_window,
            start=start,
            end=end,
            enabled=enabled,
            description=description,
        )
        timetable.check()
        delivery = Delivery(retries=retries, max_event_age=max_event_age, dead_letters=dead_letters)
        delivery.check()
        check_dead_letters(dead_letters)
        return self._triggers.add_schedule(construct_id, timetable, delivery)

    def on_event(
        self,
        construct_id: str,
        event: EventSource | events.EventPattern,
        *,
        input: events.RuleTargetInput | None = None,  # noqa: A002 - EventBridge's name
        event_bus: events.IEventBus | None = None,
        retries: int = MAX_RETRIES,
        max_event_age: cdk.Duration | None = None,
        enabled: bool = True,
        description: str | None = None,
        dead_letters: sqs.IQueue | None = None,
    ) -> events.Rule:
        """Start an execution for each event that matches, with a rule of EventBridge.

        The rules' role may start this workflow, and nothing else.

        Args:
            construct_id: the id of the rule among this workflow's.
            event: which events: :class:`ObjectCreated`, :class:`ImagePushed`, or any pattern.
            input: the execution's input, made of the event: ``events.RuleTargetInput.from_object(...)`` with
                ``events.EventField``. By default the whole event.
            event_bus: whose events; by default the default bus's, where AWS's own events are.
            retries: as for :meth:`on_schedule`.
            max_event_age: as above.
            enabled: as above.
            description: of the rule; none by default.
            dead_letters: as for :meth:`on_schedule`. Its policy, and its key's, then let EventBridge send to it for
                this rule; what those of an imported one lack is a warning at synthesis. A rule whose queue is in
                another stack, or imported, has a fixed name, which the queue's policy names.

        Raises:
            InvalidValueError: ECS075, a value is not what EventBridge takes, or the id is used; ECS030, `dead_letters`
                is no queue or `event_bus` no bus.
            ConflictError: ECS075, the events are known to be of another account or Region.
        """
        occurrence = Occurrence(event=event, input=input, event_bus=event_bus, enabled=enabled, description=description)
        check_occurrence(occurrence)
        delivery = Delivery(retries=retries, max_event_age=max_event_age, dead_letters=dead_letters)
        delivery.check()
        check_dead_letters(dead_letters)
        return self._triggers.add_rule(construct_id, occurrence, delivery)

    def alarm_on_failures(self, topic: sns.ITopic) -> list[cloudwatch.Alarm]:
        """Tell a topic when executions failed, took longer than the workflow's timeout, were aborted or throttled.

        Args:
            topic: is told; of this app, of another stack of it, or imported. CloudWatch is allowed to publish, and to
                use the topic's key; that the key is imported is a warning at synthesis.

        Raises:
            InvalidValueError: ECS030, `topic` is none.
            ConflictError: ECS076, it is known to be in another Region, where alarms do not reach.
        """
        check_topic(topic, self)
        return self._triggers.watch_executions(topic)

    def alarm_on_failed_triggers(self, topic: sns.ITopic) -> None:
        """Tell a topic when an execution could not be started, by any trigger of this workflow, also a later one.

        Watched are the workflow's own dead-letter queue, and what EventBridge and EventBridge Scheduler count: starts
        that were given up, and those that did not reach a dead-letter queue either.

        Args:
            topic: as for :meth:`alarm_on_failures`.

        Raises:
            InvalidValueError: ECS030, `topic` is none.
            ConflictError: as for :meth:`alarm_on_failures`.
        """
        check_topic(topic, self)
        self._triggers.tell(topic)

    def alarm_on_missed_runs(self, topic: sns.ITopic, *, within: cdk.Duration) -> cloudwatch.Alarm:
        """Tell a topic when no execution was started for some time; right after the first deployment, too.

        Args:
            topic: as for :meth:`alarm_on_failures`.
            within: how long: somewhat longer than the time between two runs, 25 hours for a nightly one. Whole hours up
                to a week, or whole multiples of five minutes up to a day.

        Raises:
            InvalidValueError: ECS076, CloudWatch does not look back so long, or another topic is told within another
                time; ECS030, `topic` is none.
            ConflictError: as for :meth:`alarm_on_failures`.
        """
        check_topic(topic, self)
        return self._triggers.watch_runs(topic, within)
