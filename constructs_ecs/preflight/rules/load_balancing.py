"""Services behind load balancers: what they register with, and who forwards to that."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from constructs_ecs.preflight.findings import Where
from constructs_ecs.preflight.launch_sites import LaunchKind, LaunchSite
from constructs_ecs.preflight.launch_sites.interfaces import security_groups, subnets
from constructs_ecs.preflight.launch_sites.reading import items, walk
from constructs_ecs.preflight.rules.base import Context
from constructs_ecs.preflight.task_definition import TaskDefinition, below
from constructs_ecs.preflight.templates.graph import Graph, Resource
from constructs_ecs.preflight.topology import NetworkInterface
from constructs_ecs.preflight.topology.things import Key, key, listed, thing
from constructs_ecs.preflight.values import Ternary, Unknown, integer

LOAD_BALANCER: Final = "AWS::ElasticLoadBalancingV2::LoadBalancer"
TARGET_GROUP: Final = "AWS::ElasticLoadBalancingV2::TargetGroup"
_LISTENER: Final = "AWS::ElasticLoadBalancingV2::Listener"
_RULE: Final = "AWS::ElasticLoadBalancingV2::ListenerRule"
APPLICATION: Final = "application"
NETWORK: Final = "network"
_REGISTERING: Final = frozenset({LaunchKind.SERVICE, LaunchKind.TASK_SET})


@dataclass(frozen=True, kw_only=True)
class Registration:
    """What a service, or a task set, registers with a target group of the templates.

    Args:
        site: the launch site.
        group: the target group.
        port: the container's port; None where it is not known, or where the container has no such port.
        where: the entry in its LoadBalancers.
    """

    site: LaunchSite
    group: Resource
    port: int | None
    where: Where


def registrations(context: Context) -> Iterator[Registration]:
    """Yield what the launches register with target groups of the templates."""
    tasks = {task.where: task for task in context.task_definitions}
    for proof in context.proofs:
        site = proof.site
        task = None if isinstance(site.task_definition, Unknown) else tasks.get(site.task_definition.where)
        for index, entry in items(site.properties.get("LoadBalancers")) if site.kind in _REGISTERING else ():
            group = thing(context.graph, walk(entry, "TargetGroupArn"), TARGET_GROUP)
            if not isinstance(group, Unknown):
                port = _port(entry, task)
                where = below(site.where, "LoadBalancers", index)
                yield Registration(site=site, group=group, port=port, where=where)


def _port(entry: Any, task: TaskDefinition | None) -> int | None:  # noqa: ANN401 - any resolved value
    """Return a container's port, unless it is sure that the container has no mapping of it."""
    port, name = integer(walk(entry, "ContainerPort")), walk(entry, "ContainerName")
    if task is None or task.unknown or not isinstance(name, str):
        return port
    mappings = [container.properties.get("PortMappings") for container in task.containers if container.name == name]
    ports = [integer(walk(mapping, "ContainerPort")) for each in mappings for _, mapping in items(each)]
    return port if port in ports or None in ports else None


def behind(context: Context) -> dict[Where, list[Where]]:
    """Return the load balancers that launches are behind, each with where those are."""
    found: dict[Where, list[Where]] = {}
    forwarders = Forwarders(context.graph)
    for registration in registrations(context):
        for balancer in forwarders.balancers(registration.group):
            found.setdefault(balancer.where, []).append(registration.site.where)
    return found


class Forwarders:
    """The listeners of a graph and their rules, by the target groups that they forward to.

    Args:
        graph: the resources.
    """

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._by_group: dict[Key | None, list[Resource]] = {}
        # Whether some of them may forward to any target group.
        self.doubtful = False
        for resource in graph.resources(_LISTENER, _RULE):
            for value in _forwarded_to(resource):
                group = thing(graph, value, TARGET_GROUP)
                self.doubtful = self.doubtful or (isinstance(group, Unknown) and not isinstance(value, str))
                self._by_group.setdefault(key(group), []).append(resource)

    def to(self, group: Resource) -> tuple[Resource, ...]:
        """Return the listeners and rules that forward to a target group, each once."""
        return tuple(dict.fromkeys(self._by_group.get(key(group), ())))

    def balancers(self, group: Resource) -> tuple[Resource, ...]:
        """Return the load balancers of the templates whose listeners forward to a target group, each once."""
        found = map(self._balancer, self.to(group))
        return tuple(dict.fromkeys(one for one in found if not isinstance(one, Unknown)))

    def _balancer(self, forwarder: Resource) -> Resource | Unknown:
        if forwarder.type == _RULE:
            listener = thing(self._graph, forwarder.get("ListenerArn"), _LISTENER)
            return listener if isinstance(listener, Unknown) else self._balancer(listener)
        return thing(self._graph, forwarder.get("LoadBalancerArn"), LOAD_BALANCER)


def kind_of(balancer: Resource) -> Any:  # noqa: ANN401 - any resolved value
    """Return a load balancer's type; the default is an Application Load Balancer."""
    return balancer.get("Type", default=APPLICATION)


def places_of(graph: Graph, balancer: Resource) -> tuple[Resource | Unknown, ...]:
    """Return the subnets that a load balancer is in; where none are named, they are unknown."""
    mapped = [walk(mapping, "SubnetId") for _, mapping in items(balancer.get("SubnetMappings"))]
    return subnets(graph, mapped or balancer.get("Subnets"))


def interface_of(graph: Graph, balancer: Resource) -> NetworkInterface | None:
    """Return how a load balancer calls its targets; None where its security groups are not known, or it has none."""
    groups = security_groups(graph, balancer.get("SecurityGroups"))
    kind = kind_of(balancer)
    # A Network Load Balancer may do without; another one has the VPC's default group then.
    known = kind == APPLICATION or (kind == NETWORK and groups)
    if not known or any(isinstance(group, Unknown) for group in groups):
        return None
    return NetworkInterface(places_of(graph, balancer), groups, Ternary.UNKNOWN, balancer.where)


def _forwarded_to(resource: Resource) -> Iterator[Any]:
    actions = resource.get("DefaultActions" if resource.type == _LISTENER else "Actions")
    for _, action in items(actions):
        if isinstance(action, Unknown):
            yield action
        yield from listed(walk(action, "TargetGroupArn"))
        for _, group in items(walk(action, "ForwardConfig", "TargetGroups")):
            yield from listed(walk(group, "TargetGroupArn"))
