"""Whether a text matches an IAM pattern, when either may hold symbols and unknown parts.

Two questions are asked of each pair. *Must* they match, whatever the symbols turn out to be: then the answer is yes.
*May* they match, for some values of the symbols: if not, the answer is no. Between the two it is open.

What a symbol may turn out to be is limited by where it stands: an account id has twelve digits, and what stands
inside an ARN holds no colon. So two buckets of one template are told apart without knowing either name.

A literal ``aws`` in place of the partition counts as the deployment's partition, and ``amazonaws.com`` as its suffix:
whoever wrote it out meant the template for that partition, and it cannot work in another.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator
from enum import Enum
from functools import lru_cache
from typing import Final, TypeVar

from constructs_ecs.preflight.iam.globs import glob_matches
from constructs_ecs.preflight.iam.ternary import ternary
from constructs_ecs.preflight.iam.tokens import (
    QUOTED,
    REVISION,
    Token,
    Tokens,
    after,
    pattern_tokens,
    value_tokens,
    without_common_start,
)
from constructs_ecs.preflight.values import PSEUDO, Symbol, Ternary, Text, Unknown, is_known, parts_of, text

_MEANT: Final[dict[str | Symbol | Unknown, str]] = {
    Symbol(PSEUDO, "", "Partition"): "aws",
    Symbol(PSEUDO, "", "URLSuffix"): "amazonaws.com",
}
_CACHED: Final = 16384
_LONGEST: Final = 8000
"""No ARN, and no pattern of one, comes near to so many characters; what is longer stays open."""


def matches(value: Text, pattern: Text) -> Ternary:
    """Whether a value matches a pattern in which ``*`` stands for any text and ``?`` for any character."""
    return Ternary.YES if pattern == "*" else _match(value, pattern)


def equals(value: Text, other: Text) -> Ternary:
    """Whether two texts will be equal; wildcards are plain characters."""
    return Ternary.YES if value == other and is_known(value) else _match(value, quoted(other))


def quoted(value: Text) -> Text:
    """Return the pattern that matches a text and nothing else."""
    return text(*(part.translate(QUOTED) if isinstance(part, str) else part for part in parts_of(value)))


def matches_name(name: str, pattern: str) -> bool:
    """Whether an action's name matches a pattern; case does not count."""
    return glob_matches(name.lower(), pattern.lower())


@lru_cache(maxsize=_CACHED)
def _match(value: Text, pattern: Text) -> Ternary:
    if isinstance(value, str) and isinstance(pattern, str):
        return ternary(glob_matches(value, pattern))
    if sum(map(_length, (value, pattern))) > _LONGEST:
        return Ternary.UNKNOWN
    tokens, takers = without_common_start(value_tokens(value), pattern_tokens(pattern))
    if _must(tokens, takers):
        return Ternary.YES
    if not _may(tokens, takers):
        return Ternary.NO
    return Ternary.YES if _is_meant(value, pattern) else Ternary.UNKNOWN


def _length(value: Text) -> int:
    return sum(len(part) if isinstance(part, str) else 1 for part in parts_of(value))


def _is_meant(value: Text, pattern: Text) -> bool:
    """Whether they must match once partition and suffix are those that the template writes out."""
    if not any(part in _MEANT for side in (value, pattern) for part in parts_of(side)):
        return False
    return _must(*without_common_start(value_tokens(_meant(value)), pattern_tokens(_meant(pattern))))


def _meant(value: Text) -> Text:
    return text(*(_MEANT.get(part, part) for part in parts_of(value)))


_State = TypeVar("_State", bound=Hashable)


def _reaches(start: _State, goal: Callable[[_State], bool], following: Callable[[_State], Iterable[_State]]) -> bool:
    """Whether a goal can be reached from a state."""
    reached, seen = [start], {start}
    while reached:
        state = reached.pop()
        if goal(state):
            return True
        new = [each for each in following(state) if each not in seen]
        seen.update(new)
        reached += new
    return False


def _must(value: Tokens, pattern: Tokens) -> bool:
    """Whether the pattern takes the value token by token: a symbol by the same symbol or by wildcards."""
    goal = (len(value), len(pattern))
    return _reaches((0, 0), lambda state: state == goal, lambda state: _taken(value, pattern, *state))


def _taken(value: Tokens, pattern: Tokens, v: int, p: int) -> Iterator[tuple[int, int]]:
    if p == len(pattern):
        return
    taker = pattern[p]
    if taker.wild and taker.run:
        yield v, p + 1
    if v == len(value):
        return
    token = value[v]
    if taker.wild and taker.run:
        yield v + 1, p
    elif taker.wild and not token.run:
        yield v + 1, p + 1
    elif token.first and taker.first and token.owner == taker.owner:
        # What a parameter or an import brings matches itself, even where it brings wildcards.
        yield after(value, v), after(pattern, p)
    elif token == taker and token.owner is None and not token.run:
        yield v + 1, p + 1


class _Pair(Enum):
    """How two symbols stand that have started at the same character, one of the value and one of the pattern."""

    NONE = 0
    OTHER = 1
    """They belong to two resources: they must not end at the same character."""
    OTHER_ENDS = 2
    """One of those has just ended: the other must go on."""
    SAME = 3
    """They are the same symbol: they must end at the same character."""
    SAME_ENDS = 4
    """One of those has just ended: the other must end as well."""


_ENDED: Final = {_Pair.OTHER: _Pair.OTHER_ENDS, _Pair.SAME: _Pair.SAME_ENDS, _Pair.SAME_ENDS: _Pair.NONE}
_WENT_ON: Final = {_Pair.OTHER_ENDS: _Pair.NONE}
_Place = tuple[int, int, _Pair]


def _may(value: Tokens, pattern: Tokens) -> bool:
    """Whether some text is both the value and a match of the pattern.

    Mentions of a symbol are compared only where they start together, so this says yes too often, never too seldom.
    """
    ends = (len(value), len(pattern))
    return _reaches((0, 0, _Pair.NONE), lambda place: place[:2] == ends, lambda place: _next(value, pattern, place))


def _next(value: Tokens, pattern: Tokens, place: _Place) -> Iterator[_Place]:
    v, p, pair = place
    token = value[v] if v < len(value) else None
    taker = pattern[p] if p < len(pattern) else None
    if token is not None and token.run and (ended := _ended(token, pair)) is not None:
        yield v + 1, p, ended
    if taker is not None and taker.run and (ended := _ended(taker, pair)) is not None:
        yield v, p + 1, ended
    if token is None or taker is None or pair is _Pair.SAME_ENDS or not _meet(token, taker):
        return
    pair = _started(token, taker) or _WENT_ON.get(pair, pair)
    yield v if token.run else v + 1, p if taker.run else p + 1, pair


def _ended(run: Token, pair: _Pair) -> _Pair | None:
    """Return how a pair stands when a run ends; None if it must not end here."""
    part_of_pair = run.owner is not None and not run.first
    return _ENDED.get(pair) if part_of_pair and pair is not _Pair.NONE else pair


def _meet(first: Token, second: Token) -> bool:
    return first.among is None or second.among is None or not first.among.isdisjoint(second.among)


def _started(token: Token, taker: Token) -> _Pair | None:
    """Return the pair of symbols that starts here, if one does."""
    one, other = token.owner, taker.owner
    if one is None or other is None or not (token.grows and taker.grows):
        return None
    if one == other:
        return _Pair.SAME
    # A parameter's value may be another resource's name, and then it is no symbol but unknown.
    own = PSEUDO not in (one.template, other.template) and REVISION not in (one.attribute, other.attribute)
    distinct = (one.template, one.logical_id) != (other.template, other.logical_id)
    return _Pair.OTHER if own and distinct else None
