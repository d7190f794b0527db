"""The evaluation of IAM statements for one request: does any allow it, does any deny it.

Source: IAM user guide, "Policy evaluation logic".
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Final

from constructs_ecs.preflight.findings import Where
from constructs_ecs.preflight.iam.conditions import Condition, Context, ContextValue, holds, takes_variables
from constructs_ecs.preflight.iam.documents import Statement
from constructs_ecs.preflight.iam.matching import matches, matches_name
from constructs_ecs.preflight.iam.principals import Naming, Principal, named
from constructs_ecs.preflight.iam.ternary import any_of, ternary
from constructs_ecs.preflight.iam.variables import substituted
from constructs_ecs.preflight.values import Ternary, Text, Unknown, parts_of, reasons, text


@dataclass(frozen=True, kw_only=True)
class Request:
    """One action on one resource.

    Args:
        action: ``service:Name``.
        resource: the resource's ARN; ``*`` for an action without one. A ``*`` inside it stands for what is not known
            in advance: the log stream, the object.
        principal: who asks; needed for policies that name principals.
        context: the request's context keys; None as a value says that the request lacks the key.
        complete: whether the request lacks every other key; otherwise those are unknown.
    """

    action: str
    resource: Text
    principal: Principal | None = None
    context: Mapping[str, ContextValue] = field(default_factory=dict)
    complete: bool = False


@dataclass(frozen=True, kw_only=True)
class Decision:
    """What a set of statements says to a request.

    Args:
        allowed: whether one of them allows it.
        denied: whether one of them denies it.
        statement: the one that decides: that denies, that allows, or that leaves it open.
        near: those that allow the action, but not this request, and what is in the way.
        reasons: what leaves it open.
    """

    allowed: Ternary
    denied: Ternary
    statement: Statement | None = None
    near: tuple[tuple[Statement, str], ...] = ()
    reasons: tuple[str, ...] = ()

    @property
    def answer(self) -> Ternary:
        """Whether the request passes: allowed and not denied."""
        return self.allowed & ~self.denied

    @property
    def where(self) -> Where | None:
        """Where the deciding statement stands."""
        return None if self.statement is None else self.statement.where


@dataclass(frozen=True, kw_only=True)
class _Match:
    """Whether a statement applies to the request; what of it does not, and why that is open."""

    statement: Statement
    answer: Ternary
    miss: str = ""
    reasons: tuple[str, ...] = ()


def evaluate(statements: Iterable[Statement], request: Request, naming: Naming = Naming.ANY) -> Decision:
    """Evaluate statements for a request.

    Args:
        statements: those of all policies of one kind: of a role, or of a key.
        request: what is asked.
        naming: which mentions of the principal count, where a statement has principals.
    """
    asked = _Asked(request, naming)
    found = [asked.match(statement) for statement in statements]
    allows = [match for match in found if match.statement.effect != "Deny"]
    denies = [match for match in found if match.statement.effect != "Allow"]
    allowed, denied = any_of(match.answer for match in allows), any_of(match.answer for match in denies)
    decision = Decision(
        allowed=allowed, denied=denied, near=tuple((match.statement, match.miss) for match in allows if match.miss)
    )
    if decision.answer is Ternary.NO:
        return replace(decision, statement=_first(denies, Ternary.YES))
    if decision.answer is Ternary.YES:
        return replace(decision, statement=_first(allows, Ternary.YES))
    open_ones = [match for match in found if match.answer is Ternary.UNKNOWN]
    return replace(
        decision,
        statement=_first(denies, Ternary.UNKNOWN) if allowed is Ternary.YES else _first(allows, Ternary.UNKNOWN),
        reasons=tuple(dict.fromkeys(reason for match in open_ones for reason in match.reasons)),
    )


def _first(found: Iterable[_Match], answer: Ternary) -> Statement | None:
    return next((match.statement for match in found if match.answer is answer), None)


class _Asked:
    """A request, put to one statement after the other."""

    def __init__(self, request: Request, naming: Naming) -> None:
        self._action = request.action
        self._resource = _open_inside(request.resource)
        self._principal = request.principal
        self._naming = naming
        self._context = Context(request.context, complete=request.complete)

    def match(self, statement: Statement) -> _Match:
        """Whether a statement applies to the request."""
        if statement.unknown is not None:
            return _Match(statement=statement, answer=Ternary.UNKNOWN, reasons=(statement.unknown,))
        covered = self._covers_action(statement)
        if covered is Ternary.NO:
            return _Match(statement=statement, answer=covered)
        answer: Ternary = covered
        why = [] if covered is Ternary.YES else _why(statement.actions, "which actions it covers")
        for part in self._parts(statement):
            if part.answer is Ternary.NO:
                return replace(part, miss=part.miss if covered is Ternary.YES else "")
            answer &= part.answer
            why += part.reasons
        if statement.maybe is not None:
            answer &= Ternary.UNKNOWN
            why.append(statement.maybe)
        return _Match(statement=statement, answer=answer, reasons=tuple(why))

    def _parts(self, statement: Statement) -> Iterator[_Match]:
        """Yield whether each element but the action's applies."""
        if statement.resources is not None:
            answer = self._covers_resource(statement, statement.resources)
            yield _part(
                statement, answer, statement.resources, ("on {}", "whether {} is {}"), statement, self._resource
            )
        if statement.principals is not None:
            answer = named(statement, self._principal, self._naming)
            yield _part(statement, answer, statement.principals, ("", "whether it names the caller"))
        if isinstance(statement.conditions, Unknown):
            yield _part(statement, Ternary.UNKNOWN, statement.conditions, ("", ""))
            return
        for condition in statement.conditions:
            answer = self._holds(condition, statement)
            yield _part(statement, answer, condition.values, ("if {}", "whether {} holds"), condition)

    def _covers_action(self, statement: Statement) -> Ternary:
        if isinstance(statement.actions, Unknown):
            return Ternary.UNKNOWN
        covered = _covers_action(self._action, statement.actions)
        return ~covered if statement.not_actions else covered

    def _covers_resource(self, statement: Statement, resources: tuple[Text, ...] | Unknown) -> Ternary:
        if isinstance(resources, Unknown):
            return Ternary.UNKNOWN
        patterns = self._substituted(resources, statement)
        covered = any_of(_covers(self._resource, pattern) for pattern in patterns)
        return ~covered if statement.not_resources else covered

    def _holds(self, condition: Condition, statement: Statement) -> Ternary:
        if not isinstance(condition.values, Unknown) and takes_variables(condition):
            condition = replace(condition, values=tuple(self._substituted(condition.values, statement)))
        return holds(condition, self._context)

    def _substituted(self, patterns: Iterable[Text], statement: Statement) -> Iterator[Text]:
        for pattern in patterns:
            found = substituted(pattern, self._context) if statement.variables else pattern
            if found is not None:
                yield found


@lru_cache(maxsize=16384)  # every service asks for the same actions of policies that list the same ones
def _covers_action(action: str, patterns: tuple[Text, ...]) -> Ternary:
    return any_of(
        ternary(matches_name(action, pattern)) if isinstance(pattern, str) else Ternary.UNKNOWN for pattern in patterns
    )


def _covers(resource: Text, pattern: Text) -> Ternary:
    answer = matches(resource, pattern)
    if answer is not Ternary.NO or not isinstance(pattern, str) or pattern.count(":") >= _COLONS_IN_ARN:
        return answer
    # AWS is said to complete an ARN of fewer components with wildcards; whether here as well, the page leaves open.
    return Ternary.UNKNOWN & matches(resource, f"{pattern}:*")


_COLONS_IN_ARN: Final = 5


def _open_inside(resource: Text) -> Text:
    """Make the wildcards inside a requested resource unknown: no call is made on a wildcard."""
    if resource == "*" or not any(isinstance(part, str) and "*" in part for part in parts_of(resource)):
        return resource
    parts: list[Text] = []
    for part in parts_of(resource):
        pieces = part.split("*") if isinstance(part, str) else [part]
        for index, piece in enumerate(pieces):
            parts += [_IN_ADVANCE, piece] if index else [piece]
    return text(*parts)


_IN_ADVANCE: Final = Unknown("a part of the resource's name that is chosen at run time")


def _part(
    statement: Statement, answer: Ternary, element: object, wording: tuple[str, str], *subjects: object
) -> _Match:
    """One element's answer. Most are yes, and need no words: they are spelled out for the others only."""
    if answer is Ternary.YES:
        return _Match(statement=statement, answer=answer)
    words = [_subject(subject) for subject in subjects]
    miss, question = (form.format(*words) for form in wording)
    open_ = _why(element, question) if answer is Ternary.UNKNOWN else []
    return _Match(statement=statement, answer=answer, miss=miss, reasons=tuple(open_))


def _subject(subject: object) -> str:
    if not isinstance(subject, Statement) or subject.resources is None:
        return str(subject)
    return ("any resource but " if subject.not_resources else "") + shown(subject.resources)


def _why(element: object, question: str) -> list[str]:
    return reasons(list(element) if isinstance(element, tuple) else element) or [question]


def shown(values: Sequence[object] | Unknown) -> str:
    """Spell out values, the first few of them."""
    if isinstance(values, Unknown):
        return str(values)
    more = f" and {len(values) - _SHOWN} more" if len(values) > _SHOWN else ""
    return ", ".join(map(str, values[:_SHOWN])) + more


_SHOWN: Final = 4
