"""Links in words: what a side of the decision says to an action."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from constructs_ecs.preflight.findings import Fault, Link, LinkKind, Verdict, Where
from constructs_ecs.preflight.iam.documents import Statement
from constructs_ecs.preflight.iam.evaluator import Decision, Request, shown
from constructs_ecs.preflight.values import Ternary


@dataclass(frozen=True, kw_only=True)
class Side:
    """One of those who have a say: a role's policies, or the policy of a key, resource, endpoint or trust.

    Args:
        kind: which part of the proof.
        subject: how to call it in a sentence, with what it is.
        where: the resource to change if it does not allow.
        fault: what it means if it does not allow.
        denied: what it means if it denies.
    """

    kind: LinkKind
    subject: str
    where: Where
    fault: Fault
    denied: Fault


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a side says to a request.

    Args:
        side: who answers.
        request: what was asked.
        decision: what its statements say.
        verdict: what that means, the other sides considered.
    """

    side: Side
    request: Request
    decision: Decision
    verdict: Ternary


def links(answers: Iterable[Answer]) -> tuple[Link, ...]:
    """Return a link for each side and answer; several actions that fare alike share one."""
    groups: dict[tuple[object, ...], list[Answer]] = {}
    for answer in answers:
        statement = answer.decision.statement
        where = None if statement is None else statement.where
        groups.setdefault((answer.side, answer.verdict, where, str(answer.request.resource)), []).append(answer)
    return tuple(_link(group) for group in groups.values())


def _link(group: Sequence[Answer]) -> Link:
    first = group[0]
    side, decision = first.side, first.decision
    denied = first.verdict is Ternary.NO and decision.denied is Ternary.YES
    fault = None if first.verdict is not Ternary.NO else side.denied if denied else side.fault
    places = [side.where] if decision.statement is None else [decision.statement.where, side.where]
    places += [statement.where for statement, _ in decision.near if first.verdict is Ternary.NO]
    return Link(
        kind=side.kind,
        verdict=Verdict.of(first.verdict),
        text=f"{_sentence(group)}.",
        where=tuple(dict.fromkeys(places)),
        fault=fault,
    )


def _sentence(group: Sequence[Answer]) -> str:
    first = group[0]
    side, decision = first.side, first.decision
    asked = _asked(group)
    if first.verdict is Ternary.YES and decision.allowed is Ternary.YES:
        return f"{_called(decision.statement, side)} allows {asked}"
    if first.verdict is Ternary.YES:
        return f"{_capital(side.subject)} does not deny {asked}"
    if first.verdict is Ternary.NO and decision.denied is Ternary.YES:
        return f"{_called(decision.statement, side)} denies {asked}"
    if first.verdict is Ternary.NO:
        return f"{_capital(side.subject)} does not allow {asked}{_near(decision, side)}"
    why = dict.fromkeys(reason for answer in group for reason in answer.decision.reasons)
    return f"Whether {side.subject} allows {asked} is open: {'; '.join(why) or _ACCOUNTS}"


_ACCOUNTS: Final = "the caller and the resource may be in different accounts"


def _asked(group: Sequence[Answer]) -> str:
    first = group[0]
    actions = shown([answer.request.action for answer in group])
    service = first.request.principal.service if first.request.principal is not None else None
    if first.side.kind is LinkKind.TRUST:
        return f"{service} to assume the role"
    return f"{'' if service is None else f'{service} '}{actions} on {first.request.resource}"


def _called(statement: Statement | None, side: Side) -> str:
    name = "" if statement is None else str(statement)
    return _capital(f"{name} of {side.subject}" if name else side.subject)


def _near(decision: Decision, side: Side) -> str:
    """What it allows instead, if that is near."""
    for statement, miss in decision.near:
        return f"; {statement if str(statement) else side.subject} does {miss}"
    return ""


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
