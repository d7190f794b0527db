"""Which subnets of a VPC that exists are used, and what is known of them."""

from collections.abc import Sequence

from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from constructs_ecs.errors import Code, InvalidValueError
from constructs_ecs.facts.limits import is_token
from constructs_ecs.network.identity import identities


def chosen_subnets(
    vpc: ec2.IVpc, selection: ec2.SubnetSelection | None, *, has_egress: bool
) -> tuple[ec2.ISubnet, ...]:
    """Return the subnets that tasks are in.

    By default the isolated ones where there are some, else the private ones; in a network with egress the other way
    round, because isolated subnets are those without a way out.

    Args:
        vpc: the VPC; one whose lookup is pending answers with stand-ins.
        selection: which ones were asked for.
        has_egress: whether the network was declared to have a way out.

    Raises:
        InvalidValueError: ECS030, there is no such subnet, or one of them is public.
    """
    if selection is not None:
        return _selected(vpc, selection)
    kinds = (vpc.private_subnets, vpc.isolated_subnets) if has_egress else (vpc.isolated_subnets, vpc.private_subnets)
    subnets = kinds[0] or kinds[1]
    if not subnets:
        raise InvalidValueError(
            Code.SETTING,
            f"Tasks are placed in private subnets; {vpc.node.path} has none, as far as the CDK was told.",
            "Name the isolated or private subnets where the VPC is looked up or imported, or add some to it.",
        )
    return tuple(subnets)


def one_per_zone(scope: Construct, subnets: Sequence[ec2.ISubnet]) -> tuple[ec2.ISubnet, ...]:
    """Keep the first subnet of each Availability Zone: what takes one in each, refuses two.

    The CDK does not look into subnets that are given one by one.

    Raises:
        InvalidValueError: ECS030, the zone of a subnet is not known and there are several.
    """
    if len(subnets) == 1:
        return tuple(subnets)
    zones = identities(scope, [_zone_for_endpoint(subnet) for subnet in subnets])
    return tuple(subnet for index, subnet in enumerate(subnets) if zones.index(zones[index]) == index)


def zone_of(subnet: ec2.ISubnet) -> str | None:
    """Return the Availability Zone of a subnet; none where it is not known, or is one of a list that is not yet."""
    try:
        zone = subnet.availability_zone
    except RuntimeError:  # how a missing value arrives from the CDK
        return None
    return None if is_token([zone]) else zone


def is_list(subnet: ec2.ISubnet) -> bool:
    """Whether a subnet stands for a list of subnets that is known only at deployment."""
    return is_token([subnet.subnet_id])


def has_route_table(subnet: ec2.ISubnet) -> bool:
    """Whether the route table of a subnet is known; of an imported one it may not be."""
    try:
        return bool(subnet.route_table.route_table_id)
    except RuntimeError:  # how a missing value arrives from the CDK
        return False


def _selected(vpc: ec2.IVpc, selection: ec2.SubnetSelection) -> tuple[ec2.ISubnet, ...]:
    if selection.subnets is not None and selection.subnet_type is None and selection.subnet_group_name is None:
        # As the CDK does, but not by it: it would ask for their Availability Zones, which need not be known.
        public = {subnet.subnet_id for subnet in vpc.public_subnets}
        return _private(vpc, selection.subnets, has_public=any(each.subnet_id in public for each in selection.subnets))
    try:
        selected = vpc.select_subnets(
            availability_zones=selection.availability_zones,
            one_per_az=selection.one_per_az,
            subnet_filters=selection.subnet_filters,
            subnet_group_name=selection.subnet_group_name,
            subnets=selection.subnets,
            subnet_type=selection.subnet_type,
        )
    except RuntimeError as error:
        raise InvalidValueError(
            Code.SETTING,
            f"task_subnets selects subnets of the VPC; the CDK says: {str(error).splitlines()[0]}",
            "Select subnets that there are.",
        ) from error
    if selected.is_pending_lookup:
        # The stand-ins of the first synthesis have names, zones and kinds of their own: nothing is to be told by them.
        return tuple(selected.subnets or vpc.private_subnets)
    return _private(vpc, selected.subnets, has_public=selected.has_public is True)


def _private(vpc: ec2.IVpc, subnets: Sequence[ec2.ISubnet], *, has_public: bool) -> tuple[ec2.ISubnet, ...]:
    if not subnets or has_public:
        got = "a public one among them" if subnets else "none"
        raise InvalidValueError(
            Code.SETTING,
            f"task_subnets selects private subnets of {vpc.node.path}; got {got}.",
            "Select isolated subnets, or private ones with egress.",
        )
    return tuple(subnets)


def _zone_for_endpoint(subnet: ec2.ISubnet) -> str:
    zone = zone_of(subnet)
    if zone is None:
        raise InvalidValueError(
            Code.SETTING,
            f"An endpoint is in one subnet of each Availability Zone; that of {subnet.node.path} is not known.",
            "Import the subnet with ec2.Subnet.from_subnet_attributes(availability_zone=...), or the VPC with its "
            "zones one by one, or make no endpoint.",
        )
    return zone
