from typing import Final

import pytest
from aws_cdk import aws_logs as logs
from hypothesis import given
from hypothesis import strategies as st

from constructs_ecs.errors import Code, InvalidValueError
from constructs_ecs.facts.retention import RETENTION_DAYS, check_retention_days

NUMBER_TOKEN: Final = -1.8881545897087535e289


def refusal(retention_days: object) -> InvalidValueError:
    with pytest.raises(InvalidValueError) as caught:
        check_retention_days(retention_days)  # type: ignore[arg-type]
    return caught.value


def test_there_is_a_period_for_each_that_the_cdk_offers() -> None:
    assert len(RETENTION_DAYS) == len(set(RETENTION_DAYS)) == len(logs.RetentionDays) - 1  # all but INFINITE
    assert list(RETENTION_DAYS) == sorted(RETENTION_DAYS)


@pytest.mark.parametrize("days", RETENTION_DAYS)
def test_a_period_on_offer_is_taken(days: int) -> None:
    check_retention_days(days)


@pytest.mark.parametrize(
    ("days", "suggested"), [(-5, 1), (0, 1), (2, 3), (29, 30), (366, 400), (3652, 3653), (3654, 3653), (10**400, 3653)]
)
def test_another_period_is_refused_with_the_next_longer_one(days: int, suggested: int) -> None:
    error = refusal(days)

    assert error.code is Code.RETENTION
    assert error.remedy == f"Use {suggested}."


@pytest.mark.parametrize("days", [True, 7.0, "7", None, [], float("nan")])
def test_what_is_no_int_is_refused_without_another_error(days: object) -> None:
    assert refusal(days).code is Code.RETENTION


def test_a_number_that_python_cannot_even_spell_is_refused() -> None:
    assert refusal(10**5000).code is Code.RETENTION


def test_a_token_passes() -> None:
    check_retention_days(NUMBER_TOKEN)  # type: ignore[arg-type]


@given(days=st.one_of(st.integers(), st.integers(min_value=0, max_value=4000), st.floats(), st.text(), st.none()))
def test_any_input_is_on_offer_or_gives_our_error(days: object) -> None:
    if days in RETENTION_DAYS and isinstance(days, int):
        check_retention_days(days)
    else:
        assert refusal(days).code is Code.RETENTION
