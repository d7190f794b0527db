"""What lets a connection through: the security groups at both ends, the network ACLs of both subnets."""

from collections.abc import Iterable
from dataclasses import dataclass

from constructs_ecs.preflight.findings import Fault, Link, LinkKind, Verdict, Where
from constructs_ecs.preflight.templates.graph import Graph
from constructs_ecs.preflight.topology import explanations
from constructs_ecs.preflight.topology.acls import NAT_REPLIES, REPLIES, AclAnswer, Crossing, NetworkAcls
from constructs_ecs.preflight.topology.addresses import Addresses, Blocks, Public
from constructs_ecs.preflight.topology.security_groups import EGRESS, INGRESS, Answer, Party, SecurityGroups
from constructs_ecs.preflight.topology.things import Thing, called, key
from constructs_ecs.preflight.values import Ternary, Unknown

_PUBLIC = Public()


@dataclass(frozen=True)
class Client:
    """The caller in one of its subnets.

    Args:
        subnet: the subnet.
        vpc: its VPC.
        groups: the security groups of the network interface, the VPC's default one in place of none.
    """

    subnet: Thing
    vpc: Thing
    groups: tuple[Thing, ...]


class Filters:
    """Security groups and network ACLs, as links of a proof.

    Args:
        graph: the resources.
        open_outside: whether network ACLs that are not in the templates are taken to let everything through.
    """

    def __init__(self, graph: Graph, *, open_outside: bool) -> None:
        self.blocks = Blocks(graph)
        self.groups = SecurityGroups(graph, self.blocks)
        self.acls = NetworkAcls(graph, self.blocks)
        self._open_outside = open_outside

    def egress(self, client: Client, party: Party, port: int, target: str, fault: Fault) -> Link:
        """Whether the caller's groups let it out to a target."""
        answer = self.groups.allow(EGRESS, client.groups, party, port)
        return _link(answer, fault, f"{_names(client.groups)} lets tcp/{port} out to {target}")

    def may_leave(self, client: Client, party: Party, port: int) -> Ternary:
        """Whether the caller's groups let it out to a target."""
        return self.groups.allow(EGRESS, client.groups, party, port).allowed

    def ingress(self, client: Client, groups: tuple[Thing, ...], port: int, target: str) -> Link:
        """Whether a target's groups let the caller in."""
        party = Party(client.groups, (self.blocks.of_subnet(client.subnet),))
        answer = self.groups.allow(INGRESS, groups, party, port)
        text = f"{_names(groups)} of {target} lets tcp/{port} in from {_names(client.groups)}"
        return _link(answer, Fault.INGRESS_CLOSED, text)

    def acls_between(self, subnet: Thing, others: Iterable[Thing], port: int, target: str) -> Link:
        """Whether the network ACLs let a connection and its replies through to interfaces in other subnets."""
        answers = [self._between(subnet, other, port) for other in others]
        found = {answer.allowed for answer in answers}
        if found <= {Ternary.YES}:
            return _acl_link(AclAnswer(Ternary.YES, _first_where(answers)), port, target)
        if found == {Ternary.NO}:
            return _acl_link(answers[0], port, target)
        doubt = next(answer for answer in answers if answer.allowed is not Ternary.YES)
        why = doubt.why or "some of its addresses are behind a network ACL that lets nothing through"
        return _acl_link(AclAnswer(Ternary.UNKNOWN, doubt.where, why), port, target)

    def acls_to_internet(self, subnet: Thing, port: int, target: str, nat_subnet: Thing | None = None) -> Link:
        """Whether the network ACLs let a connection and its replies through to public addresses."""
        crossings = [
            Crossing(subnet, outbound=True, ports=(port, port), other=_PUBLIC),
            Crossing(subnet, outbound=False, ports=REPLIES, other=_PUBLIC),
        ]
        if nat_subnet is not None and key(nat_subnet) != key(subnet):
            inside = self._block(subnet)
            crossings += [
                Crossing(nat_subnet, outbound=False, ports=(port, port), other=inside),
                Crossing(nat_subnet, outbound=True, ports=(port, port), other=_PUBLIC),
                Crossing(nat_subnet, outbound=False, ports=NAT_REPLIES, other=_PUBLIC),
                Crossing(nat_subnet, outbound=True, ports=REPLIES, other=inside),
            ]
        return _acl_link(self._all(crossings), port, target)

    def _between(self, subnet: Thing, other: Thing, port: int) -> AclAnswer:
        if key(subnet) is not None and key(subnet) == key(other):
            return AclAnswer(Ternary.YES, ())  # nothing filters within a subnet
        here, there = self._block(subnet), self._block(other)
        return self._all(
            [
                Crossing(subnet, outbound=True, ports=(port, port), other=there),
                Crossing(other, outbound=False, ports=(port, port), other=here),
                Crossing(other, outbound=True, ports=REPLIES, other=here),
                Crossing(subnet, outbound=False, ports=REPLIES, other=there),
            ]
        )

    def _all(self, crossings: list[Crossing]) -> AclAnswer:
        answers = [self._one(crossing) for crossing in crossings]
        for wanted in (Ternary.NO, Ternary.UNKNOWN):
            found = next((answer for answer in answers if answer.allowed is wanted), None)
            if found is not None:
                return found
        return AclAnswer(Ternary.YES, _first_where(answers))

    def _one(self, crossing: Crossing) -> AclAnswer:
        if self._open_outside and isinstance(self.acls.of(crossing.subnet), Unknown):
            return AclAnswer(Ternary.YES, ())
        return self.acls.allow(crossing)

    def _block(self, subnet: Thing) -> Addresses:
        return (self.blocks.of_subnet(subnet),)


def doubtful(link: Link) -> Link:
    """Return a broken link that proves nothing: it is not known whether a call has to pass it."""
    return Link(link.kind, Verdict.UNKNOWN, f"{link.text} Whether that matters is not known.", link.where)


def _link(answer: Answer, fault: Fault, text: str) -> Link:
    if answer.allowed is Ternary.YES:
        return Link(LinkKind.SECURITY_GROUP, Verdict.PASS, f"{text}.", answer.where)
    if answer.allowed is Ternary.UNKNOWN:
        unknown = f"Whether {text} is not known: {answer.why}."
        return Link(LinkKind.SECURITY_GROUP, Verdict.UNKNOWN, unknown, answer.where)
    code = explanations.RULES_MISMATCH if answer.has_rules else explanations.NO_RULES
    return Link(LinkKind.SECURITY_GROUP, Verdict.FAIL, f"No rule of {text}.", answer.where, fault, code)


def _acl_link(answer: AclAnswer, port: int, target: str) -> Link:
    text = f"tcp/{port} to {target} and its replies through"
    if answer.allowed is Ternary.YES:
        return Link(LinkKind.NETWORK_ACL, Verdict.PASS, f"Network ACLs let {text}.", answer.where)
    if answer.allowed is Ternary.UNKNOWN:
        unknown = f"Whether network ACLs let {text} is not known: {answer.why}."
        return Link(LinkKind.NETWORK_ACL, Verdict.UNKNOWN, unknown, answer.where)
    return Link(
        LinkKind.NETWORK_ACL,
        Verdict.FAIL,
        f"A network ACL does not let {text}.",
        answer.where,
        Fault.ACL_CLOSED,
        explanations.NETWORK_ACL,
    )


def _names(groups: tuple[Thing, ...]) -> str:
    found = [called(group, "a group that is not known") for group in groups]
    named = [
        f"the default group of {name}" if getattr(group, "type", "") == "AWS::EC2::VPC" else name
        for name, group in zip(found, groups, strict=True)
    ]
    return " or ".join(named) if named else "no security group"


def _first_where(answers: list[AclAnswer]) -> tuple[Where, ...]:
    return next((answer.where for answer in answers if answer.where), ())
