"""README's second example: the isolated sample app without its `logs` endpoint, and what the preflight finds first."""

import json
import re
import shutil
import sys
from pathlib import Path

import pytest

from stacks.settings import Variant
from tests.commands import run
from tests.sample import AGNOSTIC, synthesize
from tests.support import ROOT, of_type

_EXAMPLE = re.compile(r"^```console\n\$ ecs-preflight cdk\.out\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture
def without_logs(tmp_path: Path) -> Path:
    """A folder with the synthesized sample app, but for its endpoint for CloudWatch Logs."""
    shutil.copytree(synthesize(Variant.ISOLATED, AGNOSTIC).outdir, tmp_path / "cdk.out")
    path = tmp_path / "cdk.out" / "ConstructsEcs-Network.template.json"
    template = json.loads(path.read_text())
    gone = {name for name in of_type(template, "AWS::EC2::VPCEndpoint") if name.startswith("NetworkLogsEndpoint")}
    assert len(gone) == 1
    template["Resources"] = {name: value for name, value in template["Resources"].items() if name not in gone}
    path.write_text(json.dumps(template, indent=1))
    return tmp_path


def test_readme_shows_what_the_preflight_really_prints(without_logs: Path) -> None:
    env = {"PYTHONPATH": str(ROOT), "COLUMNS": "110"}
    done = run([sys.executable, "-m", "constructs_ecs.preflight", "cdk.out"], cwd=without_logs, env=env)
    assert done.returncode == 1, done.stderr
    shown = _EXAMPLE.search((ROOT / "README.md").read_text())
    assert shown is not None
    first, other = done.stdout.strip().split("\n\nFAIL X07 ")
    assert first == shown[1].strip()
    assert "FAIL" not in other
