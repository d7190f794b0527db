"""Our evaluator and MiniStack's on the same cases; see ``corpus.py`` and ``ministack_answers.py``."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.preflight.iam import oracle
from tests.preflight.iam.corpus import Case, cases, digest

RECORDED: dict[str, Any] = json.loads(Path(__file__).with_name("ministack-answers.json").read_text("utf-8"))
PLAIN: list[str] = " ".join(RECORDED["plain"]).split()
ADAPTED: list[str] = " ".join(RECORDED["adapted"]).split()

VARIABLES = "MiniStack takes policy variables for plain text; AWS replaces them (IAM user guide, Variables and tags)."
COMPONENTS = (
    "MiniStack lets a wildcard of an ARN operator reach across a colon; AWS compares each of the six components apart "
    "(IAM user guide, ARN condition operators)."
)
"""The two disagreements, and why we follow the page. The adapted answers are those that MiniStack gives once the
variables are replaced for it, and once patterns that match only across a colon are made to match nothing."""


@pytest.fixture(scope="module")
def corpus() -> list[Case]:
    return list(cases(RECORDED["seed"], len(ADAPTED)))


def test_the_answers_belong_to_these_cases(corpus: list[Case]) -> None:
    assert digest(corpus) == RECORDED["digest"]
    assert len(corpus) >= 5000


def test_every_case_gets_ministacks_answer_once_the_known_disagreements_are_settled(corpus: list[Case]) -> None:
    different = [
        (case, ours, theirs)
        for case, theirs in zip(corpus, ADAPTED, strict=True)
        if (ours := oracle.answers(case)) != theirs
    ]

    assert different == []


def test_every_disagreement_with_ministack_as_it_is_has_one_of_two_reasons(corpus: list[Case]) -> None:
    disagreements = [case for case, theirs in zip(corpus, PLAIN, strict=True) if oracle.answers(case) != theirs]

    assert Counter(map(_reason, disagreements)).keys() == {VARIABLES, COMPONENTS}


def test_the_cases_reach_every_answer(corpus: list[Case]) -> None:
    assert len(corpus) == len(ADAPTED)
    assert {letter for answer in ADAPTED for letter in answer} == set("ADI")
    # Each way in which the two sides' answers can differ from the total.
    assert {"AII", "IAA", "IAI", "AIA", "ADD", "DAD"} <= set(ADAPTED)


def _reason(case: Case) -> str | None:
    policies = json.dumps([case[name] for name in ("identity", "boundary", "resource_policy") if name in case])
    if "${" in policies:
        return VARIABLES
    return COMPONENTS if '"Arn' in policies else None
