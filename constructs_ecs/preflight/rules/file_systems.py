"""The file systems that launches mount, with their mount targets."""

from collections.abc import Iterator
from dataclasses import dataclass

from constructs_ecs.preflight.calls import Purpose
from constructs_ecs.preflight.launch_sites import LaunchSite
from constructs_ecs.preflight.rules.base import Context
from constructs_ecs.preflight.templates.graph import Graph, Resource
from constructs_ecs.preflight.topology import NetworkInterface
from constructs_ecs.preflight.topology.things import thing
from constructs_ecs.preflight.values import Unknown

_FILE_SYSTEM = "AWS::EFS::FileSystem"
_MOUNT_TARGET = "AWS::EFS::MountTarget"


@dataclass(frozen=True)
class Mount:
    """A file system that a launch mounts.

    Args:
        site: the launch site.
        interface: where the mount leaves by.
        file_system: the file system.
        targets: all of its mount targets; at least one.
    """

    site: LaunchSite
    interface: NetworkInterface
    file_system: Resource
    targets: tuple[Resource, ...]


def mounts(context: Context) -> Iterator[Mount]:
    """Yield what launches mount, as far as the templates show all of it and there is a mount target."""
    targets = _targets(context.graph)
    for proof in context.proofs:
        seen: set[tuple[NetworkInterface, str]] = set()
        for call in proof.calls:
            interface = call.call.interface
            if call.call.purpose is not Purpose.MOUNT_EFS:
                continue
            file_system = thing(context.graph, call.call.resource, _FILE_SYSTEM)
            if isinstance(file_system, Unknown) or not isinstance(interface, NetworkInterface):
                continue
            found = targets.get((file_system.template, file_system.logical_id), ())
            if found and (interface, file_system.logical_id) not in seen:
                seen.add((interface, file_system.logical_id))
                yield Mount(proof.site, interface, file_system, tuple(found))


def _targets(graph: Graph) -> dict[tuple[str, str], list[Resource]]:
    """Return mount targets by file system; none at all if one of them may be of any."""
    found: dict[tuple[str, str], list[Resource]] = {}
    for target in graph.resources(_MOUNT_TARGET):
        file_system = thing(graph, target.get("FileSystemId"), _FILE_SYSTEM)
        if isinstance(file_system, Unknown):
            return {}
        found.setdefault((file_system.template, file_system.logical_id), []).append(target)
    return found
