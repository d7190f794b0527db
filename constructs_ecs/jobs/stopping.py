"""Stopping the tasks of a state that took too long.

Step Functions stops what ``.sync`` has started when the state or the execution times out or ends before the task: it
calls StopTask, and ECS notes "The Task state in AWS Step Functions execution [...] which was managing this resource was
aborted". What it has started in the other two patterns runs on, and would go on costing, and doing, what nobody waits
for. Their tasks are therefore started with a name of their own in ``startedBy``, by which ECS finds them when the state
has timed out.

Sources: Step Functions developer guide, "Discover service integration patterns" and "Learning to use AWS service SDK
integrations"; ECS API reference, ``RunTask``, ``ListTasks`` and ``StopTask``; Service Authorization Reference for ECS;
ECS developer guide, "Identity-based policy examples", list and stop tasks of a cluster.
"""

from collections.abc import Mapping
from functools import cached_property
from typing import Any, Final

from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from constructs_ecs.facts.needs import Permission
from constructs_ecs.facts.run_task import stop_tasks_permission
from constructs_ecs.jobs.base import Job
from constructs_ecs.jobs.boxes import Boxes, ItemMap
from constructs_ecs.jobs.rendering import note_rendered
from constructs_ecs.known import place_of
from constructs_ecs.roles import policy_statement

STARTED_BY: Final = "ecsStartedBy"
"""The variable with the ``startedBy`` of an attempt. Step Functions refuses a machine that has it outside too."""
_AGAIN: Final = {
    "ErrorEquals": ["States.ALL"],
    "IntervalSeconds": 2,
    "MaxAttempts": 5,
    "BackoffRate": 2,
    "JitterStrategy": "FULL",
}
_REASON: Final = "The state that waited for this task has timed out"


class _FindTasks(sfn.CustomState):
    """Lists the tasks of an attempt; the state machine that it is put into may list and stop those of the cluster."""

    def __init__(self, scope: Construct, construct_id: str, *, job: Job) -> None:
        arguments = {"Cluster": job.cluster_arn, "StartedBy": f"{{% ${STARTED_BY} %}}"}
        super().__init__(scope, construct_id, state_json=_ecs_call(scope, "listTasks", arguments))
        self.job = job

    @cached_property
    def permissions(self) -> tuple[Permission, ...]:
        """What the role of the state machine gets, with a reason for the wildcard."""
        return (stop_tasks_permission(self.job.cluster_arn),)

    def to_state_json(self, query_language: sfn.QueryLanguage | None = None) -> Mapping[Any, Any]:
        """Write the state in the Amazon States Language; called by the CDK."""
        note_rendered(self)
        return super().to_state_json(query_language)

    def _when_bound_to_graph(self, graph: sfn.StateGraph) -> None:
        super()._when_bound_to_graph(graph)
        for permission in self.permissions:
            graph.register_policy_statement(policy_statement(permission))


def _ecs_call(scope: Construct, call: str, arguments: Mapping[str, str]) -> dict[str, Any]:
    return {
        "Type": "Task",
        "QueryLanguage": "JSONata",
        "Resource": f"arn:{place_of(scope).partition}:states:::aws-sdk:ecs:{call}",
        "Arguments": dict(arguments),
        "Retry": [_AGAIN],
    }


def name_attempt(scope: Construct, name: str) -> sfn.Pass:
    """Give what is started next a name of its own, also in each iteration of a map and each time it is tried again.

    A UUID has 36 characters of the 128 that ``startedBy`` takes.
    """
    return sfn.Pass(scope, name, query_language=sfn.QueryLanguage.JSONATA, assign={STARTED_BY: "{% $uuid() %}"})


def stop_attempt(boxes: Boxes, name: str, *, job: Job, then: sfn.IChainable) -> sfn.Parallel:
    """Stop the tasks of an attempt, then go on with the input; also when they could not be stopped.

    Args:
        boxes: what makes the states.
        name: what the names of the states begin with.
        job: what was started.
        then: what comes after, with the input of what is made here: the error.
    """
    arguments = {"Cluster": job.cluster_arn, "Task": "{% $states.input %}", "Reason": _REASON}
    stop_task = _ecs_call(boxes.scope, "stopTask", arguments)
    each = ItemMap(
        boxes.scope,
        f"{name}: each task",
        step=sfn.CustomState(boxes.scope, f"{name}: stop task", state_json=stop_task),
        query_language=sfn.QueryLanguage.JSONATA,
        items=sfn.ProvideItems.jsonata("{% $states.input.TaskArns %}"),
    )
    find = _FindTasks(boxes.scope, f"{name}: find tasks", job=job)
    box = boxes.box(f"{name}: stop", find.next(each), keep_input=True)
    boxes.catch_with_input(box, then)
    box.next(then)
    return box
