"""Subnets, and the ways out of them.

Made of the CDK's subnets and not by `ec2.Vpc`. That one reads the Availability Zones of its stack: where the stack has
a fixed environment this is a lookup in the account, and where it has none there are two zones at most.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from constructs_ecs.acknowledgements import acknowledge
from constructs_ecs.errors import Code, InvalidValueError
from constructs_ecs.facts.cidrs import SubnetLayout, subnet_layout
from constructs_ecs.facts.limits import is_whole_number, shown
from constructs_ecs.network.egress import Egress

_ZONES: Final = ("First", "Second", "Third", "Fourth", "Fifth", "Sixth")
"""Names of the Region's Availability Zones, by their place in its list."""


@dataclass(frozen=True, kw_only=True)
class Subnets:
    """The subnets of a network, by Availability Zone.

    Args:
        zones: the Availability Zones, as tokens of the Region's list.
        tasks: one per zone, for tasks, instances and endpoints.
        public: for NAT gateways and public load balancers; none, one or one per zone.
    """

    zones: tuple[str, ...]
    tasks: tuple[ec2.PrivateSubnet, ...]
    public: tuple[ec2.PublicSubnet, ...]


def new_subnets(
    scope: Construct, vpc: ec2.CfnVPC, *, cidr: str, max_azs: int, egress: Egress, public_load_balancers: bool
) -> Subnets:
    """Make the subnets of a VPC with their routes.

    Raises:
        InvalidValueError: ECS024, `max_azs`; ECS017, `cidr` is no VPC's block or too small.
    """
    check_zones(max_azs)
    layout = subnet_layout(cidr, tasks=max_azs, public=_public_count(max_azs, egress, public_load_balancers))
    zones = tuple(cdk.Fn.select(index, cdk.Fn.get_azs()) for index in range(max_azs))
    subnets = Subnets(
        zones=zones,
        tasks=_task_subnets(scope, vpc, zones, layout),
        public=_public_subnets(scope, vpc, zones, layout),
    )
    if egress is not Egress.NONE:
        _route_through_nat(subnets, per_zone=egress is Egress.NAT_GATEWAY_PER_AZ)
    return subnets


def vpc_view(
    scope: Construct,
    vpc: ec2.CfnVPC,
    *,
    cidr: str,
    subnets: Subnets,
    public: tuple[ec2.PublicSubnet, ...],
    egress: Egress,
) -> ec2.IVpc:
    """Show a VPC as other constructs take it: in the CDK's terms its task subnets are isolated, or private with egress.

    Args:
        scope: the parent construct.
        vpc: the VPC.
        cidr: its block.
        subnets: its subnets.
        public: those of its public subnets that others may use.
        egress: how its task subnets reach the internet.
    """
    tasks, none = _attributes(subnets.tasks), _attributes(())
    private, isolated = (none, tasks) if egress is Egress.NONE else (tasks, none)
    shown = _attributes(public)
    return ec2.Vpc.from_vpc_attributes(
        scope,
        "VpcView",
        vpc_id=vpc.ref,
        vpc_cidr_block=cidr,
        availability_zones=list(subnets.zones),
        private_subnet_ids=private.ids,
        private_subnet_ipv4_cidr_blocks=private.blocks,
        private_subnet_route_table_ids=private.route_tables,
        isolated_subnet_ids=isolated.ids,
        isolated_subnet_ipv4_cidr_blocks=isolated.blocks,
        isolated_subnet_route_table_ids=isolated.route_tables,
        public_subnet_ids=shown.ids,
        public_subnet_ipv4_cidr_blocks=shown.blocks,
        public_subnet_route_table_ids=shown.route_tables,
    )


class _Attributes(NamedTuple):
    ids: list[str] | None
    blocks: list[str] | None
    route_tables: list[str] | None


def _attributes(subnets: Sequence[ec2.Subnet]) -> _Attributes:
    if not subnets:
        return _Attributes(None, None, None)  # an empty list is refused
    return _Attributes(
        [subnet.subnet_id for subnet in subnets],
        [subnet.ipv4_cidr_block for subnet in subnets],
        [subnet.route_table.route_table_id for subnet in subnets],
    )


def check_zones(max_azs: int) -> None:
    """Check over how many Availability Zones a network spans.

    Raises:
        InvalidValueError: ECS024.
    """
    if not is_whole_number(max_azs) or not 1 <= max_azs <= len(_ZONES):
        raise InvalidValueError(
            Code.AVAILABILITY_ZONES,
            f"A network spans 1 to {len(_ZONES)} Availability Zones, known at synth; got max_azs={shown(max_azs)}.",
            "Use 2, or 3 where the Region has them.",
        )


def _public_count(max_azs: int, egress: Egress, public_load_balancers: bool) -> int:
    if public_load_balancers or egress is Egress.NAT_GATEWAY_PER_AZ:
        return max_azs
    return 1 if egress is Egress.NAT_GATEWAY else 0


def _task_subnets(
    scope: Construct, vpc: ec2.CfnVPC, zones: tuple[str, ...], layout: SubnetLayout
) -> tuple[ec2.PrivateSubnet, ...]:
    return tuple(
        ec2.PrivateSubnet(
            scope,
            f"{name}TaskSubnet",
            vpc_id=vpc.ref,
            availability_zone=zone,
            cidr_block=block,
            map_public_ip_on_launch=False,
        )
        for name, zone, block in zip(_ZONES, zones, layout.tasks, strict=False)
    )


def _public_subnets(
    scope: Construct, vpc: ec2.CfnVPC, zones: tuple[str, ...], layout: SubnetLayout
) -> tuple[ec2.PublicSubnet, ...]:
    if not layout.public:
        return ()
    gateway = ec2.CfnInternetGateway(scope, "InternetGateway")
    attachment = ec2.CfnVPCGatewayAttachment(
        scope, "InternetGatewayAttachment", vpc_id=vpc.ref, internet_gateway_id=gateway.ref
    )
    subnets = tuple(
        ec2.PublicSubnet(
            scope,
            f"{name}PublicSubnet",
            vpc_id=vpc.ref,
            availability_zone=zone,
            cidr_block=block,
            map_public_ip_on_launch=False,
        )
        for name, zone, block in zip(_ZONES, zones, layout.public, strict=False)
    )
    for subnet in subnets:
        subnet.add_default_internet_route(gateway.ref, attachment)
        _acknowledge_route(subnet)
    return subnets


def _acknowledge_route(subnet: ec2.PublicSubnet) -> None:
    acknowledge(
        subnet.node.find_child("DefaultRoute"),
        "The subnet holds NAT gateways and public load balancers only, which are what this route is for; tasks and "
        "instances are placed in the subnets without it, and nothing here gets a public address on launch.",
        "NIST.800.53.R5-VPCNoUnrestrictedRouteToIGW",
        "HIPAA.Security-VPCNoUnrestrictedRouteToIGW",
        "PCI.DSS.321-VPCNoUnrestrictedRouteToIGW",
    )


def _route_through_nat(subnets: Subnets, *, per_zone: bool) -> None:
    gateways = [subnet.add_nat_gateway() for subnet in (subnets.public if per_zone else subnets.public[:1])]
    for index, subnet in enumerate(subnets.tasks):
        gateway = gateways[index] if per_zone else gateways[0]
        subnet.add_default_nat_route(gateway.attr_nat_gateway_id)
