"""What a launch site is: a place in the templates that starts tasks, and on what and in which network it does."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from constructs_ecs.preflight.findings import Where
from constructs_ecs.preflight.templates.graph import Resource
from constructs_ecs.preflight.topology import NetworkInterface
from constructs_ecs.preflight.values import Ternary, Text, Unknown


class LaunchKind(Enum):
    """What starts the tasks."""

    SERVICE = "service"
    TASK_SET = "task set"
    EXPRESS_SERVICE = "Express Mode service"
    DAEMON = "daemon"
    EVENT_RULE = "EventBridge rule"
    SCHEDULE = "EventBridge schedule"
    STEP_FUNCTIONS = "Step Functions state"


class Capacity(Enum):
    """What the tasks run on."""

    FARGATE = "Fargate"
    EC2 = "EC2"
    MANAGED_INSTANCES = "ECS Managed Instances"
    EXTERNAL = "external instances"
    UNKNOWN = "unknown"

    @property
    def has_instances(self) -> bool:
        """Whether tasks share an instance in the VPC, with an agent that makes calls for them."""
        return self in (Capacity.EC2, Capacity.MANAGED_INSTANCES)


@dataclass(frozen=True, kw_only=True)
class Instances:
    """Container instances that are made alike: those of an Auto Scaling group, or a single one.

    Args:
        where: the group, the instance, or the capacity provider that makes them.
        role: what their instance profile lets them do; None without a profile.
        interface: their primary network interface.
        user_data: the script that they start with, decoded; empty without one.
        launch_template: the launch template or configuration, if they have one.
    """

    where: Where
    role: Resource | Unknown | None
    interface: NetworkInterface | Unknown
    user_data: Text
    launch_template: Resource | Unknown | None = None


@dataclass(frozen=True, kw_only=True)
class Launcher:
    """Who starts the tasks, where it is not Amazon ECS itself.

    Args:
        role: the role that it assumes; None if it has none.
        service: the service principal that assumes it.
        source: the ARN of the rule, schedule or state machine.
        waits: whether it follows the task to its end, as Step Functions' ``.sync`` does.
        token: whether it waits for the task to report.
        heartbeat: whether it wants to hear from the task in between.
    """

    role: Resource | Unknown | None
    service: str
    source: Text
    waits: bool = False
    token: bool = False
    heartbeat: bool = False


@dataclass(frozen=True, kw_only=True)
class RunTask:
    """A state of a state machine that starts a task.

    Args:
        name: its name.
        state: its data, with resolved values.
        language: ``JSONPath`` or ``JSONata``.
        pattern: how it goes on: ``""`` at once, ``sync`` after the task's end, ``waitForTaskToken`` when told to.
        passes_token: whether the task is given the token to report with.
    """

    name: str
    state: Mapping[str, Any]
    language: Text
    pattern: str
    passes_token: bool


@dataclass(frozen=True, kw_only=True)
class Overrides:
    """What a launch site replaces in the task definition.

    Args:
        task_role: the task role's ARN or name; None to keep it.
        execution_role: the execution role's ARN or name; None to keep it.
        environment: container name -> the names and values that are set; the whole of it unknown in some places.
    """

    task_role: Text | None = None
    execution_role: Text | None = None
    environment: "Mapping[str, Mapping[str, Any]] | Unknown" = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class LaunchSite:
    """A place in the templates that starts tasks.

    Args:
        kind: what starts them.
        where: the resource, and the place in it if it has several.
        construct_path: the CDK's path of the construct, if the template has it.
        resource: the resource.
        properties: the launch's own properties: the service's, the target's ``EcsParameters``, the state's arguments.
        task_definition: what is run; for an Express Mode service, itself.
        cluster: where; None for the cluster named ``default``.
        capacity: what it runs on.
        task_interface: a task's own network interface; None if tasks use the instance's.
        instances: the instances that a task may land on, as far as the templates have them.
        exec_enabled: whether ECS Exec is on.
        platform_version: Fargate's platform version, where one is set.
        launcher: who starts the tasks, if it is not Amazon ECS.
        overrides: what is replaced in the task definition.
        state: the state that starts it, for a state machine.
    """

    kind: LaunchKind
    where: Where
    construct_path: str | None
    resource: Resource
    properties: Mapping[str, Any]
    task_definition: Resource | Unknown
    cluster: Resource | Unknown | None
    capacity: Capacity
    task_interface: NetworkInterface | Unknown | None
    instances: tuple[Instances, ...] = ()
    exec_enabled: Ternary = Ternary.NO
    platform_version: Text | None = None
    launcher: Launcher | None = None
    overrides: Overrides = field(default_factory=Overrides)
    state: RunTask | None = None
