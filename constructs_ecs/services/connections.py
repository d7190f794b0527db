"""Rules between the security groups of two stacks: where they stand, so that no two stacks depend on each other.

A rule names the group that it belongs to and the group of its peer, so the stack that holds it depends on the other.
The CDK puts both rules of a connection into the stack of whoever is asked to allow it. Asked by turns, two stacks wait
for each other, which no deployment resolves. Here all connections between two stacks are held by the same one. Which
one is decided when the app is synthesized, because only then it is known what else makes one stack depend on another.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final
from weakref import WeakKeyDictionary

import aws_cdk as cdk
import jsii
from aws_cdk import aws_ec2 as ec2
from constructs import IConstruct

from constructs_ecs.errors import Code, ConflictError
from constructs_ecs.facts.limits import contains_token
from constructs_ecs.known import place_of
from constructs_ecs.services.references import Dependency, Place, StackReferences, beside
from constructs_ecs.services.stack_order import StackOrder

Names = Callable[[], Iterable[str]]
"""Texts that a resource has by overrides, which the CDK shows to nobody before it writes them."""

_LAST: Final = 1_000_000
"""A priority behind all that aspects have."""


@dataclass(frozen=True, kw_only=True)
class Connection:
    """A connection between a service, or a load balancer, and a peer, as the first was asked for it.

    Args:
        own: the group of whoever was asked.
        peer: a group, or anything with connections in the CDK's sense.
        peer_is_service: whether the peer is a service of this package.
        inward: whether the peer connects to whoever was asked, or the other way.
        port: where to.
        description: of both rules.
    """

    own: ec2.SecurityGroup
    peer: ec2.IConnectable
    peer_is_service: bool
    inward: bool
    port: ec2.Port
    description: str

    def allow(self) -> None:
        """Make both rules: at once in one stack, and between two when it is known which holds them.

        Raises:
            ConflictError: ECS051, the peer is in another Stage or app.
        """
        if self.peer is self.own:
            # Asked through the same connections, the CDK would make one rule of the two.
            self.own.connections.allow_internally(self.port, self.description)
            return
        peer = self._peer_group()
        if peer is None or place_of(peer) is place_of(self.own):
            self.make(in_own_stack=True)
            return
        check_same_stage(self.own, peer)
        rules_between_stacks(self.own).add(self, peer)

    def make(self, *, in_own_stack: bool) -> None:
        """Make both rules in the stack of whoever was asked, or in that of the peer."""
        asked, other = (self.own, self.peer) if in_own_stack else (self.peer, self.own)
        admits = self.inward is in_own_stack
        allow = asked.connections.allow_from if admits else asked.connections.allow_to
        allow(other, self.port, self.description)

    def _peer_group(self) -> ec2.SecurityGroup | None:
        """A group of the stack whose groups the peer carries.

        None for addresses, for groups that are no stack's resources, and for those of several stacks.
        """
        groups = [group for group in self.peer.connections.security_groups if isinstance(group, ec2.SecurityGroup)]
        stacks = {place_of(group).stack for group in groups}
        return groups[0] if len(stacks) == 1 else None


@dataclass(frozen=True, kw_only=True)
class _Waiting:
    connection: Connection
    own: Place
    peer: Place


@jsii.implements(cdk.IAspect)
class RulesBetweenStacks:
    """The connections between the stacks of one app or Stage; their rules are made when it is synthesized.

    A connection is held by the stack that depends on the other already, whatever makes it depend. Where neither does,
    between two services it is held by the stack whose first service was made later, since what is made later refers to
    what was there; and between a service and another peer by the service's stack.

    Args:
        stage: the app or the Stage.
    """

    def __init__(self, stage: IConstruct) -> None:
        self._stage = stage
        self._services: list[tuple[IConstruct, Names]] = []
        self._waiting: list[tuple[Connection, ec2.SecurityGroup]] = []
        self._held: list[tuple[str, str]] = []
        self._is_late = False

    def join(self, service: IConstruct, names: Names = tuple) -> None:
        """Count a service or a load balancer in, with what it names in overrides."""
        self._services.append((service, names))

    def add(self, connection: Connection, peer: ec2.SecurityGroup) -> None:
        """Note a connection, with a group of its peer. At the end of a synthesis, its rules are made at once."""
        if not self._waiting and not self._is_late:
            # On a leaf of the tree, since an aspect is called for all that is below.
            cdk.Aspects.of(_resource(connection.own)).add(self, priority=cdk.AspectPriority.MUTATING)
        self._waiting.append((connection, peer))
        if self._is_late:
            self._make_rules()

    def visit(self, node: IConstruct) -> None:
        """Make the rules; called by the CDK before references between stacks are resolved.

        At the end of the tree, when every other aspect was everywhere: to read a reference is to resolve what it is
        in, and the CDK keeps some of that as it was the first time.
        """
        last = _last_leaf(self._stage)
        if last.node.path != node.node.path:
            cdk.Aspects.of(last).add(self, priority=_LAST)
            return
        self._is_late = True
        if self._waiting:
            self._make_rules()

    def _make_rules(self) -> None:
        references, ranks = StackReferences(), self._ranks()
        waiting = [_place(*each, references) for each in self._waiting]
        self._waiting.clear()
        order = self._known_order(waiting, references)
        # Not in the order of the calls, so that no rule moves to another stack when lines of an app change places.
        for each in sorted(waiting, key=lambda each: _place_in_line(each, ranks)):
            each.connection.make(in_own_stack=self._is_held_by_own(each, order, ranks))

    def _is_held_by_own(self, waiting: _Waiting, order: StackOrder, ranks: dict[str, int]) -> bool:
        between_services = waiting.connection.peer_is_service
        own, peer = beside(waiting.own, waiting.peer)
        if waiting.peer.is_in(waiting.own):
            return True  # The outer one can name whatever the inner one has, and nothing waits for its rules.
        if between_services and waiting.own.is_in(waiting.peer):
            return False
        own_first = not between_services or ranks[own] > ranks[peer]
        holder = order.choose(own, peer) if own_first else order.choose(peer, own)
        self._held.append((holder, peer if holder == own else own))
        return holder == own

    def _ranks(self) -> dict[str, int]:
        """For each stack with services in it, when the first of them was made."""
        ranks: dict[str, int] = {}
        for rank, (service, _) in enumerate(self._services):
            stack: cdk.Stack | None = place_of(service).stack
            while stack is not None:
                ranks.setdefault(stack.node.path, rank)
                stack = stack.nested_stack_parent
        return ranks

    def _known_order(self, waiting: Iterable[_Waiting], references: StackReferences) -> StackOrder:
        """What is known before any stack is read."""
        order = StackOrder(references.dependencies)
        for dependency in (*self._held, *self._named(references), *_explicit(waiting)):
            order.add(*dependency)
        return order

    def _named(self, references: StackReferences) -> Iterator[Dependency]:
        for service, names in self._services:
            for target in _targets(names()):
                yield beside(references.place(service), references.place(target))


_BOOKS: Final[WeakKeyDictionary[IConstruct, RulesBetweenStacks]] = WeakKeyDictionary()


def rules_between_stacks(scope: IConstruct) -> RulesBetweenStacks:
    """Find the connections between the stacks of the app or Stage that a construct is in."""
    stage = place_of(scope).stage
    return _BOOKS.setdefault(stage, RulesBetweenStacks(stage))


def check_same_stage(own: IConstruct, other: IConstruct) -> None:
    """Check that two constructs may refer to each other.

    Raises:
        ConflictError: ECS051, they are in two Stages or apps.
    """
    own_place, other_place = place_of(own), place_of(other)
    if own_place.stage is not other_place.stage:
        raise ConflictError(
            Code.STAGES,
            f"A service and its peer are in one Stage, since stacks of two cannot refer to each other; got stack "
            f"{own_place.stack.node.path} and stack {other_place.stack.node.path}.",
            "Make both in one Stage, or allow a group that is imported by its id "
            "(ec2.SecurityGroup.from_security_group_id) or a CIDR block.",
        )


def _last_leaf(stage: IConstruct) -> IConstruct:
    """The construct to which aspects come last: Stages in a Stage are synthesized apart."""
    last = stage
    while inner := [child for child in last.node.children if not isinstance(child, cdk.Stage)]:
        last = inner[-1]
    return last


def _place(connection: Connection, peer: ec2.SecurityGroup, references: StackReferences) -> _Waiting:
    own, other = (references.place(_resource(group)) for group in (connection.own, peer))
    return _Waiting(connection=connection, own=own, peer=other)


def _resource(group: ec2.SecurityGroup) -> IConstruct:
    resource = group.node.default_child
    assert resource is not None  # noqa: S101 - tells mypy what every group has
    return resource


def _place_in_line(waiting: _Waiting, ranks: dict[str, int]) -> tuple[bool, int, int, str]:
    """First what is preferred to be in one stack for a better reason than the order of creation."""
    own, peer = waiting.own.steps[-2], waiting.peer.steps[-2]
    if not waiting.connection.peer_is_service:
        return False, ranks[own], 0, peer
    return True, max(ranks[own], ranks[peer]), min(ranks[own], ranks[peer]), ""


def _explicit(waiting: Iterable[_Waiting]) -> Iterator[Dependency]:
    """What was said with `add_dependency` of outermost stacks, from those of the connections on."""
    seen: set[str] = set()
    ahead = [place.stack for each in waiting for place in (each.own, each.peer)]
    while ahead:
        stack = ahead.pop()
        if stack.node.path not in seen:
            seen.add(stack.node.path)
            for other in stack.dependencies:
                yield stack.node.path, other.node.path
                ahead.append(other)


def _targets(names: Iterable[str]) -> Iterator[IConstruct]:
    """What texts refer to."""
    for name in names:
        if contains_token(name):
            for token in cdk.Tokenization.reverse_string(name).tokens:
                if isinstance(token, cdk.Reference):
                    yield token.target
