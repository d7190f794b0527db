"""What the preflight finds of what is broken, and what it costs."""

import sys
from collections.abc import Callable
from functools import partial
from typing import Final

from benchmarks.costs import HELP_SECONDS, SERVICES_SECONDS, least, of_cfn_lint, of_help, of_services
from constructs_ecs.preflight.findings import Verdict
from tests.preflight.mutating import Mutation, outcomes
from tests.preflight.mutations import KNOWN_MISSES, breaking, harmless, undecidable, warned

_TRIES: Final = 3


def judge() -> bool:
    """Measure, print, and say whether each promise is kept."""
    return all([_score(), _silence(), _start(), _services()])


def _score() -> bool:
    found = outcomes(breaking())
    missed = [one for one in found if not one.caught]
    caught = len(found) - len(missed)
    _print("broken in the sample app, and found by the right rule", f"{caught} / {len(found)}")
    for one in missed:
        _say(f"missed: {one} ({KNOWN_MISSES.get(str(one.mutation), 'not known')})")
    may_fail = warned()
    _print(
        "what may fail, and is warned of",
        f"{sum(one.mutation.warnings <= one.warnings for one in outcomes(may_fail))} / {len(may_fail)}",
    )
    return all(str(one.mutation) in KNOWN_MISSES for one in missed)


def _silence() -> bool:
    alarms = _not_failing("changed without harm, and not called a failure", harmless())
    alarms += _not_failing("what no template can tell, and not called a failure", undecidable())
    for mutation in undecidable():
        _say(f"{mutation}: {mutation.undecidable}")
    return not alarms


def _not_failing(title: str, mutations: tuple[Mutation, ...]) -> list[str]:
    alarms = [str(one) for one in outcomes(mutations) if one.verdict is Verdict.FAIL]
    _print(title, f"{len(mutations) - len(alarms)} / {len(mutations)}")
    for alarm in alarms:
        _say(f"called a failure: {alarm}")
    return alarms


def _start() -> bool:
    return _promise("ecs-preflight --help", of_help, HELP_SECONDS)


def _services() -> bool:
    kept = True
    for count in (25, 50, 100, 200):
        limit = SERVICES_SECONDS if count <= 100 else None  # noqa: PLR2004 - what is promised
        kept &= _promise(f"{count} services", partial(of_services, count), limit)
    lint = of_cfn_lint(100)
    _print("cfn-lint on the same 100 services", f"{lint:.2f} s CPU")
    return kept and least(partial(of_services, 100), tries=1) < lint


def _promise(title: str, measure: Callable[[], float], limit: float | None) -> bool:
    seconds = least(measure, tries=_TRIES)
    _print(title, f"{seconds:.2f} s CPU" + (f" (promised: less than {limit:.2f})" if limit else ""))
    return limit is None or seconds < limit


def _say(detail: str) -> None:
    sys.stdout.write(f"  {detail}\n")


def _print(title: str, value: str) -> None:
    sys.stdout.write(f"{title:<56}{value}\n")
