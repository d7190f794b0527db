"""A task definition with its own roles and log group, and the sum of what the task needs.

Services and jobs run it; this module knows nothing of how.
"""

from collections.abc import Sequence
from functools import cache, reduce
from operator import or_

import aws_cdk as cdk
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from constructs import Construct

from constructs_ecs.errors import Code
from constructs_ecs.exec import ExecConfiguration, ExecLogging
from constructs_ecs.facts import features
from constructs_ecs.facts.limits import check_kind, is_token
from constructs_ecs.facts.needs import Needs
from constructs_ecs.facts.task_sizes import CpuArchitecture, OperatingSystem, TaskSize
from constructs_ecs.known import Part, place_of
from constructs_ecs.logs import log_group_arn
from constructs_ecs.roles import execution_role, task_role
from constructs_ecs.tasks.checks import check_containers
from constructs_ecs.tasks.container import Container
from constructs_ecs.tasks.logging import AwsLogs, BoundLogging, Logging


class TaskDefinition(Part):
    """A task definition in ``awsvpc`` mode whose roles may do what its containers need, and nothing else.

    Args:
        scope: the parent construct.
        construct_id: the id of this construct in its scope.
        containers: one to ten containers, at least one of them essential.
        size: a Fargate size; None for a task that runs on EC2 instances alone.
        enable_execute_command: whether containers can be opened with ECS Exec.
        exec_configuration: how the cluster records exec sessions.
        logging: where output goes; by default to a CloudWatch log group of the task's own.
        family: the family's name; by default the CDK makes one from the construct's path.
        existing_execution_role: used and granted to instead of an own one.
        existing_task_role: as above.

    Raises:
        InvalidValueError: ECS013 to ECS016 and ECS022 for the containers, ECS026 for a setting that the capacity does
            not take, or more CPU or memory than the size has; ECS030, no logging.
        ConflictError: ECS043, ECS Exec with a read-only root file system; ECS046, ECS Exec cannot work.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        containers: Sequence[Container],
        size: TaskSize | None,
        enable_execute_command: bool,
        exec_configuration: ExecConfiguration,
        logging: Logging | None = None,
        family: str | None = None,
        existing_execution_role: iam.IRole | None = None,
        existing_task_role: iam.IRole | None = None,
    ) -> None:
        if logging is not None:
            check_kind(logging, Logging, code=Code.SETTING, name="logging")
        super().__init__(scope, construct_id)
        check_containers(containers, size=size, family=family, enable_execute_command=enable_execute_command)
        self.containers = tuple(containers)
        self.size = size
        self.enable_execute_command = enable_execute_command
        self.execution_role = execution_role(self, "ExecutionRole", existing=existing_execution_role)
        self.task_role = task_role(self, "TaskRole", existing=existing_task_role)
        self.logging = (AwsLogs() if logging is None else logging).bind(self)
        self.task_definition = self._task_definition(family)
        self.needs = self._add_containers() | self.logging.needs | self._exec_needs(exec_configuration)
        self.execution_role.allow(self.needs.execution_role)
        self.task_role.allow(self.needs.task_role)

    def _task_definition(self, family: str | None) -> ecs.TaskDefinition:
        size = self.size
        if size is None:
            return ecs.TaskDefinition(
                self,
                "TaskDefinition",
                compatibility=ecs.Compatibility.EC2,
                network_mode=ecs.NetworkMode.AWS_VPC,
                family=family,
                execution_role=self.execution_role.sealed,
                task_role=self.task_role.sealed,
            )
        if size.caution is not None:
            cdk.Annotations.of(self).add_warning_v2("constructs-ecs:task-size", size.caution)
        return ecs.TaskDefinition(
            self,
            "TaskDefinition",
            compatibility=ecs.Compatibility.FARGATE,
            network_mode=ecs.NetworkMode.AWS_VPC,
            family=family,
            cpu=_spell(size.cpu),
            memory_mib=_spell(size.memory_mib),
            ephemeral_storage_gib=size.ephemeral_storage_gib,
            runtime_platform=_runtime_platform(size.operating_system, size.cpu_architecture),
            execution_role=self.execution_role.sealed,
            task_role=self.task_role.sealed,
        )

    def _add_containers(self) -> Needs:
        needs = Needs()
        for position, container in enumerate(self.containers):
            image = container.image.bind(self, container.name)
            bound = {name: secret.bind(self) for name, secret in container.secrets.items()}
            secrets = {name: secret.secret for name, secret in bound.items()}
            definition = self._add_container(container, image.container_image, secrets)
            self._pass_tokens(position, container)
            if container.read_only_root_filesystem and self.enable_execute_command:
                self._mount_exec_directories(definition, container.name)
            needs = reduce(or_, (secret.needs for secret in bound.values()), needs | image.needs)
        return needs

    def _add_container(
        self, container: Container, image: ecs.ContainerImage, secrets: dict[str, ecs.Secret]
    ) -> ecs.ContainerDefinition:
        return self.task_definition.add_container(
            f"Container-{container.name}",
            container_name=container.name,
            image=image,
            port_mappings=None if container.port is None else [ecs.PortMapping(container_port=container.port)],
            environment=dict(container.environment),
            secrets=secrets,
            command=None if container.command is None else list(container.command),
            entry_point=None if container.entry_point is None else list(container.entry_point),
            essential=container.essential,
            cpu=container.cpu,
            memory_limit_mib=container.memory_mib,
            memory_reservation_mib=None if _has_two_with_token(container) else container.memory_reservation_mib,
            health_check=_health_check(container),
            user=container.user,
            working_directory=container.working_directory,
            stop_timeout=_optional_seconds(container.stop_timeout_seconds),
            readonly_root_filesystem=container.read_only_root_filesystem,
            linux_parameters=self._linux_parameters(container.name),
            logging=self.logging.driver(container.name),
        )

    def _pass_tokens(self, position: int, container: Container) -> None:
        """Set the figures that the CDK compares without asking whether they are tokens."""
        check = container.health_check
        figures = {
            "MemoryReservation": container.memory_reservation_mib if _has_two_with_token(container) else None,
            "HealthCheck.Interval": None if check is None else _only_token(check.interval_seconds),
            "HealthCheck.Timeout": None if check is None else _only_token(check.timeout_seconds),
        }
        for name, figure in figures.items():
            if figure is not None:
                resource = self.task_definition.node.default_child
                assert isinstance(resource, ecs.CfnTaskDefinition)  # noqa: S101 - tells mypy what the CDK made
                resource.add_property_override(f"ContainerDefinitions.{position}.{name}", figure)

    def _linux_parameters(self, container_name: str) -> ecs.LinuxParameters | None:
        """With exec, an init process reaps what the agent's children leave behind; Windows has none."""
        windows = self.size is not None and self.size.operating_system.is_windows
        if windows or not self.enable_execute_command:
            return None
        return ecs.LinuxParameters(self, f"{container_name}-LinuxParameters", init_process_enabled=True)

    def _mount_exec_directories(self, definition: ecs.ContainerDefinition, container_name: str) -> None:
        for suffix, path in features.EXEC_DIRECTORIES.items():
            volume = f"{container_name}-{suffix}"
            self.task_definition.add_volume(name=volume)
            definition.add_mount_points(ecs.MountPoint(source_volume=volume, container_path=path, read_only=False))

    def _exec_needs(self, configuration: ExecConfiguration) -> Needs:
        if not self.enable_execute_command:
            return Needs()
        needs = features.exec_session() | configuration.needs(region=place_of(self).region)
        if configuration.logging is ExecLogging.DEFAULT:
            needs |= _exec_needs_of_default_logging(self, self.logging)
        return needs


def _exec_needs_of_default_logging(scope: Construct, logging: BoundLogging) -> Needs:
    """ECS's default records exec sessions where the containers' own output goes, with the task role."""
    return features.exec_log_group(
        log_group_arn(logging.log_group), region=place_of(scope).region, key_arn=logging.key_arn
    )


def _health_check(container: Container) -> ecs.HealthCheck | None:
    check = container.health_check
    if check is None:
        return None
    return ecs.HealthCheck(
        command=check.words,
        interval=None if is_token(check.interval_seconds) else _seconds(check.interval_seconds),
        timeout=None if is_token(check.timeout_seconds) else _seconds(check.timeout_seconds),
        retries=check.retries,
        start_period=_seconds(check.start_period_seconds),
    )


def _has_two_with_token(container: Container) -> bool:
    """Whether a container has a memory limit and a reservation of which only AWS knows the larger one."""
    both = (container.memory_mib, container.memory_reservation_mib)
    return None not in both and any(map(is_token, both))


def _only_token(figure: int) -> int | None:
    return figure if is_token(figure) else None


def _spell(figure: int) -> str:
    return cdk.Tokenization.stringify_number(figure) if is_token(figure) else str(figure)


def _optional_seconds(value: int | None) -> cdk.Duration | None:
    return None if value is None else _seconds(value)


@cache
def _seconds(value: int) -> cdk.Duration:
    return cdk.Duration.seconds(value)


@cache
def _runtime_platform(system: OperatingSystem, architecture: CpuArchitecture) -> ecs.RuntimePlatform:
    return ecs.RuntimePlatform(
        operating_system_family=ecs.OperatingSystemFamily.of(system.value),
        cpu_architecture=ecs.CpuArchitecture.of(architecture.value),
    )
