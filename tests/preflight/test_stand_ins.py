import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_ecs.preflight.stand_ins import StandIns, structured
from constructs_ecs.preflight.values import Symbol, Text, Unknown, text

A, B, WHY = Symbol("T", "A", "Ref"), Symbol("T", "B", "Ref"), Unknown("why")
TEXTS = st.lists(st.sampled_from(["a", ":", "/x", A, B, WHY]), max_size=8).map(lambda parts: text(*parts))


@given(TEXTS)
def test_a_text_is_spelled_and_read_back(value: Text) -> None:
    stand_ins = StandIns()
    assert stand_ins.text(stand_ins.spell(value)) == value


def test_a_spelled_text_is_split_between_its_parts() -> None:
    stand_ins = StandIns()
    fields = stand_ins.spell(text("arn:", A, ":x", B, ":", WHY)).split(":")
    assert [stand_ins.text(field) for field in fields] == ["arn", A, text("x", B), WHY]
    assert [stand_ins.has_unknown(field) for field in fields] == [False, False, False, True]


def test_a_character_that_is_a_stand_in_by_itself_is_never_taken_for_a_part() -> None:
    stand_ins = StandIns()
    stand_ins.spell(A)
    assert stand_ins.text(stand_ins.spell("\U00100000")) == "\ufffd"


def test_more_parts_than_stand_ins_are_unknown_beyond_them() -> None:
    stand_ins = StandIns()
    for number in range(0x10FFFD - 0x100000):
        stand_ins.spell(Symbol("T", str(number), "Ref"))
    assert isinstance(stand_ins.text(stand_ins.spell(A)), Unknown)
    assert stand_ins.text(stand_ins.spell(Symbol("T", "0", "Ref"))) == Symbol("T", "0", "Ref")


def test_json_is_read_with_symbols_inside_of_strings_and_outside() -> None:
    written = text('{"a": "x', A, '", "b": ', B, ', "c": [1, "\\"', WHY, '"]}')
    assert structured(written) == {"a": text("x", A), "b": B, "c": [1, text('"', WHY)]}


@pytest.mark.parametrize("value", ["", "{", "[" * 200 + "]" * 200, text("{", WHY)])
def test_what_is_no_json_is_unknown_and_so_is_what_nests_too_deeply(value: Text) -> None:
    assert isinstance(structured(value), Unknown)


def test_brackets_inside_of_strings_do_not_count() -> None:
    assert structured(json.dumps("[" * 200)) == "[" * 200


@given(st.text() | TEXTS)
def test_any_text_gives_a_value(value: Text) -> None:
    structured(value)
