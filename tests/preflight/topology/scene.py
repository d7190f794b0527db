"""Small networks for the tests of the topology, and the changes that break or open them."""

import copy
from typing import Any

from constructs_ecs.facts.endpoints import Endpoint
from constructs_ecs.preflight.findings import Fault, Link, Verdict, Where
from constructs_ecs.preflight.templates.documents import parse
from constructs_ecs.preflight.templates.graph import Graph
from constructs_ecs.preflight.topology import (
    Assumptions,
    AwsService,
    Destination,
    InternetHost,
    NetworkInterface,
    Reach,
    Topology,
)
from constructs_ecs.preflight.topology.things import SUBNET, security_group, thing
from constructs_ecs.preflight.values import Ternary
from tests.preflight.support import graph

LOGS = AwsService(Endpoint.LOGS)
ECR = AwsService(Endpoint.ECR_API)
S3 = AwsService(Endpoint.S3)
DOCKER_HUB = InternetHost("registry-1.docker.io")
TASK = Where("Template", "Service", ("NetworkConfiguration", "AwsvpcConfiguration"))

Resources = dict[str, Any]

_ISOLATED = """
Vpc:
  Type: AWS::EC2::VPC
  Properties: {CidrBlock: 10.0.0.0/16, EnableDnsHostnames: true}
Subnet:
  Type: AWS::EC2::Subnet
  Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24}
Table:
  Type: AWS::EC2::RouteTable
  Properties: {VpcId: !Ref Vpc}
Association:
  Type: AWS::EC2::SubnetRouteTableAssociation
  Properties: {SubnetId: !Ref Subnet, RouteTableId: !Ref Table}
ClientGroup:
  Type: AWS::EC2::SecurityGroup
  Properties:
    VpcId: !Ref Vpc
    GroupDescription: clients
    SecurityGroupEgress:
      - {IpProtocol: icmp, FromPort: 252, ToPort: 86, CidrIp: 255.255.255.255/32}
EndpointGroup:
  Type: AWS::EC2::SecurityGroup
  Properties: {VpcId: !Ref Vpc, GroupDescription: endpoints}
ClientsIn:
  Type: AWS::EC2::SecurityGroupIngress
  Properties:
    GroupId: !GetAtt EndpointGroup.GroupId
    IpProtocol: tcp
    FromPort: 443
    ToPort: 443
    SourceSecurityGroupId: !GetAtt ClientGroup.GroupId
ClientsOut:
  Type: AWS::EC2::SecurityGroupEgress
  Properties:
    GroupId: !GetAtt ClientGroup.GroupId
    IpProtocol: tcp
    FromPort: 443
    ToPort: 443
    DestinationSecurityGroupId: !GetAtt EndpointGroup.GroupId
ClientsToS3:
  Type: AWS::EC2::SecurityGroupEgress
  Properties:
    GroupId: !GetAtt ClientGroup.GroupId
    IpProtocol: tcp
    FromPort: 443
    ToPort: 443
    DestinationPrefixListId: pl-6da54004
LogsEndpoint:
  Type: AWS::EC2::VPCEndpoint
  Properties:
    VpcId: !Ref Vpc
    VpcEndpointType: Interface
    ServiceName: !Sub com.amazonaws.${AWS::Region}.logs
    PrivateDnsEnabled: true
    SubnetIds: [!Ref EndpointSubnet]
    SecurityGroupIds: [!GetAtt EndpointGroup.GroupId]
EndpointSubnet:
  Type: AWS::EC2::Subnet
  Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}
S3Endpoint:
  Type: AWS::EC2::VPCEndpoint
  Properties:
    VpcId: !Ref Vpc
    VpcEndpointType: Gateway
    ServiceName: !Sub com.amazonaws.${AWS::Region}.s3
    RouteTableIds: [!Ref Table]
"""

_NAT = """
PublicSubnet:
  Type: AWS::EC2::Subnet
  Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.9.0/24}
PublicTable:
  Type: AWS::EC2::RouteTable
  Properties: {VpcId: !Ref Vpc}
PublicAssociation:
  Type: AWS::EC2::SubnetRouteTableAssociation
  Properties: {SubnetId: !Ref PublicSubnet, RouteTableId: !Ref PublicTable}
Gateway:
  Type: AWS::EC2::InternetGateway
Attachment:
  Type: AWS::EC2::VPCGatewayAttachment
  Properties: {VpcId: !Ref Vpc, InternetGatewayId: !Ref Gateway}
PublicDefault:
  Type: AWS::EC2::Route
  Properties: {RouteTableId: !Ref PublicTable, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Gateway}
Nat:
  Type: AWS::EC2::NatGateway
  Properties: {SubnetId: !Ref PublicSubnet, AllocationId: eipalloc-1}
Default:
  Type: AWS::EC2::Route
  Properties: {RouteTableId: !Ref Table, DestinationCidrBlock: 0.0.0.0/0, NatGatewayId: !Ref Nat}
OpenGroup:
  Type: AWS::EC2::SecurityGroup
  Properties: {VpcId: !Ref Vpc, GroupDescription: all out}
"""


def read(yaml: str) -> Resources:
    """Return the resources that YAML describes."""
    body = parse(yaml, "scene").body
    assert isinstance(body, dict)
    return body


ISOLATED = read(_ISOLATED)
"""A subnet without a way out, endpoints for logs and S3, and groups that open just that."""
WITH_NAT = {**ISOLATED, **read(_NAT)}
"""The same, with a NAT gateway in a public subnet, and a group that lets all out."""


def changed(
    resources: Resources, yaml: str = "", /, *, without: tuple[str, ...] = (), **properties: dict[str, Any]
) -> Resources:
    """Return resources without some, with others, and with properties changed: ``Vpc={"EnableDnsSupport": False}``."""
    kept = {name: data for name, data in resources.items() if name not in without}
    made = copy.deepcopy({**kept, **(read(yaml) if yaml else {})})
    for name, values in properties.items():
        own: dict[str, Any] = made[name].setdefault("Properties", {})
        own.update(values)
        for absent in [key for key, value in own.items() if value is None]:
            del own[absent]
    return made


Named = str | list[Any]
"""A logical id, or a list of logical ids and of other data."""


def interface(
    found: Graph, subnets: Named = "Subnet", groups: Named = "ClientGroup", public_ip: Ternary = Ternary.NO
) -> NetworkInterface:
    """Return an interface by logical ids; a list of data is resolved in the first template."""
    return NetworkInterface(
        subnets=tuple(thing(found, value, SUBNET) for value in _values(found, subnets)),
        security_groups=tuple(security_group(found, value) for value in _values(found, groups)),
        public_ip=public_ip,
        where=TASK,
    )


def reach(
    resources: Resources | tuple[Resources, ...],
    destination: Destination,
    *,
    assume: tuple[str, ...] = (),
    region: str | None = "eu-west-1",
    subnets: Named = "Subnet",
    groups: Named = "ClientGroup",
    public_ip: Ternary = Ternary.NO,
) -> Reach:
    """Return what a task of these resources reaches."""
    bodies = resources if isinstance(resources, tuple) else (resources,)
    found = graph(*bodies, region=region)
    return Topology(found, Assumptions.parse(assume)).reach(interface(found, subnets, groups, public_ip), destination)


def faults(answer: Reach) -> set[Fault | None]:
    """Return the faults of the broken links."""
    return {link.fault for link in broken(answer)}


def broken(answer: Reach) -> list[Link]:
    """Return the broken links."""
    return [link for link in answer.links if link.verdict is Verdict.FAIL]


def decisive(answer: Reach, fault: Fault) -> str:
    """Return the logical id of the resource that shows a fault first."""
    return next(link.where[0].logical_id for link in broken(answer) if link.fault is fault)


def _values(found: Graph, given: Named) -> list[Any]:
    template = found.templates[0].name
    data = [{"Ref": given}] if isinstance(given, str) else given
    return [found.value(template, {"Ref": item} if isinstance(item, str) else item) for item in data]
