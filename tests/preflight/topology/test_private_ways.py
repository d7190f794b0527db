"""A route out of the VPC to private addresses, where an organization may have its endpoints."""

from typing import Any

import pytest

from constructs_ecs.facts.endpoints import Endpoint
from constructs_ecs.preflight.findings import Fault, LinkKind, Verdict
from constructs_ecs.preflight.topology import AwsService, Reach
from tests.preflight.topology.scene import (
    DOCKER_HUB,
    ECR,
    ISOLATED,
    LOGS,
    S3,
    WITH_NAT,
    Resources,
    changed,
    faults,
    reach,
)

PASS, FAIL, UNKNOWN = Verdict.PASS, Verdict.FAIL, Verdict.UNKNOWN
LACKING = {Fault.NO_ENDPOINT, Fault.NO_ROUTE}
CENTRAL = """
Central:
  Type: AWS::EC2::Route
  Properties: {RouteTableId: !Ref Table, DestinationCidrBlock: 10.0.0.0/8, TransitGatewayId: tgw-1}
ClientsElsewhere:
  Type: AWS::EC2::SecurityGroupEgress
  Properties:
    GroupId: !GetAtt ClientGroup.GroupId
    IpProtocol: tcp
    FromPort: 443
    ToPort: 443
    CidrIp: 10.9.0.0/24
"""
BEHIND_HUB = changed(ISOLATED, CENTRAL)
"""A VPC of 10.0.0.0/16 with endpoints of its own for logs and S3, and a route to a transit gateway for the rest."""


def to_ecr(resources: Resources = BEHIND_HUB, *assume: str, **properties: Any) -> Reach:  # noqa: ANN401 - any
    body = {"Parameters": {"Param": {"Type": "String"}}, "Resources": changed(resources, **properties)}
    return reach(body, ECR, assume=assume)


def test_a_service_without_an_endpoint_here_may_be_reached_over_the_route_and_the_reason_names_it() -> None:
    answer = to_ecr()

    assert answer.verdict is UNKNOWN
    assert faults(answer) == set()
    assert answer.links[0].text == (
        "Where ecr.api leads is not known: the route Central leads to 10.0.0.0/8 by a transit gateway, and names of "
        "endpoints there may be shared with the VPC."
    )


def test_s3_may_be_reached_over_the_route_as_well() -> None:
    assert reach(changed(BEHIND_HUB, without=("S3Endpoint",)), S3).verdict is UNKNOWN


@pytest.mark.parametrize("without", ["Central", "ClientsElsewhere"])
def test_without_the_route_or_without_the_groups_rule_it_is_not_reached(without: str) -> None:
    assert faults(to_ecr(changed(BEHIND_HUB, without=(without,)))) == LACKING


@pytest.mark.parametrize(
    "rule",
    [
        {"CidrIp": "172.16.0.0/12"},
        {"CidrIp": "10.0.8.0/24"},
        {"CidrIp": {"Fn::GetAtt": ["Vpc", "CidrBlock"]}},
        {"CidrIp": None, "CidrIpv6": "::/0"},
        {"CidrIp": None, "DestinationPrefixListId": "pl-6da54004"},
        {"FromPort": 80, "ToPort": 80},
        {"IpProtocol": "udp"},
    ],
)
def test_a_rule_for_the_vpcs_own_addresses_or_others_or_another_port_does_not_let_out_there(
    rule: dict[str, object],
) -> None:
    assert faults(to_ecr(ClientsElsewhere=rule)) == LACKING


def test_the_vpcs_own_block_is_no_way_out_whatever_it_is() -> None:
    rule = {"CidrIp": {"Fn::GetAtt": ["Vpc", "CidrBlock"]}}
    pool = {"CidrBlock": None, "Ipv4IpamPoolId": "pool-1"}

    assert faults(to_ecr(ClientsElsewhere=rule, Vpc=pool)) == LACKING


@pytest.mark.parametrize(
    "rule",
    [
        {"CidrIp": "0.0.0.0/0"},
        {"CidrIp": "10.0.0.0/15"},
        {"CidrIp": {"Ref": "Param"}},
        {"CidrIp": None, "DestinationPrefixListId": "pl-0123"},
        {"GroupId": {"Ref": "Param"}},
        {"IpProtocol": "-1"},
    ],
)
def test_a_rule_that_lets_out_to_some_of_it_or_may_leaves_it_open(rule: dict[str, object]) -> None:
    assert to_ecr(ClientsElsewhere=rule).verdict is UNKNOWN


@pytest.mark.parametrize(
    "target",
    [
        {"VpcPeeringConnectionId": "pcx-1"},
        {"GatewayId": "vgw-1"},
        {"GatewayId": {"Ref": "Vgw"}},
        {"GatewayId": {"Ref": "Param"}},
        {"NetworkInterfaceId": "eni-1"},
        {"VpcEndpointId": "vpce-1"},
        {"CoreNetworkArn": "arn:aws:networkmanager::1:core-network/c"},
        {"NatGatewayId": "nat-1"},
        {},
    ],
)
def test_whatever_leads_out_to_private_addresses_leaves_it_open(target: dict[str, object]) -> None:
    vgw = changed(BEHIND_HUB, "Vgw: {Type: AWS::EC2::VPNGateway, Properties: {Type: ipsec.1}}")

    assert to_ecr(vgw, Central={"TransitGatewayId": None, **target}).verdict is UNKNOWN


@pytest.mark.parametrize(
    "target",
    [
        {"GatewayId": "local"},
        {"GatewayId": "igw-1"},
        {"GatewayId": {"Ref": "Igw"}},
        {"VpcEndpointId": {"Ref": "S3Endpoint"}},
        {"VpcEndpointId": {"Ref": "LogsEndpoint"}},
    ],
)
def test_what_stays_within_or_leads_to_the_internet_does_not(target: dict[str, object]) -> None:
    igw = changed(BEHIND_HUB, "Igw: {Type: AWS::EC2::InternetGateway}")

    assert faults(to_ecr(igw, Central={"TransitGatewayId": None, **target})) == LACKING


def test_a_route_within_the_vpc_does_not_lead_out() -> None:
    inside = {"DestinationCidrBlock": "10.0.1.0/24"}

    assert faults(to_ecr(Central=inside, ClientsElsewhere={"CidrIp": "0.0.0.0/0"})) == LACKING


def test_a_route_of_another_table_is_not_the_subnets_but_one_of_an_unknown_table_may_be() -> None:
    other = changed(BEHIND_HUB, "Other: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}")

    assert faults(to_ecr(other, Central={"RouteTableId": {"Ref": "Other"}})) == LACKING
    assert to_ecr(other, Central={"RouteTableId": {"Ref": "Param"}}).verdict is UNKNOWN


def test_a_rule_may_name_a_group_of_a_peered_vpc_and_of_no_other() -> None:
    there = """
    Hub: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.9.0.0/16}}
    HubGroup: {Type: AWS::EC2::SecurityGroup, Properties: {VpcId: !Ref Hub, GroupDescription: hub}}
    """
    peering = {"TransitGatewayId": None, "VpcPeeringConnectionId": "pcx-1"}
    hub = changed(BEHIND_HUB, there)
    for group in ("sg-1", {"Fn::GetAtt": ["HubGroup", "GroupId"]}, {"Fn::GetAtt": ["Hub", "DefaultSecurityGroup"]}):
        rule = {"CidrIp": None, "DestinationSecurityGroupId": group}
        assert to_ecr(hub, Central=peering, ClientsElsewhere=rule).verdict is UNKNOWN
        assert faults(to_ecr(hub, ClientsElsewhere=rule)) == LACKING
    own = {"CidrIp": None, "DestinationSecurityGroupId": {"Fn::GetAtt": ["EndpointGroup", "GroupId"]}}
    assert faults(to_ecr(hub, Central=peering, ClientsElsewhere=own)) == LACKING


def test_ipv6_leads_to_ipv6_only() -> None:
    route = {"DestinationCidrBlock": None, "DestinationIpv6CidrBlock": "fd00::/8"}

    assert to_ecr(Central=route, ClientsElsewhere={"CidrIp": None, "CidrIpv6": "fd00:9::/64"}).verdict is UNKNOWN
    assert faults(to_ecr(Central=route)) == LACKING


def test_a_prefix_list_leads_to_its_entries() -> None:
    lists = "Hub: {Type: AWS::EC2::PrefixList, Properties: {Entries: [{Cidr: 10.9.0.0/24}, {Cidr: 10.8.0.0/24}]}}"
    route = {"DestinationCidrBlock": None, "DestinationPrefixListId": {"Fn::GetAtt": ["Hub", "PrefixListId"]}}
    nat = changed(WITH_NAT, CENTRAL + lists, Central=route)

    assert to_ecr(nat).verdict is UNKNOWN
    assert faults(to_ecr(nat, ClientsElsewhere={"CidrIp": "10.7.0.0/24"})) == {Fault.EGRESS_CLOSED}


def test_a_nat_gateway_passes_on_what_its_own_subnet_leads_out() -> None:
    through_nat = changed(WITH_NAT, CENTRAL, Central={"TransitGatewayId": None, "NatGatewayId": {"Ref": "Nat"}})
    isolated = changed(through_nat, without=("Default",))
    onward = """
    Onward:
      Type: AWS::EC2::Route
      Properties: {RouteTableId: !Ref PublicTable, DestinationCidrBlock: 10.9.0.0/16, TransitGatewayId: tgw-1}
    """

    assert faults(to_ecr(isolated)) == LACKING
    assert to_ecr(changed(isolated, onward)).verdict is UNKNOWN
    assert to_ecr(isolated, PublicDefault={"GatewayId": None, "TransitGatewayId": "tgw-1"}).verdict is UNKNOWN
    assert faults(to_ecr(isolated, Nat={"SubnetId": {"Ref": "Subnet"}})) == LACKING, "it leads back to itself"


def test_beside_a_way_to_the_internet_a_closed_group_is_no_proof() -> None:
    nat = changed(WITH_NAT, CENTRAL)

    assert to_ecr(nat).verdict is UNKNOWN
    assert reach(nat, ECR, groups="OpenGroup").verdict is PASS


def test_what_the_vpc_has_of_its_own_is_judged_as_ever() -> None:
    private = {"PrivateDnsEnabled": False}
    other = "OtherTable: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}"
    elsewhere = changed(BEHIND_HUB, other, S3Endpoint={"RouteTableIds": [{"Ref": "OtherTable"}]})

    assert reach(BEHIND_HUB, LOGS).verdict is PASS
    assert Fault.NO_PRIVATE_DNS in faults(reach(changed(BEHIND_HUB, LogsEndpoint=private), LOGS))
    assert Fault.NO_GATEWAY_ROUTE in faults(reach(elsewhere, S3))
    assert Fault.NO_VPC_DNS in faults(to_ecr(Vpc={"EnableDnsSupport": False}))
    assert reach(BEHIND_HUB, DOCKER_HUB).verdict is FAIL


def test_an_assumption_settles_it_and_the_chain_shows_the_route() -> None:
    answer = to_ecr(BEHIND_HUB, "vpc=endpoints:ecr.api")

    assert answer.verdict is PASS
    assert [link.kind for link in answer.links] == [LinkKind.ENDPOINT, LinkKind.ROUTE, LinkKind.SECURITY_GROUP]
    assert faults(to_ecr(BEHIND_HUB, "vpc=endpoints:logs")) == LACKING
    assert faults(to_ecr(BEHIND_HUB, "vpc=endpoints:none")) == LACKING
    assert to_ecr(BEHIND_HUB, "vpc=private-dns").verdict is UNKNOWN


@pytest.mark.parametrize("without", ["Central", "ClientsElsewhere"])
def test_an_assumption_opens_no_way_that_the_templates_do_not_have(without: str) -> None:
    assert faults(to_ecr(changed(BEHIND_HUB, without=(without,)), "vpc=endpoints:all")) == LACKING


def test_an_assumption_leaves_open_whether_a_group_outside_lets_out() -> None:
    body = {"Resources": BEHIND_HUB}

    assert reach(body, ECR, assume=("vpc=endpoints:ecr.api",), groups=["ClientGroup"]).verdict is PASS
    assert to_ecr(BEHIND_HUB, "vpc=endpoints:ecr.api", ClientsElsewhere={"CidrIp": {"Ref": "Param"}}).verdict is UNKNOWN


def test_another_region_may_be_served_from_there_but_is_not_assumed_to_be() -> None:
    abroad = AwsService(Endpoint.LOGS, "us-east-1")

    assert reach(BEHIND_HUB, abroad).verdict is UNKNOWN
    assert reach(BEHIND_HUB, abroad, assume=("vpc=endpoints:logs",)).verdict is FAIL


def test_a_default_route_leads_there_too_unless_it_is_assumed_to_lead_nowhere() -> None:
    default = {"DestinationCidrBlock": "0.0.0.0/0"}

    assert to_ecr(Central=default).verdict is UNKNOWN
    assert to_ecr(BEHIND_HUB, "vpc=endpoints:ecr.api", Central=default).verdict is PASS
    assert to_ecr(BEHIND_HUB, "egress=none", "vpc=endpoints:ecr.api", Central=default).verdict is PASS
    assert faults(to_ecr(BEHIND_HUB, "egress=none", Central=default)) == LACKING
    assert to_ecr(BEHIND_HUB, "egress=none").verdict is UNKNOWN
