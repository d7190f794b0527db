import pytest

from constructs_ecs.preflight.calls import Purpose
from constructs_ecs.preflight.findings import Verdict
from constructs_ecs.preflight.iam.authority import Authority
from constructs_ecs.preflight.proof import prove
from constructs_ecs.preflight.rules.base import Context, Rule
from constructs_ecs.preflight.rules.n01_ecr_api_endpoint import EcrApiEndpoint
from constructs_ecs.preflight.rules.n02_ecr_docker_endpoint import EcrDockerEndpoint
from constructs_ecs.preflight.rules.n03_s3_gateway import S3Gateway
from constructs_ecs.preflight.rules.n05_secrets_manager_endpoint import SecretsManagerEndpoint
from constructs_ecs.preflight.rules.n06_parameter_store_endpoint import ParameterStoreEndpoint
from constructs_ecs.preflight.rules.n07_logs_endpoint import LogsEndpoint
from constructs_ecs.preflight.rules.n08_registry_without_endpoint import RegistryWithoutEndpoint
from constructs_ecs.preflight.rules.n09_private_dns_off import PrivateDnsOff
from constructs_ecs.preflight.rules.n14_no_public_address import NoPublicAddress
from constructs_ecs.preflight.rules.n15_public_address_without_gateway import PublicAddressWithoutGateway
from constructs_ecs.preflight.rules.n16_nat_unusable import NatUnusable
from constructs_ecs.preflight.rules.n19_other_region import OtherRegion
from constructs_ecs.preflight.topology import Assumptions, Topology
from tests.preflight.rules.support_network import (
    INTERNET_GATEWAY,
    NAT_GATEWAY,
    OPEN,
    Change,
    container,
    default_route,
    network,
    removed,
    set_to,
)
from tests.preflight.rules.support_roles import also
from tests.preflight.rules.support_tasks import Resources, findings, fixture
from tests.preflight.support import graph

WAYS: tuple[type[Rule], ...] = (
    EcrApiEndpoint,
    EcrDockerEndpoint,
    S3Gateway,
    SecretsManagerEndpoint,
    ParameterStoreEndpoint,
    LogsEndpoint,
    RegistryWithoutEndpoint,
    PrivateDnsOff,
    NoPublicAddress,
    PublicAddressWithoutGateway,
    NatUnusable,
    OtherRegion,
)
ALL_ENDPOINTS = ("EcrApi", "EcrDocker", "Logs", "SecretsManager", "Ssm", "SsmMessages", "Kms", "S3")
WITHOUT_ENDPOINTS = removed(*(f"{name}Endpoint" for name in ALL_ENDPOINTS))


def rules_that_fail(change: Change) -> list[str]:
    template = fixture("fargate", change)
    return [rule.id for rule in WAYS for found in findings(rule, template) if found.verdict is Verdict.FAIL]


@pytest.mark.parametrize("change", OPEN.values(), ids=OPEN)
def test_a_network_that_the_templates_do_not_show_is_never_at_fault(change: Change) -> None:
    assert rules_that_fail(also(WITHOUT_ENDPOINTS, change)) == []


@pytest.mark.parametrize("change", [change for name, change in OPEN.items() if name != "a VPC of another stack"])
def test_nor_is_a_registry_behind_it(change: Change) -> None:
    assert rules_that_fail(also(container(Image="nginx:1"), change)) == []


def test_a_private_zone_for_a_service_may_hold_its_name() -> None:
    def zone(resources: Resources) -> None:
        resources["Zone"] = {
            "Type": "AWS::Route53::HostedZone",
            "Properties": {
                "Name": {"Fn::Sub": "logs.${AWS::Region}.amazonaws.com"},
                "VPCs": [{"VPCId": {"Ref": "Vpc"}, "VPCRegion": {"Ref": "AWS::Region"}}],
            },
        }

    assert rules_that_fail(also(removed("LogsEndpoint"), zone)) == []
    assert rules_that_fail(also(set_to("LogsEndpoint", PrivateDnsEnabled=None), zone)) == []


def test_a_subnet_without_a_route_table_of_its_own_is_isolated_in_a_vpc_of_the_templates() -> None:
    assert rules_that_fail(also(removed("LogsEndpoint", "RouteTableOfA", "RouteTableOfB"))) != []


def test_a_nat_gateway_leads_everywhere() -> None:
    assert rules_that_fail(also(WITHOUT_ENDPOINTS, NAT_GATEWAY)) == []


@pytest.mark.parametrize(
    ("way", "expected"),
    [
        (INTERNET_GATEWAY, {"N14"}),
        (also(INTERNET_GATEWAY, removed("Attachment")), {"N15"}),
        (network(AssignPublicIp="ENABLED"), {"N15"}),
        (also(NAT_GATEWAY, set_to("Nat", ConnectivityType="private")), {"N16"}),
        (also(), {"N01", "N02", "N03", "N05", "N06", "N07"}),
    ],
)
def test_what_looks_meant_is_what_is_to_be_mended(way: Change, expected: set[str]) -> None:
    assert set(rules_that_fail(also(WITHOUT_ENDPOINTS, way))) == expected


@pytest.mark.parametrize(
    ("setting", "expected"), [("egress=nat", []), ("egress=none", ["N07"]), ("vpc=endpoints:none", [])]
)
def test_an_assumption_settles_what_is_open(setting: str, expected: list[str]) -> None:
    change = also(removed("LogsEndpoint"), default_route(TransitGatewayId="tgw-1"))
    found = graph(fixture("fargate", change))
    topology = Topology(found, Assumptions.parse([setting]))
    proofs = prove(found, topology=topology)
    context = Context(found, topology, Authority(found), proofs)
    failing = [each for proof in proofs for each in proof.calls if each.call.purpose is Purpose.WRITE_LOGS]
    assert (failing[0].verdict is Verdict.FAIL) == bool(expected)
    assert [each.rule for each in LogsEndpoint().check(context)] == expected


def test_a_vpc_that_is_assumed_is_named_by_what_runs_in_it() -> None:
    def imported(resources: Resources) -> None:
        OPEN["subnets of another stack"](resources)
        resources["Service"]["Properties"]["NetworkConfiguration"]["AwsvpcConfiguration"]["SecurityGroups"] = ["sg-1"]

    found = graph(fixture("fargate", also(WITHOUT_ENDPOINTS, imported)))
    topology = Topology(found, Assumptions.parse(["egress=none", "vpc=endpoints:none"]))
    context = Context(found, topology, Authority(found), prove(found, topology=topology))
    (made,) = list(LogsEndpoint().check(context))
    assert made.fix.endswith("to the VPC that the resource TaskDefinition is run in.")
