"""Subnets and routes."""

from functools import cache
from typing import Any

import pytest

from constructs_ecs.network import Egress, PrivateNetwork
from tests.support import Resources, of_type, stack, template

OWN_EGRESS = [egress for egress in Egress if egress is not Egress.TRANSIT_GATEWAY]


@cache
def built(egress: Egress, *, public: bool, max_azs: int = 2) -> dict[str, Any]:
    scope = stack()
    PrivateNetwork(scope, "Network", egress=egress, public_load_balancers=public, max_azs=max_azs)
    return template(scope)


def routes(made: dict[str, Any], kind: str) -> Resources:
    """The route tables with a default route to a kind of gateway, by logical id, with what the route leads to."""
    return {
        route["Properties"]["RouteTableId"]["Ref"]: route["Properties"][kind]
        for route in of_type(made, "AWS::EC2::Route").values()
        if kind in route["Properties"]
    }


@pytest.mark.parametrize("egress", OWN_EGRESS)
@pytest.mark.parametrize("public", [True, False])
def test_no_subnet_gives_public_addresses(egress: Egress, public: bool) -> None:
    subnets = of_type(built(egress, public=public), "AWS::EC2::Subnet").values()
    assert {subnet["Properties"]["MapPublicIpOnLaunch"] for subnet in subnets} == {False}


@pytest.mark.parametrize("egress", OWN_EGRESS)
@pytest.mark.parametrize("public", [True, False])
def test_no_route_leads_from_a_task_to_an_internet_gateway(egress: Egress, public: bool) -> None:
    made = built(egress, public=public)
    tasks = {table for table in of_type(made, "AWS::EC2::RouteTable") if "TaskSubnet" in table}
    assert len(tasks) == 2
    assert not tasks & routes(made, "GatewayId").keys()


@pytest.mark.parametrize(
    ("egress", "gateways"), [(Egress.NONE, 0), (Egress.NAT_GATEWAY, 1), (Egress.NAT_GATEWAY_PER_AZ, 2)]
)
def test_egress_is_by_none_one_or_a_nat_gateway_per_zone(egress: Egress, gateways: int) -> None:
    made = built(egress, public=False)
    assert len(of_type(made, "AWS::EC2::NatGateway")) == gateways
    leads_to = [route["Fn::GetAtt"][0] for route in routes(made, "NatGatewayId").values()]
    assert len(leads_to) == (2 if gateways else 0)
    assert len(set(leads_to)) == gateways


def test_each_zone_goes_out_through_its_own_nat_gateway() -> None:
    leads_to = routes(built(Egress.NAT_GATEWAY_PER_AZ, public=False), "NatGatewayId")
    for table, gateway in leads_to.items():
        zone = table.removeprefix("Network").partition("TaskSubnet")[0]
        assert gateway["Fn::GetAtt"][0].startswith(f"Network{zone}PublicSubnet")


def test_a_nat_gateway_waits_for_its_own_way_out() -> None:
    (gateway,) = of_type(built(Egress.NAT_GATEWAY, public=False), "AWS::EC2::NatGateway").values()
    assert any("DefaultRoute" in each for each in gateway["DependsOn"])


def test_one_nat_gateway_takes_one_public_subnet() -> None:
    assert len(of_type(built(Egress.NAT_GATEWAY, public=False, max_azs=3), "AWS::EC2::Subnet")) == 3 + 1


def test_load_balancers_have_a_public_subnet_in_each_zone() -> None:
    assert len(of_type(built(Egress.NONE, public=True, max_azs=3), "AWS::EC2::Subnet")) == 3 + 3


@pytest.mark.parametrize("egress", OWN_EGRESS)
def test_public_subnets_are_on_offer_only_when_they_were_asked_for(egress: Egress) -> None:
    with_them = PrivateNetwork(stack(), "Network", egress=egress, public_load_balancers=True)
    without = PrivateNetwork(stack(), "Network", egress=egress)
    assert with_them.public_subnets is not None
    assert len(with_them.vpc.public_subnets) == 2
    assert without.public_subnets is None
    assert without.vpc.public_subnets == []


@pytest.mark.parametrize("egress", OWN_EGRESS)
def test_what_is_placed_without_a_word_is_placed_among_the_tasks(egress: Egress) -> None:
    scope = stack()
    network = PrivateNetwork(scope, "Network", egress=egress, public_load_balancers=True)
    assert network.task_subnets.subnets is not None
    tasks = [scope.resolve(subnet.subnet_id) for subnet in network.task_subnets.subnets]
    assert scope.resolve(network.vpc.select_subnets().subnet_ids) == tasks
    kinds = (network.vpc.private_subnets, network.vpc.isolated_subnets)
    assert [len(kind) for kind in kinds] == ([0, 2] if egress is Egress.NONE else [2, 0])


@pytest.mark.parametrize("egress", OWN_EGRESS)
def test_more_zones_and_load_balancers_replace_no_subnet(egress: Egress) -> None:
    before = of_type(built(egress, public=False), "AWS::EC2::Subnet")
    after = of_type(built(egress, public=True, max_azs=3), "AWS::EC2::Subnet")
    assert before.items() <= after.items()
