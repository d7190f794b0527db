"""The goals of ``make bench`` that are exact on any machine, on a few services."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import aws_cdk as cdk
import pytest

from benchmarks.goals import RATIO
from benchmarks.messages import counting
from benchmarks.templates import Figures, figures, report
from benchmarks.ways.ready_template import CONTEXT
from benchmarks.ways.way import Way
from benchmarks.workload import BY_HAND, LIBRARY, PATTERNS, READY, WAYS, add_services, platform
from constructs_ecs.preflight.findings import Verdict
from tests.support import app

_FEW, _MORE = 2, 5


@dataclass(frozen=True)
class _Made:
    construct: int
    synth: int
    folder: Path


@cache
def _make(way: str, count: int) -> _Made:
    """Make so many services, and count the messages."""
    root = app(context={CONTEXT: str(_make(LIBRARY, count).folder)} if way == READY else None)
    with counting() as sent:
        made = platform(root, way)
        before = sent.messages
        add_services(root, made, count)
        construct = sent.messages - before
        root.synth()
        return _Made(construct, sent.messages - before - construct, Path(root.outdir))


def _per_service(way: str) -> tuple[float, float]:
    few, more = _make(way, _FEW), _make(way, _MORE)
    further = _MORE - _FEW
    return (more.construct - few.construct) / further, (more.synth - few.synth) / further


def _figures(way: str) -> Figures:
    return figures(_make(way, _FEW).folder)


@pytest.mark.parametrize("way", [LIBRARY, BY_HAND])
def test_each_further_service_takes_as_many_messages_as_the_one_before_in_each_further_stack(way: str) -> None:
    root = app()
    made = platform(root, way)
    of_stacks = []
    for name in ("First", "Second", "Third"):
        stack = cdk.Stack(root, name)
        of_stacks.append([_messages(made, stack, f"Service{number}") for number in range(8)])
    _, *further = of_stacks
    assert all(len(set(costs[1:])) == 1 for costs in of_stacks), of_stacks
    assert further[0] == further[1]


def _messages(made: Way, stack: cdk.Stack, name: str) -> int:
    with counting() as sent:
        made.add_services(stack, [name])
    return sent.messages


def test_a_service_takes_at_most_half_as_many_messages_again_as_the_same_resources_made_by_hand() -> None:
    assert sum(_per_service(LIBRARY)) <= RATIO * sum(_per_service(BY_HAND))


def test_the_library_and_the_hand_make_the_same_resources() -> None:
    assert _figures(LIBRARY).types == _figures(BY_HAND).types


def test_the_library_and_the_hand_allow_as_much_on_every_resource() -> None:
    assert _figures(LIBRARY).wildcards == _figures(BY_HAND).wildcards


@pytest.mark.parametrize("way", [LIBRARY, BY_HAND])
def test_what_is_compared_works(way: str) -> None:
    verdicts = [(site.start.verdict, site.exec.verdict) for site in report(_make(way, _FEW).folder).launch_sites]
    assert verdicts == [(Verdict.PASS, Verdict.PASS)] * _FEW


def test_no_service_brings_a_lambda_function() -> None:
    assert _figures(LIBRARY).functions == 0


def test_a_ready_template_is_included_as_it_is() -> None:
    assert _figures(READY).types == _figures(LIBRARY).types


def test_a_full_stack_of_the_pattern_is_one_that_cloudformation_takes() -> None:
    per_service = (_figures(PATTERNS).types - figures(_make(PATTERNS, 1).folder).types).total()
    assert per_service * WAYS[PATTERNS].per_stack <= 500 < per_service * WAYS[LIBRARY].per_stack
