from collections import Counter
from pathlib import Path

import pytest

from benchmarks.end_to_end import EndToEnd
from benchmarks.goals import Goal, of_checks, of_end_to_end, of_growth, of_many, of_proportion, of_templates
from benchmarks.runs import App, Run
from benchmarks.templates import Figures
from benchmarks.workload import BY_HAND, LIBRARY, Cost, Costs
from constructs_ecs.preflight.findings import Verdict, Where
from constructs_ecs.preflight.report import Answer, ProvenLaunchSite, Report

_NONE = Cost(messages=0, seconds=0)
_MANY = App(way=LIBRARY, count=200, checks=True, validator=True)


def _run(*, messages: int = 0, seconds: float = 0, synth: Cost = _NONE, total: float = 0, **known: object) -> Run:
    services = Cost(messages=messages, seconds=seconds)
    costs = Costs(platform=_NONE, services=services, synth=synth)
    run = Run(costs=costs, seconds=total, peak_mib=0, folder=Path("nowhere"))
    vars(run).update(known)
    return run


def _figures(*types: str, most_resources: int = 0, largest: int = 0) -> Figures:
    return Figures(
        types=Counter(types), size=0, most_resources=most_resources, largest=largest, interfaces=0, wildcards=0
    )


def _pair(count: int, own: Run, hand: Run) -> dict[App, Run]:
    return {App(way=LIBRARY, count=count): own, App(way=BY_HAND, count=count): hand}


def _kept(goals: list[Goal]) -> list[bool]:
    return [goal.kept for goal in goals]


@pytest.mark.parametrize(("synth", "kept"), [(600, True), (601, False)])
def test_messages_of_construct_and_synth_together_are_judged(synth: int, kept: bool) -> None:
    hand = _run(messages=2000, seconds=1)
    own = _run(messages=2400, synth=Cost(messages=synth, seconds=0))
    assert _kept(of_proportion({**_pair(50, own, hand), **_pair(100, own, hand)})) == [kept, True, True]


@pytest.mark.parametrize(("at_50", "at_100"), [(True, True), (True, False), (False, True)])
def test_the_time_to_construct_is_judged_at_50_and_at_100(at_50: bool, at_100: bool) -> None:
    runs = {
        **_pair(50, _run(seconds=3 if at_50 else 3.1), _run(messages=1, seconds=2)),
        **_pair(100, _run(seconds=3 if at_100 else 3.1), _run(messages=1, seconds=2)),
    }
    assert _kept(of_proportion(runs)) == [True, at_50, at_100]


@pytest.mark.parametrize(("of_many", "seconds", "kept"), [(7000, 1.2, [True, True]), (7001, 1.3, [False, False])])
def test_messages_grow_exactly_and_time_within_bounds(of_many: int, seconds: float, kept: list[bool]) -> None:
    runs = {
        App(way=LIBRARY, count=10): _run(messages=400, seconds=0.1),
        App(way=LIBRARY, count=50): _run(messages=1750),
        App(way=LIBRARY, count=100): _run(messages=3500, seconds=seconds),
        _MANY: _run(messages=of_many),
    }
    assert _kept(of_growth(runs)) == kept


@pytest.mark.parametrize(("bare", "kept"), [(7.1, True), (7.0, False)])
def test_the_share_of_the_checks_is_judged_with_the_cdks_validator_on(bare: float, kept: bool) -> None:
    runs = {
        App(way=LIBRARY, count=50, validator=validator, checks=checks): _run(total=10 if checks else seconds)
        for validator, seconds in ((True, bare), (False, 1))
        for checks in (True, False)
    }
    assert of_checks(runs).kept is kept


@pytest.mark.parametrize(
    ("own", "kept"),
    [
        (_figures("A", "B", most_resources=500, largest=1_000_000), [True, True, True]),
        (_figures("A", "B", "AWS::Lambda::Function"), [False, False, True]),
        (_figures("A", "A"), [True, False, True]),
        (_figures("A", "B", most_resources=501), [True, True, False]),
        (_figures("A", "B", largest=1_000_001), [True, True, False]),
    ],
)
def test_templates_are_judged_exactly(own: Figures, kept: list[bool]) -> None:
    runs = _pair(100, _run(figures=own), _run(figures=_figures("A", "B")))
    assert _kept(of_templates(runs)) == kept


def _report(*verdicts: Verdict) -> Report:
    sites = [
        ProvenLaunchSite(Where("T", str(one)), None, "service", "Fargate", Answer(Verdict.PASS), Answer(verdict), ())
        for one, verdict in enumerate(verdicts)
    ]
    return Report(tuple(sites), (), (), ("T",))


@pytest.mark.parametrize(
    ("last", "violations", "kept"),
    [(Verdict.PASS, [], True), (Verdict.UNKNOWN, [], False), (Verdict.PASS, ["AwsSolutions: EC23"], False)],
)
def test_many_services_pass_each_of_them_without_a_finding(last: Verdict, violations: list[str], kept: bool) -> None:
    run = _run(report=_report(*[Verdict.PASS] * 199, last), violations=violations)
    assert of_many({_MANY: run}).kept is kept


def test_many_services_are_all_there() -> None:
    assert not of_many({_MANY: _run(report=_report(*[Verdict.PASS] * 199), violations=[])}).kept


@pytest.mark.parametrize(("seconds", "kept"), [(1.3, True), (1.31, False)])
def test_make_synth_may_take_thirty_percent_more(seconds: float, kept: bool) -> None:
    assert of_end_to_end(EndToEnd(make_synth=seconds, without_checks=1)).kept is kept
