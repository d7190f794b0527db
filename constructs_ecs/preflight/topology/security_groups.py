"""Security groups: what each lets in and out, from rules within the group and beside it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from constructs_ecs.facts.regions import S3_PREFIX_LISTS
from constructs_ecs.preflight.findings import Where
from constructs_ecs.preflight.templates.graph import Graph, Resource
from constructs_ecs.preflight.topology.addresses import Addresses, Blocks, Elsewhere, Public
from constructs_ecs.preflight.topology.things import (
    VPC,
    Key,
    Thing,
    called,
    key,
    listed,
    same_thing,
    security_group,
    thing,
)
from constructs_ecs.preflight.values import Symbol, Ternary, Text, Unknown, integer

_CLOSING: Final = (
    ("Custom::VpcRestrictDefaultSG", "DefaultSecurityGroupId"),
    ("Custom::ClosedDefaultSecurityGroup", "GroupId"),
)
"""Custom resources that take a default group's two rules away: the CDK's and this library's."""


@dataclass(frozen=True)
class Direction:
    """What ingress and egress differ in: the names of the properties."""

    resource: str
    inline: str
    group: str
    prefix_list: str
    word: str


INGRESS: Final = Direction(
    "AWS::EC2::SecurityGroupIngress", "SecurityGroupIngress", "SourceSecurityGroupId", "SourcePrefixListId", "in"
)
EGRESS: Final = Direction(
    "AWS::EC2::SecurityGroupEgress",
    "SecurityGroupEgress",
    "DestinationSecurityGroupId",
    "DestinationPrefixListId",
    "out",
)


@dataclass(frozen=True)
class Party:
    """The other end of a connection.

    Args:
        groups: the security groups that it carries.
        addresses: where it is.
        s3_region: the Region, if it is Amazon S3 by its public addresses.
    """

    groups: tuple[Thing, ...] = ()
    addresses: Addresses = field(default_factory=Public)
    s3_region: Text | None = None


@dataclass(frozen=True)
class Answer:
    """Whether groups let a connection through.

    Args:
        allowed: the answer.
        where: the rule that allows it, else the groups.
        why: why it is unknown.
        has_rules: whether the groups have any rule in the direction.
    """

    allowed: Ternary
    where: tuple[Where, ...]
    why: str = ""
    has_rules: bool = True


@dataclass(frozen=True)
class _Rule:
    properties: Any
    where: Where
    group: Thing | None = None


@dataclass
class _Rules:
    """The rules of one group in one direction."""

    by_peer: dict[Key, list[_Rule]] = field(default_factory=dict)
    others: list[_Rule] = field(default_factory=list)
    everything: Ternary = Ternary.NO
    why_everything: str = ""

    @property
    def any(self) -> bool:
        return bool(self.by_peer or self.others) or self.everything is not Ternary.NO


class SecurityGroups:
    """The security groups of a graph.

    Args:
        graph: the resources.
        blocks: its blocks of addresses.
    """

    def __init__(self, graph: Graph, blocks: Blocks) -> None:
        self._graph, self._blocks = graph, blocks
        self._beside = {INGRESS: self._collect(INGRESS), EGRESS: self._collect(EGRESS)}
        self._strays = {
            direction: [rule for rules in groups.values() for rule in rules if isinstance(rule.group, Unknown)]
            for direction, groups in self._beside.items()
        }
        self._closed = {
            key(security_group(graph, resource.get(name)))
            for type_, name in _CLOSING
            for resource in graph.resources(type_)
        }
        self._cache: dict[tuple[Direction, Key], _Rules] = {}

    def allow(self, direction: Direction, groups: tuple[Thing, ...], party: Party, port: int) -> Answer:
        """Whether any of an interface's groups lets a TCP connection through."""
        answers = [self._allows(direction, group, party, port) for group in groups]
        for wanted in (Ternary.YES, Ternary.UNKNOWN):
            found = next((answer for answer in answers if answer.allowed is wanted), None)
            if found is not None:
                return found
        where = tuple(each for answer in answers for each in answer.where)
        return Answer(Ternary.NO, where, has_rules=any(answer.has_rules for answer in answers))

    def _allows(self, direction: Direction, group: Thing, party: Party, port: int) -> Answer:
        rules = self._rules(direction, group)
        if rules is None:
            why = group.reason if isinstance(group, Unknown) else called(group)
            return Answer(Ternary.UNKNOWN, (), f"the rules of a security group are not known: {why}")
        doubt = rules.why_everything
        if rules.everything is Ternary.YES:
            return Answer(Ternary.YES, _where(group))
        for rule in self._candidates(rules, party):
            allowed = self._admits(direction, rule, party, port)
            if allowed is Ternary.YES:
                return Answer(Ternary.YES, (rule.where,))
            if allowed is Ternary.UNKNOWN:
                doubt = doubt or f"whether {rule.where} covers it is not known"
        if isinstance(group, Unknown):
            doubt = doubt or f"its other rules are not known: {group.reason}"
        doubt = doubt or self._perhaps(direction, group, party, port)
        if doubt:
            return Answer(Ternary.UNKNOWN, _where(group), doubt)
        return Answer(Ternary.NO, _where(group), has_rules=rules.any)

    @staticmethod
    def _candidates(rules: _Rules, party: Party) -> Iterable[_Rule]:
        """The rules that may be about a party, without going through those about other groups."""
        yield from rules.others
        peered = isinstance(party.addresses, Elsewhere) and party.addresses.peered is not None
        if peered or any(isinstance(group, Unknown) for group in party.groups):
            for about in rules.by_peer.values():
                yield from about
            return
        for group in party.groups:
            one = key(group)
            yield from rules.by_peer.get(one, ()) if one is not None else ()

    def _perhaps(self, direction: Direction, group: Thing, party: Party, port: int) -> str:
        """Why a rule of a group that is not in the templates, perhaps of this one, may let a connection through."""
        for rule in self._strays[direction]:
            if _key(rule) != key(group) and self._admits(direction, rule, party, port) is not Ternary.NO:
                return f"whether {rule.where} is a rule of it is not known"
        return ""

    def _rules(self, direction: Direction, group: Thing) -> _Rules | None:
        one = key(group)
        if one is None:
            return None
        if (direction, one) not in self._cache:
            self._cache[direction, one] = self._new_rules(direction, group, one)
        return self._cache[direction, one]

    def _new_rules(self, direction: Direction, group: Thing, one: Key) -> _Rules:
        rules, beside = _Rules(), self._beside[direction].get(one, ())
        for rule in beside:
            self._add(direction, rules, rule)
        if isinstance(group, Unknown):
            return rules
        if group.type == VPC:
            self._add_default_rules(direction, group, rules)
            return rules
        inline = group.get(direction.inline)
        for index, properties in enumerate(listed(inline)):
            path = (direction.inline, index) if isinstance(inline, list) else (direction.inline,)
            where = Where(group.template, group.logical_id, path)
            self._add(direction, rules, _Rule(properties, where))
        if direction is EGRESS:
            rules.everything, rules.why_everything = _born_open(inline, has_rules_beside=bool(beside))
        return rules

    def _add(self, direction: Direction, rules: _Rules, rule: _Rule) -> None:
        value = rule.properties.get(direction.group) if isinstance(rule.properties, Mapping) else None
        peer = None if value is None else security_group(self._graph, value)
        one = None if peer is None or isinstance(peer, Unknown) else key(peer)
        if one is None:
            rules.others.append(rule)
        else:
            rules.by_peer.setdefault(one, []).append(rule)

    def _add_default_rules(self, direction: Direction, vpc: Resource, rules: _Rules) -> None:
        """A VPC's default group lets all out and itself in, unless a custom resource takes that away."""
        if key(vpc) in self._closed:
            return
        if None in self._closed:
            rules.everything, rules.why_everything = Ternary.UNKNOWN, "whether a custom resource closes it is not known"
            return
        if direction is EGRESS:
            rules.everything = Ternary.YES
        else:
            itself = Symbol(vpc.template, vpc.logical_id, "DefaultSecurityGroup")
            self._add(direction, rules, _Rule({"IpProtocol": "-1", direction.group: itself}, vpc.where))

    def _admits(self, direction: Direction, rule: _Rule, party: Party, port: int) -> Ternary:
        return _admits_port(rule.properties, port) & self._admits_peer(direction, rule.properties, party)

    def _admits_peer(self, direction: Direction, rule: Any, party: Party) -> Ternary:  # noqa: ANN401 - resolved
        if not isinstance(rule, Mapping):
            return Ternary.UNKNOWN
        if rule.get(direction.group) is not None:
            return self._admits_group(rule[direction.group], party)
        if rule.get("CidrIp") is not None:
            return self._blocks.cover(rule["CidrIp"], party.addresses)
        if rule.get(direction.prefix_list) is not None:
            return self._admits_by_list(rule[direction.prefix_list], party)
        if rule.get("CidrIpv6") is None:
            return Ternary.UNKNOWN
        elsewhere = isinstance(party.addresses, Elsewhere)
        return self._blocks.cover(rule["CidrIpv6"], party.addresses) if elsewhere else Ternary.NO

    def _admits_group(self, value: Any, party: Party) -> Ternary:  # noqa: ANN401 - any resolved value
        peer = security_group(self._graph, value)
        near = party.addresses.peered if isinstance(party.addresses, Elsewhere) else None
        if near is not None:
            return self._is_in_another(near, peer)
        return _any(same_thing(peer, group) for group in party.groups)

    def _is_in_another(self, vpc: Thing, group: Thing) -> Ternary:
        """Whether a group is in another VPC; which one, such as that of an endpoint, is not known."""
        if isinstance(group, Unknown):
            return Ternary.UNKNOWN
        own = group if group.type == VPC else thing(self._graph, group.get("VpcId"), VPC)
        return Ternary.NO if same_thing(own, vpc) is Ternary.YES else Ternary.UNKNOWN

    def _admits_by_list(self, value: Any, party: Party) -> Ternary:  # noqa: ANN401 - any resolved value
        own = self._graph.target(value, "AWS::EC2::PrefixList")
        if own is not None:
            entries = own.get("Entries")
            if not isinstance(entries, list):
                return Ternary.UNKNOWN
            return _any(
                self._blocks.cover(entry.get("Cidr"), party.addresses)
                if isinstance(entry, Mapping)
                else Ternary.UNKNOWN
                for entry in entries
            )
        if value not in S3_PREFIX_LISTS.values():
            return Ternary.UNKNOWN
        if party.s3_region is None:
            return Ternary.NO
        if isinstance(party.s3_region, Symbol):
            return Ternary.YES  # a template that names the list is meant for its Region: EC2 refuses it elsewhere
        known = S3_PREFIX_LISTS.get(party.s3_region) if isinstance(party.s3_region, str) else None
        return Ternary.YES if value == known else Ternary.UNKNOWN

    def _collect(self, direction: Direction) -> dict[Key | None, list[_Rule]]:
        """Rules beside the groups, by group."""
        found: dict[Key | None, list[_Rule]] = {}
        for resource in self._graph.resources(direction.resource):
            group = security_group(self._graph, resource.get("GroupId"))
            found.setdefault(key(group), []).append(_Rule(resource.properties, resource.where, group))
        return found


def _born_open(inline: Any, *, has_rules_beside: bool) -> tuple[Ternary, str]:  # noqa: ANN401 - any resolved value
    """Whether a group keeps the rule that lets all out, and why that is not known."""
    if isinstance(inline, Unknown):
        return Ternary.UNKNOWN, f"its rules are not known: {inline.reason}"
    if inline is None and not has_rules_beside:
        return Ternary.YES, ""
    if not inline:
        return Ternary.UNKNOWN, "whether it keeps the rule that lets all out is not documented"
    return Ternary.NO, ""


def _admits_port(rule: Any, port: int) -> Ternary:  # noqa: ANN401 - any resolved value
    if not isinstance(rule, Mapping):
        return Ternary.UNKNOWN
    protocol = rule.get("IpProtocol")
    if isinstance(protocol, str | int) and str(protocol).lower() in ("-1", "all"):
        return Ternary.YES
    if not isinstance(protocol, str | int):
        return Ternary.UNKNOWN
    if str(protocol).lower() not in ("tcp", "6"):
        return Ternary.NO
    first, last = integer(rule.get("FromPort")), integer(rule.get("ToPort"))
    if first is None or last is None:
        return Ternary.UNKNOWN
    return Ternary.YES if first == -1 or first <= port <= last else Ternary.NO


def _any(answers: Iterable[Ternary]) -> Ternary:
    result = Ternary.NO
    for answer in answers:
        result = result | answer
    return result


def _key(rule: _Rule) -> Key | None:
    return None if rule.group is None else key(rule.group)


def _where(group: Thing) -> tuple[Where, ...]:
    return () if isinstance(group, Unknown) else (group.where,)
