"""The way to public addresses: routes, gateways, and what filters on the way."""

from dataclasses import dataclass, field
from typing import Final

from constructs_ecs.preflight.findings import Fault, Link, LinkKind, Verdict
from constructs_ecs.preflight.topology import explanations
from constructs_ecs.preflight.topology.filters import Client, Filters, doubtful
from constructs_ecs.preflight.topology.interfaces import NetworkInterface
from constructs_ecs.preflight.topology.routes import Route, Routes, Way
from constructs_ecs.preflight.topology.security_groups import Party
from constructs_ecs.preflight.topology.things import Thing, called
from constructs_ecs.preflight.values import Ternary, Unknown

_ROUTE: Final = LinkKind.ROUTE


@dataclass(frozen=True)
class Target:
    """A destination by its public addresses.

    Args:
        name: what to call it.
        port: the TCP port.
        party: it, as the security groups see it.
        fault: what it is called that the caller's groups do not let it out to this.
    """

    name: str
    port: int
    party: Party = field(default_factory=Party)
    fault: Fault = Fault.EGRESS_CLOSED


class Ways:
    """The ways out of a graph's subnets.

    Args:
        routes: its route tables.
        filters: its security groups and network ACLs.
        egress: what to assume where a way out is not known: ``nat``, ``none``, or nothing.
    """

    def __init__(self, routes: Routes, filters: Filters, egress: str | None) -> None:
        self._routes, self._filters, self._egress = routes, filters, egress

    def to(self, client: Client, interface: NetworkInterface, target: Target) -> tuple[Link, ...]:
        """The way to public addresses, its route first; a broken route makes the rest meaningless."""
        out = self.out(client.subnet, interface)
        if out.verdict is Verdict.FAIL:
            return (out,)
        links: tuple[Link, ...] = (
            out,
            self._filters.egress(client, target.party, target.port, target.name, target.fault),
        )
        if not isinstance(client.subnet, Unknown):  # else its network ACL belongs to the way, unknown or assumed
            nat = self._routes.default(client.subnet).nat_subnet
            links = (*links, self._filters.acls_to_internet(client.subnet, target.port, target.name, nat))
        if out.verdict is Verdict.PASS and not self._routes.has_ipv6_way(client.subnet):
            return links
        # What is asked of public IPv4 addresses proves nothing where IPv6 or private addresses may be used.
        return tuple(doubtful(link) if link.verdict is Verdict.FAIL else link for link in links)

    def out(self, subnet: Thing, interface: NetworkInterface) -> Link:
        """Whether there is a way to the internet, and back."""
        link = self._out(subnet, self._routes.default(subnet), interface)
        if link.verdict is not Verdict.UNKNOWN or self._egress is None:
            return link
        text = f"{link.text} It is assumed that there is {'a way out' if self._egress == 'nat' else 'none'}."
        if self._egress == "nat":
            return Link(_ROUTE, Verdict.PASS, text, link.where)
        return Link(_ROUTE, Verdict.FAIL, text, link.where, Fault.NO_ROUTE, explanations.NO_ROUTE)

    def _out(self, subnet: Thing, route: Route, interface: NetworkInterface) -> Link:
        text = f"{called(subnet, 'A subnet')} {route.why}"
        if route.way is Way.UNKNOWN:
            why = f"The way out of {called(subnet, 'a subnet')} is not known: it {route.why}."
            return Link(_ROUTE, Verdict.UNKNOWN, why, route.where)
        if route.way is Way.NOWHERE:
            return self._nowhere(subnet, route, text)
        if route.usable is Ternary.UNKNOWN:
            return Link(_ROUTE, Verdict.UNKNOWN, f"{text}.", route.where)
        return _through_nat(text, route) if route.way is Way.NAT_GATEWAY else _through_igw(text, route, interface)

    def _nowhere(self, subnet: Thing, route: Route, text: str) -> Link:
        if self._routes.has_ipv6_way(subnet):
            return Link(_ROUTE, Verdict.UNKNOWN, f"{text}. Whether IPv6 will do is not known.", route.where)
        return Link(_ROUTE, Verdict.FAIL, f"{text}.", route.where, Fault.NO_ROUTE, explanations.NO_ROUTE)


def _through_nat(text: str, route: Route) -> Link:
    if route.usable is Ternary.YES:
        return Link(_ROUTE, Verdict.PASS, f"{text}.", route.where)
    where = tuple(reversed(route.where))  # the gateway is what is wrong
    return Link(_ROUTE, Verdict.FAIL, f"{text}.", where, Fault.NAT_UNUSABLE, explanations.NO_ROUTE)


def _through_igw(text: str, route: Route, interface: NetworkInterface) -> Link:
    if route.usable is Ternary.NO:
        unattached = f"{text}, which is not attached to the VPC."
        return Link(_ROUTE, Verdict.FAIL, unattached, route.where, Fault.NO_ROUTE, explanations.BAD_ROUTE)
    verdict = Verdict.of(interface.public_ip)
    if verdict is Verdict.PASS:
        return Link(_ROUTE, verdict, f"{text}.", route.where)
    where = (interface.where, *route.where)
    if verdict is Verdict.UNKNOWN:
        unknown = f"{text}. Whether the network interface has a public address is not known."
        return Link(_ROUTE, verdict, unknown, where)
    missing = f"{text}, but the network interface has no public address."
    return Link(_ROUTE, verdict, missing, where, Fault.NO_PUBLIC_IP, explanations.NO_PUBLIC_IP)
