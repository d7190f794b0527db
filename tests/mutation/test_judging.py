import json

import pytest

from stacks.settings import Variant
from tests.mutation.judging import (
    Answer,
    Answers,
    Work,
    in_python,
    lint,
    preflight,
    whole,
)
from tests.mutation.mutation import Mutation, Templates
from tests.mutation.mutations import mutations

WHOLE = whole(Variant.ISOLATED)


def _named(*names: str) -> list[Mutation]:
    return [mutation for mutation in mutations() if mutation.name in names]


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Work:
    names = ("Web: 512 CPU, 8192 MiB", "Logs endpoint removed", "Web: a group that is nowhere", "jobs: no token")
    return Work.of(_named(*names), tmp_path_factory.mktemp("work"))


def _answer(answers: Answers, work: Work, name: str) -> Answer:
    (key,) = (key for key, mutation in work.mutations.items() if mutation.name == name)
    return answers[key]


def test_the_templates_that_are_broken_are_written_beside_those_as_they_were(work: Work) -> None:
    (key,) = (key for key, mutation in work.mutations.items() if mutation.name == "Logs endpoint removed")
    assert set(work.bodies[key]) == {"ConstructsEcs-Network"}
    before, after = (json.loads(work.path(one, "ConstructsEcs-Network").read_text()) for one in (WHOLE, key))
    assert len(before["Resources"]) == len(after["Resources"]) + 1
    assert len(list(work.templates.iterdir())) == sum(map(len, work.bodies.values()))


def test_an_error_of_the_library_is_told_by_its_code_and_one_of_the_cdk_by_its_name(work: Work) -> None:
    answers = in_python(work)
    assert _answer(answers, work, "Web: 512 CPU, 8192 MiB").errors == {"ECS010"}
    assert _answer(answers, work, "jobs: no token").errors == {"CDK"}
    assert not _answer(answers, work, "Logs endpoint removed").caught


def test_the_preflight_catches_with_a_failure_and_not_with_a_question(work: Work) -> None:
    answers = preflight(work)
    assert _answer(answers, work, "Logs endpoint removed").errors == {"N07", "X07"}
    asked = _answer(answers, work, "Web: a group that is nowhere")
    assert (asked.unknown, asked.caught) == (True, False)


def test_what_a_checker_says_of_the_templates_as_they_were_does_not_count(work: Work) -> None:
    answers = lint(work)
    assert _answer(answers, work, "Web: 512 CPU, 8192 MiB").errors == {"E3047"}
    assert not _answer(answers, work, "Logs endpoint removed").caught


def test_a_mutation_is_compared_with_its_own_variant(work: Work) -> None:
    assert {whole(variant) for variant in Variant} | set(work.mutations) == set(work.bodies)
    assert set(work.bodies[WHOLE]) == set(Templates(Variant.ISOLATED).bodies)
