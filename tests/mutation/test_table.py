from collections.abc import Mapping

import pytest

from stacks.settings import Variant
from tests.mutation.judging import CHECKERS, EMULATOR, LINT, NAG, PREFLIGHT, PYTHON, VALIDATOR, Answer
from tests.mutation.mutation import Mutation
from tests.mutation.table import markdown, summary, terminal
from tests.mutation.verdict import Result, results

RULE = frozenset({"E1"})


def _mutation(*, reason: str | None = None, fails: bool = False) -> Mutation:
    def mistake() -> None:
        raise ValueError

    return Mutation(
        name="a *bold* thing | done",
        variant=Variant.ISOLATED,
        change=lambda templates: templates.body("Network")["Outputs"].clear(),
        symptom="It stops.",
        in_python=mistake if fails else None,
        reason=reason,
    )


def _result(mutation: Mutation, answers: Mapping[str, Answer]) -> Result:
    return Result(mutation, dict.fromkeys(CHECKERS, Answer()) | dict(answers))


@pytest.mark.parametrize("checker", [VALIDATOR, NAG, PREFLIGHT])
def test_what_is_caught_in_synth_needs_no_reason(checker: str) -> None:
    found = _result(_mutation(), {checker: Answer(RULE)})
    assert (found.caught_by, list(found.problems)) == ((checker,), [])


@pytest.mark.parametrize("checker", [LINT, EMULATOR])
def test_what_is_caught_outside_of_synth_alone_needs_a_reason(checker: str) -> None:
    answers = {checker: Answer(RULE)}
    assert len(list(_result(_mutation(), answers).problems)) == 1
    assert list(_result(_mutation(reason="Nobody looks."), answers).problems) == []


def test_a_reason_for_what_is_caught_is_a_problem() -> None:
    (problem,) = _result(_mutation(reason="Nobody looks."), {PREFLIGHT: Answer(RULE)}).problems
    assert PREFLIGHT in problem


def test_a_mistake_that_raises_nothing_is_a_problem() -> None:
    (problem,) = _result(_mutation(fails=True), {PREFLIGHT: Answer(RULE)}).problems
    assert "Python" in problem
    assert list(_result(_mutation(fails=True), {PYTHON: Answer(RULE)}).problems) == []


def test_a_mutation_that_changes_nothing_is_a_problem() -> None:
    same = Mutation(name="nothing", variant=Variant.ISOLATED, change=lambda _: None, symptom="None.", reason="Nothing.")
    (problem,) = _result(same, {}).problems
    assert "no template" in problem


def test_answers_are_sorted_by_mutation() -> None:
    first, second = _mutation(), _mutation(reason="Nobody looks.")
    answers = {name: {"M001": Answer(), "M002": Answer(RULE)} for name in CHECKERS}
    found = results({"M001": first, "M002": second}, answers)
    assert [each.caught_by for each in found] == [(), CHECKERS]


def test_the_page_has_a_row_for_each_and_another_for_what_is_missed() -> None:
    found = [
        _result(_mutation(reason="Nobody looks."), {LINT: Answer(RULE), PREFLIGHT: Answer(unknown=True)}),
        _result(_mutation(), {PREFLIGHT: Answer(frozenset("ABCDE")), NAG: Answer(warnings=RULE)}),
    ]
    page = markdown(found)
    name = r"a \*bold\* thing \| done"
    assert f"| isolated: {name} | It stops. | Nobody looks. | preflight: cannot tell, cfn-lint: E1 |" in page
    assert f"| isolated | {name} | It stops. |  |  | E1 (w) | A, B, C, +2 |  |  |" in page
    assert f"| isolated | {name} | It stops. |  |  |  | ? | E1 |  |" in page
    assert "| cdk-nag | 1 | 1 | 0 |" in page
    assert "| cfn-lint | 1 | 0 | 1 |" in page
    assert summary(found) in page


def test_the_terminal_shows_problems_and_times() -> None:
    shown = terminal([_result(_mutation(), {})], dict.fromkeys(CHECKERS, 12.3))
    assert "nothing in make synth catches it" in shown
    assert shown.count("  12") == len(CHECKERS)


def test_the_summary_counts() -> None:
    found = [_result(_mutation(), {PREFLIGHT: Answer(RULE)}), _result(_mutation(), {LINT: Answer(RULE)})]
    said = "2 ways; 2 are caught, 1 of them in `make synth`. Of the 1 that are not, 0 have a reason."
    assert summary(found) == said
