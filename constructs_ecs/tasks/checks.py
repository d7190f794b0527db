"""What must hold between the containers of a task, its size and ECS Exec before a task definition is made."""

from collections.abc import Sequence

from constructs_ecs.errors import Code, ConflictError, InvalidValueError
from constructs_ecs.facts.containers import check_ec2_container_memory, check_task_share
from constructs_ecs.facts.features import EXEC_CREDENTIAL_VARIABLES
from constructs_ecs.facts.limits import (
    check_container_count,
    check_container_names,
    check_family,
    check_kind,
    check_ports,
)
from constructs_ecs.facts.task_sizes import TaskSize
from constructs_ecs.tasks.container import Container


def check_containers(
    containers: Sequence[Container], *, size: TaskSize | None, family: str | None, enable_execute_command: bool
) -> None:
    """Check a task's containers together.

    Raises:
        InvalidValueError: ECS013 count, ECS014 none essential, ECS015 family, ECS016 ports, ECS022 names, ECS026 a
            setting that the capacity does not take, or more CPU or memory than the task has.
        ConflictError: ECS043, ECS046, ECS Exec could not work.
    """
    check_container_count(len(containers))
    for container in containers:
        check_kind(container, Container, code=Code.CONTAINER_SETTING, name="Each of a task's containers")
    check_container_names([container.name for container in containers])
    check_ports([container.port for container in containers if container.port is not None])
    if family is not None:
        check_family(family)
    if not any(container.essential for container in containers):
        raise InvalidValueError(
            Code.ESSENTIAL_CONTAINER,
            "At least one container of a task is essential; none of "
            f"{', '.join(container.name for container in containers)} is.",
            "Leave essential=True on the container that does the task's work.",
        )
    for container in containers:
        _check_variables(container)
        if enable_execute_command:
            _check_exec(container)
        if size is None:
            check_ec2_container_memory(container.name, container.memory_mib, container.memory_reservation_mib)
        else:
            _check_fargate(container, size)
    if size is not None:
        _check_shares(containers, size)


def _check_variables(container: Container) -> None:
    twice = sorted(container.environment.keys() & container.secrets.keys())
    if twice:
        raise InvalidValueError(
            Code.CONTAINER_SETTING,
            f"A variable is either plain or secret; container {container.name} has {', '.join(twice)} as both.",
            "Remove it from environment.",
        )


def _check_exec(container: Container) -> None:
    if container.read_only_root_filesystem and not container.exec_writable_mounts:
        raise ConflictError(
            Code.READ_ONLY_ROOT_WITH_EXEC,
            f"The exec agent writes to the container's file system, and container {container.name} has "
            "read_only_root_filesystem=True.",
            "Set exec_writable_mounts=True to mount the three directories it writes to, or "
            "enable_execute_command=False on the service.",
        )
    keys = sorted((container.environment.keys() | container.secrets.keys()) & set(EXEC_CREDENTIAL_VARIABLES))
    if keys:
        raise ConflictError(
            Code.EXEC_UNSUPPORTED,
            f"The exec agent takes {', '.join(keys)} of container {container.name} for its own credentials, and cannot "
            "connect.",
            "Use the task role instead of keys, rename the variables, or set enable_execute_command=False.",
        )


def _check_fargate(container: Container, size: TaskSize) -> None:
    if size.operating_system.is_windows and container.read_only_root_filesystem:
        raise InvalidValueError(
            Code.CONTAINER_SETTING,
            f"Windows containers have no read-only root file system; container {container.name} asks for one.",
            "Leave read_only_root_filesystem=False.",
        )


def _check_shares(containers: Sequence[Container], size: TaskSize) -> None:
    for container in containers:
        check_task_share([container.memory_mib], task=size.memory_mib, name="memory_mib")
    reserved = [
        container.memory_mib if container.memory_reservation_mib is None else container.memory_reservation_mib
        for container in containers
    ]
    check_task_share(reserved, task=size.memory_mib, name="memory_mib")
    check_task_share([container.cpu for container in containers], task=size.cpu, name="cpu")
