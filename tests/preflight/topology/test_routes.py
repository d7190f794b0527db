import pytest

from constructs_ecs.preflight.findings import Fault, Verdict
from constructs_ecs.preflight.templates.graph import Graph
from constructs_ecs.preflight.topology import Topology
from constructs_ecs.preflight.topology.routes import Way
from constructs_ecs.preflight.values import Ternary
from tests.preflight.support import graph, templates
from tests.preflight.topology.scene import (
    DOCKER_HUB,
    ISOLATED,
    WITH_NAT,
    Resources,
    broken,
    changed,
    decisive,
    faults,
    interface,
    reach,
)

PASS, FAIL, UNKNOWN = Verdict.PASS, Verdict.FAIL, Verdict.UNKNOWN


def way(resources: Resources, subnet: str = "Subnet", *, public: bool = False) -> Verdict:
    public_ip = Ternary.YES if public else Ternary.NO
    body = {"Parameters": {"Param": {"Type": "String"}}, "Resources": {**WITH_NAT, **resources}}
    return reach(body, DOCKER_HUB, subnets=subnet, groups="OpenGroup", public_ip=public_ip).verdict


def removed(*names: str) -> Resources:
    """Return what replaces resources by something that does nothing."""
    return {name: {"Type": "AWS::CloudFormation::WaitConditionHandle"} for name in names}


def test_the_default_route_leads_out_through_a_nat_gateway() -> None:
    found = graph(WITH_NAT)
    topology = Topology(found)
    subnet = found.resource("Template", "Subnet")
    assert subnet is not None
    route = topology.route(subnet)
    assert route.way is Way.NAT_GATEWAY
    assert route.usable is Ternary.YES
    assert route.gateway is not None
    assert route.gateway.logical_id == "Nat"
    table = topology.table(subnet)
    assert table is found.resource("Template", "Table")


def test_a_subnet_without_table_of_its_own_has_the_main_one_which_has_no_way_out() -> None:
    answer = reach(WITH_NAT, DOCKER_HUB, subnets="EndpointSubnet", groups="OpenGroup")
    assert Fault.NO_ROUTE in faults(answer)
    assert decisive(answer, Fault.NO_ROUTE) == "EndpointSubnet"
    assert broken(answer)[-1].explanation == "NO_ROUTE_TO_DESTINATION"


def test_an_association_of_a_subnet_that_is_not_known_may_be_of_any() -> None:
    stray = {"Type": "AWS::EC2::SubnetRouteTableAssociation"}
    for subnet in ({"Ref": "Param"}, "subnet-1"):
        properties = {"SubnetId": subnet, "RouteTableId": {"Ref": "PublicTable"}}
        assert way({"Stray": {**stray, "Properties": properties}}, "EndpointSubnet") is UNKNOWN
        assert way({"Stray": {**stray, "Properties": properties}}) is PASS


def test_a_table_outside_is_unknown() -> None:
    assert way(changed(WITH_NAT, Association={"RouteTableId": "rtb-1"})) is UNKNOWN


def test_routes_of_a_table_outside_count_as_far_as_they_go() -> None:
    outside = changed(WITH_NAT, Association={"RouteTableId": "rtb-1"}, Default={"RouteTableId": "rtb-1"})
    assert way(outside) is PASS
    private = changed(outside, Default={"DestinationCidrBlock": "10.8.0.0/16"})
    assert way(private) is UNKNOWN


@pytest.mark.parametrize(
    "target",
    [
        {"TransitGatewayId": "tgw-1"},
        {"VpcPeeringConnectionId": "pcx-1"},
        {"VpcEndpointId": "vpce-1"},
        {"NetworkInterfaceId": "eni-1"},
        {"InstanceId": "i-1"},
        {"LocalGatewayId": "lgw-1"},
        {"CarrierGatewayId": "cagw-1"},
        {"CoreNetworkArn": "arn:aws:networkmanager::1:core-network/c"},
        {"GatewayId": "vgw-1"},
        {"GatewayId": {"Ref": "Param"}},
        {"NatGatewayId": "nat-1"},
        {"NatGatewayId": {"Ref": "Param"}},
        {},
    ],
)
def test_a_default_route_to_what_the_templates_do_not_show_is_unknown(target: dict[str, object]) -> None:
    assert way(changed(WITH_NAT, Default={"NatGatewayId": None, **target})) is UNKNOWN


def test_a_default_route_that_may_not_be_one_is_unknown() -> None:
    assert way(changed(WITH_NAT, Default={"DestinationCidrBlock": {"Ref": "Param"}})) is UNKNOWN
    listed = {"DestinationCidrBlock": None, "DestinationPrefixListId": "pl-1"}
    assert way(changed(WITH_NAT, Default=listed)) is UNKNOWN
    assert way(changed(WITH_NAT, Default={"DestinationCidrBlock": "0.0.0.0/1"})) is UNKNOWN


def test_routes_to_private_addresses_are_no_way_out() -> None:
    for cidr in ("10.0.0.0/8", "192.168.3.0/24", "100.64.0.0/10"):
        assert way(changed(WITH_NAT, Default={"DestinationCidrBlock": cidr})) is FAIL


def test_a_default_route_of_a_table_that_is_not_known_may_be_of_any() -> None:
    assert way(changed(WITH_NAT, Default={"RouteTableId": {"Ref": "Param"}})) is UNKNOWN
    private = {"RouteTableId": {"Ref": "Param"}, "DestinationCidrBlock": "10.0.0.0/8"}
    assert way(changed(WITH_NAT, Default=private)) is FAIL


def test_routes_that_a_virtual_private_gateway_propagates_are_unknown() -> None:
    propagation = """
    Propagation:
      Type: AWS::EC2::VPNGatewayRoutePropagation
      Properties: {RouteTableIds: [!Ref Table], VpnGatewayId: vgw-1}
    """
    assert way(changed(ISOLATED, propagation) | removed("Default")) is UNKNOWN


def test_an_internet_gateway_must_be_attached_to_the_vpc() -> None:
    assert way({}, "PublicSubnet", public=True) is PASS
    assert way(removed("Attachment"), "PublicSubnet", public=True) is FAIL
    other = changed(WITH_NAT, Attachment={"VpcId": {"Ref": "Param"}})
    assert way(other, "PublicSubnet", public=True) is UNKNOWN


def test_an_unattached_gateway_gives_the_route_that_is_dead() -> None:
    dead = {**WITH_NAT, **removed("Attachment")}
    answer = reach(dead, DOCKER_HUB, subnets="PublicSubnet", groups="OpenGroup", public_ip=Ternary.YES)
    assert decisive(answer, Fault.NO_ROUTE) == "PublicDefault"
    assert broken(answer)[-1].explanation == "BAD_STATE_ROUTE"


def test_an_internet_gateway_outside_is_attached_since_ec2_refuses_routes_to_others() -> None:
    outside = changed(WITH_NAT, PublicDefault={"GatewayId": "igw-1"})
    assert way(outside, "PublicSubnet", public=True) is PASS


def test_a_nat_gateway_needs_a_public_subnet() -> None:
    answer = reach({**WITH_NAT, **removed("PublicDefault")}, DOCKER_HUB, groups="OpenGroup")
    assert Fault.NAT_UNUSABLE in faults(answer)
    assert decisive(answer, Fault.NAT_UNUSABLE) == "Nat"
    assert way(changed(WITH_NAT, Nat={"SubnetId": {"Ref": "EndpointSubnet"}})) is FAIL
    assert way(changed(WITH_NAT, Nat={"SubnetId": {"Ref": "Subnet"}})) is FAIL, "a route that leads back"
    assert way(changed(WITH_NAT, Nat={"SubnetId": {"Ref": "Param"}})) is UNKNOWN


def test_a_private_nat_gateway_leads_to_the_internet_only_through_something_else() -> None:
    private = changed(WITH_NAT, Nat={"ConnectivityType": "private"})
    assert way(private) is FAIL
    assert way(changed(private, PublicDefault={"GatewayId": None, "TransitGatewayId": "tgw-1"})) is UNKNOWN
    assert way(changed(WITH_NAT, Nat={"ConnectivityType": {"Ref": "Param"}})) is UNKNOWN


def test_a_regional_nat_gateway_has_no_subnet() -> None:
    regional = {"SubnetId": None, "AvailabilityMode": "regional", "VpcId": {"Ref": "Vpc"}}
    assert way(changed(WITH_NAT, Nat=regional)) is PASS
    assert way(changed(WITH_NAT, Nat={**regional, "AvailabilityMode": {"Ref": "Param"}})) is UNKNOWN


def test_a_nat_gateway_behind_another_one_is_as_good_as_that() -> None:
    behind = """
    Inner: {Type: AWS::EC2::NatGateway, Properties: {SubnetId: !Ref Subnet, ConnectivityType: private}}
    InnerAssociation:
      Type: AWS::EC2::SubnetRouteTableAssociation
      Properties: {SubnetId: !Ref EndpointSubnet, RouteTableId: !Ref InnerTable}
    InnerTable: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
    InnerDefault:
      Type: AWS::EC2::Route
      Properties: {RouteTableId: !Ref InnerTable, DestinationCidrBlock: 0.0.0.0/0, NatGatewayId: !Ref Inner}
    """
    assert way(changed(WITH_NAT, behind), "EndpointSubnet") is PASS
    assert way(changed(WITH_NAT, behind) | removed("Attachment"), "EndpointSubnet") is FAIL


def test_a_route_that_may_not_be_there_is_unknown() -> None:
    body = {
        "Parameters": {"Param": {"Type": "String"}},
        "Conditions": {"Maybe": {"Fn::Equals": [{"Ref": "Param"}, "yes"]}},
        "Resources": {**WITH_NAT, "Default": {**WITH_NAT["Default"], "Condition": "Maybe"}},
    }
    open_ = Graph(templates(body))
    assert Topology(open_).reach(interface(open_, groups="OpenGroup"), DOCKER_HUB).verdict is UNKNOWN
