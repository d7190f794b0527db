from collections.abc import Iterable
from itertools import pairwise, product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_ecs.preflight.values import (
    PSEUDO,
    Pattern,
    Symbol,
    Ternary,
    Unknown,
    boolean,
    integer,
    is_known,
    is_stable,
    parts_of,
    reasons,
    same,
    text,
)

YES, NO, UNKNOWN = Ternary.YES, Ternary.NO, Ternary.UNKNOWN
A, B = Symbol("T", "A", "Ref"), Symbol("T", "B", "Ref")
REGION = Symbol(PSEUDO, "", "Region")
OPEN = Unknown("why")
PARAMETER = Unknown("no default", Symbol("T", "P", "Ref"))


def test_a_ternary_follows_kleenes_logic() -> None:
    truth = {YES: True, NO: False}
    for one, other in product(Ternary, Ternary):
        # What holds whatever an open answer turns out to be.
        pairs = list(product(_possible(one), _possible(other)))
        assert _certain(one & other) == _certain_of(left and right for left, right in pairs)
        assert _certain(one | other) == _certain_of(left or right for left, right in pairs)
    assert {one: ~one for one in Ternary} == {YES: NO, NO: YES, UNKNOWN: UNKNOWN}
    assert truth[YES & ~NO] is True


def _possible(answer: Ternary) -> tuple[bool, ...]:
    return {YES: (True,), NO: (False,)}.get(answer, (True, False))


def _certain(answer: Ternary) -> bool | None:
    return {YES: True, NO: False}.get(answer)


def _certain_of(answers: Iterable[bool]) -> bool | None:
    found = set(answers)
    return found.pop() if len(found) == 1 else None


def test_a_ternary_is_no_truth_value() -> None:
    with pytest.raises(TypeError):
        bool(YES)


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ((), ""),
        (("a", "", "b"), "ab"),
        ((A,), A),
        (("", A, ""), A),
        (("a", A, "b", "c"), Pattern(("a", A, "bc"))),
        ((Pattern(("a", A)), Pattern((A, "b")), "c"), Pattern(("a", A, A, "bc"))),
        ((1, True, 1.5), "1true1.5"),
        ((PARAMETER, "x"), Pattern((PARAMETER, "x"))),
        (([],), Unknown("a list where text is wanted")),
    ],
)
def test_text_is_written_in_one_way(parts: tuple[Any, ...], expected: object) -> None:
    assert text(*parts) == expected


@given(st.lists(st.one_of(st.text(max_size=3), st.sampled_from([A, B, OPEN]))))
def test_text_keeps_its_parts_in_order_and_joins_what_is_literal(parts: list[Any]) -> None:
    made = text(*parts)

    assert "".join(map(str, parts_of(made))) == "".join(map(str, parts))
    assert text(made) == made
    assert text(*parts[:2], text(*parts[2:])) == made
    literal = [isinstance(part, str) for part in parts_of(made)]
    assert not any(one and other for one, other in pairwise(literal))


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("a", "a", YES),
        ("a", "b", NO),
        (80, "80", YES),
        (True, "true", YES),
        (1, True, NO),
        (A, A, YES),
        (A, B, NO),
        (A, Symbol("Other", "A", "Ref"), NO),
        (A, Symbol("T", "B", "Arn"), NO),
        (A, Symbol("T", "A", "Arn"), UNKNOWN),
        (A, Symbol("T", "B", "VpcId"), UNKNOWN),
        (A, "a", UNKNOWN),
        (REGION, Symbol(PSEUDO, "", "AccountId"), UNKNOWN),
        (A, REGION, UNKNOWN),
        (Symbol(PSEUDO, "", "AvailabilityZones(r)[0]"), Symbol(PSEUDO, "", "AvailabilityZones(r)[1]"), NO),
        (Symbol(PSEUDO, "", "AvailabilityZones(r)[0]"), Symbol(PSEUDO, "", "AvailabilityZones(s)[1]"), UNKNOWN),
        (text("a", A), text("a", A), YES),
        (text("a", A), "ab", UNKNOWN),
        (OPEN, OPEN, UNKNOWN),
        (PARAMETER, PARAMETER, YES),
        (PARAMETER, "a", UNKNOWN),
        (text("x", PARAMETER), text("x", PARAMETER), YES),
        (text("x", OPEN), text("x", OPEN), UNKNOWN),
        (["a", A], ["a", A], YES),
        (["a"], ["b"], NO),
        ({"a": 1}, "a", NO),
    ],
)
def test_values_are_the_same_or_not_or_nobody_knows(first: object, second: object, expected: Ternary) -> None:
    assert same(first, second) is expected
    assert same(second, first) is expected


def test_what_is_unknown_is_found_anywhere_in_a_value() -> None:
    value = {"a": [1, text("x", OPEN)], "b": PARAMETER, "c": OPEN}

    assert reasons(value) == ["why", "no default"]
    assert not is_known(value)
    assert is_known({"a": [A, text("x", B), 1, None]})
    assert not is_stable(value)
    assert is_stable({"a": [A, text("x", PARAMETER)]})


@pytest.mark.parametrize(
    ("value", "default", "expected"),
    [
        (True, None, YES),
        ("true", None, YES),
        ("False", None, NO),
        (None, True, YES),
        (None, False, NO),
        (None, None, UNKNOWN),
        (OPEN, True, UNKNOWN),
        ("", True, UNKNOWN),
        ("yes", None, UNKNOWN),
        (1, None, UNKNOWN),
        ([], None, UNKNOWN),
    ],
)
def test_a_boolean_is_read_as_cloudformation_reads_it(value: object, default: bool | None, expected: Ternary) -> None:
    assert boolean(value, default) is expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        *((1, 1), ("80", 80), (" -1 ", -1), (2.0, 2), (2.5, None), (True, None), (None, None)),
        *(("x", None), ("", None), ("\u0663", None), ("\u00b2", None), ("9" * 99, None)),
        *((OPEN, None), (A, None), ([1], None)),
    ],
)
def test_an_integer_is_read_as_cloudformation_reads_it(value: object, expected: int | None) -> None:
    assert integer(value) == expected


@given(st.text())
def test_reading_a_number_never_fails(value: str) -> None:
    assert integer(value) is None or int(value) == integer(value)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (A, "${A}"),
        (Symbol("T", "A", "Arn"), "${A.Arn}"),
        (REGION, "${AWS::Region}"),
        (text("a", A, OPEN), "a${A}(unknown: why)"),
    ],
)
def test_a_value_is_written_as_fn_sub_writes_it(value: object, written: str) -> None:
    assert str(value) == written
