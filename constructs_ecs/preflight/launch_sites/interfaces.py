"""The network interfaces that tasks and instances get."""

from collections.abc import Iterable
from typing import Any

from constructs_ecs.preflight.findings import Where
from constructs_ecs.preflight.launch_sites.reading import items, walk
from constructs_ecs.preflight.templates.graph import Graph, Resource
from constructs_ecs.preflight.topology import NetworkInterface
from constructs_ecs.preflight.topology.things import SUBNET, security_group, thing
from constructs_ecs.preflight.values import Ternary, Unknown, boolean


def task_interface(
    graph: Graph,
    configuration: Any,  # noqa: ANN401 - any resolved value
    where: Where,
) -> NetworkInterface | Unknown:
    """Return a task's own network interface, as an ``AwsvpcConfiguration`` describes it."""
    if configuration is None:
        return Unknown(f"{where} says no network for its tasks")
    if isinstance(configuration, Unknown):
        return configuration
    return NetworkInterface(
        subnets=subnets(graph, walk(configuration, "Subnets")),
        security_groups=security_groups(graph, walk(configuration, "SecurityGroups")),
        public_ip=_assigned(walk(configuration, "AssignPublicIp")),
        where=where,
    )


def subnets(graph: Graph, value: Any) -> tuple[Resource | Unknown, ...]:  # noqa: ANN401 - any resolved value
    """Find subnets; where none are named, they are unknown."""
    found = tuple(thing(graph, item, SUBNET) for _, item in items(value))
    return found or (Unknown("no subnets are named"),)


def security_groups(graph: Graph, value: Any) -> tuple[Resource | Unknown, ...]:  # noqa: ANN401 - any resolved value
    """Find security groups; an empty result stands for the VPC's default one."""
    return tuple(security_group(graph, item) for _, item in items(value))


def by_public_ip(
    subnets_: Iterable[Resource | Unknown], assigned: Ternary | None
) -> dict[Ternary, tuple[Resource | Unknown, ...]]:
    """Group subnets by whether an instance in them gets a public address.

    Args:
        subnets_: where instances may be.
        assigned: what the launch template says; None leaves it to each subnet.
    """
    groups: dict[Ternary, tuple[Resource | Unknown, ...]] = {}
    for subnet in subnets_:
        answer = _maps_public_ip(subnet) if assigned is None else assigned
        groups[answer] = (*groups.get(answer, ()), subnet)
    return groups


def _maps_public_ip(subnet: Resource | Unknown) -> Ternary:
    if isinstance(subnet, Unknown):
        return Ternary.UNKNOWN
    return boolean(subnet.get("MapPublicIpOnLaunch"), default=False)


def _assigned(value: Any) -> Ternary:  # noqa: ANN401 - any resolved value
    if value is None:
        return Ternary.NO
    return {"ENABLED": Ternary.YES, "DISABLED": Ternary.NO}.get(
        value if isinstance(value, str) else "", Ternary.UNKNOWN
    )
