"""A network as parameters of Systems Manager, for apps that are deployed apart."""

from typing import TYPE_CHECKING

from aws_cdk import aws_ec2 as ec2

from constructs_ecs.facts.endpoints import Endpoint
from constructs_ecs.facts.published import (
    AVAILABLE,
    NetworkParameter,
    check_path,
    endpoint_parameter,
    s3_action_parameter,
)
from constructs_ecs.network.existing_subnets import one_per_zone
from constructs_ecs.publishing import Publication

if TYPE_CHECKING:
    from constructs_ecs.network.base import Network


def publish_network(network: "Network", path: str) -> Publication:
    """Publish a network; what it gets later is added as it is made.

    Raises:
        InvalidValueError: ECS037, the path.
        ConflictError: ECS037, something is published under the path already.
    """
    check_path(path)
    tasks = _one_per_zone(network, network.task_subnets)
    zones = ",".join(subnet.availability_zone for subnet in tasks)
    client_group = network.endpoint_client_security_group.security_group_id
    publication = Publication(network, path=path, after=network.ready)
    publication.add(NetworkParameter.VPC_ID, network.vpc.vpc_id)
    publication.add(NetworkParameter.AVAILABILITY_ZONES, zones)
    publication.add(NetworkParameter.TASK_SUBNET_IDS, ",".join(subnet.subnet_id for subnet in tasks))
    publication.add(NetworkParameter.TASK_SUBNET_COUNT, str(len(tasks)))
    publication.add(NetworkParameter.ENDPOINT_CLIENT_SECURITY_GROUP_ID, client_group)
    publication.add(NetworkParameter.EGRESS, network.egress.value)
    if network.public_subnets is not None:
        public = _one_per_zone(network, network.public_subnets)
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


def _one_per_zone(network: "Network", selection: ec2.SubnetSelection) -> tuple[ec2.ISubnet, ...]:
    return one_per_zone(network, selection.subnets or ())
