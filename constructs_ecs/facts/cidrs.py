"""Blocks of addresses: a VPC's, its subnets', and those that an ingress rule may name.

Sources: VPC user guide, "VPC CIDR blocks" and "Subnet sizing"; EC2 user guide, "Security group rules".
"""

from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Final

from constructs_ecs.errors import Code, InvalidValueError, UnsafeError
from constructs_ecs.facts.limits import is_token, shown

LARGEST_VPC_PREFIX: Final = 16
SMALLEST_VPC_PREFIX: Final = 28
"""Also the smallest subnet's: a VPC of this size is one subnet."""
_PARTS_BITS: Final = 4
"""A block that is large enough is cut in sixteen: room for six Availability Zones twice."""

_SHORTEST_IPV4_PREFIX: Final = 8
"""10.0.0.0/8 is the largest block of private addresses (RFC 1918), and the largest that anybody is given."""
_SHORTEST_IPV6_PREFIX: Final = 16
"""Registries give an organization /19 or less of the addresses of the internet, which are a /3."""
_UNIQUE_LOCAL: Final = IPv6Network("fc00::/7")
"""IPv6's private addresses (RFC 4193)."""


@dataclass(frozen=True, kw_only=True)
class SubnetLayout:
    """Which block each subnet of a VPC has; the first of each kind is for the first Availability Zone.

    Args:
        tasks: blocks of the subnets that tasks and endpoints are in.
        public: blocks of the subnets with a route to an internet gateway.
    """

    tasks: tuple[str, ...]
    public: tuple[str, ...]


def check_vpc_cidr(cidr: str) -> None:
    """Check the IPv4 block of a VPC: /16 to /28, written as its network address.

    Raises:
        InvalidValueError: ECS017.
    """
    _vpc_block(cidr)


def subnet_layout(cidr: str, *, tasks: int, public: int) -> SubnetLayout:
    """Cut a VPC's block into equal subnets: a sixteenth each, but never smaller than a subnet can be.

    Task subnets are taken from the start and public ones from the end. So a network that grows by an Availability Zone,
    or gets public subnets later, moves none of those that it has.

    Args:
        cidr: the VPC's block.
        tasks: how many subnets for tasks.
        public: how many public subnets.

    Raises:
        InvalidValueError: ECS017, the block is none for a VPC, or has no room for so many subnets.
    """
    block = _vpc_block(cidr)
    subnet_prefix = min(block.prefixlen + _PARTS_BITS, SMALLEST_VPC_PREFIX)
    room = 2 ** (subnet_prefix - block.prefixlen)
    if tasks + public > room:
        raise InvalidValueError(
            Code.CIDR,
            f"A VPC of {cidr} holds {room} subnets of /{subnet_prefix}; got {tasks} for tasks and {public} public.",
            "Use a larger block, or fewer Availability Zones.",
        )
    blocks = [str(subnet) for subnet in block.subnets(new_prefix=subnet_prefix)]
    return SubnetLayout(tasks=tuple(blocks[:tasks]), public=tuple(blocks[::-1][:public]))


def check_ingress_cidr(cidr: str) -> None:
    """Check the peer of an ingress rule: a block of addresses, IPv4 or IPv6, but not all of them. A token passes.

    Nor a piece of all of them: it is at most a /8 of IPv4, and a /16 of IPv6 or private. Nobody has more of either.

    Raises:
        InvalidValueError: ECS017, it is no CIDR block, or not written as its network address.
        UnsafeError: ECS081, it is every address, or too many, however it is written.
    """
    if is_token(cidr):
        return
    block = _parse(cidr)
    if is_every_address(cidr):
        raise UnsafeError(
            Code.OPEN_INGRESS,
            f"Ingress from every address is for a public load balancer's ports 80 and 443 alone; got {cidr}.",
            "Name the addresses that have to come in.",
        )
    if is_far_too_wide(cidr):
        raise UnsafeError(
            Code.OPEN_INGRESS,
            f"Ingress is from at most a /{_SHORTEST_IPV4_PREFIX} of IPv4 or a /{_SHORTEST_IPV6_PREFIX} of IPv6, not "
            f"from every address in pieces; got {cidr}.",
            "Name the addresses that have to come in.",
        )
    if block is None or not _is_plain(block, cidr):
        raise InvalidValueError(
            Code.CIDR,
            f"An ingress rule's peer is a network address with a prefix length, such as 10.1.0.0/16; got {cidr!r}.",
            "Write the block that way.",
        )


def check_endpoint_cidr(cidr: str) -> None:
    """Check where an endpoint is: a block of addresses, IPv4 or IPv6, but not all of them. A token passes.

    Raises:
        InvalidValueError: ECS017, it is no CIDR block, not written as its network address, or every address.
    """
    if isinstance(cidr, str) and is_token(cidr):
        return
    block = _parse(cidr)
    if block is None or block.prefixlen == 0 or not _is_plain(block, cidr):
        raise InvalidValueError(
            Code.CIDR,
            "Where an endpoint is, is a network address with a prefix length, such as 10.1.0.0/24, and not every "
            f"address; got {shown(cidr)}.",
            "Name the subnets that the endpoint is in.",
        )


def is_every_address(cidr: object) -> bool:
    """Whether a block is all of IPv4 or of IPv6, however it is written."""
    block = _parse(cidr)
    return block is not None and block.prefixlen == 0


def is_far_too_wide(cidr: object) -> bool:
    """Whether a block has more addresses than anybody has, so that it means the internet."""
    block = _parse(cidr)
    if isinstance(block, IPv6Network):
        return block.prefixlen < _SHORTEST_IPV6_PREFIX and not block.subnet_of(_UNIQUE_LOCAL)
    return block is not None and block.prefixlen < _SHORTEST_IPV4_PREFIX


def prefix_length(cidr: object) -> int | None:
    """Return the length of a block's prefix; none of what is no block, or a token."""
    block = _parse(cidr)
    return None if block is None else block.prefixlen


def _vpc_block(cidr: str) -> IPv4Network:
    block = _parse(cidr)
    if not isinstance(block, IPv4Network) or not _is_plain(block, cidr):
        raise InvalidValueError(
            Code.CIDR,
            f"A VPC's block is an IPv4 network address with a prefix length, such as 10.0.0.0/16; got {cidr!r}.",
            "Write the block that way; a CDK token cannot be cut into subnets.",
        )
    if not LARGEST_VPC_PREFIX <= block.prefixlen <= SMALLEST_VPC_PREFIX:
        raise InvalidValueError(
            Code.CIDR,
            f"A VPC's block is between /{LARGEST_VPC_PREFIX} and /{SMALLEST_VPC_PREFIX}; got {cidr}.",
            "Use a block of that size.",
        )
    return block


def _parse(cidr: object) -> IPv4Network | IPv6Network | None:
    if not isinstance(cidr, str):  # a number would be an address
        return None
    try:
        return ip_network(cidr, strict=False)
    except ValueError:
        return None


def _is_plain(block: IPv4Network | IPv6Network, cidr: str) -> bool:
    """Whether a block is written as AWS takes it: no host bits, no netmask; IPv6 may be shortened in any way."""
    address, _, prefix = cidr.partition("/")
    same_address = ip_network(address).network_address == block.network_address
    return same_address and prefix == str(block.prefixlen) and "%" not in cidr
