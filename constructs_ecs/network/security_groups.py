"""Security groups that start closed, and the one way to open them to addresses."""

from collections.abc import Iterable
from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from constructs_ecs.errors import Code, InvalidValueError
from constructs_ecs.facts.cidrs import check_ingress_cidr, is_every_address
from constructs_ecs.facts.endpoints import HTTPS_PORT
from constructs_ecs.facts.limits import check_port, shown

_NOBODY: Final = "255.255.255.255/32"


def closed_security_group(scope: Construct, construct_id: str, *, vpc: ec2.IVpc, description: str) -> ec2.SecurityGroup:
    """Make a security group that lets nothing in and nothing out.

    Args:
        scope: the parent construct.
        construct_id: the id of the group in its scope.
        vpc: the VPC that the group is in.
        description: what carries the group; a changed description replaces the group.
    """
    group = ec2.SecurityGroup(
        scope,
        construct_id,
        vpc=vpc,
        description=description,
        allow_all_outbound=False,
        allow_all_ipv6_outbound=False,
        disable_inline_rules=False,  # said, because a context key changes the default
    )
    # EC2 opens a group that is made without an egress rule of its own, and the CDK takes its own stand-in away as soon
    # as another resource adds a rule, in this stack or a later one. This one differs in its ICMP code, so it stays.
    group.add_egress_rule(
        ec2.Peer.ipv4(_NOBODY), ec2.Port.icmp_type_and_code(252, 85), "to nobody: keeps the group closed"
    )
    return group


def allow_egress_to_internet(group: ec2.SecurityGroup, *, ports: Iterable[int] = (HTTPS_PORT,)) -> None:
    """Let a group out to any IPv4 address on some TCP ports; said twice, it is there once.

    Args:
        group: the group to open.
        ports: the ports; HTTPS by default.
    """
    for port in sorted(set(ports)):
        group.add_egress_rule(
            ec2.Peer.any_ipv4(), ec2.Port.tcp(port), f"to the internet on {port}, which was asked for"
        )


def allow_ingress_from_cidr(group: ec2.SecurityGroup, cidr: str, port: int, description: str) -> None:
    """Let a block of addresses in on one TCP port.

    Args:
        group: the group to open.
        cidr: an IPv4 or IPv6 block, or a token of an IPv4 block.
        port: the TCP port.
        description: who comes in, and why.

    Raises:
        InvalidValueError: ECS017, `cidr` is no block; ECS016, `port` is none.
        UnsafeError: ECS081, `cidr` is every address.
    """
    check_ingress_cidr(cidr)
    check_port(port)
    is_ipv6 = ":" in cidr and not cdk.Token.is_unresolved(cidr)
    peer = ec2.Peer.ipv6(cidr) if is_ipv6 else ec2.Peer.ipv4(cidr)
    group.add_ingress_rule(peer, ec2.Port.tcp(port), description)


def check_peer(peer: ec2.IConnectable) -> None:
    """Check that the peer of a rule has connections in the CDK's sense.

    Raises:
        InvalidValueError: ECS030.
    """
    if not hasattr(peer, "connections"):
        raise InvalidValueError(
            Code.SETTING,
            f"A peer is a service, or has connections in the CDK's sense; got {shown(peer)}.",
            "Give a service, a security group, or ec2.Peer.ipv4(...) for addresses.",
        )


def every_address(peer: ec2.IConnectable) -> str | None:
    """Return the block of a peer of the CDK that is every address, as `ec2.Peer.any_ipv4()` is; none for any other."""
    name = getattr(peer, "unique_id", None)  # for peers that are addresses: their block
    return name if isinstance(name, str) and is_every_address(name) else None
