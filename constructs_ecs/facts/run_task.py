"""How Step Functions runs an ECS task: integration patterns, what the machine's role may do, how long overrides are.

Sources: Step Functions developer guide, "Run Amazon ECS or Fargate tasks with Step Functions", "Discover service
integration patterns in Step Functions" and "How Step Functions generates IAM policies for integrated services"; ECS API
reference, ``RunTask`` and ``TaskOverride``; Service Authorization Reference for ECS, EventBridge and Step Functions.
"""

import json
from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any, Final

from constructs_ecs.errors import Code, InvalidValueError
from constructs_ecs.facts.needs import Permission

MAXIMUM_OVERRIDES_CHARACTERS: Final = 8192
"""Of a task's overrides, with the JSON around them. Source: ECS API reference, ``RunTask``, ``overrides``."""
TASK_TOKEN_PATH: Final = "$$.Task.Token"  # noqa: S105 - where a token is, not a token
"""Where a state finds its task token, in JSONPath."""
TASK_TOKEN_EXPRESSION: Final = "$states.context.Task.Token"  # noqa: S105 - as above
"""Where a state finds its task token, in JSONata."""
MANAGED_RULE: Final = "StepFunctionsGetEventsForECSTaskRule"
"""The EventBridge rule by which Step Functions learns that a task has ended: one for all state machines of a Region."""
TASKS_PRINCIPAL: Final = "ecs-tasks.amazonaws.com"
"""Whom the roles of a task are passed to."""

_NEW_TASK: Final = "A task's id is known once it runs; the cluster is fixed by a condition."
_REVISIONS: Final = "The family runs at its latest revision, so that an update does not stop what is under way."


class Pattern(Enum):
    """What a state waits for; the value is what the integration's ARN ends in."""

    REQUEST_RESPONSE = ""
    """For the answer that the task is accepted."""
    RUN_JOB = ".sync"
    """For the task's end."""
    WAIT_FOR_TASK_TOKEN = ".waitForTaskToken"  # noqa: S105 - the name of a pattern
    """For a call with the token that the task was given."""


def integration_arn(pattern: Pattern, *, partition: str) -> str:
    """Name the integration, as a state's ``Resource``."""
    return f"arn:{partition}:states:::ecs:runTask{pattern.value}"


def run_task_permissions(
    pattern: Pattern, *, task_definition_arn: str, cluster_arn: str, role_arns: Sequence[str], managed_rule_arn: str
) -> tuple[Permission, ...]:
    """What a state machine's role may do to run a task, and nothing else.

    Args:
        pattern: what the state waits for. Only for a task's end does Step Functions describe it, stop it when the
            state is aborted or times out, and keep the managed rule.
        task_definition_arn: of the family, without a revision.
        cluster_arn: where the task runs.
        role_arns: the execution role and the task role.
        managed_rule_arn: of the rule called MANAGED_RULE.
    """
    in_cluster = {"ArnEquals": {"ecs:cluster": cluster_arn}}
    run = Permission(
        actions=("ecs:RunTask",),
        resources=(task_definition_arn, f"{task_definition_arn}:*"),
        reason=_REVISIONS,
        conditions=in_cluster,
    )
    follow = (
        Permission(
            actions=("ecs:DescribeTasks", "ecs:StopTask"), resources=("*",), reason=_NEW_TASK, conditions=in_cluster
        ),
        Permission(
            actions=("events:DescribeRule", "events:PutRule", "events:PutTargets"), resources=(managed_rule_arn,)
        ),
    )
    pass_roles = Permission(
        actions=("iam:PassRole",),
        resources=tuple(role_arns),
        conditions={"StringEquals": {"iam:PassedToService": TASKS_PRINCIPAL}},
    )
    return (run, *(follow if pattern is Pattern.RUN_JOB else ()), pass_roles)


def stop_tasks_permission(cluster_arn: str) -> Permission:
    """What a state machine's role needs to find and stop tasks of a cluster.

    Args:
        cluster_arn: where the tasks run.
    """
    return Permission(
        actions=("ecs:ListTasks", "ecs:StopTask"),
        resources=("*",),
        reason=f"Listing tasks has no resource. {_NEW_TASK}",
        conditions={"ArnEquals": {"ecs:cluster": cluster_arn}},
    )


def check_overrides_length(overrides: Mapping[str, Any]) -> None:
    """Check that overrides are not too long, as far as they are known: what comes from a state's input is not.

    Args:
        overrides: in the form of the API, with an empty text or list for what is not known.

    Raises:
        InvalidValueError: ECS070.
    """
    length = len(json.dumps(overrides, separators=(",", ":"), ensure_ascii=False))
    if length > MAXIMUM_OVERRIDES_CHARACTERS:
        raise InvalidValueError(
            Code.TASK_OVERRIDES,
            f"The overrides of a task have {MAXIMUM_OVERRIDES_CHARACTERS} characters at most, with the JSON around "
            f"them; got {length} without what comes from the input.",
            "Put the data into a bucket or a parameter, and give its name to the container.",
        )
