"""What ``make synth`` takes from start to end, and the same app in the CDK CLI without this library's checks."""

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.costs import cpu_of_children
from tests.commands import CDK, run

_TRIES: Final = 2


@dataclass(frozen=True, kw_only=True)
class EndToEnd:
    """CPU seconds of a run that is not the first."""

    make_synth: float
    without_checks: float

    @property
    def ratio(self) -> float:
        """How much longer it takes with the checks and the proof."""
        return self.make_synth / self.without_checks


def end_to_end() -> EndToEnd:
    """Measure both by turns; the CLI and the CDK's own validator are in both."""
    with tempfile.TemporaryDirectory() as folder:
        bare: list[str | Path] = [
            CDK,
            "synth",
            "--quiet",
            "--app",
            "python -m benchmarks.unchecked",
            "--output",
            Path(folder),
        ]
        checked: list[str | Path] = ["make", "--silent", "synth"]
        _seconds(bare)
        _seconds(checked)
        pairs = [(_seconds(checked), _seconds(bare)) for _ in range(_TRIES)]
    return EndToEnd(make_synth=min(pair[0] for pair in pairs), without_checks=min(pair[1] for pair in pairs))


def _seconds(command: list[str | Path]) -> float:
    before = cpu_of_children()
    done = run(command, env={"MAKEFLAGS": "", "PYTHONDONTWRITEBYTECODE": ""})
    if done.returncode:
        raise RuntimeError(f"{command}: {done.stdout}{done.stderr}")
    return cpu_of_children() - before
