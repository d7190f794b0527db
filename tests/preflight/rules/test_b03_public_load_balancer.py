import pytest

from constructs_ecs.preflight.findings import Finding, Severity
from constructs_ecs.preflight.rules.b03_public_load_balancer import PublicLoadBalancer
from tests.preflight.rules.support_balancing import BALANCED
from tests.preflight.rules.support_network import (
    INTERNET_GATEWAY,
    NAT_GATEWAY,
    OPEN,
    Change,
    added,
    ref,
    removed,
    set_to,
)
from tests.preflight.rules.support_roles import also
from tests.preflight.rules.support_tasks import findings, fixture

PUBLIC = set_to("Balancer", Scheme="internet-facing")
MIXED = also(
    added(
        PublicSubnet=("EC2::Subnet", {"VpcId": ref("Vpc"), "CidrBlock": "10.0.9.0/24"}),
        OtherTable=("EC2::RouteTable", {"VpcId": ref("Vpc")}),
        OtherAssociation=(
            "EC2::SubnetRouteTableAssociation",
            {"SubnetId": ref("PublicSubnet"), "RouteTableId": ref("OtherTable")},
        ),
    ),
    INTERNET_GATEWAY,
    set_to("Default", RouteTableId=ref("OtherTable")),
    set_to("Balancer", Subnets=[ref("PublicSubnet"), ref("SubnetA")]),
)
"""One subnet leads to the internet gateway, the other one does not."""


def found_in(*changes: Change) -> list[Finding]:
    body = fixture("fargate", also(BALANCED, *changes)) | {"Parameters": {"Given": {"Type": "String"}}}
    return findings(PublicLoadBalancer, body)


@pytest.mark.parametrize("scheme", [PUBLIC, set_to("Balancer", Scheme=None)], ids=["public", "by default"])
def test_a_public_load_balancer_in_a_vpc_without_an_internet_gateway_is_refused(scheme: Change) -> None:
    (found,) = found_in(scheme)
    assert (found.severity, found.where.logical_id) == (Severity.DEPLOY, "Balancer")
    assert found.message == "SubnetA has no default route in RouteTable, and Vpc has no internet gateway."
    assert found.fix == "Set Scheme of the load balancer Balancer to internal, or put it into public subnets."
    assert [site.logical_id for site in found.launch_sites] == ["Service"]


@pytest.mark.parametrize("kind", ["application", "network"])
def test_subnets_by_their_mappings_count_too(kind: str) -> None:
    mapped = set_to("Balancer", Subnets=None, SubnetMappings=[{"SubnetId": ref("SubnetA")}], Type=kind)
    assert len(found_in(PUBLIC, mapped)) == 1
    assert found_in(PUBLIC, mapped, INTERNET_GATEWAY) == []


@pytest.mark.parametrize(
    "change",
    [NAT_GATEWAY, MIXED, also(INTERNET_GATEWAY, removed("Default"))],
    ids=["a NAT gateway", "one of the subnets", "no default route"],
)
def test_a_load_balancer_that_clients_do_not_reach_is_a_warning(change: Change) -> None:
    (found,) = found_in(PUBLIC, change)
    assert found.severity is Severity.WARNING
    assert found.message.endswith("and the load balancer is internet-facing.")
    assert "clients time out" in found.symptom


def test_a_gateway_that_is_not_attached_is_none() -> None:
    (found,) = found_in(PUBLIC, INTERNET_GATEWAY, removed("Attachment"))
    assert found.severity is Severity.DEPLOY


def test_public_subnets_and_internal_load_balancers_pass() -> None:
    assert found_in(PUBLIC, INTERNET_GATEWAY) == found_in() == []


def test_a_load_balancer_without_services_counts_too() -> None:
    (found,) = found_in(PUBLIC, set_to("Service", LoadBalancers=None))
    assert found.launch_sites == ()


def test_a_vpc_of_another_stack_may_have_an_internet_gateway() -> None:
    (found,) = found_in(PUBLIC, OPEN["a VPC of another stack"])
    assert found.severity is Severity.WARNING


@pytest.mark.parametrize("name", [name for name in OPEN if "VPC" not in name and "subnets" not in name])
def test_a_way_that_the_templates_do_not_show_is_not_judged(name: str) -> None:
    assert found_in(PUBLIC, OPEN[name]) == []


@pytest.mark.parametrize(
    "change",
    [
        set_to("Balancer", Scheme=ref("Given")),
        set_to("Balancer", Subnets=ref("Given")),
        set_to("Balancer", Subnets=[{"Fn::ImportValue": "Subnet"}]),
        set_to("Balancer", Type=ref("Given")),
        set_to("Balancer", Type="gateway"),
        set_to("Balancer", IpAddressType="dualstack-without-public-ipv4"),
    ],
)
def test_what_the_templates_do_not_show_is_not_judged(change: Change) -> None:
    assert found_in(PUBLIC, change) == []
