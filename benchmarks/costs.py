"""CPU time of the preflight, and of cfn-lint on the same template; each run is a process, as users start it."""

import json
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

from tests.preflight.support import services

ROOT: Final = Path(__file__).parent.parent
HELP_SECONDS: Final = 0.15
"""``ecs-preflight --help`` takes less."""
SERVICES_SECONDS: Final = 1.0
"""A template of 100 services takes less."""


def of_help() -> float:
    """CPU seconds of ``ecs-preflight --help``."""
    return _cpu(sys.executable, "-m", "constructs_ecs.preflight", "--help")


def of_services(count: int) -> float:
    """CPU seconds of the preflight on a template of so many services."""
    return _on_template(count, sys.executable, "-m", "constructs_ecs.preflight")


def of_cfn_lint(count: int) -> float:
    """CPU seconds of cfn-lint on the same template."""
    return _on_template(count, Path(sys.executable).parent / "cfn-lint", "--region", "us-east-1", "--template")


def least(measure: Callable[[], float], *, tries: int) -> float:
    """Measure several times; the least is what the work itself costs."""
    return min(measure() for _ in range(tries))


def _on_template(count: int, *command: str | Path) -> float:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"services-{count}.template.json"
        path.write_text(json.dumps(services(count), indent=1), "utf-8")
        return _cpu(*command, path)


def _cpu(*command: str | Path) -> float:
    before = cpu_of_children()
    subprocess.run(command, cwd=ROOT, env=environment(), capture_output=True, check=False)  # noqa: S603 - our own
    return cpu_of_children() - before


def cpu_of_children() -> float:
    """CPU seconds of all processes that this one started and that have ended, and of theirs."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def environment() -> dict[str, str]:
    """As it is, but with compiled Python kept, as for every user after the first start."""
    return {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
