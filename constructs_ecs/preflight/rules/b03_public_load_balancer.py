"""B03: a load balancer for the internet in subnets that have no way there."""

from collections.abc import Iterator
from typing import Final

from constructs_ecs.preflight.findings import Finding, Severity, Where
from constructs_ecs.preflight.rules.base import Context, Rule
from constructs_ecs.preflight.rules.load_balancing import (
    APPLICATION,
    LOAD_BALANCER,
    NETWORK,
    behind,
    kind_of,
    places_of,
)
from constructs_ecs.preflight.templates.graph import Graph, Resource
from constructs_ecs.preflight.topology import Topology
from constructs_ecs.preflight.topology.routes import Way
from constructs_ecs.preflight.topology.things import VPC, called, same_thing, thing
from constructs_ecs.preflight.values import Ternary, Unknown

_PUBLIC: Final = "internet-facing"
_ATTACHMENT: Final = "AWS::EC2::VPCGatewayAttachment"


class PublicLoadBalancer(Rule):
    """An internet-facing load balancer is in subnets whose default route leads to no internet gateway."""

    id = "B03"
    severity = Severity.DEPLOY
    statement = (
        "An internet-facing load balancer is in subnets whose default route does not lead to an internet gateway."
    )
    symptom = "The stack fails: InvalidSubnet, VPC vpc-... has no internet gateway."
    decided_by = (
        "Scheme, which is internet-facing where it is absent, and the default routes of Subnets or SubnetMappings. "
        "Where the VPC has an internet gateway, the load balancer is created and clients time out: a warning. What is "
        "behind a route that the templates do not show is open."
    )
    fix = "Set Scheme of {the load balancer} to internal, or put it into public subnets."
    source = "Elastic Load Balancing user guide, Load balancer scheme; Elastic Load Balancing API, CreateLoadBalancer"

    def check(self, context: Context) -> Iterator[Finding]:
        """Look at each load balancer, with the services behind it."""
        sites = behind(context)
        for balancer in context.graph.resources(LOAD_BALANCER):
            if _is_public(balancer):
                yield from self._placed(context, balancer, sites.get(balancer.where, []))

    def _placed(self, context: Context, balancer: Resource, sites: list[Where]) -> Iterator[Finding]:
        places = places_of(context.graph, balancer)
        closed = [place for place in places if _is_closed(context.topology, place)]
        if not closed:
            return
        subnet = closed[0]
        says = f"{called(subnet)} {context.topology.route(subnet).why}"
        vpc = context.topology.vpc(subnet)
        if len(closed) == len(places) and _has_no_gateway(context.graph, vpc):
            yield self.finding(
                balancer.where, f"{says}, and {called(vpc)} has no internet gateway.", launch_sites=sites
            )
        else:
            yield self.finding(
                balancer.where,
                f"{says}, and the load balancer is internet-facing.",
                launch_sites=sites,
                severity=Severity.WARNING,
                symptom="The load balancer is created, and clients time out on its addresses in that subnet.",
            )


def _is_public(balancer: Resource) -> bool:
    kind, scheme = kind_of(balancer), balancer.get("Scheme", default=_PUBLIC)
    addresses = balancer.get("IpAddressType", default="ipv4")
    return kind in (APPLICATION, NETWORK) and scheme == _PUBLIC and addresses in ("ipv4", "dualstack")


def _is_closed(topology: Topology, subnet: Resource | Unknown) -> bool:
    """Whether a subnet's default route is sure to lead to no internet gateway of its VPC."""
    route = topology.route(subnet)
    unattached = route.way is Way.INTERNET_GATEWAY and route.usable is Ternary.NO
    return unattached or route.way in (Way.NOWHERE, Way.NAT_GATEWAY)


def _has_no_gateway(graph: Graph, vpc: Resource | Unknown) -> bool:
    if isinstance(vpc, Unknown):
        return False
    attachments = [one for one in graph.resources(_ATTACHMENT) if one.get("InternetGatewayId") is not None]
    return all(same_thing(thing(graph, one.get("VpcId"), VPC), vpc) is Ternary.NO for one in attachments)
