"""What a role may do: every action of AWS, on every resource that it might be asked to act on.

Most actions are ruled out for all resources and requests at once: were each statement that allows something to allow it
on all resources and under no condition, the action would be denied still. The few that are left are asked for one by
one, on all targets and in all contexts that a statement tells apart.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property
from itertools import chain
from typing import Any

from constructs_ecs.preflight.findings import Where
from constructs_ecs.preflight.iam.combining import combined
from constructs_ecs.preflight.iam.conditions import ContextValue
from constructs_ecs.preflight.iam.documents import Statement, statements
from constructs_ecs.preflight.iam.evaluator import Request, evaluate
from constructs_ecs.preflight.iam.principals import Naming, Principal, named
from constructs_ecs.preflight.values import Ternary, Unknown
from tests.emulator.deployed import Stack
from tests.emulator.roles_actions import all_actions
from tests.emulator.roles_contexts import Keys, contexts, in_words
from tests.emulator.roles_policies import Role
from tests.emulator.roles_resources import ANYTHING, Target, like_own_targets, own_targets, types_of
from tests.emulator.server import ACCOUNT, REGION

_Policy = tuple[Statement, ...]
_NOWHERE = Where("", "")


@dataclass(frozen=True, order=True)
class Right:
    """What a role may do, or may never do.

    Args:
        action: the action.
        on: a target's label.
        condition: what the request has to be like, in words; empty if that does not matter.
        never: whether a statement denies it, whatever else allows it.
    """

    action: str
    on: str
    condition: str = ""
    never: bool = False


@dataclass(frozen=True)
class World:
    """All that a role of the stacks might be asked to act on, and the policies that have a say there, by ARN."""

    own: Sequence[Target]
    like_own: Sequence[Target]
    policies: Mapping[str, _Policy]

    @classmethod
    def of(cls, stacks: Iterable[Stack], policies: Mapping[str, Any]) -> "World":
        """The world of deployed stacks."""
        stacks = list(stacks)
        read = {arn: statements(document, _NOWHERE) for arn, document in policies.items()}
        return cls(own_targets(stacks), like_own_targets(stacks), read)

    @cached_property
    def distinct(self) -> list[_Policy]:
        """Each policy once, whatever it is the policy of."""
        return list({repr(each): each for each in self.policies.values()}.values())

    @cached_property
    def names(self) -> dict[str, str]:
        """What stands for an ARN in words."""
        return {each.arn: each.label for each in (*self.like_own, *self.own)}

    def target(self, arn: str) -> Target:
        """The target of an ARN, which may be of no stack."""
        return Target(arn, self.names.get(arn, arn))

    def targets(self, action: str) -> list[Target]:
        """What to try an action on."""
        return [ANYTHING, *self.own, *self.like_own, *types_of(action.partition(":")[0])]


@dataclass(frozen=True)
class Judge:
    """Answers for one role."""

    role: Role
    world: World

    @cached_property
    def _own(self) -> _Policy:
        return self.role.statements

    @cached_property
    def _principal(self) -> Principal:
        return Principal(account=ACCOUNT, arn=self.role.arn)

    @cached_property
    def _given(self) -> dict[str, ContextValue]:
        """What AWS tells of each call with the role's credentials."""
        return {
            "aws:PrincipalAccount": ACCOUNT,
            "aws:PrincipalArn": self.role.arn,
            "aws:PrincipalIsAWSService": "false",
            "aws:PrincipalType": "AssumedRole",
            "aws:RequestedRegion": REGION,
            "aws:ResourceAccount": ACCOUNT,
            "aws:SecureTransport": "true",
            "aws:ViaAWSService": "false",
            "kms:CallerAccount": ACCOUNT,
        }

    def request(self, action: str, target: Target, keys: Mapping[str, ContextValue]) -> Request:
        """A call with the role's credentials, and everything that AWS would tell of it."""
        _, _, _, region, account, *_ = (*target.arn.split(":"), "", "", "", "", "")
        more: dict[str, ContextValue] = {
            "aws:RequestedRegion": region or REGION,
            "aws:ResourceAccount": account or ACCOUNT,
            "aws:ViaAWSService": "false" if keys.get("kms:ViaService") is None else "true",
        }
        context = {**self._given, **more, **keys}
        return Request(action=action, resource=target.arn, principal=self._principal, context=context, complete=True)

    def allows(self, action: str, target: Target, keys: Mapping[str, ContextValue]) -> bool:
        """Whether the call would be let through. Someone else's resource is taken to let everyone in."""
        request = self.request(action, target, keys)
        own = evaluate(self._own, request)
        policy = self.world.policies.get(target.arn)
        if policy is None or action.partition(":")[0] != target.arn.split(":")[2]:
            return _plain(own.answer)
        its = evaluate(policy, request)
        allowed = combined(
            identity=own.allowed,
            resource=its.allowed,
            direct=evaluate(policy, request, Naming.DIRECT).allowed,
            same_account=Ternary.YES,
            required=":kms:" in target.arn,
        )
        return _plain(allowed & ~own.denied & ~its.denied)

    def denies(self, action: str, target: Target, keys: Mapping[str, ContextValue]) -> bool:
        """Whether a statement of the role's own denies the call."""
        return _plain(evaluate(self._own, self.request(action, target, keys)).denied)

    @cached_property
    def rights(self) -> list[Right]:
        """Everything that the role may do, and what it may never do whatever else allows it."""
        allowed = [right for each in self.candidates() for right in self._rights(each, never=False)]
        denied = [right for each in self.candidates(never=True) for right in self._rights(each, never=True)]
        return sorted({*allowed, *denied})

    def candidates(self, *, never: bool = False) -> tuple[str, ...]:
        """The actions that are not ruled out for all resources and requests at once."""
        policies = [self._own] if never else [self._own, *self.world.distinct]
        effect = "Deny" if never else "Allow"
        about = [each for each in chain(*policies) if each.effect == effect and self._is_named(each, Naming.DIRECT)]
        return _covered(tuple(_widened(about)))

    def contexts(self, action: str) -> list[Keys]:
        """Every combination of what the statements on an action tell apart."""
        about = [each for each in chain(self._own, *self.world.distinct) if self._is_named(each, Naming.ANY)]
        return contexts([each for each in about if _covers(_widened([each]), action)], self._given)

    def near(self, action: str, *, never: bool = False) -> list[Target]:
        """The targets on which a statement may bear at all, its conditions aside."""
        bare = [replace(each, conditions=()) for each in self._own if each.effect == ("Deny" if never else "Allow")]

        def bears(target: Target) -> bool:
            decision = evaluate(bare, self.request(action, target, {}))
            return _plain(decision.allowed | decision.denied) or target.arn in self.world.policies

        return [each for each in self.world.targets(action) if bears(each)]

    def _rights(self, action: str, *, never: bool) -> Iterator[Right]:
        ask, tried = self.denies if never else self.allows, self.contexts(action)
        found: dict[Target, list[str]] = {}
        for target in self.near(action, never=never):
            fitting = [keys for keys in tried if ask(action, target, keys)]
            if fitting:
                found[target] = in_words(tried, fitting, self.world.names)
        if len(found) == len(self.world.targets(action)) and len(set(map(tuple, found.values()))) == 1:
            found = {ANYTHING: found[ANYTHING]}
        for target, conditions in found.items():
            yield from (Right(action, target.label, condition, never) for condition in conditions)

    def _is_named(self, statement: Statement, naming: Naming) -> bool:
        """Whether a statement is about the role at all."""
        return _plain(named(statement, self._principal, naming))


def _plain(answer: Ternary) -> bool:
    assert answer is not Ternary.UNKNOWN, "a deployed policy leaves nothing open"
    return answer is Ternary.YES


def _widened(policy: Iterable[Statement]) -> list[Statement]:
    """Statements of one effect on all resources, under no condition; those that list actions in one."""
    bare = Statement(where=_NOWHERE, effect="Allow")
    listed = [each for each in policy if not each.not_actions]
    actions = {action for each in listed for action in _known(each)}
    others = [replace(bare, actions=_known(each), not_actions=True) for each in policy if each.not_actions]
    return [replace(bare, actions=tuple(sorted(actions))), *others]


def _known(statement: Statement) -> tuple[str, ...]:
    assert not isinstance(statement.actions, Unknown)
    return tuple(map(str, statement.actions))


@cache  # roles differ in what they may act on, more than in how
def _covered(widened: tuple[Statement, ...]) -> tuple[str, ...]:
    services = _services(widened)
    return tuple(
        each
        for each in all_actions()
        if (services is None or each.partition(":")[0] in services) and _covers(widened, each)
    )


def _services(widened: tuple[Statement, ...]) -> set[str] | None:
    """The services whose actions statements can be about at all; None for any."""
    found = {action.partition(":")[0].lower() for each in widened for action in _known(each)}
    is_open = any(each.not_actions for each in widened) or any("*" in each or "?" in each for each in found)
    return None if is_open else found


def _covers(widened: Sequence[Statement], action: str) -> bool:
    return _plain(evaluate(widened, Request(action=action, resource="*", complete=True)).allowed)
