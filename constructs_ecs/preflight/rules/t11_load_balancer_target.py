"""T11: a service that registers with a load balancer what its task does not have."""

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from constructs_ecs.preflight.findings import Finding, Severity, Where
from constructs_ecs.preflight.launch_sites import LaunchKind
from constructs_ecs.preflight.launch_sites.reading import items, walk
from constructs_ecs.preflight.rules.base import Context, Rule
from constructs_ecs.preflight.task_definition import Container, TaskDefinition, below
from constructs_ecs.preflight.topology.things import thing
from constructs_ecs.preflight.values import Text, Unknown, integer

_TARGET_GROUP: Final = "AWS::ElasticLoadBalancingV2::TargetGroup"
_IP: Final = "ip"
_INSTANCE: Final = "instance"


class _Problem(NamedTuple):
    """What is wrong: where, in words, and what the user would see."""

    where: Where
    says: str
    symptom: str


class LoadBalancerTarget(Rule):
    """A service names a container or a port that its task does not have, or a target group of the wrong type."""

    id = "T11"
    severity = Severity.DEPLOY
    statement = (
        "A service registers with a load balancer a container or a port that its task definition does not have, or "
        "uses a target group whose type does not fit the task's network mode."
    )
    symptom = "InvalidParameterException: The container does not exist in the task definition."
    decided_by = (
        "ContainerName, ContainerPort and TargetGroupArn in LoadBalancers of the service; names, PortMappings and "
        "NetworkMode of the task definition; TargetType of the target group. What is not in the templates is open."
    )
    fix = "Name a container and a port of the task definition in the LoadBalancers of {the service}."
    source = "ECS API reference, LoadBalancer; ECS developer guide, Use an Application Load Balancer for Amazon ECS"

    def check(self, context: Context) -> Iterator[Finding]:
        """Compare what each service registers with what it runs."""
        tasks = {task.where: task for task in context.task_definitions}
        for proof in context.proofs:
            site = proof.site
            if site.kind is not LaunchKind.SERVICE or isinstance(site.task_definition, Unknown):
                continue
            task = tasks[site.task_definition.where]
            for index, target in items(site.properties.get("LoadBalancers")):
                where = below(site.where, "LoadBalancers", index)
                for problem in (*_registered(task, target, where), *_type(context, task, target, where)):
                    yield self.finding(problem.where, problem.says, launch_sites=(site.where,), symptom=problem.symptom)


def _registered(task: TaskDefinition, target: Any, where: Where) -> Iterator[_Problem]:  # noqa: ANN401 - any resolved value
    name, port = walk(target, "ContainerName"), integer(walk(target, "ContainerPort"))
    names = [one.properties.get("Name") for one in task.containers]
    if not isinstance(name, str) or task.unknown or not all(isinstance(one, str) for one in names):
        return
    logical_id = task.where.logical_id
    container = next((one for one in task.containers if one.name == name), None)
    if container is None:
        symptom = f"InvalidParameterException: The container {name} does not exist in the task definition."
        yield _Problem(below(where, "ContainerName"), f"{logical_id} has no container {name}.", symptom)
    elif port is not None and not _may_listen(container, port):
        symptom = f"InvalidParameterException: The container {name} did not have a container port {port} defined."
        says = f"The container {name} of {logical_id} has no port mapping of {port}."
        yield _Problem(below(where, "ContainerPort"), says, symptom)


def _may_listen(container: Container, port: int) -> bool:
    """Whether a container has a port mapping of a port, or may have."""
    mappings = container.properties.get("PortMappings")
    if isinstance(mappings, Unknown):
        return True
    ports = [integer(walk(mapping, "ContainerPort")) for _, mapping in items(mappings)]
    return port in ports or None in ports


def _type(context: Context, task: TaskDefinition, target: Any, where: Where) -> Iterator[_Problem]:  # noqa: ANN401 - any resolved value
    mode: Text | None = task.network_mode
    group = thing(context.graph, walk(target, "TargetGroupArn"), _TARGET_GROUP)
    if isinstance(group, Unknown) or not (mode is None or isinstance(mode, str)):
        return
    kind = group.get("TargetType")
    kind = _INSTANCE if kind is None else kind
    if kind in (_IP, _INSTANCE) and (kind == _IP) != (mode == "awsvpc"):
        called = mode or "bridge"
        symptom = (
            f"InvalidParameterException: The provided target group has target type {kind}, which is incompatible with "
            f"the {called} network mode specified in the task definition."
        )
        says = f"{group.logical_id} has the target type {kind}, and {task.where.logical_id} the network mode {called}."
        yield _Problem(below(where, "TargetGroupArn"), says, symptom)
