"""Run the checkers: each in an environment of its own, as a process of its own, without a way to the internet."""

import os
import subprocess
import sys
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Final

ROOT: Final = Path(__file__).parents[2]
SECONDS: Final = 300
_NOWHERE: Final = "http://127.0.0.1:9"
"""The discard port: what calls home in spite of all is refused at once."""


class ToolError(Exception):
    """A checker that did not do its work; what it found, if anything, counts for nothing."""


def environment(name: str) -> Path:
    """The folder of a checker's environment, that make sets up."""
    folder = ROOT / f".venv-{name}"
    if not (folder / ".ready").is_file():
        raise ToolError(f"{folder.name} is not there: make sets it up")
    return folder


def run_tool(
    command: Sequence[str | Path], *, folder: Path, ends: Collection[int] = (0,), text: str | None = None
) -> str:
    """Run a checker in a folder, which is its home as well, and return what it writes.

    Args:
        command: the command line.
        folder: where it runs; it reads no configuration of the user's, and none of the project's.
        ends: the exit statuses with which it has done its work.
        text: what it reads from its standard input.
    """
    variables = {"HOME": str(folder), "PATH": os.environ["PATH"], "PYTHONUTF8": "1", "LANG": "C.UTF-8"}
    variables |= {
        name: _NOWHERE for scheme in ("http", "https") for name in (f"{scheme}_proxy", f"{scheme}_proxy".upper())
    }
    return _run(command, folder=folder, variables=variables, ends=ends, text=text)


def run_app(app: Sequence[str | Path], variables: Mapping[str, str]) -> None:
    """Run a CDK app with this interpreter, as the CDK CLI does."""
    node = {"JSII_NODE": str(ROOT / ".venv" / "node" / "bin" / "node")}
    run_own([sys.executable, *app], {**node, **variables})


def run_own(command: Sequence[str | Path], variables: Mapping[str, str] = MappingProxyType({})) -> str:
    """Run a part of the project as a process of its own, and return what it writes."""
    inherited = {key: value for key, value in os.environ.items() if not key.startswith(("CDK_", "PYTEST"))}
    return _run(command, folder=ROOT, variables={**inherited, **variables})


def _run(
    command: Sequence[str | Path],
    *,
    folder: Path,
    variables: Mapping[str, str],
    ends: Collection[int] = (0,),
    text: str | None = None,
) -> str:
    done = subprocess.run(
        [str(word) for word in command],
        cwd=folder,
        env=variables,
        input=text,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    if done.returncode not in ends:
        raise ToolError(f"{command[0]} ended with {done.returncode}: {done.stderr.strip() or done.stdout[-2000:]}")
    return done.stdout
