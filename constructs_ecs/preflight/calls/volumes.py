"""Mounting file systems of Amazon EFS.

Sources: ECS developer guide, "Use Amazon EFS volumes with Amazon ECS"; EFS user guide, "Managing network access",
"Using IAM to control access to file systems".
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from constructs_ecs.preflight.calls.call import Call, Purpose
from constructs_ecs.preflight.calls.making import Maker, arn_of
from constructs_ecs.preflight.calls.scene import TASK_ROLE, Scene
from constructs_ecs.preflight.launch_sites.interfaces import security_groups
from constructs_ecs.preflight.task_definition import EfsVolume
from constructs_ecs.preflight.templates.graph import Resource
from constructs_ecs.preflight.topology import Peer
from constructs_ecs.preflight.topology.things import SUBNET, thing
from constructs_ecs.preflight.values import Ternary, Unknown

NFS_PORT: Final = 2049
FILE_SYSTEM: Final = "AWS::EFS::FileSystem"
_ACCESS_POINT: Final = "AWS::EFS::AccessPoint"
_MOUNT_TARGET: Final = "AWS::EFS::MountTarget"
_MOUNT: Final = "elasticfilesystem:ClientMount"
_WRITE: Final = "elasticfilesystem:ClientWrite"


def mounts(scene: Scene, volume: EfsVolume) -> Iterator[Call]:
    """Yield what it takes to mount a volume: reaching a mount target, and being let in."""
    file_system = thing(scene.graph, volume.file_system, FILE_SYSTEM)
    destinations = _destinations(scene, file_system)
    for party in scene.agents():
        maker = Maker(party=party)
        for destination in destinations:
            call = maker.unsigned(Purpose.MOUNT_EFS, volume.file_system, volume.where, destination=destination)
            missing = f"{volume.file_system} has no mount target in the templates"
            yield replace(call, missing=None if destination else missing)
    if volume.iam is not Ternary.NO:
        yield _authorization(scene, volume, file_system)


def mount_targets(scene: Scene, file_system: Resource) -> list[Resource]:
    """Return the mount targets of a file system."""
    return [
        target
        for target in scene.graph.resources(_MOUNT_TARGET)
        if thing(scene.graph, target.get("FileSystemId"), FILE_SYSTEM) is file_system
    ]


def _destinations(scene: Scene, file_system: Resource | Unknown) -> list[Peer | Unknown | None]:
    """Return where a file system is reached: one for all mount targets with the same security groups."""
    if isinstance(file_system, Unknown):
        return [file_system]
    by_groups: dict[tuple[Resource | Unknown, ...], list[Resource]] = {}
    for target in mount_targets(scene, file_system):
        by_groups.setdefault(security_groups(scene.graph, target.get("SecurityGroups")), []).append(target)
    return [
        Peer(
            name=f"the mount targets of {file_system.logical_id}",
            security_groups=groups,
            port=NFS_PORT,
            where=targets[0].where,
            subnets=tuple(thing(scene.graph, target.get("SubnetId"), SUBNET) for target in targets),
        )
        for groups, targets in by_groups.items()
    ] or [None]


def _authorization(scene: Scene, volume: EfsVolume, file_system: Resource | Unknown) -> Call:
    known = None if isinstance(file_system, Unknown) else file_system
    point = None if volume.access_point is None else thing(scene.graph, volume.access_point, _ACCESS_POINT)
    context = {
        "elasticfilesystem:AccessedViaMountTarget": "true",
        "elasticfilesystem:AccessPointArn": (
            None if point is None else point if isinstance(point, Unknown) else arn_of(scene.graph, point)
        ),
    }
    return Call(
        purpose=Purpose.AUTHORIZE_EFS,
        caller=TASK_ROLE,
        role=scene.task_role,
        actions=(_MOUNT,) if _only_reads(scene, volume) else (_MOUNT, _WRITE),
        resource=volume.file_system if known is None else arn_of(scene.graph, known),
        context=context,
        owner=known,
        where=volume.where,
    )


def _only_reads(scene: Scene, volume: EfsVolume) -> bool:
    """Whether no container is sure to write to a volume."""
    uses = [
        container.mounts[str(volume.name)]
        for container in scene.task.containers
        if str(volume.name) in container.mounts
    ]
    return all(use is not Ternary.NO for use in uses)
