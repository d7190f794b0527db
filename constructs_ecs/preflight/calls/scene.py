"""Who makes a launch site's calls, and from which network interface.

Two parties make calls. The *agent* gets the task ready: on Fargate it works in the task's own network, on an instance
in the instance's, whatever the task's network mode. The *containers*, and the exec agent inside of them, use the
task's own interface if it has one, else the instance's.

Sources: ECS developer guide, "Fargate task networking", "Task networking", "Amazon ECS interface VPC endpoints"; the
ECS agent's source for the roles that it uses.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

from constructs_ecs.preflight.findings import Where
from constructs_ecs.preflight.launch_sites import Capacity, Instances, LaunchKind, LaunchSite
from constructs_ecs.preflight.launch_sites.reading import items, role, walk
from constructs_ecs.preflight.launch_sites.user_data import agent_setting
from constructs_ecs.preflight.task_definition import TaskDefinition
from constructs_ecs.preflight.templates.graph import Environment, Graph, Resource
from constructs_ecs.preflight.topology import NetworkInterface
from constructs_ecs.preflight.values import Ternary, Text, Unknown, parts_of, same

EXECUTION_ROLE: Final = "execution role"
TASK_ROLE: Final = "task role"
INSTANCE_ROLE: Final = "instance role"
_LOGS_BY_EXECUTION_ROLE: Final = "ECS_ENABLE_AWSLOGS_EXECUTIONROLE_OVERRIDE"
_PROXY: Final = re.compile(r"\bhttps?_proxy\b", re.IGNORECASE)
_LAST_OLD_PLATFORM: Final = (1, 3, 9)
_NO_INSTANCES: Final = "the container instances that the task may run on are not in the templates"


@dataclass(frozen=True, kw_only=True)
class Party:
    """Who makes a call.

    Args:
        caller: in words.
        role: with which role; None without one.
        or_role: the role that may be used instead, where ECS decides which of the two.
        interface: from which network interface.
        advisory: why a failure on the way would prove nothing.
    """

    caller: str
    role: Resource | Unknown | None
    or_role: Resource | Unknown | None = None
    interface: NetworkInterface | Unknown | None
    advisory: str | None = None


@dataclass(frozen=True)
class Scene:
    """A launch site with all that its calls are derived from.

    Args:
        graph: the resources.
        site: the launch site.
        task: its task definition.
    """

    graph: Graph
    site: LaunchSite
    task: TaskDefinition

    @cached_property
    def environment(self) -> Environment:
        """Where the launch site is deployed."""
        return self.graph.environment(self.site.where.template)

    @cached_property
    def execution_role(self) -> Resource | Unknown | None:
        """The execution role, as the launch overrides it."""
        replaced = self.site.overrides.execution_role
        return role(self.graph, self.task.execution_role if replaced is None else replaced)

    @cached_property
    def task_role(self) -> Resource | Unknown | None:
        """The task role, as the launch overrides it."""
        replaced = self.site.overrides.task_role
        return role(self.graph, self.task.task_role if replaced is None else replaced)

    @cached_property
    def old_platform(self) -> Ternary:
        """Whether Fargate's platform is 1.3.0 or older; there, part of the agent's calls leave by its own network."""
        version = self.site.platform_version
        if self.site.capacity is not Capacity.FARGATE or version in (None, "LATEST"):
            return Ternary.NO
        numbers = version.split(".") if isinstance(version, str) else []
        if not numbers or not all(number.isdecimal() for number in numbers):
            return Ternary.UNKNOWN
        if str(walk(self.task.resource.get("RuntimePlatform"), "OperatingSystemFamily")).startswith("WINDOWS"):
            return Ternary.NO
        return Ternary.YES if tuple(map(int, numbers)) <= _LAST_OLD_PLATFORM else Ternary.NO

    def agents(self, *, may_use_instance_role: bool = False) -> Iterator[Party]:
        """Yield the agents that get the task ready: one, or one for each group of instances.

        Args:
            may_use_instance_role: whether an agent on an instance makes the call with the instance's role where
                there is no execution role, or where it is told to write logs with its own.
        """
        for instances, interface in self._agent_places:
            own = instances.role if instances is not None else self._unseen_instance_role
            stays = self.execution_role is not None and not _keeps_own_role(instances)
            falls_back = may_use_instance_role and own is not None and not stays
            yield Party(
                caller=INSTANCE_ROLE if falls_back else EXECUTION_ROLE,
                role=own if falls_back else self.execution_role,
                interface=interface,
                advisory=self._agent_advisory(instances),
            )

    def pullers(self) -> Iterator[Party]:
        """Yield who pulls: with the execution role; on an instance, ECS may let the agent use the instance's."""
        for instances, interface in self._agent_places:
            own = instances.role if instances is not None else self._unseen_instance_role
            with_own = self.execution_role is None and own is not None
            yield Party(
                caller=INSTANCE_ROLE if with_own else EXECUTION_ROLE,
                role=own if with_own else self.execution_role,
                or_role=None if with_own else own,
                interface=interface,
                advisory=self._agent_advisory(instances),
            )

    def hosts(self) -> Iterator[tuple[Party, Where]]:
        """Yield the instances themselves, with where they are made."""
        for instances, interface in self._agent_places:
            party = Party(
                caller=INSTANCE_ROLE,
                role=instances.role if instances is not None else self._unseen_instance_role,
                interface=interface,
                advisory=self._agent_advisory(instances),
            )
            yield party, self.site.where if instances is None else instances.where

    def containers(self) -> Iterator[Party]:
        """Yield who calls from within the containers: with the task role, else with the instance's."""
        own_network = self.site.task_interface
        for instances, interface in self._agent_places:
            own = instances.role if instances is not None else self._unseen_instance_role
            with_own = self.task_role is None and own is not None
            yield Party(
                caller=INSTANCE_ROLE if with_own else TASK_ROLE,
                role=own if with_own else self.task_role,
                interface=interface if own_network is None else own_network,
                advisory=self._container_advisory,
            )
            if own_network is not None and self.task_role is not None:
                return

    def on_platform(self, party: Party) -> Party:
        """Return who logs in and fetches: on Fargate's old platforms, over a network that is not the user's."""
        if self.old_platform is Ternary.NO:
            return party
        unknown = Unknown("which platform version is used is not known")
        return replace(party, interface=None if self.old_platform is Ternary.YES else unknown)

    def region(self, value: Text) -> Text | None:
        """Return a Region as the topology wants it: None where it is the launch site's own."""
        return None if same(value, self.environment.region) is Ternary.YES else value

    @cached_property
    def _agent_places(self) -> list[tuple[Instances | None, NetworkInterface | Unknown | None]]:
        """Where agents call from."""
        site = self.site
        if site.capacity is Capacity.FARGATE:
            return [(None, site.task_interface)]
        if site.capacity is Capacity.EXTERNAL:
            return [(None, Unknown("the network of external instances is not in the templates"))]
        if site.capacity is Capacity.UNKNOWN:
            return [(None, Unknown("what the task runs on is not in the templates"))]
        if not site.instances:
            return [(None, Unknown(_NO_INSTANCES))]
        return [(instances, instances.interface) for instances in site.instances]

    @cached_property
    def _unseen_instance_role(self) -> Unknown | None:
        """The role of instances that the templates do not show; there is none on Fargate."""
        return None if self.site.capacity is Capacity.FARGATE else Unknown(_NO_INSTANCES)

    def _agent_advisory(self, instances: Instances | None) -> str | None:
        """Why what the network shows may not be an agent's way."""
        if instances is None:
            return None
        if self.site.capacity is Capacity.MANAGED_INSTANCES:
            return "no page says for certain what the agent of ECS Managed Instances calls, and from where"
        script = "".join(part for part in parts_of(instances.user_data) if isinstance(part, str))
        return "the instances' start script sets a proxy" if _PROXY.search(script) else None

    @cached_property
    def _container_advisory(self) -> str | None:
        """Why what the network shows may not be the containers' way: they are told of a proxy, for one."""
        if self.site.kind is LaunchKind.DAEMON:
            return "no page says by which network interface a daemon's containers call"
        for container in self.task.containers:
            environment = container.properties.get("Environment")
            if any(_PROXY.fullmatch(str(walk(item, "Name"))) for _, item in items(environment)):
                return f"container {container.name} is told to use a proxy"
        return None


def _keeps_own_role(instances: Instances | None) -> bool:
    """Whether an instance's agent writes logs with the instance's role, whatever the task's execution role is."""
    return instances is not None and agent_setting(instances.user_data, _LOGS_BY_EXECUTION_ROLE) == "false"
