"""Adding up answers that may be open."""

from collections.abc import Iterable

from constructs_ecs.preflight.values import Ternary


def ternary(answer: bool) -> Ternary:
    """Return a plain answer as a ternary."""
    return Ternary.YES if answer else Ternary.NO


def any_of(answers: Iterable[Ternary]) -> Ternary:
    """Whether one of them is yes; no if there are none."""
    found = Ternary.NO
    for answer in answers:
        if answer is Ternary.YES:
            return answer
        found = found | answer
    return found


def all_of(answers: Iterable[Ternary]) -> Ternary:
    """Whether all of them are yes; yes if there are none."""
    found = Ternary.YES
    for answer in answers:
        if answer is Ternary.NO:
            return answer
        found = found & answer
    return found
