"""What a user of the CDK CLI sees; the CDK's own template validator is on here, with its default rules enforced."""

import json
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from stacks.settings import Variant
from tests.commands import CDK, run


def _synth(*arguments: str | Path, output: Path) -> CompletedProcess[str]:
    return run([CDK, "synth", "--quiet", "--output", output, *arguments])


@pytest.mark.parametrize("variant", list(Variant))
def test_cdk_synth_passes_every_check_without_a_word(variant: Variant, tmp_path: Path) -> None:
    done = _synth("--context", f"variant={variant.value}", output=tmp_path)
    assert done.returncode == 0, done.stderr
    words = (done.stdout + done.stderr).strip().splitlines()
    assert [line.split()[0] for line in words] == ["Successfully", "Supply"], words
    reports = json.loads((tmp_path / "validation-report.json").read_text())["pluginReports"]
    assert {report["pluginName"] for report in reports} >= {
        "AwsSolutions",
        "NIST.800.53.R5",
        "HIPAA.Security",
        "PCI.DSS.321",
    }
    assert [violation for report in reports for violation in report["violations"]] == []


def test_cdk_synth_fails_when_a_finding_appears(tmp_path: Path) -> None:
    done = _synth("--app", "python -m tests.apps.with_finding", output=tmp_path)
    assert done.returncode != 0
    assert "AwsSolutions-SNS3" in done.stdout + done.stderr


def test_cdk_synth_fails_when_cloudformation_would_not_take_a_template(tmp_path: Path) -> None:
    done = _synth("--app", "python -m tests.apps.with_fault", output=tmp_path)
    assert done.returncode != 0
    assert "'many' is not of type 'integer'" in done.stdout + done.stderr


def test_a_refused_setting_is_said_in_one_line(tmp_path: Path) -> None:
    done = _synth("--context", "variant=nonsense", output=tmp_path)
    assert done.returncode != 0
    assert "ECS030: The variant is registry or isolated; got 'nonsense'." in done.stderr
    assert "Traceback" not in done.stderr


def test_no_aws_lookup_is_left_to_the_cli(tmp_path: Path) -> None:
    done = _synth("--context", "account=123456789012", "--context", "region=us-east-1", output=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "missing" not in json.loads((tmp_path / "manifest.json").read_text())
