"""What was promised of many services, and whether the measurements keep it."""

from dataclasses import dataclass
from typing import Final, Protocol

from benchmarks.end_to_end import EndToEnd
from benchmarks.runs import App, Run
from benchmarks.workload import BY_HAND, LIBRARY
from constructs_ecs.facts.stacks import MAX_RESOURCES, MAX_TEMPLATE_BYTES
from constructs_ecs.preflight.findings import Verdict

COUNTS: Final = (1, 10, 50, 100)
MANY: Final = 200
RATIO: Final = 1.5
"""Messages, and time to construct, in proportion to the same resources made by hand."""
_GROWTH: Final = 1.25
"""What a service among 100 may take, of one among 10: linear is less than 1, quadratic is 10."""
_CHECKS: Final = 0.30
_END_TO_END: Final = 1.30


class Measured(Protocol):
    """The best run of each app."""

    def __getitem__(self, app: App, /) -> Run:
        """Return it."""


@dataclass(frozen=True, kw_only=True)
class Goal:
    """A promise.

    Args:
        promise: what was promised.
        found: what was measured.
        kept: whether it is kept.
    """

    promise: str
    found: str
    kept: bool


def goals(runs: Measured, make_synth: EndToEnd) -> list[Goal]:
    """Judge all of them."""
    return [
        *of_proportion(runs),
        *of_growth(runs),
        of_checks(runs),
        *of_templates(runs),
        of_many(runs),
        of_end_to_end(make_synth),
    ]


def of_proportion(runs: Measured) -> list[Goal]:
    """In proportion to what is made by hand: messages in all, and the time to construct where it can be told."""
    library, by_hand = (messages_per_service(runs[App(way=way, count=COUNTS[-1])], COUNTS[-1]) for way in _PAIR)
    times = {count: tuple(construct_ms(runs[App(way=way, count=count)], count) for way in _PAIR) for count in (50, 100)}
    return [
        Goal(
            promise=f"jsii messages per service: at most {RATIO} x by hand",
            found=f"{library:.1f} / {by_hand:.1f} = {library / by_hand:.2f}",
            kept=library <= RATIO * by_hand,
        ),
        *(
            Goal(
                promise=f"construct time per service, {count} services: at most {RATIO} x by hand",
                found=f"{own:.1f} ms / {hand:.1f} ms = {own / hand:.2f}",
                kept=own <= RATIO * hand,
            )
            for count, (own, hand) in times.items()
        ),
    ]


def of_growth(runs: Measured) -> list[Goal]:
    """Messages exactly: each further stack of 50 costs what the one before did. Time within bounds."""
    of_50, of_100 = (runs[App(way=LIBRARY, count=count)].costs.services.messages for count in (50, 100))
    of_many = runs[_MANY].costs.services.messages
    few, all_ = (_ms(runs[App(way=LIBRARY, count=count)], count) for count in (10, 100))
    return [
        Goal(
            promise="messages grow linearly: two more stacks of 50 cost twice what one more does",
            found=f"{of_many - of_100} = 2 x {of_100 - of_50}",
            kept=of_many - of_100 == 2 * (of_100 - of_50),
        ),
        Goal(
            promise=f"construct and synth of a service among 100: at most {_GROWTH} x among 10",
            found=f"{all_:.1f} ms / {few:.1f} ms = {all_ / few:.2f}",
            kept=all_ <= _GROWTH * few,
        ),
    ]


def of_checks(runs: Measured) -> Goal:
    """Of the whole app as ``cdk synth`` starts it, with the CDK's own validator."""
    share, bare = (share_of_checks(runs, 50, validator=validator) for validator in (True, False))
    return Goal(
        promise=f"cdk-nag and preflight, 50 services: under {_CHECKS:.0%} of the app as cdk synth runs it",
        found=f"{share:.0%} ({bare:.0%} with the CDK's validator off)",
        kept=share < _CHECKS,
    )


def of_templates(runs: Measured) -> list[Goal]:
    """Exact, whatever the machine."""
    own, hand = (runs[App(way=way, count=COUNTS[-1])].figures for way in _PAIR)
    different = {kind for kind in own.types | hand.types if own.types[kind] != hand.types[kind]}
    return [
        Goal(promise="no Lambda function", found=str(own.functions), kept=own.functions == 0),
        Goal(
            promise="the same resources as by hand, type by type",
            found=", ".join(sorted(different)) or f"{own.resources} = {hand.resources}",
            kept=not different,
        ),
        Goal(
            promise=f"a stack of 50 services: at most {MAX_RESOURCES} resources and {MAX_TEMPLATE_BYTES / 1e6:.0f} MB",
            found=f"{own.most_resources}, {own.largest / 1e6:.2f} MB",
            kept=own.most_resources <= MAX_RESOURCES and own.largest <= MAX_TEMPLATE_BYTES,
        ),
    ]


def of_many(runs: Measured) -> Goal:
    """Every task of many services, over several stacks, is proven to start and to be open to ECS Exec."""
    run = runs[_MANY]
    verdicts = [(site.start.verdict, site.exec.verdict) for site in run.report.launch_sites]
    passed = verdicts.count((Verdict.PASS, Verdict.PASS))
    return Goal(
        promise=f"{MANY} services in {MANY // 50} stacks, all checks and the CDK's validator on: every task will start",
        found=f"{passed} PASS, {len(run.violations)} findings, {run.seconds:.1f} s CPU",
        kept=passed == MANY and not run.violations,
    )


def of_end_to_end(measured: EndToEnd) -> Goal:
    """What a user waits for who runs it a second time."""
    return Goal(
        promise=f"make synth, second run: at most {_END_TO_END} x the same app without the checks",
        found=f"{measured.make_synth:.2f} s / {measured.without_checks:.2f} s CPU = {measured.ratio:.2f}",
        kept=measured.ratio <= _END_TO_END,
    )


def share_of_checks(runs: Measured, count: int, *, validator: bool) -> float:
    """What part of the process's time is the checks'."""
    bare, checked = (
        runs[App(way=LIBRARY, count=count, checks=checks, validator=validator)].seconds for checks in (False, True)
    )
    return 1 - bare / checked


def messages_per_service(run: Run, count: int) -> float:
    """To construct and to synthesize."""
    return (run.costs.services.messages + run.costs.synth.messages) / count


def construct_ms(run: Run, count: int) -> float:
    """Of one service."""
    return run.costs.services.seconds * 1000 / count


def _ms(run: Run, count: int) -> float:
    return (run.costs.services.seconds + run.costs.synth.seconds) * 1000 / count


_PAIR: Final = (LIBRARY, BY_HAND)
_MANY: Final = App(way=LIBRARY, count=MANY, checks=True, validator=True)
