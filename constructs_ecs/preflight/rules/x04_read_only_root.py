"""X04: a read-only root file system that the exec agent cannot write to."""

from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Final

from constructs_ecs.facts.features import EXEC_DIRECTORIES
from constructs_ecs.preflight.findings import Finding, Severity
from constructs_ecs.preflight.launch_sites.reading import items, walk
from constructs_ecs.preflight.rules.base import Context, Rule
from constructs_ecs.preflight.rules.exec_sites import exec_sites
from constructs_ecs.preflight.rules.fargate import is_windows
from constructs_ecs.preflight.task_definition import Container, TaskDefinition, below
from constructs_ecs.preflight.values import Ternary, Unknown, boolean

WRITTEN: Final = tuple(EXEC_DIRECTORIES.values())
"""Where the exec agent writes."""


class ReadOnlyRoot(Rule):
    """ECS Exec is on, and a container's root file system is read-only."""

    id = "X04"
    severity = Severity.EXEC
    statement = (
        "ECS Exec is on, and a container has a read-only root file system without writable mounts on "
        f"{', '.join(WRITTEN)}."
    )
    symptom = "The managed agent ExecuteCommandAgent of the container is STOPPED; execute-command fails."
    decided_by = (
        "ReadonlyRootFilesystem and MountPoints of each container of a task with ECS Exec. With all three mounts, or a "
        "container of the task that is writable, it is a warning: AWS does not support the first, and the second can "
        "be opened."
    )
    fix = "Take ReadonlyRootFilesystem out of {the task definition}, or mount writable volumes on the three paths."
    source = "ECS developer guide, ECS Exec; aws/containers-roadmap issue 1359"

    def check(self, context: Context) -> Iterator[Finding]:
        """Look at the containers of tasks with ECS Exec."""
        for task in context.task_definitions:
            sites = exec_sites(context, task.resource)
            if not sites or is_windows(task) is not False:
                continue
            for container in filter(_is_read_only, task.containers):
                says, severity = _judge(container, task)
                if says:
                    where = below(container.where, "ReadonlyRootFilesystem")
                    yield self.finding(
                        where, f"Container {container.name} {says}.", launch_sites=sites, severity=severity
                    )


def _is_read_only(container: Container) -> bool:
    return boolean(container.properties.get("ReadonlyRootFilesystem"), default=False) is Ternary.YES


def _judge(container: Container, task: TaskDefinition) -> tuple[str, Severity]:
    """Say what is wrong with a container whose root is read-only, and what it means; nothing where that is open."""
    mounted = [_mounted(container, path) for path in WRITTEN]
    if all(answer is Ternary.YES for answer in mounted):
        return "has a read-only root with the mounts that let the exec agent write, which AWS does not support", (
            Severity.WARNING
        )
    if Ternary.NO not in mounted:
        return "", Severity.WARNING
    bare = ", ".join(path for path, answer in zip(WRITTEN, mounted, strict=True) if answer is Ternary.NO)
    others = task.unknown is not None or not all(map(_is_read_only, task.containers))
    return f"has a read-only root, and no writable mount on {bare}", Severity.WARNING if others else Severity.EXEC


def _mounted(container: Container, path: str) -> Ternary:
    answer = Ternary.NO
    points = container.properties.get("MountPoints")
    if isinstance(points, Unknown):
        return Ternary.UNKNOWN
    for _, point in items(points):
        place = walk(point, "ContainerPath")
        covers = PurePosixPath(path).is_relative_to(place) if isinstance(place, str) else None
        if covers is None:
            answer |= Ternary.UNKNOWN
        elif covers:
            answer |= ~boolean(walk(point, "ReadOnly"), default=False)
    return answer
