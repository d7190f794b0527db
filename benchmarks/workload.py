"""What is measured: one platform, and services in stacks of their own, made in one of four ways."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import aws_cdk as cdk

from benchmarks.messages import Count, counting
from benchmarks.processes import family, seconds_of
from benchmarks.ways.by_hand import ByHand
from benchmarks.ways.library import Library
from benchmarks.ways.patterns import Patterns
from benchmarks.ways.ready_template import CONTEXT, ReadyTemplate
from benchmarks.ways.way import Way
from constructs_ecs import enforce_best_practices, enforce_preflight
from tests.support import app

LIBRARY: Final = "library"
BY_HAND: Final = "by hand"
PATTERNS: Final = "patterns"
READY: Final = "CfnInclude"
WAYS: Final[dict[str, type[Way]]] = {LIBRARY: Library, BY_HAND: ByHand, PATTERNS: Patterns, READY: ReadyTemplate}


@dataclass(frozen=True, kw_only=True)
class Cost:
    """What a step took.

    Args:
        messages: how many jsii sent.
        seconds: of Python and Node, which take turns.
    """

    messages: int
    seconds: float


@dataclass(frozen=True, kw_only=True)
class Costs:
    """What making the app took, step by step."""

    platform: Cost
    services: Cost
    synth: Cost


def measure(way: str, count: int, *, checks: bool, ready: Path | None = None) -> Costs:
    """Make and synthesize an app with so many services; findings are reported, and do not fail it."""
    with counting() as sent:
        root = app(
            context={
                "@aws-cdk/core:failSynthOnValidationErrors": False,  # as the CDK CLI sets it
                **({} if ready is None else {CONTEXT: str(ready)}),
            }
        )
        steps: dict[str, Cost] = {}
        with _step(steps, "platform", sent):
            made = platform(root, way)
        with _step(steps, "services", sent):
            add_services(root, made, count)
        with _step(steps, "synth", sent):
            if checks:
                enforce_best_practices(root)
                enforce_preflight(root)
            root.synth()
    return Costs(**steps)


def platform(root: cdk.App, way: str) -> Way:
    """Make what all services share, in a stack of its own."""
    return WAYS[way](_stack(root, "Platform"))


def add_services(root: cdk.App, made: Way, count: int, *, prefix: str = "Services") -> None:
    """Make so many services, in as many stacks as they need."""
    names = [f"Service{number}" for number in range(count)]
    for first in range(0, count, made.per_stack):
        made.add_services(_stack(root, f"{prefix}{first}"), names[first : first + made.per_stack])


def _stack(root: cdk.App, name: str) -> cdk.Stack:
    # Without the rule on the bootstrap version, which a template that is included would bring a second time.
    synthesizer = cdk.DefaultStackSynthesizer(generate_bootstrap_version_rule=False)
    return cdk.Stack(root, name, synthesizer=synthesizer)


@contextmanager
def _step(steps: dict[str, Cost], name: str, sent: Count) -> Iterator[None]:
    processes = family()
    messages, start = sent.messages, seconds_of(processes)
    yield
    steps[name] = Cost(messages=sent.messages - messages, seconds=seconds_of(processes) - start)
