"""The way out of a subnet: its route table, the default route, and what that leads to."""

from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from constructs_ecs.preflight.findings import Where
from constructs_ecs.preflight.templates.graph import Graph, Resource
from constructs_ecs.preflight.topology.addresses import is_default, is_private
from constructs_ecs.preflight.topology.things import (
    ROUTE_TABLE,
    SUBNET,
    VPC,
    Key,
    Thing,
    called,
    is_outside,
    key,
    listed,
    same_thing,
    thing,
)
from constructs_ecs.preflight.values import Symbol, Ternary, Unknown

_IGW: Final = "AWS::EC2::InternetGateway"
_NAT: Final = "AWS::EC2::NatGateway"
OTHER_TARGETS: Final = {
    "TransitGatewayId": "a transit gateway",
    "VpcPeeringConnectionId": "a peering connection",
    "VpcEndpointId": "an appliance behind an endpoint",
    "NetworkInterfaceId": "a network interface",
    "InstanceId": "an instance",
    "LocalGatewayId": "a local gateway",
    "CarrierGatewayId": "a carrier gateway",
    "CoreNetworkArn": "a core network",
}
"""Targets behind which the templates do not show where a packet goes."""
_IPV6_TARGETS: Final = ("EgressOnlyInternetGatewayId", "GatewayId", "NatGatewayId")
_IPV6_DEFAULTS: Final = ("::/0", "64:ff9b::/96")


class Way(Enum):
    """What a default route leads to."""

    INTERNET_GATEWAY = "an internet gateway"
    NAT_GATEWAY = "a NAT gateway"
    NOWHERE = "nowhere"
    UNKNOWN = "where the templates do not show"


@dataclass(frozen=True)
class Route:
    """Where packets to the internet go from a subnet, over IPv4.

    Args:
        way: what the default route leads to.
        where: the route or route table, else the subnet.
        why: what was found, in words that go on from the subnet's name.
        usable: whether the gateway itself has a way on; of no meaning without one.
        gateway: the internet or NAT gateway, if it is in the templates.
        nat_subnet: where a zonal NAT gateway is.
    """

    way: Way
    where: tuple[Where, ...]
    why: str
    usable: Ternary = Ternary.YES
    gateway: Resource | None = None
    nat_subnet: Thing | None = None


@dataclass
class _Index:
    tables: dict[Key | None, list[Resource]] = field(default_factory=dict)
    routes: dict[Key | None, list[Resource]] = field(default_factory=dict)
    propagating: set[Key | None] = field(default_factory=set)
    attachments: list[Resource] = field(default_factory=list)


class Routes:
    """The route tables of a graph.

    Args:
        graph: the resources.
    """

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._index = _Index()
        for association in graph.resources("AWS::EC2::SubnetRouteTableAssociation"):
            subnet = thing(graph, association.get("SubnetId"), SUBNET)
            self._index.tables.setdefault(key(subnet), []).append(association)
        for route in graph.resources("AWS::EC2::Route"):
            table = thing(graph, route.get("RouteTableId"), ROUTE_TABLE)
            self._index.routes.setdefault(key(table), []).append(route)
        for propagation in graph.resources("AWS::EC2::VPNGatewayRoutePropagation"):
            for value in listed(propagation.get("RouteTableIds")):
                self._index.propagating.add(key(thing(graph, value, ROUTE_TABLE)))
        self._index.attachments = list(graph.resources("AWS::EC2::VPCGatewayAttachment"))
        # Routes of tables that are not known.
        self._strays = [route for one, found in self._index.routes.items() if is_outside(one) for route in found]
        self._cache: dict[Key, Route] = {}

    def table(self, subnet: Thing) -> Thing | None:
        """Return a subnet's route table; None for the main table of a VPC, which has the local route only."""
        one = key(subnet)
        found = self._index.tables.get(one, []) if one is not None else []
        if found:
            return thing(self._graph, found[0].get("RouteTableId"), ROUTE_TABLE)
        if isinstance(subnet, Unknown):
            return subnet
        if any(is_outside(each) for each in self._index.tables):
            return Unknown("a route table's association is with a subnet that is not known, perhaps this one")
        if isinstance(thing(self._graph, subnet.get("VpcId"), VPC), Unknown):
            return Unknown("the main one of a VPC that is not in the templates")
        return None

    def of(self, subnet: Thing) -> tuple[Resource, ...]:
        """Return the routes in a subnet's table, and those that may be in it; none of a VPC's main table."""
        table = self.table(subnet)
        if table is None:
            return ()
        own = self._index.routes.get(key(table), []) if key(table) is not None else []
        return tuple(dict.fromkeys((*own, *self._strays)))

    def default(self, subnet: Thing) -> Route:
        """Return where a subnet's packets to the internet go, over IPv4."""
        one = key(subnet)
        if one is None:
            return self._default(subnet)
        if one not in self._cache:
            # A NAT gateway in a subnet whose default route leads to that gateway has no way on.
            self._cache[one] = Route(Way.NOWHERE, (), "leads back to itself")
            self._cache[one] = self._default(subnet)
        return self._cache[one]

    def has_ipv6_way(self, subnet: Thing) -> bool:
        """Whether a subnet's table leads to the internet over IPv6, or over NAT64."""
        table = self.table(subnet)
        if table is None or isinstance(table, Unknown):
            return False
        routes = self._index.routes.get(key(table), [])
        return any(
            route.get("DestinationIpv6CidrBlock") in _IPV6_DEFAULTS and _target(route, _IPV6_TARGETS) is not None
            for route in routes
        )

    def _default(self, subnet: Thing) -> Route:
        table = self.table(subnet)
        here = () if isinstance(subnet, Unknown) else (subnet.where,)
        if table is None:
            return Route(Way.NOWHERE, here, "has no route table of its own, and the VPC's main one has no way out")
        if isinstance(table, Unknown) and key(table) not in self._index.routes:
            return Route(Way.UNKNOWN, here, f"has a route table that is not known: {table.reason}")
        where = here if isinstance(table, Unknown) else (table.where, *here)
        routes = self._index.routes.get(key(table), []) if key(table) is not None else []
        default = next((route for route in routes if is_default(route.get("DestinationCidrBlock"))), None)
        if default is not None:
            return self._follow(default, subnet)
        doubt = self._doubt(routes, table)
        if doubt:
            return Route(Way.UNKNOWN, where, doubt)
        return Route(Way.NOWHERE, where, f"has no default route in {called(table)}")

    def _doubt(self, routes: list[Resource], table: Thing) -> str:
        """Why there may be a way out without a default route."""
        if isinstance(table, Unknown):
            return f"has a route table whose other routes are not known: {table.reason}"
        if key(table) in self._index.propagating or None in self._index.propagating:
            return f"has routes in {table.logical_id} that a virtual private gateway propagates"
        for route in self._strays:
            if not _is_inside(route):
                return f"may have the default route {route.where}, whose route table is not known"
        for route in routes:
            if not _is_inside(route):
                return f"has a route for some addresses only, {route.where}"
        return ""

    def _follow(self, route: Resource, subnet: Thing) -> Route:
        nat, gateway = route.get("NatGatewayId"), route.get("GatewayId")
        if nat is not None:
            return self._to_nat(route, nat)
        if gateway is not None:
            return self._to_gateway(route, gateway, subnet)
        other = _target(route, tuple(OTHER_TARGETS))
        behind = OTHER_TARGETS[other] if other else "what the templates do not show"
        return Route(Way.UNKNOWN, (route.where,), f"has a default route to {behind}")

    def _to_gateway(self, route: Resource, value: object, subnet: Thing) -> Route:
        gateway = thing(self._graph, value, _IGW)
        if isinstance(gateway, Unknown):
            if isinstance(value, str) and value.startswith("igw-"):
                return Route(Way.INTERNET_GATEWAY, (route.where,), f"has a default route to {value}")
            return Route(Way.UNKNOWN, (route.where,), f"has a default route to a gateway that is not known: {value}")
        attached = self._attached(gateway, subnet)
        return Route(
            Way.INTERNET_GATEWAY,
            (route.where, gateway.where),
            f"has a default route to the internet gateway {gateway.logical_id}",
            usable=attached,
            gateway=gateway,
        )

    def _attached(self, gateway: Resource, subnet: Thing) -> Ternary:
        vpc = subnet if isinstance(subnet, Unknown) else thing(self._graph, subnet.get("VpcId"), VPC)
        answer = Ternary.NO
        for attachment in self._index.attachments:
            if attachment.get("InternetGatewayId") is not None:
                gateways = same_thing(thing(self._graph, attachment.get("InternetGatewayId"), _IGW), gateway)
                answer = answer | (gateways & same_thing(thing(self._graph, attachment.get("VpcId"), VPC), vpc))
        return answer

    def _to_nat(self, route: Resource, value: object) -> Route:
        nat = thing(self._graph, value, _NAT)
        if isinstance(nat, Unknown):
            return Route(Way.UNKNOWN, (route.where,), f"has a default route to a NAT gateway outside: {nat.reason}")
        usable, why = self._nat_works(nat)
        text = f"has a default route to the NAT gateway {nat.logical_id}{why}"
        place = None if nat.get("SubnetId") is None else thing(self._graph, nat.get("SubnetId"), SUBNET)
        return Route(Way.NAT_GATEWAY, (route.where, nat.where), text, usable=usable, gateway=nat, nat_subnet=place)

    def _nat_works(self, nat: Resource) -> tuple[Ternary, str]:
        """Whether a NAT gateway leads to the internet: the way out of its own subnet, and whether it is public."""
        mode, kind = nat.get("AvailabilityMode"), nat.get("ConnectivityType")
        if isinstance(mode, Unknown | Symbol) or isinstance(kind, Unknown | Symbol):
            return Ternary.UNKNOWN, ", whose kind is not known"
        is_public = kind != "private"
        if mode == "regional" and is_public:
            return Ternary.YES, ", a regional one"
        subnet = thing(self._graph, nat.get("SubnetId"), SUBNET)
        onward = self.default(subnet)
        if onward.way is Way.UNKNOWN:
            return Ternary.UNKNOWN, f", whose subnet {called(subnet)} {onward.why}"
        if onward.way is Way.INTERNET_GATEWAY and is_public:
            return onward.usable, "" if onward.usable is Ternary.YES else ", which an unattached gateway follows"
        if onward.way is Way.NAT_GATEWAY:
            return onward.usable, f", whose subnet {called(subnet)} {onward.why}"
        reason = f"whose subnet {called(subnet)} {onward.why}" if is_public else "which is a private one"
        return Ternary.NO, f", {reason}"


def _target(route: Resource, names: tuple[str, ...]) -> str | None:
    return next((name for name in names if route.get(name) is not None), None)


def _is_inside(route: Resource) -> bool:
    """Whether a route is no way to public addresses: for private ones, or not for IPv4."""
    return isinstance(route.get("DestinationIpv6CidrBlock"), str) or is_private(route.get("DestinationCidrBlock"))
