"""Security groups that start closed, and the one way to open them to addresses."""

from collections.abc import Iterable
from functools import cache
from typing import Final

from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from constructs_ecs.errors import Code, InvalidValueError
from constructs_ecs.facts.cidrs import check_ingress_cidr, is_far_too_wide
from constructs_ecs.facts.endpoints import HTTPS_PORT
from constructs_ecs.facts.limits import check_port, is_token, shown
from constructs_ecs.known import once

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
    group.add_egress_rule(*_nobody(), "to nobody: keeps the group closed")
    return group


@cache
def _nobody() -> tuple[ec2.IPeer, ec2.Port]:
    return ec2.Peer.ipv4(_NOBODY), ec2.Port.icmp_type_and_code(252, 85)


@cache
def _anybody() -> ec2.IPeer:
    return ec2.Peer.any_ipv4()


@cache
def tcp(port: int) -> ec2.Port:
    """Return a TCP port as the CDK takes it."""
    return ec2.Port.tcp(port)


@once
def security_group_id(group: ec2.ISecurityGroup) -> str:
    """Return the id of a group."""
    return group.security_group_id


def allow_egress_to_internet(group: ec2.SecurityGroup, *, ports: Iterable[int] = (HTTPS_PORT,)) -> None:
    """Let a group out to any IPv4 address on some TCP ports; said twice, it is there once.

    Args:
        group: the group to open.
        ports: the ports; HTTPS by default.
    """
    for port in sorted(set(ports)):
        group.add_egress_rule(_anybody(), tcp(port), f"to the internet on {port}, which was asked for")


def allow_ingress_from_cidr(group: ec2.SecurityGroup, cidr: str, port: int, description: str) -> None:
    """Let a block of addresses in on one TCP port.

    Args:
        group: the group to open.
        cidr: an IPv4 or IPv6 block, or a token of an IPv4 block.
        port: the TCP port.
        description: who comes in, and why.

    Raises:
        InvalidValueError: ECS017, `cidr` is no block; ECS016, `port` is none.
        UnsafeError: ECS081, `cidr` is every address, or too many.
    """
    check_ingress_cidr(cidr)
    check_port(port)
    is_ipv6 = ":" in cidr and not is_token(cidr)
    peer = ec2.Peer.ipv6(cidr) if is_ipv6 else ec2.Peer.ipv4(cidr)
    group.add_ingress_rule(peer, tcp(port), description)


def is_immutable(group: ec2.ISecurityGroup) -> bool:
    """Whether a group is imported as one that gets no rules (``mutable=False``).

    The CDK does not tell, and drops each rule without a word. So one is added, looked for, and taken back.
    """
    ref = getattr(group, "__jsii_ref__", None)
    if isinstance(group, ec2.SecurityGroup) or ref is None or not ref.ref.startswith("aws-cdk-lib."):
        return False
    before = {child.node.id for child in group.node.children}
    group.add_ingress_rule(*_nobody(), "from nobody")
    added = {child.node.id for child in group.node.children} - before
    for child in added:
        group.node.try_remove_child(child)
    return not added


def check_peer(peer: ec2.IConnectable) -> None:
    """Check that the peer of a rule has connections in the CDK's sense, of which is known whom they mean.

    Raises:
        InvalidValueError: ECS030.
    """
    # The class first: of an instance, the attribute would be read in Node. What is imported has it in no class.
    if not (hasattr(type(peer), "connections") or hasattr(peer, "connections")):
        raise InvalidValueError(
            Code.SETTING,
            f"A peer is a service, or has connections in the CDK's sense; got {shown(peer)}.",
            "Give a service, a security group, or ec2.Peer.ipv4(...) for addresses.",
        )
    if isinstance(peer, ec2.Connections) and not peer.security_groups:
        raise InvalidValueError(
            Code.SETTING,
            "A peer is a service, or has a security group or addresses that are known; got ec2.Connections without a "
            "security group, which do not tell whom they mean.",
            "Give what they were made of, such as ec2.Peer.ipv4(...).",
        )


def internet_block(peer: ec2.IConnectable) -> str | None:
    """Return the block of a peer of the CDK that is every address, as `ec2.Peer.any_ipv4()` is, or a large part of all.

    None for any other peer.
    """
    name = getattr(peer, "unique_id", None)  # for peers that are addresses: their block
    return name if isinstance(name, str) and is_far_too_wide(name) else None
