"""Daemons on every instance of capacity providers: ``AWS::ECS::Daemon``."""

from collections.abc import Iterator

from constructs_ecs.preflight.launch_sites.capacity import CLUSTER, Capacities
from constructs_ecs.preflight.launch_sites.reading import items, optional_thing
from constructs_ecs.preflight.launch_sites.site import LaunchKind, LaunchSite
from constructs_ecs.preflight.templates.graph import Graph, Resource
from constructs_ecs.preflight.topology.things import thing
from constructs_ecs.preflight.values import boolean


def find(graph: Graph, capacities: Capacities) -> Iterator[LaunchSite]:
    """Find the daemons; their tasks use the network of the instance that they run on."""
    for resource in graph.resources("AWS::ECS::Daemon"):
        yield _site(graph, capacities, resource)


def _site(graph: Graph, capacities: Capacities, resource: Resource) -> LaunchSite:
    task_definition = thing(graph, resource.get("DaemonTaskDefinitionArn"), "AWS::ECS::DaemonTaskDefinition")
    cluster = optional_thing(graph, resource.get("ClusterArn"), CLUSTER)
    strategy = [{"CapacityProvider": provider} for _, provider in items(resource.get("CapacityProviderArns"))]
    capacity, instances = capacities.of(None, strategy, cluster, task_definition)
    return LaunchSite(
        kind=LaunchKind.DAEMON,
        where=resource.where,
        construct_path=resource.construct_path,
        resource=resource,
        properties=resource.properties,
        task_definition=task_definition,
        cluster=cluster,
        capacity=capacity,
        task_interface=None,
        instances=instances,
        exec_enabled=boolean(resource.get("EnableExecuteCommand"), default=False),
    )
