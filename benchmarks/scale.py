"""Many services, side by side with the same work done in other ways; then each goal, and whether it is kept."""

import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Final

from benchmarks.end_to_end import end_to_end
from benchmarks.goals import COUNTS, construct_ms, goals
from benchmarks.runs import App, Run, Runs
from benchmarks.workload import BY_HAND, LIBRARY, WAYS

_TRIES: Final = 3
_TITLE: Final = 46
_COLUMN: Final = 12


def compare() -> bool:
    """Measure, print, and say whether each goal is kept."""
    with tempfile.TemporaryDirectory() as folder:
        runs = Runs(Path(folder))
        _print_header()
        _measure(runs)
        _print_costs(runs, checks=False)
        _print_costs(runs, checks=True)
        _print_templates(runs)
        sys.stdout.write("\n")
        judged = goals(runs, end_to_end())
    for goal in judged:
        sys.stdout.write(f"{'pass' if goal.kept else 'MISS'}  {goal.promise}\n      {goal.found}\n")
    return all(goal.kept for goal in judged)


def _measure(runs: Runs) -> None:
    """Run what is judged by its time, by turns, so that a machine that is slow for a while is slow for all."""
    for _ in range(_TRIES):
        for count in COUNTS:
            for way in (LIBRARY, BY_HAND):
                runs.run(App(way=way, count=count))
    for _ in range(_TRIES - 1):
        for checks, validator in ((True, False), (False, True), (True, True)):
            runs.run(App(way=LIBRARY, count=50, checks=checks, validator=validator))


def _print_header() -> None:
    sys.stdout.write("\nFargate services in stacks of 50 (patterns: of 25, each service with a load balancer)\n")
    _row("", list(WAYS))


def _print_costs(runs: Runs, *, checks: bool) -> None:
    sys.stdout.write(f"{'with cdk-nag and the preflight' if checks else 'without checks'}\n")
    if not checks:
        _each(runs, "messages per service: construct", lambda run, n: f"{run.costs.services.messages / n:.2f}", (100,))
    _each(runs, "messages per service: synth", lambda run, n: f"{run.costs.synth.messages / n:.2f}", (100,), checks)
    if not checks:
        _each(runs, "ms per service: construct", lambda run, n: f"{construct_ms(run, n):.1f}")
    _each(runs, "ms per service: synth", lambda run, n: f"{run.costs.synth.seconds * 1000 / n:.1f}", checks=checks)
    _each(runs, "CPU seconds of the whole process", lambda run, _: f"{run.seconds:.2f}", checks=checks)
    _each(runs, "peak memory, MiB", lambda run, _: f"{run.peak_mib:.0f}", checks=checks)


def _print_templates(runs: Runs) -> None:
    sys.stdout.write("the templates\n")
    last = COUNTS[-1:]
    _each(runs, "resources", lambda run, _: str(run.figures.resources), last)
    _each(runs, "bytes", lambda run, _: str(run.figures.size), last)
    _each(runs, "Lambda functions", lambda run, _: str(run.figures.functions), last)
    _each(runs, "network interfaces of endpoints", lambda run, _: str(run.figures.interfaces), last)
    _each(runs, "wildcard statements per service", lambda run, n: f"{run.figures.wildcards / n:.1f}", last)
    _each(runs, "preflight: tasks will start", lambda run, _: _starts(run), last)


def _starts(run: Run) -> str:
    verdicts = Counter(site.start.verdict.name for site in run.report.launch_sites)
    return ", ".join(verdicts)


def _each(
    runs: Runs,
    title: str,
    cell: Callable[[Run, int], str],
    counts: tuple[int, ...] = COUNTS,
    checks: bool = False,
) -> None:
    for count in counts:
        cells = [cell(runs[App(way=way, count=count, checks=checks)], count) for way in WAYS]
        _row(f"  {title}, at {count}", cells)


def _row(title: str, cells: list[str]) -> None:
    sys.stdout.write(f"{title:<{_TITLE}}{''.join(f'{cell:>{_COLUMN}}' for cell in cells)}\n")
    sys.stdout.flush()
