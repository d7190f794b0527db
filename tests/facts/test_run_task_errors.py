import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_ecs.errors import Code, InvalidValueError
from constructs_ecs.facts.run_task_errors import (
    CAPACITY_PATTERN,
    CAPACITY_UNAVAILABLE,
    FAILED_TO_START,
    FAILURE_NAME,
    NOT_STARTED_PATTERN,
    PASSING_ERRORS,
    SPOT_INTERRUPTED,
    SPOT_PATTERN,
    TASK_FAILED,
    check_error_names,
    check_retry_figures,
    check_step_name,
)

PATTERNS = (SPOT_PATTERN, CAPACITY_PATTERN, NOT_STARTED_PATTERN)


def _cause(stop_code: str, reason: str = "Essential container in task exited", **more: object) -> str:
    """A task as Step Functions puts it into a cause."""
    task = {"Containers": [{"Name": "main"}], "StopCode": stop_code, "StoppedReason": reason, **more}
    return json.dumps(task, separators=(",", ":"))


@pytest.mark.parametrize(
    ("cause", "patterns"),
    [
        (_cause("EssentialContainerExited"), []),
        (_cause("UserInitiated", "Task stopped by user"), []),
        (_cause("SpotInterruption", "Your Spot Task was interrupted."), [SPOT_PATTERN]),
        (
            _cause("TaskFailedToStart", "Capacity is unavailable at this time. Please try again later"),
            [CAPACITY_PATTERN, NOT_STARTED_PATTERN],
        ),
        (_cause("TaskFailedToStart", "RESOURCE:ENI"), [CAPACITY_PATTERN, NOT_STARTED_PATTERN]),
        (_cause("TaskFailedToStart", "CannotPullContainerError: not found"), [NOT_STARTED_PATTERN]),
    ],
    ids=["exit", "stopped by a user", "Spot", "no capacity", "no resource", "no image"],
)
def test_what_befell_a_task_is_read_from_its_cause(cause: str, patterns: list[str]) -> None:
    assert [pattern for pattern in PATTERNS if re.search(pattern, cause)] == patterns
    spaced = json.dumps(json.loads(cause), indent=1)
    assert [pattern for pattern in PATTERNS if re.search(pattern, spaced)] == patterns


@given(st.sampled_from(PATTERNS), st.sampled_from(["SpotInterruption", "TaskFailedToStart", "RESOURCE:CPU"]))
def test_no_value_of_an_override_is_taken_for_what_befell_the_task(pattern: str, word: str) -> None:
    lures = [word, f'"StopCode":"{word}"', f'"StoppedReason":"{word}"']
    environment = [{"Name": "StopCode", "Value": lure} for lure in lures]
    overrides = {"ContainerOverrides": [{"Command": lures, "Environment": environment}]}
    assert re.search(pattern, _cause("EssentialContainerExited", Overrides=overrides)) is None


def test_the_name_of_a_failure_is_decided_by_the_cause_of_what_ecs_accepted_alone() -> None:
    assert FAILURE_NAME.startswith("{% ")
    assert FAILURE_NAME.endswith(" %}")
    branches = FAILURE_NAME.removeprefix("{% ").removesuffix(" %}").split(" : ")
    assert branches == [
        f"$states.input.Error != '{TASK_FAILED}' ? $states.input.Error",
        f"$contains($states.input.Cause, /{SPOT_PATTERN}/) ? '{SPOT_INTERRUPTED}'",
        f"$contains($states.input.Cause, /{CAPACITY_PATTERN}/) ? '{CAPACITY_UNAVAILABLE}'",
        f"$contains($states.input.Cause, /{NOT_STARTED_PATTERN}/) ? '{FAILED_TO_START}'",
        "$states.input.Error",
    ]


def test_neither_a_container_that_failed_nor_a_timeout_is_among_what_may_pass() -> None:
    assert not {TASK_FAILED, "States.ALL", "States.Timeout", "States.HeartbeatTimeout"} & set(PASSING_ERRORS)


_GOOD: dict[str, Any] = {"interval_seconds": 10, "backoff_rate": 2, "max_attempts": 5, "max_delay_seconds": 300}


@pytest.mark.parametrize(
    "changes",
    [
        {"interval_seconds": 1, "max_delay_seconds": 1},
        {"interval_seconds": 99_999_999, "max_delay_seconds": None},
        {"backoff_rate": 1},
        {"backoff_rate": 1.5},
        {"max_attempts": 0},
        {"max_attempts": 99_999_999},
        {"max_delay_seconds": 31_622_399},
    ],
    ids=str,
)
def test_figures_that_step_functions_takes_pass(changes: dict[str, Any]) -> None:
    check_retry_figures(**{**_GOOD, **changes})


@pytest.mark.parametrize(
    "changes",
    [
        {"interval_seconds": 0},
        {"interval_seconds": 100_000_000, "max_delay_seconds": None},
        {"interval_seconds": 1.5},
        {"interval_seconds": 301},
        {"backoff_rate": 0.9},
        {"backoff_rate": float("nan")},
        {"backoff_rate": float("inf")},
        {"backoff_rate": "2"},
        {"backoff_rate": True},
        {"max_attempts": -1},
        {"max_attempts": 100_000_000},
        {"max_attempts": None},
        {"max_delay_seconds": 0},
        {"max_delay_seconds": 31_622_400},
    ],
    ids=str,
)
def test_other_figures_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidValueError) as refused:
        check_retry_figures(**{**_GOOD, **changes})
    assert refused.value.code is Code.RETRY


@pytest.mark.parametrize("names", [("States.ALL",), ["States.TaskFailed", "My error"], ("x" * 256,)], ids=str)
def test_names_of_errors_that_step_functions_takes_pass(names: Any) -> None:  # noqa: ANN401 - any sequence
    check_error_names(names)


@pytest.mark.parametrize(
    "names",
    [(), "States.ALL", None, ("",), (" x",), ("x ",), ("x" * 257,), (1,), ("States.ALL", "States.Timeout")],
    ids=str,
)
def test_other_names_of_errors_are_refused(names: Any) -> None:  # noqa: ANN401 - any value
    with pytest.raises(InvalidValueError) as refused:
        check_error_names(names)
    assert refused.value.code is Code.RETRY


@given(st.one_of(st.none(), st.integers(), st.text(), st.just("${Token[a.1]}")), st.integers(1, 80))
def test_the_id_of_a_step_is_refused_or_leaves_room_for_the_names_of_its_states(name: object, longest: int) -> None:
    try:
        check_step_name(name, longest=longest)
    except InvalidValueError as refused:
        assert refused.code is Code.STEP
    else:
        assert isinstance(name, str)
        assert 1 <= len(name) <= longest
        assert name.isprintable()
