"""One container of a task, as a value."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from constructs_ecs.facts.limits import (
    check_container_cpu,
    check_container_name,
    check_health_check,
    check_port,
    check_stop_timeout_seconds,
)
from constructs_ecs.registry import Image
from constructs_ecs.tasks.secrets import ContainerSecret


@dataclass(frozen=True, kw_only=True)
class HealthCheck:
    """How ECS tells whether a container is healthy, run inside it.

    Args:
        command: a shell command, or the words of one that needs no shell; exit status 0 means healthy.
        interval_seconds: time between two checks.
        timeout_seconds: time after which a check has failed.
        retries: failures in a row after which the container is unhealthy.
        start_period_seconds: time after the start in which failures do not count.

    Raises:
        InvalidValueError: ECS023, a figure is outside of what ECS takes.
    """

    command: str | Sequence[str]
    interval_seconds: int = 30
    timeout_seconds: int = 5
    retries: int = 3
    start_period_seconds: int = 0

    def __post_init__(self) -> None:
        check_health_check(
            interval_seconds=self.interval_seconds,
            timeout_seconds=self.timeout_seconds,
            retries=self.retries,
            start_period_seconds=self.start_period_seconds,
        )

    @property
    def words(self) -> list[str]:
        """The command as ECS takes it: in front, whether a shell runs it."""
        return ["CMD-SHELL", self.command] if isinstance(self.command, str) else ["CMD", *self.command]


@dataclass(frozen=True, kw_only=True)
class Container:
    """One container of a task.

    Args:
        image: what runs; see :class:`~constructs_ecs.registry.Image`.
        name: its name in the task; the name of the log streams too.
        port: the TCP port it listens on; none by default. Nothing may connect to it until the service allows it.
        environment: plain settings; never secrets.
        secrets: environment variables that ECS fills in when the task starts.
        command: replaces the image's command.
        entry_point: replaces the image's entry point.
        essential: whether the task stops when this container does.
        cpu: CPU units of the task's that this container gets first, 1024 to a vCPU; shared evenly by default.
        memory_mib: hard limit; by default the task's. On EC2 this or ``memory_reservation_mib`` is required.
        memory_reservation_mib: soft limit.
        health_check: how ECS tells whether it is healthy; by default only whether it runs.
        user: the user that runs the container's process; by default the image's.
        working_directory: where the command starts; by default the image's.
        stop_timeout_seconds: time between the request to stop and the kill; by default 30 seconds, ECS's own.
        read_only_root_filesystem: whether the container's root file system cannot be written.
        exec_writable_mounts: with a read-only root file system and ECS Exec: mount the three directories that the exec
            agent writes to. AWS does not support that officially, hence the choice.

    Raises:
        InvalidValueError: ECS016 for the port, ECS022 for the name, ECS026 for CPU or stop timeout.
    """

    image: Image
    name: str = "app"
    port: int | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, ContainerSecret] = field(default_factory=dict)
    command: Sequence[str] | None = None
    entry_point: Sequence[str] | None = None
    essential: bool = True
    cpu: int | None = None
    memory_mib: int | None = None
    memory_reservation_mib: int | None = None
    health_check: HealthCheck | None = None
    user: str | None = None
    working_directory: str | None = None
    stop_timeout_seconds: int | None = None
    read_only_root_filesystem: bool = False
    exec_writable_mounts: bool = False

    def __post_init__(self) -> None:
        check_container_name(self.name)
        if self.port is not None:
            check_port(self.port)
        if self.cpu is not None:
            check_container_cpu(self.cpu)
        if self.stop_timeout_seconds is not None:
            check_stop_timeout_seconds(self.stop_timeout_seconds)
