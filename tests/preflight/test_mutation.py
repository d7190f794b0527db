"""What is broken in the sample app's templates is found; what does no harm is not called a failure."""

from functools import cache

import pytest

from constructs_ecs.preflight.findings import Verdict
from stacks.settings import Variant
from tests.preflight.mutating import Mutation, Sample, outcome, outcomes, report
from tests.preflight.mutations import KNOWN_MISSES, breaking, harmless, undecidable, warned


@cache
def _as_it_is(variant: Variant) -> tuple[tuple[Verdict, Verdict], ...]:
    return tuple((site.start.verdict, site.exec.verdict) for site in report(Sample(variant)).launch_sites)


@pytest.mark.parametrize("variant", Variant, ids=lambda variant: variant.value)
def test_the_sample_app_is_proven_whole(variant: Variant) -> None:
    found = report(Sample(variant))
    assert _as_it_is(variant) == ((Verdict.PASS, Verdict.PASS),) * len(found.launch_sites)
    assert len(found.launch_sites) >= 2
    assert (found.findings, found.unknowns) == ((), ())


def test_everything_that_can_be_decided_is_found_by_its_rule_but_for_the_known_misses() -> None:
    missed = [found for found in outcomes(breaking()) if not found.caught]
    assert [str(found) for found in missed if str(found.mutation) not in KNOWN_MISSES] == []
    assert {str(found.mutation) for found in missed} == set(KNOWN_MISSES)  # a miss that is mended leaves the list


@pytest.mark.parametrize("mutation", harmless(), ids=str)
def test_a_change_that_no_launch_depends_on_changes_no_verdict(mutation: Mutation) -> None:
    found = outcome(mutation)
    assert (found.verdict, found.sites) == (Verdict.PASS, _as_it_is(mutation.variant))


@pytest.mark.parametrize("mutation", warned(), ids=str)
def test_what_may_fail_is_warned_of_and_not_called_a_failure(mutation: Mutation) -> None:
    found = outcome(mutation)
    assert mutation.warnings <= found.warnings
    assert found.verdict is not Verdict.FAIL


@pytest.mark.parametrize("mutation", undecidable(), ids=str)
def test_what_no_template_can_tell_is_not_called_a_failure(mutation: Mutation) -> None:
    assert outcome(mutation).verdict is not Verdict.FAIL


def test_there_are_enough_of_them_and_each_has_a_name_of_its_own() -> None:
    everything = (*breaking(), *harmless(), *warned(), *undecidable())
    assert len({str(mutation) for mutation in everything}) == len(everything)
    assert len(breaking()) >= 150
    assert len(harmless()) >= 30
