"""Makes a launch site from what each kind of launch names in its own way."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, Final

from constructs_ecs.preflight.findings import Where
from constructs_ecs.preflight.launch_sites.capacity import CLUSTER, Capacities
from constructs_ecs.preflight.launch_sites.interfaces import task_interface
from constructs_ecs.preflight.launch_sites.reading import as_text, items, optional_thing, walk
from constructs_ecs.preflight.launch_sites.site import (
    Capacity,
    Launcher,
    LaunchKind,
    LaunchSite,
    Overrides,
    RunTask,
)
from constructs_ecs.preflight.stand_ins import StandIns
from constructs_ecs.preflight.templates.graph import Graph, Resource
from constructs_ecs.preflight.topology import NetworkInterface
from constructs_ecs.preflight.topology.things import thing
from constructs_ecs.preflight.values import Ternary, Text, Unknown, boolean

TASK_DEFINITION: Final = "AWS::ECS::TaskDefinition"
_NETWORK: Final = ("AwsvpcConfiguration", "AwsVpcConfiguration")
_AT_RUN_TIME: Final = "is decided when the task is started"


@dataclass(frozen=True, kw_only=True)
class Launch:
    """A launch as its resource states it, with resolved values that nobody has looked at yet.

    Args:
        kind: what starts the tasks.
        resource: the resource.
        at: the place of the launch in the resource's properties.
        properties: the launch's own: launch type, strategy, network configuration and so on, by ECS's names.
        cluster: the cluster's name or ARN.
        task_definition: the task definition's family or ARN.
        enable_exec: whether ECS Exec is on.
        launcher: who starts the tasks.
        overrides: what is replaced in the task definition.
        state: the state that starts it, in a state machine.
    """

    kind: LaunchKind
    resource: Resource
    at: tuple[str | int, ...] = ()
    properties: Mapping[str, Any]
    cluster: Any
    task_definition: Any
    enable_exec: Any = None
    launcher: Launcher | None = None
    overrides: Overrides = field(default_factory=Overrides)
    state: RunTask | None = None


def launch_site(graph: Graph, capacities: Capacities, launch: Launch) -> LaunchSite:
    """Find what a launch names."""
    where = replace(launch.resource.where, property_path=launch.at)
    cluster = optional_thing(graph, launch.cluster, CLUSTER)
    task_definition = find_task_definition(graph, launch.task_definition)
    capacity, instances = capacities.of(
        launch.properties.get("LaunchType"),
        launch.properties.get("CapacityProviderStrategy"),
        cluster,
        task_definition,
    )
    return LaunchSite(
        kind=launch.kind,
        where=where,
        construct_path=launch.resource.construct_path,
        resource=launch.resource,
        properties=launch.properties,
        task_definition=task_definition,
        cluster=cluster,
        capacity=capacity,
        task_interface=_task_interface(graph, launch.properties, task_definition, capacity, where),
        instances=instances,
        exec_enabled=boolean(launch.enable_exec, default=False),
        platform_version=as_text(launch.properties.get("PlatformVersion")),
        launcher=launch.launcher,
        overrides=launch.overrides,
        state=launch.state,
    )


def find_task_definition(graph: Graph, value: Any) -> Resource | Unknown:  # noqa: ANN401 - any resolved value
    """Find a task definition by its ARN, with or without a revision, or by its family."""
    found = thing(graph, value, TASK_DEFINITION)
    text = as_text(value)
    if not isinstance(found, Unknown) or text is None or isinstance(text, Unknown):
        return found
    stand_ins = StandIns()
    # Whatever the revision: the templates' one is the newest.
    family = stand_ins.spell(text).rpartition("/")[2].partition(":")[0]
    named = _by_family(graph).get(stand_ins.text(family), ())
    return named[0] if len(named) == 1 else found


def overrides(value: Any) -> Overrides:  # noqa: ANN401 - any resolved value
    """Read a task's overrides, with ECS's names in camel case or in Pascal case."""
    if isinstance(value, Unknown):
        return Overrides(environment=value)
    return Overrides(
        task_role=as_text(_either(value, "TaskRoleArn")),
        execution_role=as_text(_either(value, "ExecutionRoleArn")),
        environment=_environment(_either(value, "ContainerOverrides")),
    )


def in_ecs_terms(value: Any) -> Any:  # noqa: ANN401 - any resolved value
    """Return the arguments of a call to ECS without the languages that fill them in at run time.

    A key that ends in ``.$`` is a path, a text in ``{% %}`` an expression: both are unknown until the task starts.
    """
    if isinstance(value, Mapping):
        return {
            key.removesuffix(".$"): Unknown(f"{key} {_AT_RUN_TIME}") if key.endswith(".$") else in_ecs_terms(item)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [in_ecs_terms(item) for item in value]
    if isinstance(value, str) and value.lstrip().startswith("{%"):
        return Unknown(f"{value} {_AT_RUN_TIME}")
    return value


def _environment(value: Any) -> Mapping[str, Mapping[str, Any]] | Unknown:  # noqa: ANN401 - any resolved value
    if isinstance(value, Unknown):
        return value
    found: dict[str, Mapping[str, Any]] = {}
    for _, container in items(value):
        name = _either(container, "Name")
        if isinstance(name, str):
            pairs = ((_either(pair, "Name"), _either(pair, "Value")) for _, pair in _pairs(container))
            found[name] = {key: item for key, item in pairs if isinstance(key, str)}
    return found


def _pairs(container: Any) -> list[tuple[int, Any]]:  # noqa: ANN401 - any resolved value
    return list(items(_either(container, "Environment")))


def _either(value: Any, name: str) -> Any:  # noqa: ANN401 - any resolved value
    found = walk(value, name)
    return walk(value, name[0].lower() + name[1:]) if found is None else found


@lru_cache(maxsize=1)
def _by_family(graph: Graph) -> dict[Text, list[Resource]]:
    found: dict[Text, list[Resource]] = {}
    for resource in graph.resources(TASK_DEFINITION):
        family = as_text(resource.get("Family"))
        if family is not None and not isinstance(family, Unknown):
            found.setdefault(family, []).append(resource)
    return found


def _task_interface(
    graph: Graph,
    properties: Mapping[str, Any],
    task_definition: Resource | Unknown,
    capacity: Capacity,
    where: Where,
) -> NetworkInterface | Unknown | None:
    """Return a task's own interface, or None where the tasks use the instance's."""
    network = properties.get("NetworkConfiguration")
    key = next((key for key in _NETWORK if walk(network, key) is not None), _NETWORK[0])
    configuration = walk(network, key)
    if capacity is not Capacity.FARGATE:
        mode = task_definition if isinstance(task_definition, Unknown) else task_definition.get("NetworkMode")
        if isinstance(mode, Unknown) and configuration is None:
            return mode
        if not isinstance(mode, Unknown) and mode != "awsvpc":
            return None
    found = task_interface(graph, configuration, replace(where, property_path=(*where.property_path, *_path(key))))
    if capacity.has_instances and isinstance(found, NetworkInterface):
        # ECS gives a task on an instance no public address, whatever is asked for.
        return replace(found, public_ip=Ternary.NO)
    return found


def _path(key: str) -> tuple[str, str]:
    return "NetworkConfiguration", key
