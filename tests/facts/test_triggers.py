import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_ecs.errors import Code, InvalidValueError
from constructs_ecs.facts.triggers import (
    MAX_INPUT_BYTES,
    check_description,
    check_input,
    check_key_part,
    check_period,
    check_retries,
    evaluation,
    json_text,
    key_pattern,
)

NUMBER_TOKEN: Any = -1.8881545897087535e289
NOW = datetime(2026, 12, 24, 18, tzinfo=UTC)
HOUR = 3_600
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


@given(st.integers())
def test_a_start_is_tried_again_0_to_185_times(retries: int) -> None:
    if 0 <= retries <= 185:
        check_retries(retries)
    else:
        with pytest.raises(InvalidValueError) as caught:
            check_retries(retries)
        assert caught.value.code is Code.TRIGGER


@given(st.dictionaries(st.text(), JSON, max_size=5))
def test_any_json_object_of_a_few_bytes_is_an_input(value: dict[str, Any]) -> None:
    assert len(json.dumps(value)) < MAX_INPUT_BYTES
    check_input(value)


def test_an_input_has_256_kib_at_most() -> None:
    check_input({"a": "x" * (MAX_INPUT_BYTES - len('{"a":""}'))})
    with pytest.raises(InvalidValueError, match="262,145 bytes"):
        check_input({"a": "x" * (MAX_INPUT_BYTES - len('{"a":""}') + 1)})


def _contains_itself() -> dict[str, Any]:
    value: dict[str, Any] = {}
    value["self"] = value
    return value


@pytest.mark.parametrize(
    "value",
    [
        {"a": float("nan")},
        {"a": float("inf")},
        {1: "a"},
        {"a": {1, 2}},
        {"a": [object()]},
        {"a": b""},
        _contains_itself(),
    ],
    ids=["nan", "infinity", "key", "set", "object", "bytes", "circle"],
)
def test_what_json_has_not_is_no_input(value: dict[Any, Any]) -> None:
    with pytest.raises(InvalidValueError) as caught:
        check_input(value)
    assert caught.value.code is Code.TRIGGER


@given(st.dictionaries(st.text(), JSON, max_size=5))
def test_an_input_is_written_as_it_is(value: dict[str, Any]) -> None:
    text = json_text(value)
    assert text is not None
    assert json.loads(text) == value


@pytest.mark.parametrize(
    "token",
    ["${Token[TOKEN.12]}", "arn:${Token[AWS.Partition.3]}:sns", -1.8881545897087626e289, ["#{Token[TOKEN.1]}"]],
    ids=["text", "part of a text", "number", "list"],
)
def test_an_input_with_a_token_is_left_to_the_cdk_which_carries_no_none(token: object) -> None:
    check_input({"a": [token]})
    assert json_text({"a": [token]}) is None
    assert json_text({"${Token[TOKEN.12]}": 1}) is None
    with pytest.raises(InvalidValueError, match="None beside a token"):
        check_input({"a": [token], "b": None})


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (datetime(2026, 1, 1), None),  # noqa: DTZ001 - the fault
        (None, "2026-01-01"),
        (NOW, NOW),
        (NOW, NOW - timedelta(seconds=1)),
    ],
    ids=["no time zone", "text", "no time", "backwards"],
)
def test_a_period_that_says_no_stretch_of_time_is_refused(start: Any, end: Any) -> None:  # noqa: ANN401 - anything
    with pytest.raises(InvalidValueError) as caught:
        check_period(start, end)
    assert caught.value.code is Code.TRIGGER


@pytest.mark.parametrize(("start", "end"), [(None, None), (NOW, None), (None, NOW), (NOW, NOW + timedelta(days=1))])
def test_a_period_may_be_open(start: datetime | None, end: datetime | None) -> None:
    check_period(start, end)


@given(st.integers(-HOUR, 8 * 24 * HOUR) | st.integers(1, 200).map(lambda hours: hours * HOUR))
def test_an_alarm_looks_back_exactly_as_long_as_asked_within_what_cloudwatch_takes(seconds: int) -> None:
    try:
        periods, period = evaluation(seconds)
    except InvalidValueError as error:
        assert error.code is Code.WORKFLOW_ALARM
        assert seconds % 300 or not 300 <= seconds <= 7 * 24 * HOUR or (seconds % HOUR and seconds > 24 * HOUR)
        return
    assert periods * period == seconds
    assert period in {300, HOUR}
    assert seconds <= (24 * HOUR if period < HOUR else 7 * 24 * HOUR)


@pytest.mark.parametrize(
    ("prefix", "suffix", "pattern"),
    [
        (None, None, None),
        ("in/", None, {"prefix": "in/"}),
        (None, ".csv", {"suffix": ".csv"}),
        ("in/", ".csv", {"wildcard": "in/*.csv"}),
        ("a*b", "\\", {"wildcard": "a\\*b*\\\\"}),
    ],
)
def test_a_key_is_matched_by_what_it_begins_and_ends_with(
    prefix: str | None, suffix: str | None, pattern: dict[str, str] | None
) -> None:
    assert key_pattern(prefix, suffix) == pattern


@pytest.mark.parametrize("value", ["", 3, "x" * 1_025, "é" * 513])
def test_no_part_of_a_key_is_refused(value: object) -> None:
    with pytest.raises(InvalidValueError) as caught:
        check_key_part(value, name="prefix")
    assert caught.value.code is Code.TRIGGER


@pytest.mark.parametrize("value", ["x" * 513, 3])
def test_a_description_is_text_of_512_characters_at_most(value: object) -> None:
    check_description("x" * 512)
    with pytest.raises(InvalidValueError) as caught:
        check_description(value)
    assert caught.value.code is Code.TRIGGER


def test_a_stretch_that_only_cloudformation_knows_is_refused() -> None:
    with pytest.raises(InvalidValueError, match="known at synth; got a token") as refused:
        evaluation(NUMBER_TOKEN)
    assert refused.value.code is Code.WORKFLOW_ALARM
