import sys
from pathlib import Path

import pytest

from tests.audit.assemblies import VARIANTS, Subject
from tests.audit.audit import CHECKERS, Timed
from tests.audit.checkers.cfn_lint import OPEN_REGIONS
from tests.audit.findings import Key, Outcome
from tests.audit.tools import ToolError, environment, run_tool

BROKEN = [
    Key("cdk-nag", "AwsSolutions-S1", "Broken/Bucket"),
    Key("cdk-nag", "NIST.800.53.R5-S3BucketVersioningEnabled", "Broken/Bucket"),
    Key("cdk-nag", "HIPAA.Security-S3BucketVersioningEnabled", "Broken/Bucket"),
    Key("cdk-nag", "PCI.DSS.321-S3BucketVersioningEnabled", "Broken/Bucket"),
    Key("cdk-validator", "F3012", "Broken/Service"),
    Key("cfn-guard", "CT.S3.PR.2", "Broken/Bucket"),
    Key("cfn-guard", "CT.ECS.PR.6", "Broken/Task"),
    Key("cfn-lint", "E3012", "Broken/Service"),
    Key("checkov", "CKV_AWS_18", "Broken/Bucket"),
    Key("parliament", "UNKNOWN_ACTION", "Broken/Policy"),
    Key("preflight", "S04", "Broken/Service"),
]


def outcome(judged: list[Timed], checker: str) -> Outcome:
    (found,) = [each.outcome for each in judged if each.outcome.checker == checker]
    return found


def test_every_checker_judges_a_broken_app(judged: list[Timed]) -> None:
    assert len(judged) == len(CHECKERS)
    assert {each.outcome.checker for each in judged} == {key.checker for key in BROKEN}


@pytest.mark.parametrize("key", BROKEN, ids="-".join)
def test_a_fault_is_found_in_every_variant_that_has_it(judged: list[Timed], key: Key) -> None:
    found = outcome(judged, key.checker).findings
    assert [variant for variant, findings in found.items() if key in findings] == ["broken", "again"]


def test_a_template_that_two_variants_share_is_judged_once(subject: Subject, judged: list[Timed]) -> None:
    assert [[variant for variant, _ in file.owners] for file in subject.files] == [["broken", "again"]]
    assert outcome(judged, "cfn-lint").judged == f"1 templates in {len(OPEN_REGIONS)} Regions"


@pytest.mark.parametrize(
    "key",
    [Key("cdk-nag", "AwsSolutions-S10", "Broken/Bucket"), Key("preflight", "S04", "Broken/Known")],
    ids="-".join,
)
def test_what_is_acknowledged_in_code_is_no_finding(judged: list[Timed], key: Key) -> None:
    found = outcome(judged, key.checker)
    assert all(key not in findings for findings in found.findings.values())
    assert {variant: known.get(key) for variant, known in found.acknowledged.items()} == {
        "broken": "This one is known.",
        "again": "This one is known.",
    }


def test_cfn_lint_judges_for_every_partition_that_customers_can_reach() -> None:
    assert {"us-east-1", "eu-south-2", "us-gov-west-1", "cn-north-1", "eusc-de-east-1"} <= set(OPEN_REGIONS)
    assert [region for region in OPEN_REGIONS if "-iso" in region] == []


def test_every_variant_of_the_sample_app_is_judged() -> None:
    assert list(VARIANTS) == [
        "registry-agnostic",
        "registry-agnostic-https",
        "registry-fixed",
        "registry-fixed-https",
        "isolated-agnostic",
        "isolated-agnostic-https",
        "isolated-fixed",
        "isolated-fixed-https",
    ]


def test_a_checker_that_fails_is_an_error_and_not_a_pass(tmp_path: Path) -> None:
    with pytest.raises(ToolError, match="ended with 3: no rules"):
        run_tool([sys.executable, "-c", "import sys; sys.stderr.write('no rules'); sys.exit(3)"], folder=tmp_path)


def test_a_checker_without_its_environment_is_an_error() -> None:
    with pytest.raises(ToolError, match=r"\.venv-nowhere is not there"):
        environment("nowhere")


def test_a_checker_cannot_call_home(tmp_path: Path) -> None:
    with pytest.raises(ToolError, match="Connection refused"):
        run_tool(
            [sys.executable, "-c", "from urllib.request import urlopen; urlopen('https://example.com')"],
            folder=tmp_path,
        )
