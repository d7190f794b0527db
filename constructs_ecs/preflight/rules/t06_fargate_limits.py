"""T06: what Fargate does not offer."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from constructs_ecs.errors import ConstructsEcsError
from constructs_ecs.facts.limits import check_ephemeral_storage_gib
from constructs_ecs.facts.task_sizes import CpuArchitecture, OperatingSystem, TaskSize
from constructs_ecs.preflight.findings import Finding, Severity, Where
from constructs_ecs.preflight.launch_sites.reading import items, walk
from constructs_ecs.preflight.rules.base import Context, Rule
from constructs_ecs.preflight.rules.fargate import is_windows, runs_on_fargate
from constructs_ecs.preflight.task_definition import DAEMON, EXPRESS, Container, TaskDefinition, below
from constructs_ecs.preflight.values import Pattern, Symbol, Unknown, integer

_NO_SIZE: Final = "No Fargate configuration exists for given values"
_REFUSED: Final = "ClientException: the task definition is refused: Fargate does not support what it asks for."
_NOT_SUPPORTED: Final = "InvalidParameterException: Task definition does not support launch_type FARGATE."
_AMOUNT: Final = re.compile(r"\s*(\d*\.?\d+)\s*(vcpu|gb)\s*", re.IGNORECASE | re.ASCII)
_PER_UNIT: Final = 1024
_MAX_DIGITS: Final = 20

_TASK: Final[tuple[tuple[str, ...], ...]] = (("IpcMode",), ("PlacementConstraints",))
_CONTAINER: Final[tuple[tuple[str, ...], ...]] = (
    ("DisableNetworking",),
    ("DnsSearchDomains",),
    ("DnsServers",),
    ("DockerSecurityOptions",),
    ("ExtraHosts",),
    ("Links",),
    ("Privileged",),
    ("LinuxParameters", "Devices"),
    ("LinuxParameters", "MaxSwap"),
    ("LinuxParameters", "SharedMemorySize"),
    ("LinuxParameters", "Swappiness"),
    ("LinuxParameters", "Tmpfs"),
)
"""Properties that Fargate takes neither on a task definition nor on a container."""
_CAPABILITY: Final = "SYS_PTRACE"


class _Problem(NamedTuple):
    """What is wrong: where, in words, what the user would see, and what it means."""

    where: Where
    says: str
    symptom: str = _REFUSED
    severity: Severity = Severity.DEPLOY


class FargateLimits(Rule):
    """A task definition for Fargate has a size or a property that Fargate does not offer."""

    id = "T06"
    severity = Severity.DEPLOY
    statement = (
        "A task definition for Fargate has a size, a storage size, a network mode or a property that Fargate does not "
        "offer."
    )
    symptom = _NO_SIZE
    decided_by = (
        "Cpu, Memory, EphemeralStorage, NetworkMode, RuntimePlatform and the properties that Fargate does not take, "
        "where RequiresCompatibilities has FARGATE or the task is launched on it."
    )
    fix = "Give {the task definition} what Fargate offers, or run it on EC2."
    source = "ECS developer guide, Task definition differences for Fargate"

    def check(self, context: Context) -> Iterator[Finding]:
        """Look at the task definitions for Fargate."""
        for task in context.task_definitions:
            if task.resource.type in (EXPRESS, DAEMON) or not runs_on_fargate(task, context):
                continue
            problems = (*_kind(task), *_size(task), *_storage(task), *_task(task), *_containers(task))
            for where, says, symptom, severity in problems:
                yield self.finding(
                    where,
                    says,
                    launch_sites=context.launch_sites_of(task.resource),
                    symptom=symptom,
                    severity=severity,
                )


def _kind(task: TaskDefinition) -> Iterator[_Problem]:
    """A task that is launched on Fargate, though its definition is for something else alone."""
    named = task.compatibilities
    if named and all(isinstance(name, str) and name for name in named) and "FARGATE" not in named:
        says = f"{task.where.logical_id} is for {' and '.join(map(str, named))} alone, and is launched on Fargate."
        yield _Problem(below(task.where, "RequiresCompatibilities"), says, _NOT_SUPPORTED)


def _size(task: TaskDefinition) -> Iterator[_Problem]:
    values = {name: task.resource.get(name) for name in ("Cpu", "Memory")}
    missing = [name for name, value in values.items() if value is None]
    if missing:
        says = f"{task.where.logical_id} has no {' and no '.join(missing)}, which Fargate requires."
        yield _Problem(task.where, says)
    elif is_windows(task) is not None:
        try:
            size = _valid_size(task)
        except ConstructsEcsError as error:
            yield _Problem(below(task.where, "Cpu"), error.problem, _NO_SIZE)
        else:
            if size is not None and size.caution:
                yield _Problem(below(task.where, "Cpu"), size.caution, _NO_SIZE, Severity.WARNING)


def _valid_size(task: TaskDefinition) -> TaskSize | None:
    """Return the size of a task; None where it is not known.

    Raises:
        ConstructsEcsError: Fargate does not offer it.
    """
    cpu, memory = _amount(task.resource.get("Cpu")), _amount(task.resource.get("Memory"))
    if cpu is None or memory is None:
        return None
    arm = task.resource.get("RuntimePlatform", "CpuArchitecture") == CpuArchitecture.ARM64.value
    return TaskSize(
        cpu=cpu,
        memory_mib=memory,
        operating_system=OperatingSystem.WINDOWS_SERVER_2022_CORE if is_windows(task) else OperatingSystem.LINUX,
        cpu_architecture=CpuArchitecture.ARM64 if arm else CpuArchitecture.X86_64,
    )


def _amount(value: Any) -> int | None:  # noqa: ANN401 - any resolved value
    """Read CPU units or MiB: a number, or one with the unit ``vCPU`` or ``GB``; None for what is not known."""
    number = integer(value)
    if number is not None or not isinstance(value, str) or len(value) > _MAX_DIGITS:
        return number
    match = _AMOUNT.fullmatch(value)
    return None if match is None else round(float(match[1]) * _PER_UNIT)


def _storage(task: TaskDefinition) -> Iterator[_Problem]:
    size = integer(task.resource.get("EphemeralStorage", "SizeInGiB"))
    if size is not None:
        try:
            check_ephemeral_storage_gib(size)
        except ConstructsEcsError as error:
            yield _Problem(below(task.where, "EphemeralStorage", "SizeInGiB"), error.problem)


def _task(task: TaskDefinition) -> Iterator[_Problem]:
    mode = task.network_mode
    if mode is None or (isinstance(mode, str) and mode != "awsvpc"):
        yield _Problem(below(task.where, "NetworkMode"), f"Fargate has the network mode awsvpc alone, not {mode}.")
    properties = task.resource.properties
    if walk(properties, "PidMode") == "host":
        yield _Problem(below(task.where, "PidMode"), "Fargate has no PidMode host.")
    for path in _TASK:
        if _is_set(walk(properties, *path)):
            yield _Problem(below(task.where, *path), f"Fargate has no {'.'.join(path)}.")
    for index, volume in items(walk(properties, "Volumes")):
        if _is_set(walk(volume, "DockerVolumeConfiguration")):
            yield _Problem(below(task.where, "Volumes", index), "Fargate has no Docker volumes.")
        if _is_set(walk(volume, "Host", "SourcePath")):
            yield _Problem(below(task.where, "Volumes", index, "Host"), "Fargate has no volumes of the host.")


def _containers(task: TaskDefinition) -> Iterator[_Problem]:
    for container in task.containers:
        for path in _CONTAINER:
            if _is_set(walk(container.properties, *path)):
                says = f"Container {container.name} has {'.'.join(path)}, which Fargate does not take."
                yield _Problem(below(container.where, *path), says)
        yield from _additions(container)


def _additions(container: Container) -> Iterator[_Problem]:
    for index, name in items(walk(container.properties, "LinuxParameters", "Capabilities", "Add")):
        if isinstance(name, str) and name != _CAPABILITY:
            place = below(container.where, "LinuxParameters", "Capabilities", "Add", index)
            yield _Problem(place, f"Container {container.name} adds {name}; Fargate lets add {_CAPABILITY} alone.")
    for index, need in items(walk(container.properties, "ResourceRequirements")):
        if walk(need, "Type") == "GPU":
            place = below(container.where, "ResourceRequirements", index)
            yield _Problem(place, f"Container {container.name} asks for a GPU, which Fargate does not have.")
    for index, mapping in items(walk(container.properties, "PortMappings")):
        inside, outside = (integer(walk(mapping, name)) for name in ("ContainerPort", "HostPort"))
        if inside is not None and outside not in (None, 0, inside):
            place = below(container.where, "PortMappings", index, "HostPort")
            says = f"Container {container.name} maps port {inside} to {outside}; on Fargate the two are the same."
            yield _Problem(place, says)


def _is_set(value: object) -> bool:
    """Whether a property asks for something: it is known, and neither false nor empty."""
    unknown = isinstance(value, Unknown | Symbol | Pattern)
    return (
        not unknown
        and value not in (None, False, "false", "", 0)
        and value != []
        and not (isinstance(value, Mapping) and not value)
    )
