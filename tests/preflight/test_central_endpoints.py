"""A service in a VPC whose endpoints are another VPC's, behind a transit gateway: made with the constructs."""

from pathlib import Path

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2

from constructs_ecs import Container, EcrRepository, EcsCluster, ExecAudit, FargateService, Image, TaskSize
from constructs_ecs.facts.endpoints import Endpoint
from constructs_ecs.network import ExistingEndpoint, ExistingNetwork
from constructs_ecs.preflight.engine import analyse
from constructs_ecs.preflight.findings import Severity, Verdict
from constructs_ecs.preflight.report import Report
from constructs_ecs.preflight.topology import Assumptions
from tests.support import ENVIRONMENT, app

CENTRAL = ExistingEndpoint(cidrs=("10.9.0.0/24",))
ALL = f"vpc=endpoints:{','.join(each.value for each in Endpoint)}"
FAIL, UNKNOWN, PASS = Verdict.FAIL, Verdict.UNKNOWN, Verdict.PASS


def assembly(folder: Path, destination: str | None) -> Path:
    root = cdk.App(context=app().node.get_all_context(), outdir=str(folder))
    scope = cdk.Stack(root, "App", env=ENVIRONMENT)
    subnets = [ec2.SubnetConfiguration(name="Tasks", subnet_type=ec2.SubnetType.PRIVATE_ISOLATED)]
    vpc = ec2.Vpc(scope, "Vpc", max_azs=2, subnet_configuration=subnets, restrict_default_security_group=False)
    for name, subnet in zip(("First", "Second"), vpc.isolated_subnets, strict=True):
        if destination is not None:
            ec2.CfnRoute(
                scope,
                f"{name}Central",
                route_table_id=subnet.route_table.route_table_id,
                destination_cidr_block=destination,
                transit_gateway_id="tgw-0123456789abcdef0",
            )
    network = ExistingNetwork(scope, "Network", vpc=vpc, existing_endpoints=dict.fromkeys(Endpoint, CENTRAL))
    cluster = EcsCluster(scope, "Cluster", network=network, exec_audit=ExecAudit(scope, "Audit"))
    image = Image.from_ecr(EcrRepository(scope, "Repository"), tag="1.4.2")
    containers = [Container(image=image, port=8080)]
    FargateService(scope, "Web", cluster=cluster, containers=containers, size=TaskSize(cpu=512, memory_mib=1024))
    root.synth()
    return folder


@pytest.fixture(scope="module")
def routed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return assembly(tmp_path_factory.mktemp("routed"), "10.0.0.0/8")


def verdicts(report: Report) -> tuple[Verdict, Verdict]:
    (site,) = report.launch_sites
    return site.start.verdict, site.exec.verdict


def broken(report: Report) -> set[str]:
    """The rules that say that something will fail."""
    quiet = (Severity.WARNING, Severity.NOTE)
    return {finding.rule for finding in report.findings if finding.severity not in quiet}


def test_where_the_endpoints_are_is_not_for_these_templates_to_say(routed: Path) -> None:
    report = analyse([routed])

    assert (verdicts(report), broken(report)) == ((UNKNOWN, UNKNOWN), set())
    (site,) = report.launch_sites
    for service, reasons in (("logs", site.start.reasons), ("ssmmessages", site.exec.reasons)):
        assert any(reason.startswith(f"Where {service} leads is not known: the route ") for reason in reasons)


def test_with_the_endpoints_assumed_all_is_proven(routed: Path) -> None:
    report = analyse([routed], Assumptions.parse([ALL]))

    assert (verdicts(report), broken(report)) == ((PASS, PASS), set())


@pytest.mark.parametrize("destination", [None, "192.168.0.0/16"])
def test_without_a_route_to_the_endpoints_the_service_fails(tmp_path: Path, destination: str | None) -> None:
    report = analyse([assembly(tmp_path / "out", destination)])

    assert verdicts(report) == (FAIL, FAIL)
    assert {"N01", "N02", "N03", "N07", "X03", "X06", "X07"} <= broken(report)
