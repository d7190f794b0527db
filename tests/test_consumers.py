"""Apps of other people, from the built wheel in an environment of their own."""

import json
import os
import sys
from pathlib import Path

import pytest

from tests.commands import run
from tests.support import ROOT


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of a fresh environment with the built wheel, and what it depends on, at the locked versions."""
    folder = tmp_path_factory.mktemp("consumer")
    lock = (ROOT / "requirements.lock").read_text().splitlines()
    pins = [line.removesuffix(" \\") for line in lock if not line.startswith(" ")]
    (folder / "constraints.txt").write_text("\n".join(pins))
    built = run([sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "-w", folder, ROOT])
    assert built.returncode == 0, built.stderr
    (wheel,) = folder.glob("constructs_ecs-*.whl")
    run([sys.executable, "-m", "venv", folder / "venv"])
    interpreter = folder / "venv" / "bin" / "python"
    installed = run([interpreter, "-m", "pip", "install", "--quiet", "-c", folder / "constraints.txt", wheel])
    assert installed.returncode == 0, installed.stderr
    return interpreter


def test_a_consumer_synthesizes_and_proves_from_the_installed_package(python: Path, tmp_path: Path) -> None:
    # Elsewhere than the checkout, so that the installed package is what is imported.
    app = tmp_path / "app.py"
    app.write_text((ROOT / "tests" / "consumers" / "private_service" / "app.py").read_text())
    env = {"CDK_OUTDIR": str(tmp_path / "cdk.out"), "JSII_NODE": os.environ["JSII_NODE"]}
    done = run([python, "-W", "error", app], cwd=tmp_path, env=env)
    assert done.returncode == 0, done.stderr
    template = json.loads((tmp_path / "cdk.out" / "Shop.template.json").read_text())
    types = {resource["Type"] for resource in template["Resources"].values()}
    assert {"AWS::ECS::Service", "AWS::EC2::VPCEndpoint", "AWS::KMS::Key"} <= types
    assert not {"AWS::Lambda::Function", "AWS::EC2::NatGateway", "AWS::EC2::InternetGateway"} & types
    proof = run([python.parent / "ecs-preflight", "--format", "json", "cdk.out"], cwd=tmp_path)
    assert proof.returncode == 0, proof.stdout + proof.stderr
    (site,) = json.loads(proof.stdout)["launch_sites"]
    assert (site["start"]["verdict"], site["exec"]["verdict"]) == ("PASS", "PASS")


def test_the_installed_package_is_typed(python: Path) -> None:
    code = "import constructs_ecs, pathlib; print((pathlib.Path(constructs_ecs.__file__).parent / 'py.typed').exists())"
    assert run([python, "-c", code], cwd=ROOT.parent).stdout.strip() == "True"
