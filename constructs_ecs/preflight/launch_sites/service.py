"""Services: ``AWS::ECS::Service``."""

from collections.abc import Iterator

from constructs_ecs.preflight.launch_sites.building import Launch, launch_site
from constructs_ecs.preflight.launch_sites.capacity import Capacities
from constructs_ecs.preflight.launch_sites.site import LaunchKind, LaunchSite
from constructs_ecs.preflight.templates.graph import Graph, Resource
from constructs_ecs.preflight.values import Unknown


def find(graph: Graph, capacities: Capacities) -> Iterator[LaunchSite]:
    """Find the services that start tasks themselves; those that leave it to task sets do not."""
    for resource in graph.resources("AWS::ECS::Service"):
        if resource.get("DeploymentController", "Type") != "EXTERNAL":
            yield launch_site(graph, capacities, _launch(resource))


def _launch(resource: Resource) -> Launch:
    return Launch(
        kind=LaunchKind.SERVICE,
        resource=resource,
        properties=resource.properties,
        cluster=resource.get("Cluster"),
        task_definition=resource.get("TaskDefinition", default=Unknown(f"{resource.where} names no task definition")),
        enable_exec=resource.get("EnableExecuteCommand"),
    )
