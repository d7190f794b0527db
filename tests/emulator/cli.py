"""The CDK CLI, as a user runs it, against one emulator."""

import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.emulator.server import ACCOUNT, REGION, ROOT, Emulator

_CDK = ROOT / "node_modules" / ".bin" / "cdk"
_BIN = ROOT / ".venv" / "bin"
_SECONDS = 120


@dataclass(frozen=True)
class Outcome:
    """How a command ended, and all that it said."""

    code: int
    output: str


@dataclass(frozen=True)
class Cli:
    """The CDK CLI with the emulator's address and nothing of the user's own."""

    emulator: Emulator

    def environment(self) -> dict[str, str]:
        """What the CLI and the app are started with."""
        own = {key: os.environ[key] for key in ("HOME", "LANG", "TMPDIR") if key in os.environ}
        return {
            **own,
            **self.emulator.environment(),
            "PATH": f"{_BIN}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
            "JSII_NODE": str(ROOT / ".venv" / "node" / "bin" / "node"),
            "CDK_DISABLE_CLI_TELEMETRY": "true",
            "CDK_NOTICES": "false",
            "CDK_VALIDATION": "false",  # it has its own test, and takes as long as a deployment
        }

    def start(self, *words: str | Path) -> subprocess.Popen[str]:
        """Start a command in a process group of its own."""
        return subprocess.Popen(
            [str(_CDK), *map(str, words), "--ci", "--no-color"],
            cwd=ROOT,
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def run(self, *words: str | Path) -> Outcome:
        """Run a command to its end, however it ends."""
        with self.start(*words) as process:
            try:
                output, _ = process.communicate(timeout=_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                raise
            return Outcome(process.returncode, output)

    def must(self, *words: str | Path) -> str:
        """Run a command that has to succeed."""
        outcome = self.run(*words)
        assert outcome.code == 0, (
            f"cdk {' '.join(map(str, words))} ended with {outcome.code}:\n{outcome.output[-6000:]}"
        )
        return outcome.output

    def bootstrap(self) -> str:
        """Bootstrap the emulator's one account and Region."""
        return self.must("bootstrap", "--app", "", f"aws://{ACCOUNT}/{REGION}")

    def synth(self, folder: Path, *context: str, app: str = "python3 app.py") -> Path:
        """Synthesize an app, the sample app unless told otherwise, into a folder."""
        self.must("synth", "--quiet", "--app", app, "--output", folder, *_context(context))
        return folder

    def deploy(self, assembly: Path, *words: str) -> str:
        """Deploy all stacks of an assembly."""
        return self.must("deploy", "--app", assembly, "--all", "--require-approval", "never", *words)


def _context(settings: Sequence[str]) -> list[str]:
    return [word for setting in settings for word in ("--context", setting)]
