from collections import Counter

import pytest

from constructs_ecs.preflight.findings import Verdict
from stacks.settings import Variant
from tests.mutation.mutation import Mutation, Templates
from tests.mutation.mutations import mutations
from tests.preflight.mutating import report
from tests.support import ROOT

EVERY = mutations()


def _title(mutation: Mutation) -> str:
    return str(mutation)


def test_there_are_more_than_sixty_and_each_has_a_name_of_its_own() -> None:
    assert len(EVERY) >= 60
    assert [title for title, count in Counter(map(_title, EVERY)).items() if count > 1] == []


def test_each_variant_is_broken() -> None:
    assert {mutation.variant for mutation in EVERY} == set(Variant)


@pytest.mark.parametrize("variant", Variant, ids=lambda variant: variant.value)
def test_what_is_broken_is_whole_before(variant: Variant) -> None:
    found = report(Templates(variant))
    assert (found.verdict, found.findings, found.unknowns) == (Verdict.PASS, (), ())


def test_each_changes_templates_and_not_more_than_three_of_them() -> None:
    changed = {_title(mutation): len(mutation.changed) for mutation in EVERY}
    assert {title: count for title, count in changed.items() if not 1 <= count <= 3} == {}


def test_nothing_waits_for_what_was_taken_out() -> None:
    for mutation in EVERY:
        gone = Templates(mutation.variant).names - mutation.templates.names
        waits = [resource.get("DependsOn", []) for resource in mutation.templates.resources()]
        assert not gone & {name for names in waits for name in names}, mutation.name


def test_each_says_in_a_sentence_what_the_user_sees() -> None:
    assert [_title(mutation) for mutation in EVERY if len(mutation.symptom.split()) < 3] == []


def test_a_reason_is_a_sentence() -> None:
    reasons = [mutation.reason for mutation in EVERY if mutation.reason is not None]
    assert [reason for reason in reasons if len(reason.split()) < 4 or not reason.endswith(".")] == []


def test_the_page_for_review_is_of_these() -> None:
    page = (ROOT / "snapshots" / "mutations.md").read_text()
    rows = {tuple(line.split(" | ", 2)[:2]) for line in page.splitlines()}
    shown = [mutation for mutation in EVERY if (f"| {mutation.variant.value}", mutation.name) in rows]
    assert [_title(mutation) for mutation in EVERY if mutation not in shown] == []
    assert f"{len(EVERY)} ways;" in page
