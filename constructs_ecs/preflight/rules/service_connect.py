"""The services that use Service Connect, with the ports that they offer."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from constructs_ecs.preflight.launch_sites import LaunchSite
from constructs_ecs.preflight.launch_sites.reading import items, walk
from constructs_ecs.preflight.rules.base import Context
from constructs_ecs.preflight.task_definition import TaskDefinition
from constructs_ecs.preflight.values import Ternary, boolean, integer


@dataclass(frozen=True)
class Participant:
    """A service that uses Service Connect.

    Args:
        site: its launch site.
        task: what it runs.
        namespace: the namespace; None for the cluster's default.
        ports: the TCP ports on which it takes connections, as far as they are known.
    """

    site: LaunchSite
    task: TaskDefinition
    namespace: Any
    ports: tuple[int, ...]


def participants(context: Context) -> Iterator[Participant]:
    """Yield the services that are sure to use Service Connect, and whose task definition is in the templates."""
    tasks = {(task.resource.template, task.resource.logical_id): task for task in context.task_definitions}
    for proof in context.proofs:
        site = proof.site
        configuration = site.properties.get("ServiceConnectConfiguration")
        place = getattr(site.task_definition, "where", None)
        task = None if place is None else tasks.get((place.template, place.logical_id))
        if task is not None and boolean(walk(configuration, "Enabled")) is Ternary.YES:
            yield Participant(site, task, walk(configuration, "Namespace"), tuple(_ports(task, configuration)))


def _ports(task: TaskDefinition, configuration: Any) -> Iterator[int]:  # noqa: ANN401 - any resolved value
    """Yield where a service's proxy listens: the port that is said for it, else the container's."""
    for _, service in items(walk(configuration, "Services")):
        override = walk(service, "IngressPortOverride")
        port = integer(override if override is not None else _container_port(task, walk(service, "PortName")))
        if port is not None:
            yield port


def _container_port(task: TaskDefinition, name: Any) -> Any:  # noqa: ANN401 - any resolved value
    for container in task.containers:
        for _, mapping in items(container.properties.get("PortMappings")):
            if isinstance(mapping, Mapping) and name is not None and mapping.get("Name") == name:
                return mapping.get("ContainerPort")
    return None
