"""Ways out of a VPC to private addresses, where endpoints for all VPCs of an organization may be.

Whether they are used is not for these templates to say: a private zone that holds a service's name is associated with
the VPC, or shared through a Route 53 profile or a resolver rule, by whoever owns the endpoints.

Source: AWS whitepaper "Building a scalable and secure multi-VPC AWS network infrastructure", "Centralized access to VPC
private endpoints".
"""

from dataclasses import dataclass
from typing import Any, Final

from constructs_ecs.facts.endpoints import HTTPS_PORT
from constructs_ecs.facts.regions import S3_PREFIX_LISTS
from constructs_ecs.preflight.findings import Fault, Link, LinkKind, Verdict
from constructs_ecs.preflight.templates.graph import Graph, Resource
from constructs_ecs.preflight.topology.addresses import Elsewhere, Network, is_default, parse, without
from constructs_ecs.preflight.topology.filters import Client, Filters
from constructs_ecs.preflight.topology.routes import OTHER_TARGETS, Routes, Way
from constructs_ecs.preflight.topology.security_groups import Party
from constructs_ecs.preflight.topology.things import SUBNET, Key, Thing, called, key, listed, thing
from constructs_ecs.preflight.values import Symbol, Ternary, Unknown

_ENDPOINT: Final = "AWS::EC2::VPCEndpoint"
_APPLIANCE: Final = "GatewayLoadBalancer"
_DESTINATIONS: Final = ("DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId")
_ANYWHERE: Final = tuple(network for network in map(parse, ("0.0.0.0/0", "::/0")) if network is not None)
_GATEWAYS_WITHIN: Final = ("local", "igw-", "vpce-")
"""Gateways of a VPC that lead to no private address outside of it: ids, or how they begin."""


@dataclass(frozen=True)
class PrivateWay:
    """A route that leads out of a VPC, to addresses that the caller's groups let it out to.

    Args:
        route: the route.
        text: what it is, in words that go on from its name.
        party: what it leads to, as the security groups see it.
    """

    route: Resource
    text: str
    party: Party

    @property
    def is_default(self) -> bool:
        """Whether it is the way to the internet as well, if there is one."""
        return is_default(self.route.get("DestinationCidrBlock"))

    @property
    def doubt(self) -> str:
        """Why a service's name may lead there, in words to go on with."""
        return f"the route {self.route.logical_id} {self.text}, and names of endpoints there may be shared with the VPC"


@dataclass(frozen=True)
class _Lead:
    route: Resource
    networks: tuple[Network, ...]
    behind: str


class PrivateWays:
    """The ways to private addresses outside of a graph's VPCs.

    Args:
        graph: the resources.
        routes: its route tables.
        filters: its security groups.
    """

    def __init__(self, graph: Graph, routes: Routes, filters: Filters) -> None:
        self._graph, self._routes, self._filters = graph, routes, filters
        self._leads: dict[Key | None, tuple[_Lead, ...]] = {}

    def of(self, client: Client) -> PrivateWay | None:
        """Return the way that a caller may take on port 443: a sure one first, a default route last."""
        perhaps = None
        for lead in self._of_subnet(client.subnet):
            way = self._beyond(client.vpc, lead)
            allowed = self._filters.may_leave(client, way.party, HTTPS_PORT)
            if allowed is Ternary.YES:
                return way
            if allowed is Ternary.UNKNOWN:
                perhaps = perhaps or way
        return perhaps

    def assumed(self, client: Client, way: PrivateWay, service: str) -> tuple[Link, ...]:
        """The way to a service of which it is assumed that its name leads there."""
        text = f"It is assumed that {service} leads to a usable endpoint out of the VPC."
        target = f"the endpoint for {service}"
        return (
            Link(LinkKind.ENDPOINT, Verdict.PASS, text),
            Link(LinkKind.ROUTE, Verdict.PASS, f"{way.route.logical_id} {way.text}.", (way.route.where,)),
            self._filters.egress(client, way.party, HTTPS_PORT, target, Fault.EGRESS_CLOSED),
        )

    def _beyond(self, vpc: Thing, lead: _Lead) -> PrivateWay:
        """A way without the VPC's own addresses, to which the local route leads."""
        own, networks = None, lead.networks
        if not isinstance(vpc, Unknown):
            inside = self._filters.blocks.of_vpc(vpc).networks
            networks = tuple(piece for each in networks for piece in without(each, inside))
            own = Symbol(vpc.template, vpc.logical_id, "CidrBlock")
        text = f"leads to {_destination(lead.route)} by {lead.behind}"
        peered = None if lead.route.get("VpcPeeringConnectionId") is None else vpc
        return PrivateWay(lead.route, text, Party(addresses=Elsewhere(networks, own, peered)))

    def _of_subnet(self, subnet: Thing) -> tuple[_Lead, ...]:
        one = key(subnet)
        if one is None:
            return ()
        if one not in self._leads:
            self._leads[one] = ()  # a NAT gateway that leads back to itself leads nowhere
            routes = sorted(self._routes.of(subnet), key=lambda route: is_default(route.get("DestinationCidrBlock")))
            found = map(self._lead, routes)
            self._leads[one] = tuple(lead for lead in found if lead is not None)
        return self._leads[one]

    def _lead(self, route: Resource) -> _Lead | None:
        networks = self._networks(route)
        nat = None if route.get("NatGatewayId") is None else thing(self._graph, route.get("NatGatewayId"))
        if nat is not None and not isinstance(nat, Unknown):
            return _Lead(route, networks, f"the NAT gateway {nat.logical_id}") if self._passes(nat, networks) else None
        behind = self._behind(route)
        return _Lead(route, networks, behind) if networks and behind else None

    def _passes(self, nat: Resource, networks: tuple[Network, ...]) -> bool:
        """Whether a NAT gateway may pass on what is for private addresses: as its own subnet's routes lead."""
        if nat.get("SubnetId") is None:
            return False  # a regional one, which is public only
        subnet = thing(self._graph, nat.get("SubnetId"), SUBNET)
        if self._routes.default(subnet).way is Way.UNKNOWN:
            return bool(networks)
        onward = (each for lead in self._of_subnet(subnet) for each in lead.networks)
        return any(each.overlaps(network) for each in onward for network in networks)

    def _behind(self, route: Resource) -> str:
        """What a route leads to, if that may be out of the VPC and private; else nothing."""
        if route.get("EgressOnlyInternetGatewayId") is not None:
            return ""
        if route.get("GatewayId") is not None:
            return self._behind_gateway(route.get("GatewayId"))
        endpoint = self._graph.target(route.get("VpcEndpointId"), _ENDPOINT)
        if endpoint is not None and endpoint.get("VpcEndpointType", default="Gateway") in ("Gateway", "Interface"):
            return ""
        target = next((name for name in OTHER_TARGETS if route.get(name) is not None), "")
        return OTHER_TARGETS.get(target, "what the templates do not show")

    def _behind_gateway(self, value: Any) -> str:  # noqa: ANN401 - any resolved value
        gateway = thing(self._graph, value)
        if not isinstance(gateway, Unknown):
            return "a virtual private gateway" if gateway.type == "AWS::EC2::VPNGateway" else ""
        if isinstance(value, str):
            return "" if value.startswith(_GATEWAYS_WITHIN) else "a virtual private gateway"
        return f"a gateway that is not known, {called(gateway)}"

    def _networks(self, route: Resource) -> tuple[Network, ...]:
        """The blocks that a route is for; every address where that is not known."""
        values = [route.get(name) for name in _DESTINATIONS if route.get(name) is not None]
        prefixes = route.get(_DESTINATIONS[-1])
        if prefixes is not None:
            if prefixes in S3_PREFIX_LISTS.values():
                return ()
            own = self._graph.target(prefixes, "AWS::EC2::PrefixList")
            values = [None] if own is None else [_cidr(entry) for entry in listed(own.get("Entries"))]
        found = [parse(value) for value in values]
        known = tuple(network for network in found if network is not None)
        return known if len(known) == len(found) else _ANYWHERE


def _cidr(entry: Any) -> Any:  # noqa: ANN401 - any resolved value
    return entry.get("Cidr") if isinstance(entry, dict) else None


def _destination(route: Resource) -> str:
    literals = [route.get(name) for name in _DESTINATIONS]
    return next((value for value in literals if isinstance(value, str)), "addresses that are not known")
