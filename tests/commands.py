"""Run the project's own commands the way a user does, and nothing of what this process has set for itself."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.support import ROOT

CDK = ROOT / "node_modules" / ".bin" / "cdk"


def run(
    command: Sequence[str | Path], *, cwd: Path = ROOT, env: Mapping[str, str] | None = None, seconds: int = 300
) -> subprocess.CompletedProcess[str]:
    """Run a command with this interpreter's folder first on the PATH; the caller looks at what came of it."""
    environment = {
        **{key: value for key, value in os.environ.items() if not key.startswith(("PYTEST", "CDK_"))},
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "CDK_DISABLE_CLI_TELEMETRY": "true",
        **(env or {}),
    }
    return subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )
