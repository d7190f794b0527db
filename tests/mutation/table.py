"""The result for a reader: which checker catches what, for the terminal and as a page for review."""

from collections.abc import Mapping, Sequence
from typing import Final

from tests.mutation.judging import CHECKERS, IN_SYNTH, PREFLIGHT, Answer
from tests.mutation.verdict import Result
from tests.tables import grid, table, text

LEGEND: Final = (
    "A cell names the rules that object to what is broken and did not before: (w) is a warning, ? a preflight that "
    "cannot tell, +2 two rules more. Python is the same mistake made through the constructs, with the code of the "
    "library's error, or CDK for an error of the CDK's; what they have no words for is empty. The emulator names what "
    "it refuses to create."
)
_INTRODUCTION: Final = """\
# Which checker catches what is broken

`make mutate` writes this page: it breaks the sample app's templates, one thing at a time.
"""
_SHOWN: Final = 3


def terminal(found: Sequence[Result], seconds: Mapping[str, float]) -> str:
    """Each mutation, then the sums with the time of each checker, then what is not as it should be."""
    rows = [[str(each.mutation), *(_cell(each, name) for name in CHECKERS)] for each in found]
    sums = [[*row, f"{seconds[name]:.0f}"] for name, row in zip(CHECKERS, _sums(found), strict=True)]
    problems = [f"{each.mutation.name}: {problem}" for each in found for problem in each.problems]
    return "\n".join(
        [
            *grid(["What is done", *CHECKERS], rows),
            "",
            *grid(["Checker", "Catches", "By a warning alone", "Alone", "Seconds"], sums),
            "",
            summary(found),
            *problems,
        ]
    )


def markdown(found: Sequence[Result]) -> str:
    """The same without times, with what the user would see: equal for equal templates and checkers."""
    missed = [each for each in found if not each.caught_in_synth]
    return "\n".join(
        [
            _INTRODUCTION,
            summary(found),
            "",
            *table(["Checker", "Catches", "By a warning alone", "Alone"], _sums(found)),
            "\nAlone is what no other checker catches. The first four run in `make synth`.",
            "\n## Caught by nothing in make synth\n",
            *table(["What is done", "On AWS", "Why", "Elsewhere"], [_missed(each) for each in missed]),
            "\n## All\n",
            LEGEND,
            "",
            *table(["Variant", "What is done", "On AWS", *CHECKERS], [_row(each) for each in found]),
            "",
        ]
    )


def summary(found: Sequence[Result]) -> str:
    """What is caught, in a sentence."""
    caught = sum(bool(each.caught_by) for each in found)
    missed = [each for each in found if not each.caught_in_synth]
    return (
        f"{len(found)} ways; {caught} are caught, {len(found) - len(missed)} of them in `make synth`. Of the "
        f"{len(missed)} that are not, {sum(each.mutation.reason is not None for each in missed)} have a reason."
    )


def _sums(found: Sequence[Result]) -> list[list[str]]:
    return [
        [
            checker,
            str(sum(checker in each.caught_by for each in found)),
            str(sum(bool(each.answers[checker].warnings) and not each.answers[checker].errors for each in found)),
            str(sum(each.caught_by == (checker,) for each in found)),
        ]
        for checker in CHECKERS
    ]


def _missed(each: Result) -> list[str]:
    elsewhere = [f"{name}: {_cell(each, name)}" for name in each.caught_by if name not in IN_SYNTH]
    said = f"{PREFLIGHT}: cannot tell" if each.answers[PREFLIGHT].unknown else ""
    where = ", ".join(filter(None, (said, *elsewhere)))
    mutation = each.mutation
    return [text(cell) for cell in (str(mutation), mutation.symptom, mutation.reason or "", where)]


def _row(each: Result) -> list[str]:
    mutation = each.mutation
    cells = (_cell(each, checker) for checker in CHECKERS)
    return [text(cell) for cell in (mutation.variant.value, mutation.name, mutation.symptom, *cells)]


def _cell(each: Result, checker: str) -> str:
    answer: Answer = each.answers[checker]
    rules = [*sorted(answer.errors), *(f"{rule} (w)" for rule in sorted(answer.warnings))]
    more = [f"+{len(rules) - _SHOWN}"] if len(rules) > _SHOWN else []
    return ", ".join([*rules[:_SHOWN], *more]) or ("?" if answer.unknown else "")
