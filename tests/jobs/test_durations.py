import aws_cdk as cdk
import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_ecs.errors import Code, InvalidValueError
from constructs_ecs.facts.limits import is_number_token
from constructs_ecs.jobs.durations import whole_seconds
from tests.support import stack


@given(st.integers(0, 10_000))
def test_whole_seconds_within_the_bounds_are_taken_and_no_others(milliseconds: int) -> None:
    length = cdk.Duration.millis(milliseconds)
    if milliseconds % 1_000 == 0 and 2 <= milliseconds // 1_000 <= 8:
        assert whole_seconds(length, code=Code.TRIGGER, name="age", minimum=2, maximum=8) == milliseconds // 1_000
    else:
        with pytest.raises(InvalidValueError, match="age is 2 to 8 whole seconds"):
            whole_seconds(length, code=Code.TRIGGER, name="age", minimum=2, maximum=8)


def test_where_aws_counts_minutes_a_part_of_one_is_refused() -> None:
    with pytest.raises(InvalidValueError, match="1 to 2 whole minutes; got 90 seconds"):
        whole_seconds(cdk.Duration.seconds(90), code=Code.TRIGGER, name="window", minimum=60, maximum=120, unit=60)


def test_what_only_cloudformation_knows_is_taken() -> None:
    seconds = cdk.CfnParameter(stack(), "Seconds", type="Number").value_as_number
    length = cdk.Duration.seconds(seconds)
    assert is_number_token(whole_seconds(length, code=Code.TRIGGER, name="age", minimum=2, maximum=8))


def test_a_number_is_no_duration() -> None:
    with pytest.raises(InvalidValueError) as caught:
        whole_seconds(5, code=Code.TRIGGER, name="age", minimum=2, maximum=8)  # type: ignore[arg-type]
    assert caught.value.code is Code.TRIGGER
