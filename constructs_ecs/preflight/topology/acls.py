"""Network ACLs: stateless, by rule number, the first rule that matches decides."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

from constructs_ecs.preflight.findings import Where
from constructs_ecs.preflight.templates.graph import Graph, Resource
from constructs_ecs.preflight.topology.addresses import Addresses, Blocks
from constructs_ecs.preflight.topology.things import SUBNET, VPC, Key, Thing, is_outside, key, network_acl, thing
from constructs_ecs.preflight.values import Ternary, Unknown, boolean, integer

Ports = tuple[int, int]

REPLIES: Final = (32768, 60999)
"""Where Linux takes the port from that a reply comes back to; most of where Windows does."""
NAT_REPLIES: Final = (1024, 65535)
"""Where a NAT gateway takes it from; outside of these no reply goes anywhere."""
_ENOUGH: Final = 0.99
"""So much of a NAT gateway's ports makes it work: closing a few, such as 3389, is custom and harms few calls."""
_BORN_WITH: Final = 100
"""The number of the rule by which a default ACL lets everything through: later rules mean nothing."""


@dataclass(frozen=True)
class Crossing:
    """A packet that enters or leaves a subnet.

    Args:
        subnet: the subnet.
        outbound: whether it leaves.
        ports: the destination ports that it may have.
        other: the addresses at the other end.
    """

    subnet: Thing
    outbound: bool
    ports: Ports
    other: Addresses


@dataclass(frozen=True)
class AclAnswer:
    """Whether a network ACL lets a packet through.

    Args:
        allowed: the answer.
        where: the rule, else the ACL, else the subnet.
        why: why it is unknown.
    """

    allowed: Ternary
    where: tuple[Where, ...]
    why: str = ""


@dataclass(frozen=True)
class _Entry:
    number: int
    properties: Resource


class NetworkAcls:
    """The network ACLs of a graph.

    Args:
        graph: the resources.
        blocks: its blocks of addresses.
    """

    def __init__(self, graph: Graph, blocks: Blocks) -> None:
        self._graph, self._blocks = graph, blocks
        self._associations = {
            key(thing(graph, resource.get("SubnetId"), SUBNET)): resource
            for resource in graph.resources("AWS::EC2::SubnetNetworkAclAssociation")
        }
        self._entries: dict[Key | None, list[_Entry]] = {}
        self._unreadable: set[Key | None] = set()
        for resource in graph.resources("AWS::EC2::NetworkAclEntry"):
            acl = key(network_acl(graph, resource.get("NetworkAclId")))
            number = integer(resource.get("RuleNumber"))
            if number is None:
                self._unreadable.add(acl)
            else:
                self._entries.setdefault(acl, []).append(_Entry(number, resource))
        for entries in self._entries.values():
            entries.sort(key=lambda entry: entry.number)

    def allow(self, crossing: Crossing) -> AclAnswer:
        """Whether the subnet's ACL lets a packet through."""
        acl = self.of(crossing.subnet)
        if isinstance(acl, Unknown):
            return AclAnswer(Ternary.UNKNOWN, (), acl.reason)
        entries = self._entries.get(key(acl), [])
        allowed, decisive = self._decide(entries, crossing, born_open=acl.type == VPC)
        if not self._unreadable.isdisjoint((None, key(acl))) or (
            allowed is Ternary.NO and any(map(is_outside, self._entries))
        ):
            return AclAnswer(Ternary.UNKNOWN, (acl.where,), "its rules are not known")
        where = (acl.where,) if decisive is None else (decisive.properties.where, acl.where)
        return AclAnswer(allowed, where, "" if allowed is not Ternary.UNKNOWN else "its rules let some of it through")

    def of(self, subnet: Thing) -> Thing:
        """Return a subnet's ACL; the VPC in place of its default one."""
        association = self._associations.get(key(subnet)) if key(subnet) is not None else None
        if association is not None:
            return network_acl(self._graph, association.get("NetworkAclId"))
        if isinstance(subnet, Unknown):
            return Unknown(f"the network ACL of a subnet is not known: {subnet.reason}")
        if None in self._associations:
            return Unknown(f"an association is with a subnet that is not known, perhaps {subnet.logical_id}")
        return thing(self._graph, subnet.get("VpcId"), VPC)

    def _decide(self, entries: list[_Entry], crossing: Crossing, *, born_open: bool) -> tuple[Ternary, _Entry | None]:
        """Whether the ports get through, and the rule that decides the first of them."""
        if born_open:
            entries = [entry for entry in entries if entry.number <= _BORN_WITH]
        ours = [entry for entry in entries if _egress(entry) is _way(crossing)]
        unsure = [entry for entry in entries if _egress(entry) is _UNKNOWN]
        share, open_share, first = 0, 0, None
        for low, high in _pieces(crossing.ports, ours):
            answer, decisive = self._one(ours, low, crossing.other, born_open=born_open)
            if answer is _UNKNOWN or unsure:
                return _UNKNOWN, decisive
            first = first or decisive
            share += high - low + 1
            open_share += (high - low + 1) * (answer is Ternary.YES)
        if open_share == share or (crossing.ports == NAT_REPLIES and open_share >= _ENOUGH * share):
            return Ternary.YES, first
        return (_UNKNOWN if open_share else Ternary.NO), first

    def _one(
        self, entries: list[_Entry], port: int, other: Addresses, *, born_open: bool
    ) -> tuple[Ternary, _Entry | None]:
        """Whether one port gets through: the first rule that matches decides, but one that may match leaves doubt."""
        maybe: set[Ternary] = set()
        for entry in entries:
            action = {"allow": Ternary.YES, "deny": Ternary.NO}.get(
                _lower(entry.properties.get("RuleAction")), _UNKNOWN
            )
            matches = self._matches(entry.properties, port, other)
            if matches is Ternary.YES:
                return (action if maybe <= {action} else _UNKNOWN), entry
            if matches is _UNKNOWN:
                maybe.add(action)
        last = Ternary.YES if born_open else Ternary.NO
        return (last if maybe <= {last} else _UNKNOWN), None

    def _matches(self, entry: Resource, port: int, other: Addresses) -> Ternary:
        cidr = entry.get("CidrBlock")
        if cidr is None:
            return Ternary.NO if entry.get("Ipv6CidrBlock") is not None else _UNKNOWN
        return self._blocks.cover(cidr, other) & _matches_port(entry, port)


_UNKNOWN: Final = Ternary.UNKNOWN


def _egress(entry: _Entry) -> Ternary:
    return boolean(entry.properties.get("Egress"), default=False)


def _way(crossing: Crossing) -> Ternary:
    return Ternary.YES if crossing.outbound else Ternary.NO


def _matches_port(entry: Resource, port: int) -> Ternary:
    protocol = entry.get("Protocol")
    if not isinstance(protocol, str | int):
        return _UNKNOWN
    if str(protocol).lower() in ("-1", "all"):
        return Ternary.YES
    if str(protocol).lower() not in ("6", "tcp"):
        return Ternary.NO
    ports = _range(entry)
    if ports is None:
        return _UNKNOWN
    return Ternary.YES if ports[0] <= port <= ports[1] else Ternary.NO


def _range(entry: Resource) -> Ports | None:
    first, last = integer(entry.get("PortRange", "From")), integer(entry.get("PortRange", "To"))
    return None if first is None or last is None else (first, last)


def _pieces(ports: Ports, entries: list[_Entry]) -> Iterator[Ports]:
    """Cut a range of ports where a rule's range begins or ends, so that each rule matches a piece or does not."""
    low, high = ports
    cuts = {low, high + 1}
    for entry in entries:
        bounds = _range(entry.properties)
        if bounds is not None:
            cuts |= {cut for cut in (bounds[0], bounds[1] + 1) if low < cut <= high}
    ordered = sorted(cuts)
    for first, after in pairwise(ordered):
        yield first, after - 1


def _lower(value: Any) -> str:  # noqa: ANN401 - any resolved value
    return value.lower() if isinstance(value, str) else ""
