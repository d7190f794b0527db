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


def test_a_cycle_that_was_there_is_no_endless_walk() -> None:
    order = StackOrder()
    order.add("A", "B")
    order.add("B", "A")
    assert order.depends("A", "A")
    assert order.choose("A", "B") in {"A", "B"}
