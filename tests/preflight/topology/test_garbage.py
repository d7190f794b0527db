"""Whatever a template says of its network, there is an answer."""

import copy
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from constructs_ecs.preflight.findings import Verdict, Where
from constructs_ecs.preflight.topology import Destination, Peer
from tests.preflight.topology.scene import DOCKER_HUB, ECR, LOGS, S3, WITH_NAT, reach, read

MORE = read("""
Acl: {Type: AWS::EC2::NetworkAcl, Properties: {VpcId: !Ref Vpc}}
AclAssociation:
  Type: AWS::EC2::SubnetNetworkAclAssociation
  Properties: {SubnetId: !Ref Subnet, NetworkAclId: !Ref Acl}
Entry:
  Type: AWS::EC2::NetworkAclEntry
  Properties:
    NetworkAclId: !Ref Acl
    RuleNumber: 1
    RuleAction: allow
    Protocol: -1
    CidrBlock: 0.0.0.0/0
    Egress: true
    PortRange: {From: 1, To: 2}
Zone:
  Type: AWS::Route53::HostedZone
  Properties: {Name: example.com, VPCs: [{VPCId: !Ref Vpc, VPCRegion: eu-west-1}]}
Options: {Type: AWS::EC2::DHCPOptions, Properties: {DomainNameServers: [AmazonProvidedDNS]}}
UseOptions: {Type: AWS::EC2::VPCDHCPOptionsAssociation, Properties: {VpcId: !Ref Vpc, DhcpOptionsId: !Ref Options}}
Rule: {Type: AWS::Route53Resolver::ResolverRule, Properties: {DomainName: example.com}}
UseRule: {Type: AWS::Route53Resolver::ResolverRuleAssociation, Properties: {VPCId: !Ref Vpc, ResolverRuleId: !Ref Rule}}
Profile: {Type: AWS::Route53Profiles::ProfileAssociation, Properties: {ResourceId: vpc-1, ProfileId: rp-1}}
Block: {Type: AWS::EC2::VPCCidrBlock, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.1.0.0/16}}
Propagation: {Type: AWS::EC2::VPNGatewayRoutePropagation, Properties: {RouteTableIds: [rtb-1], VpnGatewayId: vgw-1}}
List: {Type: AWS::EC2::PrefixList, Properties: {Entries: [{Cidr: 10.0.0.0/8}]}}
ToList:
  Type: AWS::EC2::SecurityGroupEgress
  Properties: {GroupId: !Ref ClientGroup, IpProtocol: "-1", DestinationPrefixListId: !Ref List}
Closing: {Type: "Custom::VpcRestrictDefaultSG", Properties: {DefaultSecurityGroupId: !GetAtt Vpc.DefaultSecurityGroup}}
""")
NETWORK = {**WITH_NAT, **MORE}
PROPERTIES = [(name, key) for name, data in NETWORK.items() for key in data.get("Properties", {})]
DESTINATIONS: list[Destination] = [
    LOGS,
    ECR,
    S3,
    DOCKER_HUB,
    Peer("MountTarget", (), 2049, Where("Template", "MountTarget")),
]

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["0.0.0.0/0", "10.0.0.0/33", "::/0", "sg-1", "-1", "65536", "com.amazonaws..logs", ".s3"])
)
garbage = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["Ref", "CidrIp", "VPCId", "x"]), inner)
    ),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from(PROPERTIES), garbage, max_size=4), st.sampled_from(DESTINATIONS))
@example({("Vpc", "CidrBlock"): ["10.0.0.0/16"]}, S3)
@example({("S3Endpoint", "RouteTableIds"): {"x": 1}}, S3)
@example({("Propagation", "RouteTableIds"): 7}, ECR)
def test_any_property_gives_an_answer(changes: dict[tuple[str, str], Any], destination: Destination) -> None:
    resources = copy.deepcopy(NETWORK)
    for (name, key), value in changes.items():
        resources[name]["Properties"][key] = value
    for group in ("ClientGroup", "OpenGroup"):
        assert reach(resources, destination, groups=group).verdict in tuple(Verdict)


@pytest.mark.parametrize("name", NETWORK)
def test_a_resource_without_properties_gives_an_answer(name: str) -> None:
    nothing: tuple[object, ...] = ({}, [], "text", None)
    for properties in nothing:
        broken = {**NETWORK, name: {"Type": NETWORK[name]["Type"], "Properties": properties}}
        for destination in DESTINATIONS:
            assert reach(broken, destination).verdict in tuple(Verdict)
