from constructs_ecs.preflight.launch_sites.reading import as_mapping, as_text, items, walk
from constructs_ecs.preflight.values import Symbol, Unknown

WHY = Unknown("why")


def test_a_walk_ends_at_what_is_unknown_and_at_what_is_not_there() -> None:
    value = {"A": [{"B": 1}, WHY]}
    assert walk(value, "A", 0, "B") == 1
    assert walk(value, "A", 1, "B") is WHY
    assert walk(value, "A", 2, "B") is None
    assert walk(value, "A", "B") is None
    assert walk(value, "A", 0, "B", "C") is None
    assert walk(None, "A") is None
    assert walk(value) is value


def test_one_value_stands_for_a_list_of_one() -> None:
    assert list(items(["a", "b"])) == [(0, "a"), (1, "b")]
    assert list(items(WHY)) == [(0, WHY)]
    assert list(items(None)) == []


def test_text_is_what_cloudformation_would_take_for_it() -> None:
    assert [as_text(value) for value in (None, "", "a", 1, 1.5, True, False)] == [
        None,
        None,
        "a",
        "1",
        "1.5",
        "true",
        "false",
    ]
    symbol = Symbol("T", "R", "Ref")
    assert as_text(symbol) is symbol
    assert as_text(WHY) is WHY
    assert isinstance(as_text({"a": 1}), Unknown)


def test_what_is_no_mapping_is_an_empty_one() -> None:
    assert as_mapping({"a": 1}) == {"a": 1}
    assert as_mapping(WHY) == {}
