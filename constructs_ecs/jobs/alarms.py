"""What tells somebody that executions failed, could not be started, or did not happen.

Sources: Step Functions developer guide, "Monitoring Step Functions metrics using Amazon CloudWatch"; EventBridge
Scheduler user guide, "Monitoring with Amazon CloudWatch"; EventBridge user guide, "Monitoring Amazon EventBridge".
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_sns as sns
from constructs import Construct

from constructs_ecs.facts.triggers import (
    EXECUTION_METRICS,
    QUEUE_METRIC,
    RULE_METRICS,
    SCHEDULE_METRICS,
    STARTED_METRIC,
)
from constructs_ecs.jobs.topics import let_alarms_publish
from constructs_ecs.known import Part, once

_FIVE_MINUTES = 300


class WorkflowAlarms(Part):
    """The alarms of one workflow, each made once, and the topics that are told.

    Args:
        scope: the workflow.
        construct_id: the id of this construct in its scope.
        workflow_name: what the alarms call the workflow.
        machine_arn: whose executions are watched.
    """

    def __init__(self, scope: Construct, construct_id: str, *, workflow_name: str, machine_arn: str) -> None:
        super().__init__(scope, construct_id)
        self._name = workflow_name
        self._machine = {"StateMachineArn": machine_arn}
        self._alarms: dict[str, cloudwatch.Alarm] = {}
        self._told: set[tuple[str, str]] = set()

    def on_failures(self, topic: sns.ITopic) -> list[cloudwatch.Alarm]:
        """Watch executions that failed, timed out, were aborted or were throttled."""
        return [
            self._watch(
                f"Executions{kind}",
                topic,
                metric=_sum("AWS/States", metric, self._machine),
                says=f"Executions of {self._name} {said}.",
            )
            for kind, (metric, said) in EXECUTION_METRICS.items()
        ]

    def on_missed_runs(self, topic: sns.ITopic, *, periods: int, period_seconds: int) -> cloudwatch.Alarm:
        """Watch that an execution is started within some periods; no data is none."""
        return self._watch(
            "RunsMissed",
            topic,
            metric=_sum("AWS/States", STARTED_METRIC, self._machine, period_seconds=period_seconds),
            says=f"No execution of {self._name} was started in time.",
            comparison_operator=cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
            evaluation_periods=periods,
            treat_missing_data=cloudwatch.TreatMissingData.BREACHING,
        )

    def on_dead_letters(self, topic: sns.ITopic, *, queue_name: str) -> cloudwatch.Alarm:
        """Watch that the workflow's own queue is empty."""
        metric = cloudwatch.Metric(
            namespace="AWS/SQS",
            metric_name=QUEUE_METRIC,
            dimensions_map={"QueueName": queue_name},
            statistic="Maximum",
            period=_duration(_FIVE_MINUTES),
        )
        says = f"A start of {self._name} could not be made; it is in the dead-letter queue."
        return self._watch("DeadLetters", topic, metric=metric, says=says)

    def on_schedules(self, topic: sns.ITopic, *, group_name: str) -> list[cloudwatch.Alarm]:
        """Watch that what the clock starts is started."""
        return [
            self._watch(
                f"Schedules{kind}",
                topic,
                metric=_sum("AWS/Scheduler", metric, {"ScheduleGroup": group_name}),
                says=f"Scheduled starts of {self._name} {said}.",
            )
            for kind, (metric, said) in SCHEDULE_METRICS.items()
        ]

    def on_rule(self, topic: sns.ITopic, construct_id: str, *, dimensions: Mapping[str, str]) -> list[cloudwatch.Alarm]:
        """Watch that what the events of one rule start is started."""
        return [
            self._watch(
                f"Event{construct_id}{kind}",
                topic,
                metric=_sum("AWS/Events", metric, dimensions),
                says=f"Starts of {self._name} by the event {construct_id} {said}.",
            )
            for kind, (metric, said) in RULE_METRICS.items()
        ]

    def _watch(
        self,
        construct_id: str,
        topic: sns.ITopic,
        *,
        metric: cloudwatch.Metric,
        says: str,
        **options: Any,  # noqa: ANN401 - what differs from an alarm at the first that happens
    ) -> cloudwatch.Alarm:
        alarm = self._alarms.get(construct_id)
        if alarm is None:
            usual: dict[str, Any] = {
                "comparison_operator": cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
                "evaluation_periods": 1,
                "treat_missing_data": cloudwatch.TreatMissingData.NOT_BREACHING,
            }
            alarm = cloudwatch.Alarm(
                self, construct_id, metric=metric, threshold=1, alarm_description=says, **{**usual, **options}
            )
            self._alarms[construct_id] = alarm
        told = (construct_id, _path(topic))
        if told not in self._told:
            self._told.add(told)
            alarm.add_alarm_action(_action(topic))
            let_alarms_publish(topic)
        return alarm


def _sum(
    namespace: str, name: str, dimensions: Mapping[str, str], *, period_seconds: int = _FIVE_MINUTES
) -> cloudwatch.Metric:
    return cloudwatch.Metric(
        namespace=namespace,
        metric_name=name,
        dimensions_map=dict(dimensions),
        statistic="Sum",
        period=_duration(period_seconds),
    )


_duration = cache(cdk.Duration.seconds)
_action = once(actions.SnsAction)


@once
def _path(topic: sns.ITopic) -> str:
    return topic.node.path
