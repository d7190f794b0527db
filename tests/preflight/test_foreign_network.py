"""Services in a VPC and a cluster that no template has, known by their ids only."""

from pathlib import Path
from typing import Any

import pytest

from constructs_ecs.preflight.engine import analyse_templates
from constructs_ecs.preflight.findings import Severity, Verdict
from constructs_ecs.preflight.report import Report
from constructs_ecs.preflight.templates.documents import parse
from constructs_ecs.preflight.templates.reader import template
from constructs_ecs.preflight.topology import Assumptions

FARGATE = Path(__file__).parent / "fixtures" / "fargate.yaml"
VPC = {"Vpc": "vpc-0123", "SubnetA": "subnet-0a", "SubnetB": "subnet-0b", "RouteTable": "rtb-0a"}
GROUPS = {"TaskSecurityGroup": "sg-0a", "EndpointSecurityGroup": "sg-0b", "FileSystemSecurityGroup": "sg-0c"}
CLUSTER_ARN = "arn:aws:ecs:eu-west-1:123456789012:cluster/shared"


def report_on(ids: dict[str, str], *assume: str, endpoints: bool = True) -> Report:
    """Look at the fixture's service with some resources known by their ids only, with or without its own endpoints."""
    body: dict[str, Any] = parse(FARGATE.read_text(), "fargate").body
    gone = {*ids, *(("RouteTableOfA", "RouteTableOfB") if "Vpc" in ids else ())}
    own = {
        name: raw
        for name, raw in body["Resources"].items()
        if name not in gone and (endpoints or raw["Type"] != "AWS::EC2::VPCEndpoint")
    }
    own["Service"].pop("DependsOn")
    return analyse_templates([template({"Resources": _replaced(own, ids)}, "App")], Assumptions.parse(assume))


def _replaced(value: Any, ids: dict[str, str]) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(value, list):
        return [_replaced(item, ids) for item in value]
    if not isinstance(value, dict):
        return value
    path: Any = value.get("Ref", value.get("Fn::GetAtt", ""))
    named = (path if isinstance(path, str) else path[0]).partition(".")[0]
    return ids[named] if named in ids else {key: _replaced(child, ids) for key, child in value.items()}


def broken(report: Report) -> list[str]:
    """The rules that say of a launch, of ECS Exec or of a deployment that it will fail."""
    return [
        finding.rule
        for finding in report.findings
        if finding.severity not in (Severity.WARNING, Severity.NOTE)
    ]  # fmt: skip


@pytest.mark.parametrize("endpoints", [True, False])
@pytest.mark.parametrize(
    "ids", [VPC, {**VPC, **GROUPS}, {**VPC, **GROUPS, "Cluster": "shared"}, {**VPC, "Cluster": CLUSTER_ARN}]
)
def test_nothing_is_proven_in_a_vpc_outside_and_nothing_is_taken_for_broken(
    ids: dict[str, str], *, endpoints: bool
) -> None:
    report = report_on(ids, endpoints=endpoints)

    (site,) = report.launch_sites
    assert (site.start.verdict, site.exec.verdict) == (Verdict.UNKNOWN, Verdict.UNKNOWN)
    assert broken(report) == []


def test_the_reasons_name_what_is_not_in_the_templates() -> None:
    reasons = report_on({**VPC, **GROUPS, "Cluster": "shared"}, endpoints=False).launch_sites[0]

    assert any(reason.startswith("Whether sg-0a lets tcp/443 out to ecr.api") for reason in reasons.start.reasons)
    assert any(reason.startswith("The way out of subnet-0a is not known") for reason in reasons.start.reasons)
    assert any("shared is not in the templates" in reason for reason in reasons.exec.reasons)
    assert all("not in the templates lets" not in reason for reason in (*reasons.start.reasons, *reasons.exec.reasons))


@pytest.mark.parametrize("cluster", ["shared", CLUSTER_ARN])
def test_with_a_cluster_outside_the_start_is_proven_and_ecs_exec_is_open(cluster: str) -> None:
    report = report_on({"Cluster": cluster})

    (site,) = report.launch_sites
    assert (site.start.verdict, site.exec.verdict) == (Verdict.PASS, Verdict.UNKNOWN)
    assert broken(report) == []


def test_endpoints_that_the_template_adds_to_a_vpc_outside_are_found_when_its_names_are_vouched_for() -> None:
    report = report_on(VPC, "vpc=endpoints:s3")

    (site,) = report.launch_sites
    assert site.exec.verdict is Verdict.PASS
    assert {call.purpose for call in site.calls if call.verdict is not Verdict.PASS} == {"mount the file system"}


def test_a_vpc_outside_that_is_said_to_have_nothing_fails() -> None:
    report = report_on(VPC, "vpc=endpoints:none", "egress=none", endpoints=False)

    (site,) = report.launch_sites
    assert (site.start.verdict, site.exec.verdict) == (Verdict.FAIL, Verdict.FAIL)
    assert {"N01", "N07", "X03"} <= set(broken(report))
