"""Which addresses a rule's block covers: those of an interface somewhere in a subnet, or those of public services."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any, Final

from constructs_ecs.preflight.templates.graph import Graph, Resource
from constructs_ecs.preflight.topology.things import SUBNET, VPC, Key, Thing, key, thing
from constructs_ecs.preflight.values import Symbol, Ternary, Unknown

Network = IPv4Network | IPv6Network

_NOT_PUBLIC: Final = tuple(
    IPv4Network(block)
    for block in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "224.0.0.0/3",
    )
)
"""Blocks in which no service of the internet is: private, shared, loopback, link-local, multicast, reserved."""


@dataclass(frozen=True)
class Block:
    """Where an interface's address is.

    Args:
        networks: blocks that hold it together; none if no figure is known.
        names: values that stand for a block that holds it: ``CidrBlock`` of its subnet, or of its VPC.
    """

    networks: tuple[IPv4Network, ...] = ()
    names: frozenset[Symbol] = field(default=frozenset())


@dataclass(frozen=True)
class Public:
    """The address of a service of the internet, which one is not known."""


@dataclass(frozen=True)
class Elsewhere:
    """Addresses outside of a VPC, one of which may be a service's; which one is not known.

    Args:
        networks: the blocks that they are in, without the VPC's own.
        own: what stands for the VPC's own block, where they are not.
        peered: the VPC, where they are in one that is peered with it: rules can name security groups there.
    """

    networks: tuple[Network, ...]
    own: Symbol | None = None
    peered: Thing | None = None


Addresses = tuple[Block, ...] | Public | Elsewhere
"""Blocks: one for each place where the interfaces that answer to a name are."""


class Blocks:
    """The blocks of a graph's VPCs and subnets, and what they cover.

    Args:
        graph: the resources.
    """

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._of_subnet: dict[Key, Block] = {}
        self._secondary: dict[object, list[Any]] = {}
        for association in graph.resources("AWS::EC2::VPCCidrBlock"):
            if association.get("CidrBlock") is not None or association.get("Ipv4IpamPoolId") is not None:
                vpc = key(thing(graph, association.get("VpcId"), VPC))
                self._secondary.setdefault(vpc, []).append(association.get("CidrBlock"))

    def of_subnets(self, subnets: Iterable[Thing]) -> tuple[Block, ...]:
        """Return the block of each subnet."""
        return tuple(map(self.of_subnet, subnets))

    def of_subnet(self, subnet: Thing) -> Block:
        """Return the block of one subnet, or what is known of it from its VPC."""
        if isinstance(subnet, Unknown):
            return Block()
        one = (subnet.template, subnet.logical_id)
        if one not in self._of_subnet:
            self._of_subnet[one] = self._new_block(subnet)
        return self._of_subnet[one]

    def _new_block(self, subnet: Resource) -> Block:
        own = _parse(subnet.get("CidrBlock"))
        vpc = thing(self._graph, subnet.get("VpcId"), VPC)
        around = Block() if isinstance(vpc, Unknown) else self.of_vpc(vpc)
        networks = around.networks if own is None else (own,)
        return Block(networks, around.names | {Symbol(subnet.template, subnet.logical_id, "CidrBlock")})

    def of_vpc(self, vpc: Resource) -> Block:
        """Return the blocks of a VPC."""
        secondary = self._secondary.get(key(vpc), ())
        found = [_parse(value) for value in (vpc.get("CidrBlock"), *secondary)]
        networks = tuple(network for network in found if network is not None)
        name = frozenset() if secondary else frozenset({Symbol(vpc.template, vpc.logical_id, "CidrBlock")})
        return Block(networks if len(networks) == len(found) else (), name)

    def cover(self, cidr: Any, addresses: Addresses) -> Ternary:  # noqa: ANN401 - any resolved value
        """Whether a rule's block covers addresses: NO only if it covers none of them. IPv6 is elsewhere only."""
        if isinstance(addresses, Elsewhere):
            return self._leads(cidr, addresses)
        network = _parse(self._literal(cidr))
        if network is not None and network.prefixlen == 0:
            return Ternary.YES
        if isinstance(addresses, Public):
            return self._covers_public(cidr, network)
        answers = {_covers(cidr, network, block) for block in addresses}
        return answers.pop() if len(answers) == 1 else Ternary.UNKNOWN

    def _literal(self, cidr: Any) -> Any:  # noqa: ANN401 - any resolved value
        """Replace the name of a block by the block, where the templates say it."""
        if not isinstance(cidr, Symbol) or cidr.attribute != "CidrBlock":
            return cidr
        owner = self._graph.resource(cidr.template, cidr.logical_id)
        return cidr if owner is None or owner.type not in (VPC, SUBNET) else owner.get("CidrBlock")

    def _leads(self, cidr: Any, elsewhere: Elsewhere) -> Ternary:  # noqa: ANN401 - any resolved value
        """Whether a rule's block has addresses that are elsewhere."""
        if isinstance(cidr, Symbol) and cidr == elsewhere.own:
            return Ternary.NO
        network = parse(self._literal(cidr))
        if network is None:
            return Ternary.UNKNOWN
        return Ternary.YES if any(network.overlaps(each) for each in elsewhere.networks) else Ternary.NO

    @staticmethod
    def _covers_public(cidr: Any, network: IPv4Network | None) -> Ternary:  # noqa: ANN401 - any resolved value
        if network is None:
            return Ternary.NO if isinstance(cidr, Symbol) and cidr.attribute == "CidrBlock" else Ternary.UNKNOWN
        return Ternary.NO if any(network.subnet_of(block) for block in _NOT_PUBLIC) else Ternary.UNKNOWN


def parse(cidr: Any) -> Network | None:  # noqa: ANN401 - any resolved value
    """Return a block, IPv4 or IPv6; None for what is no literal one."""
    if not isinstance(cidr, str):
        return None
    try:
        return ip_network(cidr.strip(), strict=False)
    except ValueError:
        return None


def without(network: Network, others: Iterable[IPv4Network]) -> tuple[Network, ...]:
    """Return a block without others."""
    if isinstance(network, IPv6Network):
        return (network,)
    left = [network]
    for other in others:
        left = [
            piece
            for each in left
            if not each.subnet_of(other)
            for piece in (each.address_exclude(other) if other.subnet_of(each) else (each,))
        ]
    return tuple(left)


def is_default(cidr: Any) -> bool:  # noqa: ANN401 - any resolved value
    """Whether a block is every IPv4 address."""
    network = _parse(cidr)
    return network is not None and network.prefixlen == 0


def is_private(cidr: Any) -> bool:  # noqa: ANN401 - any resolved value
    """Whether no public address is in a block."""
    network = _parse(cidr)
    return network is not None and any(network.subnet_of(block) for block in _NOT_PUBLIC)


def _covers(cidr: Any, network: IPv4Network | None, block: Block) -> Ternary:  # noqa: ANN401 - any resolved value
    if isinstance(cidr, Symbol) and cidr in block.names:
        return Ternary.YES
    if network is None or not block.networks:
        return Ternary.UNKNOWN
    if all(each.subnet_of(network) for each in block.networks):
        return Ternary.YES
    return Ternary.UNKNOWN if any(each.overlaps(network) for each in block.networks) else Ternary.NO


def _parse(cidr: Any) -> IPv4Network | None:  # noqa: ANN401 - any resolved value
    network = parse(cidr)
    return network if isinstance(network, IPv4Network) else None
