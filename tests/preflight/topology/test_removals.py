"""What breaks a network that works, and what does not."""

from collections.abc import Mapping
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_ecs.preflight.findings import Fault, Verdict
from constructs_ecs.preflight.topology import Destination
from tests.preflight.topology.scene import DOCKER_HUB, ECR, LOGS, S3, WITH_NAT, changed, faults, reach, read

UNRELATED: Final = read("""
OtherVpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.9.0.0/16}}
OtherSubnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref OtherVpc, CidrBlock: 10.9.0.0/24}}
OtherTable: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
OtherGroup: {Type: AWS::EC2::SecurityGroup, Properties: {VpcId: !Ref Vpc, GroupDescription: other}}
OtherRule:
  Type: AWS::EC2::SecurityGroupIngress
  Properties:
    GroupId: !GetAtt EndpointGroup.GroupId
    IpProtocol: tcp
    FromPort: 443
    ToPort: 443
    SourceSecurityGroupId: !GetAtt OtherGroup.GroupId
OtherAcl: {Type: AWS::EC2::NetworkAcl, Properties: {VpcId: !Ref Vpc}}
OtherAssociation:
  Type: AWS::EC2::SubnetNetworkAclAssociation
  Properties: {SubnetId: !Ref OtherSubnet, NetworkAclId: !Ref OtherAcl}
OtherEndpoint:
  Type: AWS::EC2::VPCEndpoint
  Properties:
    VpcId: !Ref Vpc
    VpcEndpointType: Interface
    ServiceName: !Sub com.amazonaws.${AWS::Region}.kms
    SubnetIds: [!Ref EndpointSubnet]
OtherZone:
  Type: AWS::Route53::HostedZone
  Properties: {Name: example.com, VPCs: [{VPCId: !Ref OtherVpc, VPCRegion: eu-west-1}]}
""")
NETWORK: Final = {**WITH_NAT, **UNRELATED}

Change = Mapping[str, Any]
"""Resources to remove (None), or properties to change (None removes one)."""

ON_THE_WAY_OUT: Final[list[tuple[Change, Fault]]] = [
    ({"Default": None}, Fault.NO_ROUTE),
    ({"Default": {"DestinationCidrBlock": "192.168.0.0/16"}}, Fault.NO_ROUTE),
    ({"Association": None}, Fault.NO_ROUTE),
    ({"Association": {"SubnetId": {"Ref": "EndpointSubnet"}}}, Fault.NO_ROUTE),
    ({"PublicDefault": None}, Fault.NAT_UNUSABLE),
    ({"PublicAssociation": None}, Fault.NAT_UNUSABLE),
    ({"Attachment": None}, Fault.NAT_UNUSABLE),
    ({"Attachment": {"VpcId": {"Ref": "OtherVpc"}}}, Fault.NAT_UNUSABLE),
    ({"Nat": {"ConnectivityType": "private"}}, Fault.NAT_UNUSABLE),
    ({"Nat": {"SubnetId": {"Ref": "EndpointSubnet"}}}, Fault.NAT_UNUSABLE),
    ({"Vpc": {"EnableDnsSupport": False}}, Fault.NO_VPC_DNS),
]
CLOSED: Final = {"SecurityGroupEgress": [{"IpProtocol": "icmp", "FromPort": 0, "ToPort": 0, "CidrIp": "10.0.0.0/8"}]}

NEEDED: Final[dict[str, tuple[Destination, str, list[tuple[Change, Fault]]]]] = {
    "logs through its endpoint": (
        LOGS,
        "ClientGroup",
        [
            ({"ClientsIn": None}, Fault.INGRESS_CLOSED),
            ({"ClientsIn": {"FromPort": 80, "ToPort": 80}}, Fault.INGRESS_CLOSED),
            ({"ClientsIn": {"IpProtocol": "udp"}}, Fault.INGRESS_CLOSED),
            ({"ClientsIn": {"GroupId": {"Ref": "OtherGroup"}}}, Fault.INGRESS_CLOSED),
            ({"ClientsIn": {"SourceSecurityGroupId": {"Ref": "OtherGroup"}}}, Fault.INGRESS_CLOSED),
            ({"LogsEndpoint": {"SecurityGroupIds": None}}, Fault.INGRESS_CLOSED),
            ({"LogsEndpoint": {"SecurityGroupIds": [{"Ref": "OtherGroup"}]}}, Fault.INGRESS_CLOSED),
            ({"ClientsOut": None}, Fault.EGRESS_CLOSED),
            ({"ClientsOut": {"DestinationSecurityGroupId": {"Ref": "OtherGroup"}}}, Fault.EGRESS_CLOSED),
            ({"Vpc": {"EnableDnsHostnames": None}}, Fault.NO_VPC_DNS),
            ({"Vpc": {"EnableDnsSupport": False}}, Fault.NO_VPC_DNS),
        ],
    ),
    "s3 through its gateway": (
        S3,
        "ClientGroup",
        [
            ({"ClientsToS3": None}, Fault.PREFIX_LIST_CLOSED),
            ({"ClientsToS3": {"FromPort": 80, "ToPort": 80}}, Fault.PREFIX_LIST_CLOSED),
            ({"ClientsToS3": {"DestinationPrefixListId": None, "CidrIp": "10.0.0.0/16"}}, Fault.PREFIX_LIST_CLOSED),
            ({"Vpc": {"EnableDnsSupport": False}}, Fault.NO_VPC_DNS),
            ({"S3Endpoint": None, "Default": None}, Fault.NO_ENDPOINT),
            ({"S3Endpoint": {"RouteTableIds": [{"Ref": "OtherTable"}]}, "Default": None}, Fault.NO_GATEWAY_ROUTE),
            ({"S3Endpoint": {"RouteTableIds": None}, "Default": None}, Fault.NO_GATEWAY_ROUTE),
        ],
    ),
    "ecr over nat": (ECR, "OpenGroup", [*ON_THE_WAY_OUT, ({"OpenGroup": CLOSED}, Fault.EGRESS_CLOSED)]),
    "a registry over nat": (DOCKER_HUB, "OpenGroup", [*ON_THE_WAY_OUT, ({"OpenGroup": CLOSED}, Fault.EGRESS_CLOSED)]),
}
UNUSED: Final = {
    "logs through its endpoint": ("Association", "Default", "Nat", "PublicDefault", "S3Endpoint", "ClientsToS3"),
    "s3 through its gateway": ("Default", "Nat", "PublicDefault", "LogsEndpoint", "ClientsIn", "ClientsOut"),
    "ecr over nat": ("LogsEndpoint", "S3Endpoint", "ClientsIn", "ClientsOut", "ClientsToS3"),
    "a registry over nat": ("LogsEndpoint", "S3Endpoint", "ClientsIn", "ClientsOut", "ClientsToS3"),
}

CASES: Final = [(name, *each) for name, (_, _, changes) in NEEDED.items() for each in changes]


def apply(change: Change, without: frozenset[str] = frozenset()) -> dict[str, Any]:
    removed = {name for name, value in change.items() if value is None}
    properties = {name: value for name, value in change.items() if value is not None and name not in without}
    return changed(NETWORK, without=tuple(removed | without), **properties)


def with_users(names: frozenset[str]) -> frozenset[str]:
    """Add what names them: CloudFormation refuses a template with a reference to nothing."""
    users = {name for name, data in UNRELATED.items() if any(f"'{each}'" in str(data["Properties"]) for each in names)}
    return names if users <= names else with_users(names | users)


@pytest.mark.parametrize("name", NEEDED)
def test_the_network_works(name: str) -> None:
    destination, group, _ = NEEDED[name]
    assert reach(NETWORK, destination, groups=group).verdict is Verdict.PASS


@pytest.mark.parametrize(("name", "change", "fault"), CASES)
def test_breaking_one_needed_piece_gives_its_fault(name: str, change: Change, fault: Fault) -> None:
    destination, group, _ = NEEDED[name]
    assert fault in faults(reach(apply(change), destination, groups=group))


@pytest.mark.parametrize(("name", "piece"), [(name, piece) for name, pieces in UNUSED.items() for piece in pieces])
def test_removing_a_piece_that_the_call_does_not_use_breaks_nothing(name: str, piece: str) -> None:
    destination, group, _ = NEEDED[name]
    assert reach(apply({piece: None}), destination, groups=group).verdict is Verdict.PASS


@given(st.sampled_from(sorted(NEEDED)), st.frozensets(st.sampled_from(sorted(UNRELATED))))
def test_what_is_not_needed_can_be_removed(name: str, unrelated: frozenset[str]) -> None:
    destination, group, _ = NEEDED[name]
    assert reach(apply({}, with_users(unrelated)), destination, groups=group).verdict is Verdict.PASS


@given(st.sampled_from(CASES), st.frozensets(st.sampled_from(("OtherRule", "OtherEndpoint", "OtherZone", "OtherAcl"))))
def test_a_fault_is_found_whatever_else_there_is(case: tuple[str, Change, Fault], unrelated: frozenset[str]) -> None:
    name, change, fault = case
    destination, group, _ = NEEDED[name]
    assert fault in faults(reach(apply(change, with_users(unrelated)), destination, groups=group))
