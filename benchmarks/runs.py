"""Measurements, each in a process of its own; of several, the least is what the work itself takes."""

import json
import subprocess
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from benchmarks.costs import ROOT, cpu_of_children, environment
from benchmarks.templates import Figures, figures, report
from benchmarks.workload import LIBRARY, READY, Cost, Costs
from constructs_ecs.preflight.report import Report

_SECONDS: Final = 300
"""More than any of it takes."""


@dataclass(frozen=True, kw_only=True)
class App:
    """What is made.

    Args:
        way: how.
        count: how many services.
        checks: whether cdk-nag's packs and the preflight look at it.
        validator: whether the CDK's own validator does, which is its default.
    """

    way: str
    count: int
    checks: bool = False
    validator: bool = False


@dataclass(frozen=True, kw_only=True)
class Run:
    """What it took.

    Args:
        costs: messages and seconds, step by step.
        seconds: of CPU, of the whole process.
        peak_mib: of Python and Node together.
        folder: the cloud assembly.
    """

    costs: Costs
    seconds: float
    peak_mib: float
    folder: Path

    @cached_property
    def figures(self) -> Figures:
        """What the templates hold."""
        return figures(self.folder)

    @cached_property
    def report(self) -> Report:
        """What the preflight says."""
        return report(self.folder)

    @cached_property
    def violations(self) -> list[str]:
        """What the checks that ran found."""
        path = self.folder / "validation-report.json"
        reports: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))["pluginReports"] if path.exists() else []
        return [f"{one['pluginName']}: {found['ruleName']}" for one in reports for found in one["violations"]]


class Runs:
    """Runs apps, and keeps the best of each.

    Args:
        folder: where cloud assemblies go.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._best: dict[App, Run] = {}

    def __getitem__(self, app: App) -> Run:
        """Return the best run, and run it if there is none."""
        return self._best[app] if app in self._best else self.run(app)

    def run(self, app: App) -> Run:
        """Run once more."""
        folder = self._folder / "-".join(map(str, (app.way, app.count, app.checks, app.validator)))
        options: list[str | Path] = ["--checks"] if app.checks else []
        if app.way == READY:
            options += ["--ready", self[App(way=LIBRARY, count=app.count)].folder]
        before = cpu_of_children()
        told = _child([app.way, str(app.count), *options], folder, validator=app.validator)
        seconds = cpu_of_children() - before
        steps = {name: Cost(**told[name]) for name in ("platform", "services", "synth")}
        run = Run(costs=Costs(**steps), seconds=seconds, peak_mib=told["peak_mib"], folder=folder)
        self._best[app] = run if app not in self._best else _best(self._best[app], run)
        return self._best[app]


def _child(arguments: list[str | Path], folder: Path, *, validator: bool) -> dict[str, Any]:
    done = subprocess.run(  # noqa: S603 - our own
        [sys.executable, "-m", "benchmarks.child", *arguments],
        cwd=ROOT,
        env={**environment(), "CDK_OUTDIR": str(folder), "CDK_VALIDATION": "true" if validator else "false"},
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{arguments}: {done.stderr}")
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def _best(one: Run, other: Run) -> Run:
    costs = {
        step: Cost(
            messages=getattr(one.costs, step).messages,
            seconds=min(getattr(one.costs, step).seconds, getattr(other.costs, step).seconds),
        )
        for step in ("platform", "services", "synth")
    }
    return Run(
        costs=Costs(**costs),
        seconds=min(one.seconds, other.seconds),
        peak_mib=min(one.peak_mib, other.peak_mib),
        folder=other.folder,
    )
