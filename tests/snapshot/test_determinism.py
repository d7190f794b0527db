"""The same sources give the same templates, byte for byte, in any process."""

import json
import sys
from pathlib import Path

import pytest

from stacks.settings import Variant
from tests.commands import run
from tests.support import ROOT


def _templates(variant: Variant, folder: Path, seed: int) -> dict[str, bytes]:
    context = {**json.loads((ROOT / "cdk.json").read_text())["context"], "variant": variant.value}
    env = {
        "CDK_OUTDIR": str(folder),
        "CDK_CONTEXT_JSON": json.dumps(context),
        "CDK_VALIDATION": "false",
        "PYTHONHASHSEED": str(seed),
    }
    done = run([sys.executable, "app.py"], env=env)
    assert done.returncode == 0, done.stderr
    return {path.name: path.read_bytes() for path in folder.glob("*.template.json")}


@pytest.mark.parametrize("variant", list(Variant))
def test_two_processes_write_the_same_templates(variant: Variant, tmp_path: Path) -> None:
    first, second = (_templates(variant, tmp_path / str(seed), seed) for seed in (1, 2))
    assert len(first) == 6
    assert first == second
