# ruff: noqa: ANN401 - values that a user could give
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_stepfunctions as sfn
from hypothesis import given
from hypothesis import strategies as st

from constructs_ecs import Code, ConflictError, InvalidValueError
from constructs_ecs.facts.run_task import Pattern
from constructs_ecs.jobs import AtPath, Jsonata
from constructs_ecs.jobs.times import DEFAULT_TIMEOUT_SECONDS, state_times

SECOND = cdk.Duration.seconds(1)
MINUTE = cdk.Duration.minutes(1)
HOUR = cdk.Duration.hours(1)
OTHERS = (Pattern.REQUEST_RESPONSE, Pattern.RUN_JOB)
TOKEN = Pattern.WAIT_FOR_TASK_TOKEN


def test_a_state_that_waits_has_a_day_unless_it_is_told() -> None:
    assert state_times(Pattern.RUN_JOB, None, None) == (DEFAULT_TIMEOUT_SECONDS, None) == (86_400, None)
    assert state_times(TOKEN, None, MINUTE) == (86_400, 60)
    assert state_times(Pattern.RUN_JOB, HOUR, None) == (3600, None)


def test_a_state_that_waits_for_an_answer_alone_has_no_timeout_of_its_own() -> None:
    assert state_times(Pattern.REQUEST_RESPONSE, None, None) == (None, None)
    assert state_times(Pattern.REQUEST_RESPONSE, MINUTE, None) == (60, None)


def test_a_heartbeat_is_required_where_the_task_reports() -> None:
    with pytest.raises(ConflictError, match=r"has a heartbeat_timeout.*None was given") as refused:
        state_times(TOKEN, HOUR, None)
    assert refused.value.code is Code.STATE_TIMEOUT


@pytest.mark.parametrize("pattern", OTHERS)
def test_a_heartbeat_is_refused_where_nobody_sends_one(pattern: Pattern) -> None:
    with pytest.raises(ConflictError, match=f"which a state with {pattern.name} has not") as refused:
        state_times(pattern, HOUR, MINUTE)
    assert refused.value.code is Code.STATE_TIMEOUT


@given(st.integers(min_value=1, max_value=99_999_999), st.integers(min_value=1, max_value=99_999_999))
def test_a_heartbeat_is_shorter_than_the_timeout(timeout: int, heartbeat: int) -> None:
    given_ = (cdk.Duration.seconds(timeout), cdk.Duration.seconds(heartbeat))
    if heartbeat < timeout:
        assert state_times(TOKEN, *given_) == (timeout, heartbeat)
        return
    with pytest.raises(ConflictError, match="before the state times out") as refused:
        state_times(TOKEN, *given_)
    assert refused.value.code is Code.STATE_TIMEOUT


@pytest.mark.parametrize("value", [AtPath("$.seconds"), Jsonata("$states.input.seconds")])
def test_times_may_come_from_the_input(value: Any) -> None:
    assert state_times(TOKEN, value, MINUTE) == (value, 60)
    assert state_times(TOKEN, HOUR, value) == (3600, value)


def test_a_duration_of_a_path_is_a_path() -> None:
    seconds, _ = state_times(Pattern.RUN_JOB, cdk.Duration.seconds(sfn.JsonPath.number_at("$.seconds")), None)
    assert isinstance(seconds, AtPath)
    assert cdk.Stack().resolve(seconds.path) == "$.seconds"


def test_a_duration_that_only_cloudformation_knows_passes() -> None:
    token = cdk.Token.as_number({"Ref": "Seconds"})
    assert state_times(TOKEN, cdk.Duration.seconds(token), MINUTE) == (token, 60)


@pytest.mark.parametrize(
    "value",
    [
        *(3600, "PT1H", "$.seconds", sfn.Timeout.duration(HOUR), AtPath("States.MathAdd($.a, 1)")),
        *(cdk.Duration.seconds(0), cdk.Duration.millis(1500), cdk.Duration.days(2000)),
    ],
)
def test_what_is_no_time_in_seconds_is_refused(value: Any) -> None:
    for times in ((value, None), (HOUR, value)):
        with pytest.raises(InvalidValueError) as refused:
            state_times(TOKEN, *times)
        assert refused.value.code is Code.STATE_TIMEOUT
