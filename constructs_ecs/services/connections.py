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
from constructs_ecs.services.stack_order import StackOrder

Used = Callable[[], Iterable[IConstruct | str]]
"""What a service refers to: constructs, and texts that may have references in them."""


@dataclass(frozen=True, kw_only=True)
class Connection:
    """A connection between a service and a peer, as the service was asked for it.

    Args:
        own: the service's group.
        peer: a group, or anything with connections in the CDK's sense.
        peer_is_service: whether the peer is a service of this package.
        inward: whether the peer connects to the service, or the service to the peer.
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
        own, elsewhere = cdk.Stack.of(self.own), self._peer_stack()
        if elsewhere is None or elsewhere.node.path == own.node.path:
            self.make(in_own_stack=True)
            return
        _check_same_stage(own, elsewhere)
        rules_between_stacks(self.own).add(_Waiting(connection=self, own=_nesting(own), peer=_nesting(elsewhere)))

    def make(self, *, in_own_stack: bool) -> None:
        """Make both rules in the stack of the service, or in that of the peer."""
        asked, other = (self.own, self.peer) if in_own_stack else (self.peer, self.own)
        admits = self.inward is in_own_stack
        allow = asked.connections.allow_from if admits else asked.connections.allow_to
        allow(other, self.port, self.description)

    def _peer_stack(self) -> cdk.Stack | None:
        """The stack whose groups the peer carries. None for addresses, and for groups that are no stack's resources."""
        groups = self.peer.connections.security_groups
        stacks = [cdk.Stack.of(group) for group in groups if isinstance(group, ec2.SecurityGroup)]
        return stacks[0] if len({stack.node.path for stack in stacks}) == 1 else None


@dataclass(frozen=True, kw_only=True)
class _Waiting:
    connection: Connection
    own: tuple[cdk.Stack, ...]
    peer: tuple[cdk.Stack, ...]


@jsii.implements(cdk.IAspect)
class RulesBetweenStacks:
    """The connections between the stacks of one app or Stage; their rules are made when it is synthesized.

    A connection is held by the stack that depends on the other already: explicitly, or because a service in it refers
    to the other. Where neither does, between two services it is held by the stack whose first service was made later,
    since what is made later refers to what was there; and between a service and another peer by the service's stack.
    """

    def __init__(self) -> None:
        self._services: list[tuple[tuple[cdk.Stack, ...], Used]] = []
        self._waiting: list[_Waiting] = []
        self._held: list[tuple[str, str]] = []
        self._is_late = False

    def join(self, service: IConstruct, used: Used) -> None:
        """Count a service in; asked what it uses only if there is a choice to make."""
        self._services.append((_nesting(cdk.Stack.of(service)), used))

    def add(self, waiting: _Waiting) -> None:
        """Note a connection. Once the app is being synthesized, its rules are made at once."""
        if not self._waiting and not self._is_late:
            # On a leaf of the tree, since an aspect is called for all that is below.
            leaf = waiting.connection.own.node.default_child
            assert leaf is not None  # noqa: S101 - tells mypy that a group has its resource
            cdk.Aspects.of(leaf).add(self, priority=cdk.AspectPriority.MUTATING)
        self._waiting.append(waiting)
        if self._is_late:
            self._make_rules()

    def visit(self, node: IConstruct) -> None:  # noqa: ARG002 - the CDK's signature
        """Make the rules; called by the CDK before references between stacks are resolved."""
        self._is_late = True
        if self._waiting:
            self._make_rules()

    def _make_rules(self) -> None:
        order, ranks = self._known_order(), self._ranks()
        # Not in the order of the calls, so that no rule moves to another stack when lines of an app change places.
        for waiting in sorted(self._waiting, key=lambda each: _place_in_line(each, ranks)):
            waiting.connection.make(in_own_stack=self._is_held_by_own(waiting, order, ranks))
        self._waiting.clear()

    def _is_held_by_own(self, waiting: _Waiting, order: StackOrder, ranks: dict[str, int]) -> bool:
        between_services = waiting.connection.peer_is_service
        siblings = _siblings(waiting.own, waiting.peer)
        if siblings is None:
            # One is nested in the other. The outer one waits for the inner one, whose outputs it can name.
            return not between_services or len(waiting.own) < len(waiting.peer)
        own, peer = siblings
        own_first = not between_services or ranks[own] > ranks[peer]
        holder = order.choose(own, peer) if own_first else order.choose(peer, own)
        self._held.append((holder, peer if holder == own else own))
        return holder == own

    def _ranks(self) -> dict[str, int]:
        """For each stack with services in it, when the first of them was made."""
        ranks: dict[str, int] = {}
        for rank, (nesting, _) in enumerate(self._services):
            for stack in nesting:
                ranks.setdefault(stack.node.path, rank)
        return ranks

    def _known_order(self) -> StackOrder:
        order = StackOrder()
        for holder, held in self._held:
            order.add(holder, held)
        stacks = [stack for each in self._waiting for stack in each.peer]
        for nesting, used in self._services:
            stacks.extend(nesting)
            for stack in _stacks_of(used()):
                other = _nesting(stack)
                stacks.extend(other)
                siblings = _siblings(nesting, other)
                if siblings is not None:
                    order.add(*siblings)
        _add_explicit(order, stacks)
        return order


_BOOKS: Final[WeakKeyDictionary[IConstruct, RulesBetweenStacks]] = WeakKeyDictionary()


def rules_between_stacks(scope: IConstruct) -> RulesBetweenStacks:
    """Find the connections between the stacks of the app or Stage that a construct is in."""
    return _BOOKS.setdefault(_stage(scope), RulesBetweenStacks())


def _stage(scope: IConstruct) -> IConstruct:
    stage = cdk.Stage.of(scope)
    return scope.node.root if stage is None else stage


def _check_same_stage(own: cdk.Stack, other: cdk.Stack) -> None:
    stages = _stage(own), _stage(other)
    if stages[0] is not stages[1]:
        raise ConflictError(
            Code.STAGES,
            f"A service and its peer are in one Stage, since stacks of two cannot refer to each other; got stack "
            f"{own.node.path} and stack {other.node.path}.",
            "Make both in one Stage, or allow a group that is imported by its id "
            "(ec2.SecurityGroup.from_security_group_id) or a CIDR block.",
        )


def _nesting(stack: cdk.Stack) -> tuple[cdk.Stack, ...]:
    """A stack with those that it is nested in, from the outermost."""
    nesting = [stack]
    while (parent := nesting[0].nested_stack_parent) is not None:
        nesting.insert(0, parent)
    return tuple(nesting)


def _siblings(first: tuple[cdk.Stack, ...], second: tuple[cdk.Stack, ...]) -> tuple[str, str] | None:
    """The two stacks, side by side, that are deployed one after the other; None where one is in the other."""
    for one, other in zip(first, second, strict=False):
        if one.node.path != other.node.path:
            return one.node.path, other.node.path
    return None


def _place_in_line(waiting: _Waiting, ranks: dict[str, int]) -> tuple[bool, int, int, str]:
    """First what is preferred to be in one stack for a better reason than the order of creation."""
    own, peer = waiting.own[-1].node.path, waiting.peer[-1].node.path
    if not waiting.connection.peer_is_service:
        return False, ranks[own], 0, peer
    return True, max(ranks[own], ranks[peer]), min(ranks[own], ranks[peer]), ""


def _stacks_of(used: Iterable[IConstruct | str]) -> Iterator[cdk.Stack]:
    for each in used:
        if not isinstance(each, str):
            yield cdk.Stack.of(each)
        elif contains_token(each):
            # Not resolved: that would fix the values of what is still to be added to.
            for token in cdk.Tokenization.reverse_string(each).tokens:
                if isinstance(token, cdk.Reference):
                    yield cdk.Stack.of(token.target)


def _add_explicit(order: StackOrder, stacks: list[cdk.Stack]) -> None:
    """Add what was said with `add_dependency`, from these stacks on."""
    seen: set[str] = set()
    while stacks:
        stack = stacks.pop()
        if stack.node.path not in seen:
            seen.add(stack.node.path)
            for other in _explicit(stack):
                order.add(stack.node.path, other.node.path)
                stacks.append(other)


def _explicit(stack: cdk.Stack) -> Iterator[cdk.Stack]:
    yield from stack.dependencies
    if stack.nested_stack_resource is not None:
        for other in stack.nested_stack_resource.obtain_dependencies():
            # The resource of a nested stack is in a construct beside it, which is called after it.
            beside = other.node.scope
            if isinstance(other, cdk.CfnStack) and beside is not None and beside.node.scope is not None:
                nested = beside.node.scope.node.try_find_child(beside.node.id.removesuffix(".NestedStack"))
                if isinstance(nested, cdk.Stack):
                    yield nested
