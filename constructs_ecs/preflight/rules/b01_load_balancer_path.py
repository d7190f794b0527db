"""B01: a load balancer that does not reach the tasks of a service behind it."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from constructs_ecs.preflight.findings import Fault, Finding, Link, LinkKind, Severity, Verdict
from constructs_ecs.preflight.rules.base import Context, Rule
from constructs_ecs.preflight.rules.load_balancing import (
    NETWORK,
    Forwarders,
    Registration,
    interface_of,
    kind_of,
    registrations,
)
from constructs_ecs.preflight.rules.network_rule import logical_ids, with_group_named
from constructs_ecs.preflight.templates.graph import Resource
from constructs_ecs.preflight.topology import NetworkInterface, Peer, Reach
from constructs_ecs.preflight.values import Unknown, integer

_TRAFFIC_PORT: Final = "traffic-port"
_FIXES: Final = {
    Fault.INGRESS_CLOSED: "Let tcp/{port} from {caller} into {{the security group}}.",
    Fault.EGRESS_CLOSED: "Let tcp/{port} out to {callee} from {{the security group}}.",
    Fault.ACL_CLOSED: (
        "Let tcp/{port} from {caller} to {callee} through, and the replies on tcp/1024 to 65535, in "
        "{{the network ACL or its rule}}."
    ),
}


class LoadBalancerPath(Rule):
    """Security groups or network ACLs keep a load balancer from the tasks of a service, or their health checks."""

    id = "B01"
    severity = Severity.START
    statement = (
        "A load balancer does not reach the tasks of a service that it forwards to, on the container's port or on "
        "that of the health checks."
    )
    symptom = (
        "Task failed ELB health checks in (target-group ...): the tasks are stopped and started anew, until the "
        "deployment circuit breaker ends it."
    )
    decided_by = (
        "ContainerPort and HealthCheckPort against the security groups and network ACLs of both. Targets by instance, "
        "a Network Load Balancer without security groups, and groups that are not in the templates leave it open; "
        "where only some of its subnets are cut off, it is a warning."
    )
    fix = "Let the container's port from the load balancer into {the security group}."
    source = "User guide for Application Load Balancers, Security groups; ECS developer guide, Service load balancers"

    def check(self, context: Context) -> Iterator[Finding]:
        """Go from each load balancer to what services register behind it."""
        forwarders = Forwarders(context.graph)
        for registration in registrations(context):
            for balancer in forwarders.balancers(registration.group):
                for port in _ports(registration, balancer):
                    yield from self._way(context, registration, balancer, port)

    def _way(self, context: Context, registration: Registration, balancer: Resource, port: int) -> Iterator[Finding]:
        site = registration.site
        caller, callee = interface_of(context.graph, balancer), site.task_interface
        if caller is None or not isinstance(callee, NetworkInterface):
            return
        name = f"the tasks of {site.where.logical_id}"
        peer = Peer(name, callee.security_groups, port, site.where, callee.subnets)
        ways = [_broken(context.topology.reach(replace(caller, subnets=(place,)), peer)) for place in caller.subnets]
        severity = Severity.START if all(ways) else Severity.WARNING
        for link in dict.fromkeys(link for way in ways for link in way):
            fix = "" if link.fault is None else _FIXES[link.fault]
            found = self.finding(
                link.where[0] if link.where else registration.where,
                link.text,
                launch_sites=(site.where,),
                severity=severity,
                fix=fix.format(port=port, caller=_groups(caller, "the load balancer"), callee=_groups(callee, name)),
            )
            yield with_group_named(found, context)


def _ports(registration: Registration, balancer: Resource) -> Iterator[int]:
    """Yield the ports that have to be open; who calls on a Network Load Balancer's others may be the clients."""
    group = registration.group
    if group.get("TargetType") != "ip" or group.get("IpAddressType", default="ipv4") != "ipv4":
        return
    checked = group.get("HealthCheckPort", default=_TRAFFIC_PORT)
    checked = registration.port if checked == _TRAFFIC_PORT else integer(checked)
    ports = (checked,) if kind_of(balancer) == NETWORK else (registration.port, checked)
    yield from dict.fromkeys(port for port in ports if port is not None)


def _broken(reach: Reach) -> tuple[Link, ...]:
    """Return what stops a connection within a VPC; that names are resolved does not matter."""
    if any(link.verdict is not Verdict.PASS for link in reach.links if link.kind is LinkKind.ROUTE):
        return ()
    return tuple(link for link in reach.links if link.verdict is Verdict.FAIL and link.fault in _FIXES)


def _groups(interface: NetworkInterface, fallback: str) -> str:
    places = [group.where for group in interface.security_groups if not isinstance(group, Unknown)]
    return logical_ids(places) or fallback
