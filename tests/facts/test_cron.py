import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_ecs.errors import Code, InvalidValueError
from constructs_ecs.facts.cron import check_schedule_expression


@pytest.mark.parametrize(
    "expression",
    [
        "rate(1 minute)",
        "rate(5 minutes)",
        "rate(12 hours)",
        "rate(7 days)",
        "at(2026-12-24T18:00:00)",
        "cron(0 2 * * ? *)",
        "cron(15 10 ? * 6L 2022-2023)",
        "cron(0/10 * ? * MON-FRI *)",
        "cron(30,45 0-23/2 L * ? *)",
        "cron(0 9 LW jan,JUL ? 2026)",
        "cron(0 9 L-3 * ? *)",
        "cron(0 9 15W * ? *)",
        "cron(0 9 ? * 2#1 *)",
        "cron(0 9 ? * SUN,SAT *)",
        "cron(0 9 ? * FRIL *)",
    ],
)
def test_the_user_guide_s_forms_are_taken(expression: str) -> None:
    check_schedule_expression(expression)


@pytest.mark.parametrize(
    ("expression", "problem"),
    [
        ("", "none of the three"),
        ("every day", "none of the three"),
        ("rate(0 hours)", "none of the three"),
        ("rate(1.5 hours)", "none of the three"),
        ("rate(3 weeks)", "none of the three"),
        ("at(2026-02-30T00:00:00)", "none of the three"),
        ("at(2026-12-24)", "none of the three"),
        ("cron(0 2 * * *)", "5 fields"),
        ("cron(0 2 * * ? * *)", "7 fields"),
        ("cron(0 2 * * * *)", "one of day of month and day of week"),
        ("cron(0 2 ? * ? *)", "one of day of month and day of week"),
        ("cron(60 2 * * ? *)", "60 is no minute"),
        ("cron(0 24 * * ? *)", "24 is no hour"),
        ("cron(0 2 0 * ? *)", "0 is no day of month"),
        ("cron(0 2 * 13 ? *)", "13 is no month"),
        ("cron(0 2 ? * 0 *)", "0 is no day of week"),
        ("cron(0 2 ? * MOON *)", "MOON is no day of week"),
        ("cron(0 2 * * ? 1969)", "1969 is no year"),
        ("cron(0 2/0 * * ? *)", "2/0 is no hour"),
        ("cron(? 2 * * ? *)", "is no minute"),
        ("cron(0 , * * ? *)", ", is no hour"),
        ("cron(0 1-2-3 * * ? *)", "1-2-3 is no hour"),
        ("cron(0 2 32W * ? *)", "32W is no day of month"),
        ("cron(0 2 ? * 2#6 *)", "2#6 is no day of week"),
    ],
)
def test_what_eventbridge_scheduler_would_not_take_is_refused_with_its_fault(expression: str, problem: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        check_schedule_expression(expression)
    assert caught.value.code is Code.TRIGGER
    assert problem in str(caught.value)


def test_a_token_is_taken() -> None:
    check_schedule_expression("rate(${Token[TOKEN.12]} hours)")


@given(
    minute=st.integers(0, 59),
    hour=st.integers(0, 23),
    day=st.integers(1, 31),
    month=st.integers(1, 12),
    year=st.integers(1970, 2199),
)
def test_each_number_within_its_bounds_is_taken(minute: int, hour: int, day: int, month: int, year: int) -> None:
    check_schedule_expression(f"cron({minute} {hour} {day} {month} ? {year})")


@given(st.text(max_size=30) | st.from_regex(r"cron\([0-9*?,/LW# -]{0,20}\)"))
def test_any_text_is_taken_or_refused_with_our_error(expression: str) -> None:
    try:
        check_schedule_expression(expression)
    except InvalidValueError as error:
        assert error.code is Code.TRIGGER
