"""Services of ECS Express Mode: ``AWS::ECS::ExpressGatewayService``. They run on Fargate.

Source: CloudFormation, ``AWS::ECS::ExpressGatewayService``. What Express Mode makes itself (a default network, a
security group, a log group) is in no template.
"""

from collections.abc import Iterator
from dataclasses import replace

from constructs_ecs.preflight.launch_sites.building import find_task_definition
from constructs_ecs.preflight.launch_sites.capacity import CLUSTER, Capacities
from constructs_ecs.preflight.launch_sites.interfaces import security_groups, subnets
from constructs_ecs.preflight.launch_sites.reading import optional_thing, walk
from constructs_ecs.preflight.launch_sites.site import Capacity, LaunchKind, LaunchSite
from constructs_ecs.preflight.templates.graph import Graph, Resource
from constructs_ecs.preflight.topology import NetworkInterface
from constructs_ecs.preflight.values import Ternary, Unknown

TYPE = "AWS::ECS::ExpressGatewayService"


def find(graph: Graph, capacities: Capacities) -> Iterator[LaunchSite]:  # noqa: ARG001 - as the other kinds
    """Find the Express Mode services; each is its own task definition unless it names one."""
    for resource in graph.resources(TYPE):
        named = resource.get("TaskDefinitionArn")
        yield LaunchSite(
            kind=LaunchKind.EXPRESS_SERVICE,
            where=resource.where,
            construct_path=resource.construct_path,
            resource=resource,
            properties=resource.properties,
            task_definition=resource if named is None else find_task_definition(graph, named),
            cluster=optional_thing(graph, resource.get("Cluster"), CLUSTER),
            capacity=Capacity.FARGATE,
            task_interface=_interface(graph, resource),
        )


def _interface(graph: Graph, resource: Resource) -> NetworkInterface | Unknown:
    network = resource.get("NetworkConfiguration")
    if walk(network, "Subnets") is None:
        return Unknown(f"{resource.where} leaves its subnets to Express Mode")
    groups = walk(network, "SecurityGroups")
    return NetworkInterface(
        subnets=subnets(graph, walk(network, "Subnets")),
        security_groups=(
            (Unknown(f"{resource.where} leaves its security group to Express Mode"),)
            if groups is None
            else security_groups(graph, groups)
        ),
        # Express Mode decides it by the subnets, in a way that no page describes.
        public_ip=Ternary.UNKNOWN,
        where=replace(resource.where, property_path=("NetworkConfiguration",)),
    )
