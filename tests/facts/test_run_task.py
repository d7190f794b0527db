import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_ecs.errors import Code, InvalidValueError
from constructs_ecs.facts.run_task import (
    MAXIMUM_OVERRIDES_CHARACTERS,
    Pattern,
    check_overrides_length,
    integration_arn,
    run_task_permissions,
)

FAMILY = "arn:aws:ecs:eu-central-1:123456789012:task-definition/report"
CLUSTER = "arn:aws:ecs:eu-central-1:123456789012:cluster/c"
ROLES = ("arn:aws:iam::123456789012:role/execution", "arn:aws:iam::123456789012:role/task")
RULE = "arn:aws:events:eu-central-1:123456789012:rule/StepFunctionsGetEventsForECSTaskRule"
IN_CLUSTER = {"ArnEquals": {"ecs:cluster": CLUSTER}}

Row = tuple[tuple[str, ...], tuple[str, ...], object]
RUN: Row = (("ecs:RunTask",), (FAMILY, f"{FAMILY}:*"), IN_CLUSTER)
FOLLOW: tuple[Row, ...] = (
    (("ecs:DescribeTasks", "ecs:StopTask"), ("*",), IN_CLUSTER),
    (("events:DescribeRule", "events:PutRule", "events:PutTargets"), (RULE,), {}),
)
PASS: Row = (("iam:PassRole",), ROLES, {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}})


@pytest.mark.parametrize(
    ("pattern", "rows"),
    [
        (Pattern.REQUEST_RESPONSE, (RUN, PASS)),
        (Pattern.RUN_JOB, (RUN, *FOLLOW, PASS)),
        (Pattern.WAIT_FOR_TASK_TOKEN, (RUN, PASS)),
    ],
)
def test_a_state_machine_may_do_exactly_what_its_pattern_needs(pattern: Pattern, rows: tuple[Row, ...]) -> None:
    permissions = run_task_permissions(
        pattern, task_definition_arn=FAMILY, cluster_arn=CLUSTER, role_arns=ROLES, managed_rule_arn=RULE
    )
    assert tuple((each.actions, each.resources, each.conditions) for each in permissions) == rows


def test_every_wildcard_has_a_reason() -> None:
    permissions = run_task_permissions(
        Pattern.RUN_JOB, task_definition_arn=FAMILY, cluster_arn=CLUSTER, role_arns=ROLES, managed_rule_arn=RULE
    )
    wild = [each for each in permissions if any("*" in resource for resource in each.resources)]
    assert [bool(each.reason) for each in wild] == [True, True]


@pytest.mark.parametrize(
    ("pattern", "ending"),
    [
        (Pattern.REQUEST_RESPONSE, "ecs:runTask"),
        (Pattern.RUN_JOB, "ecs:runTask.sync"),
        (Pattern.WAIT_FOR_TASK_TOKEN, "ecs:runTask.waitForTaskToken"),
    ],
)
def test_each_pattern_has_an_integration_of_its_own(pattern: Pattern, ending: str) -> None:
    assert integration_arn(pattern, partition="aws-cn") == f"arn:aws-cn:states:::{ending}"


@given(st.integers(min_value=-3, max_value=3))
def test_overrides_are_refused_from_the_first_character_too_many(beyond: int) -> None:
    around = len(json.dumps({"Command": [""]}, separators=(",", ":")))
    overrides = {"Command": ["x" * (MAXIMUM_OVERRIDES_CHARACTERS - around + beyond)]}
    if beyond <= 0:
        check_overrides_length(overrides)
        return
    with pytest.raises(InvalidValueError, match=f"8192 characters at most.*got {8192 + beyond}") as refused:
        check_overrides_length(overrides)
    assert refused.value.code is Code.TASK_OVERRIDES


def test_a_character_counts_once_whatever_its_bytes() -> None:
    check_overrides_length({"Command": ["ü" * 8000]})
