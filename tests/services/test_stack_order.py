"""What may depend on what."""

from hypothesis import given
from hypothesis import strategies as st

from constructs_ecs.services.stack_order import StackOrder

STACKS = "ABCDE"
PAIRS = st.lists(st.tuples(st.sampled_from(STACKS), st.sampled_from(STACKS)).filter(lambda pair: pair[0] != pair[1]))


def test_the_preferred_stack_holds_unless_the_other_depends_on_it() -> None:
    order = StackOrder()
    assert order.choose("A", "B") == "A"
    assert order.choose("B", "A") == "A"


def test_what_depends_through_others_counts_too() -> None:
    order = StackOrder()
    order.add("A", "B")
    order.add("B", "C")
    assert order.depends("A", "C")
    assert not order.depends("C", "A")
    assert order.choose("C", "A") == "A"


def test_a_stack_does_not_depend_on_itself() -> None:
    order = StackOrder()
    order.add("A", "A")
    assert not order.depends("A", "A")


@given(known=PAIRS, chosen=PAIRS)
def test_no_choice_makes_a_cycle(known: list[tuple[str, str]], chosen: list[tuple[str, str]]) -> None:
    order = StackOrder()
    for first, second in known:
        order.add(max(first, second), min(first, second))  # as a letter depends on those before it
    holders = [{order.choose(preferred, other), *pair} for preferred, other in chosen for pair in [(preferred, other)]]
    assert all(len(pair) == 2 for pair in holders)
    assert not any(order.depends(stack, stack) for stack in STACKS)


def test_it_reads_only_where_what_is_known_leaves_a_choice() -> None:
    asked: list[str] = []

    def read(stack: str) -> list[tuple[str, str]]:
        asked.append(stack)
        return {"A": [("A", "C")], "C": [("C", "B")]}.get(stack, [])

    order = StackOrder(read)
    order.add("D", "E")
    assert order.choose("D", "E") == order.choose("E", "D") == "D"
    assert not asked
    assert order.choose("B", "A") == "A"
    assert asked == ["A", "C"]
    assert order.depends("A", "B")


@given(known=PAIRS, unread=PAIRS, chosen=PAIRS)
def test_no_choice_makes_a_cycle_with_what_is_yet_to_be_read(
    known: list[tuple[str, str]], unread: list[tuple[str, str]], chosen: list[tuple[str, str]]
) -> None:
    later = [(max(pair), min(pair)) for pair in unread]
    order = StackOrder(lambda stack: [pair for pair in later if pair[0] == stack])
    for pair in known:
        order.add(max(pair), min(pair))
    for preferred, other in chosen:
        order.choose(preferred, other)
    for pair in later:
        order.add(*pair)
    assert not any(order.depends(stack, stack) for stack in STACKS)


def test_a_cycle_that_was_there_is_no_endless_walk() -> None:
    order = StackOrder()
    order.add("A", "B")
    order.add("B", "A")
    assert order.depends("A", "A")
    assert order.choose("A", "B") in {"A", "B"}
