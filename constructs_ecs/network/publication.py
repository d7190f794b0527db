"""A network as parameters of Systems Manager, for apps that are deployed apart."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from aws_cdk import aws_ec2 as ec2

from constructs_ecs.errors import Code, InvalidValueError
from constructs_ecs.facts.endpoints import Endpoint
from constructs_ecs.facts.published import (
    AVAILABLE,
    NetworkParameter,
    check_path,
    endpoint_parameter,
    s3_action_parameter,
)
from constructs_ecs.network.existing_subnets import is_list, zone_of
from constructs_ecs.network.identity import identities
from constructs_ecs.publishing import Publication

if TYPE_CHECKING:
    from constructs_ecs.network.base import Network


def publish_network(network: "Network", path: str) -> Publication:
    """Publish a network; what it gets later is added as it is made.

    Raises:
        InvalidValueError: ECS037, the path; ECS030, the subnets or their Availability Zones are not known one by one.
        ConflictError: ECS037, something is published under the path already, or it is read in the same stack.
    """
    check_path(path)
    tasks, public = _by_zone(network)
    zones = ",".join(subnet.availability_zone for subnet in tasks)
    client_group = network.endpoint_client_security_group.security_group_id
    publication = Publication(network, path=path, after=network.ready)
    publication.add(NetworkParameter.VPC_ID, network.vpc.vpc_id)
    publication.add(NetworkParameter.AVAILABILITY_ZONES, zones)
    publication.add(NetworkParameter.TASK_SUBNET_IDS, ",".join(subnet.subnet_id for subnet in tasks))
    publication.add(NetworkParameter.TASK_SUBNET_COUNT, str(len(tasks)))
    publication.add(NetworkParameter.ENDPOINT_CLIENT_SECURITY_GROUP_ID, client_group)
    publication.add(NetworkParameter.EGRESS, network.egress.value)
    if public:
        publication.add(NetworkParameter.PUBLIC_SUBNET_IDS, ",".join(subnet.subnet_id for subnet in public))
        publication.add(NetworkParameter.PUBLIC_SUBNET_COUNT, str(len(public)))
    _publish_what_comes(network, publication)
    return publication


def _publish_what_comes(network: "Network", publication: Publication) -> None:
    """Publish endpoints and S3 actions, those that there are and those to come."""

    def add_endpoint(endpoint: Endpoint) -> None:
        publication.add(endpoint_parameter(endpoint), AVAILABLE)

    def add_s3_action(action: str) -> None:
        name = s3_action_parameter(action)
        if name is not None and name not in publication.parameters:
            publication.add(name, AVAILABLE)

    network.on_endpoint(add_endpoint)
    network.on_s3_action(add_s3_action)


def _by_zone(network: "Network") -> tuple[list[ec2.ISubnet], list[ec2.ISubnet]]:
    """Return the first task subnet of each zone, and the public subnets beside them.

    Readers take the first zones of both. So the public subnets are in the order of the tasks' zones, and end before the
    first zone that has none.
    """
    tasks = network.task_subnets.subnets or []
    public = [] if network.public_subnets is None else network.public_subnets.subnets or []
    zones = identities(network, [*map(_zone, tasks), *map(_zone, public)])
    tasks_by_zone = _first_of_each(tasks, zones[: len(tasks)])
    public_by_zone = _first_of_each(public, zones[len(tasks) :])
    beside = []
    for zone in tasks_by_zone:
        if zone not in public_by_zone:
            break
        beside.append(public_by_zone[zone])
    return list(tasks_by_zone.values()), beside


def _first_of_each(subnets: Sequence[ec2.ISubnet], zones: Sequence[str]) -> dict[str, ec2.ISubnet]:
    found: dict[str, ec2.ISubnet] = {}
    for subnet, zone in zip(subnets, zones, strict=True):
        found.setdefault(zone, subnet)
    return found


def _zone(subnet: ec2.ISubnet) -> str:
    if is_list(subnet):
        raise InvalidValueError(
            Code.SETTING,
            f"A network is published with its subnets one by one; {subnet.node.path} stands for a list of them that is "
            "known only when it is deployed.",
            "Import the VPC or the subnets by ids that are known at synth.",
        )
    zone = zone_of(subnet)
    if zone is None:
        raise InvalidValueError(
            Code.SETTING,
            f"A network is published with the Availability Zone of each of its subnets; that of {subnet.node.path} is "
            "not known.",
            "Import the subnet with ec2.Subnet.from_subnet_attributes(availability_zone=...), or the VPC with its "
            "zones one by one.",
        )
    return zone
