"""Task sets of services with an external deployment controller: ``AWS::ECS::TaskSet``."""

from collections.abc import Iterator

from constructs_ecs.preflight.launch_sites.building import Launch, launch_site
from constructs_ecs.preflight.launch_sites.capacity import Capacities
from constructs_ecs.preflight.launch_sites.site import LaunchKind, LaunchSite
from constructs_ecs.preflight.templates.graph import Graph, Resource
from constructs_ecs.preflight.topology.things import thing
from constructs_ecs.preflight.values import Unknown


def find(graph: Graph, capacities: Capacities) -> Iterator[LaunchSite]:
    """Find the task sets; ECS Exec is a matter of their service."""
    for resource in graph.resources("AWS::ECS::TaskSet"):
        yield launch_site(graph, capacities, _launch(graph, resource))


def _launch(graph: Graph, resource: Resource) -> Launch:
    service = thing(graph, resource.get("Service"), "AWS::ECS::Service")
    return Launch(
        kind=LaunchKind.TASK_SET,
        resource=resource,
        properties=resource.properties,
        cluster=resource.get("Cluster"),
        task_definition=resource.get("TaskDefinition"),
        enable_exec=service if isinstance(service, Unknown) else service.get("EnableExecuteCommand"),
    )
