from typing import Any

import pytest
from aws_cdk import aws_stepfunctions as sfn
from hypothesis import given
from hypothesis import strategies as st

from constructs_ecs.errors import Code, InvalidValueError
from constructs_ecs.facts.run_task_errors import PASSING_ERRORS
from constructs_ecs.jobs.retries import Retry, add_retry
from tests.state_language import definition, state_machine
from tests.support import stack, template

_figures = st.one_of(st.none(), st.integers(-2, 40_000_000), st.floats(), st.booleans(), st.text(max_size=3))


@given(
    interval_seconds=_figures,
    backoff_rate=_figures,
    max_attempts=_figures,
    max_delay_seconds=_figures,
    errors=st.one_of(st.none(), st.text(), st.lists(st.one_of(st.text(), st.integers()), max_size=3)),
    full_jitter=st.one_of(st.booleans(), st.none(), st.integers()),
)
def test_any_retry_is_one_that_step_functions_takes_or_an_error_that_says_why(**values: Any) -> None:  # noqa: ANN401
    try:
        retry = Retry(**values)
    except InvalidValueError as refused:
        assert refused.code is Code.RETRY
    else:
        assert retry.errors
        assert retry.interval_seconds >= 1
        assert retry.backoff_rate >= 1
        assert retry.max_attempts >= 0
        assert retry.max_delay_seconds is None or retry.max_delay_seconds >= retry.interval_seconds


@given(
    interval_seconds=st.integers(1, 99_999_999),
    backoff_rate=st.floats(1, 100),
    max_attempts=st.integers(0, 99_999_999),
    full_jitter=st.booleans(),
)
def test_no_retry_that_step_functions_takes_is_refused(**values: Any) -> None:  # noqa: ANN401
    assert Retry(max_delay_seconds=None, **values) == Retry(max_delay_seconds=None, **values)


def test_names_given_as_a_list_are_kept_as_they_were() -> None:
    names = ["MyError"]
    retry = Retry(errors=names)  # type: ignore[arg-type] # what a caller without a type checker may do
    names.append("Other")
    assert retry.errors == ("MyError",)
    assert hash(retry) == hash(Retry(errors=("MyError",)))


@pytest.mark.parametrize(
    ("retry", "rendered"),
    [
        (
            Retry(),
            {
                "ErrorEquals": list(PASSING_ERRORS),
                "IntervalSeconds": 10,
                "BackoffRate": 2,
                "MaxAttempts": 5,
                "MaxDelaySeconds": 300,
                "JitterStrategy": "FULL",
            },
        ),
        (
            Retry(
                errors=("MyError",),
                interval_seconds=1,
                backoff_rate=1.5,
                max_attempts=1,
                max_delay_seconds=None,
                full_jitter=False,
            ),
            {"ErrorEquals": ["MyError"], "IntervalSeconds": 1, "BackoffRate": 1.5, "MaxAttempts": 1},
        ),
        (Retry(max_attempts=0), None),
    ],
    ids=["default", "all figures", "never"],
)
def test_a_retry_is_written_as_step_functions_takes_it(retry: Retry, rendered: dict[str, Any] | None) -> None:
    place = stack()
    box = sfn.Parallel(place, "Box").branch(sfn.Pass(place, "Inside"))
    add_retry(box, retry)
    machine = state_machine(place, box)
    box_state = definition(machine, template(place))["States"]["Box"]
    assert box_state.get("Retry") == (None if rendered is None else [rendered])
