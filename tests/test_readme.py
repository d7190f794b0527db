"""Everything that README shows is run."""

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from constructs_ecs import ConstructsEcsError, TaskSize
from tests.commands import run
from tests.support import ROOT

README = (ROOT / "README.md").read_text()
_FENCES = re.findall(r"^```(\w+)\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
_PYTHON = [text for language, text in _FENCES if language == "python"]
_SHELL = [text for language, text in _FENCES if language in {"sh", "console"}]


def test_the_first_example_is_a_private_service_in_under_twenty_lines() -> None:
    assert len(_PYTHON[0].splitlines()) < 20


@pytest.mark.parametrize("example", _PYTHON)
def test_each_python_example_synthesizes(example: str) -> None:
    names: dict[str, Any] = {"__name__": "__main__"}
    exec(compile(example, "README.md", "exec"), names)  # noqa: S102 - our own text
    templates = [json.loads(path.read_text()) for path in Path(names["app"].outdir).glob("*.template.json")]
    types = {resource["Type"] for template in templates for resource in template["Resources"].values()}
    assert "AWS::ECS::TaskDefinition" in types


def test_each_make_command_that_readme_shows_exists() -> None:
    targets = {target for text in _SHELL for target in re.findall(r"^make ([a-z-]+)", text, re.MULTILINE)}
    assert {"synth", "test"} <= targets
    for target in targets:
        assert run(["make", "--dry-run", target]).returncode == 0, target


def test_the_first_example_makes_what_readme_says() -> None:
    names: dict[str, Any] = {"__name__": "__main__"}
    exec(compile(_PYTHON[0], "README.md", "exec"), names)  # noqa: S102 - our own text
    (path,) = Path(names["app"].outdir).glob("*.template.json")
    kinds = Counter(resource["Type"] for resource in json.loads(path.read_text())["Resources"].values())
    assert "ten VPC endpoints, closed security groups, three roles" in README
    assert (kinds["AWS::EC2::VPCEndpoint"], kinds["AWS::IAM::Role"], kinds["AWS::KMS::Key"]) == (10, 3, 1)
    assert "No NAT gateway, no internet gateway, no Lambda function" in README
    assert kinds.keys() & {"AWS::EC2::NatGateway", "AWS::EC2::InternetGateway", "AWS::Lambda::Function"} == set()


def test_the_refusal_that_readme_shows_is_the_one_that_is_raised() -> None:
    with pytest.raises(ConstructsEcsError) as caught:
        TaskSize(cpu=512, memory_mib=512)
    assert str(caught.value) in README
