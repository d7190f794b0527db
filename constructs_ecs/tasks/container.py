"""One container of a task, as a value."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from constructs_ecs.errors import Code
from constructs_ecs.facts.containers import (
    check_container_cpu,
    check_container_memory,
    check_environment,
    check_health_check,
    check_stop_timeout_seconds,
    check_text,
    check_variables,
    check_words,
)
from constructs_ecs.facts.limits import check_container_name, check_kind, check_port
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
        InvalidValueError: ECS023, a figure is outside of what ECS takes, the timeout is longer than the interval, or
            there is no command.
    """

    command: str | Sequence[str]
    interval_seconds: int = 30
    timeout_seconds: int = 5
    retries: int = 3
    start_period_seconds: int = 0

    def __post_init__(self) -> None:
        command = [self.command] if isinstance(self.command, str) and self.command else self.command
        check_words(command, code=Code.HEALTH_CHECK, name="The command of a health check")
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
        memory_mib: hard limit; by default the task's. On EC2 this or ``memory_reservation_mib`` is required. On
            Fargate the containers together reserve no more than the task has.
        memory_reservation_mib: soft limit.
        health_check: how ECS tells whether it is healthy; by default only whether it runs.
        user: the user that runs the container's process; by default the image's.
        working_directory: where the command starts; by default the image's.
        stop_timeout_seconds: time between the request to stop and the kill; by default 30 seconds, ECS's own.
        read_only_root_filesystem: whether the container's root file system cannot be written.
        exec_writable_mounts: with a read-only root file system and ECS Exec: mount the three directories that the exec
            agent writes to. AWS does not support that officially, hence the choice.

    Raises:
        InvalidValueError: ECS016 for the port, ECS022 for the name, ECS026 for every other setting.
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
        self._check_kinds()
        if self.port is not None:
            check_port(self.port)
        check_environment(self.environment)
        check_variables(self.secrets, name="secrets")
        for name, words in (("command", self.command), ("entry_point", self.entry_point)):
            if words is not None:
                check_words(words, code=Code.CONTAINER_SETTING, name=name)
        for name, text in (("user", self.user), ("working_directory", self.working_directory)):
            if text is not None:
                check_text(text, name=name)
        if self.cpu is not None:
            check_container_cpu(self.cpu)
        check_container_memory(self.name, self.memory_mib, self.memory_reservation_mib)
        if self.stop_timeout_seconds is not None:
            check_stop_timeout_seconds(self.stop_timeout_seconds)

    def _check_kinds(self) -> None:
        check_kind(self.image, Image, code=Code.CONTAINER_SETTING, name="image")
        if self.health_check is not None:
            check_kind(self.health_check, HealthCheck, code=Code.CONTAINER_SETTING, name="health_check")
        if isinstance(self.secrets, Mapping):
            for secret in self.secrets.values():
                check_kind(secret, ContainerSecret, code=Code.CONTAINER_SETTING, name="A secret of a container")
