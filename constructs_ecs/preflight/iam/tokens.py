"""Texts and patterns, taken apart into characters, runs of characters and wildcards."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from string import ascii_letters, ascii_lowercase, digits, printable
from typing import Final

from constructs_ecs.preflight.values import PSEUDO, Symbol, Text, Unknown, parts_of

LITERAL_STAR: Final = "\U000f0000"
LITERAL_QUESTION_MARK: Final = "\U000f0001"
"""In a pattern: the character itself, no wildcard."""

PLAIN: Final = str.maketrans({LITERAL_STAR: "*", LITERAL_QUESTION_MARK: "?"})
QUOTED: Final = str.maketrans({"*": LITERAL_STAR, "?": LITERAL_QUESTION_MARK})


@dataclass(frozen=True)
class Token:
    """A character out of a set, or a run of any number of them.

    Args:
        among: the characters; None for any.
        run: whether it stands for any number of them, none included.
        wild: whether it is a wildcard of the pattern.
        owner: the symbol that it is a part of, or what an unknown part is the value of.
        first: whether it is the first of its owner.
        grows: whether it is the first character of a symbol that ends in a run.
    """

    among: frozenset[str] | None
    run: bool = False
    wild: bool = False
    owner: Symbol | None = None
    first: bool = False
    grows: bool = False


Tokens = tuple[Token, ...]


@dataclass(frozen=True)
class _Shape:
    """What a symbol may turn out to be: characters, least length, and whether that is the length."""

    among: frozenset[str] | None
    least: int = 1
    fixed: bool = False


_REGION_LENGTH: Final = 9
_PSEUDO_SHAPES: Final = {
    "AccountId": _Shape(frozenset(digits), 12, fixed=True),
    "Partition": _Shape(frozenset(ascii_lowercase + "-"), len("aws")),
    "Region": _Shape(frozenset(ascii_lowercase + digits + "-"), _REGION_LENGTH),
    "StackName": _Shape(frozenset(ascii_letters + digits + "-")),
    "URLSuffix": _Shape(frozenset(ascii_lowercase + digits + ".-")),
}
REVISION: Final = "Revision"
"""An attribute that is a number, which two resources may have in common."""
_ATTRIBUTE_SHAPES: Final = {
    REVISION: _Shape(frozenset(digits)),
    "Suffix": _Shape(frozenset(ascii_letters + digits), 6, fixed=True),
}
_ANYTHING: Final = _Shape(None)
_NAME: Final = _Shape(frozenset(printable) - {":", "/"})
_NAME_WITH_PATH: Final = _Shape(frozenset(printable) - {":"})
_SERVICES_WITH_PATHS: Final = frozenset({"ecr", "logs", "secretsmanager", "ssm"})
"""Services whose names may hold slashes; a name of another service ends at the next slash of its ARN."""


def value_tokens(value: Text) -> Tokens:
    """Take a text apart; it has no wildcards."""
    return tuple(_tokens(value, wildcards=False))


def pattern_tokens(pattern: Text) -> Tokens:
    """Take a pattern apart."""
    return tuple(_tokens(pattern, wildcards=True))


def without_common_start(value: Tokens, pattern: Tokens) -> tuple[Tokens, Tokens]:
    """Return what follows after the characters and symbols that both start with."""
    shared = 0
    for token, taker in zip(value, pattern, strict=False):
        if token is not taker:
            break
        shared += 1
    while shared and any(shared < len(side) and _is_inside_symbol(side[shared]) for side in (value, pattern)):
        shared -= 1
    return value[shared:], pattern[shared:]


def _is_inside_symbol(token: Token) -> bool:
    return token.owner is not None and not token.first


def after(tokens: Tokens, index: int) -> int:
    """Return the index behind the symbol that starts at one."""
    owner = tokens[index].owner
    index += 1
    while index < len(tokens) and tokens[index].owner == owner and not tokens[index].first:
        index += 1
    return index


def _tokens(value: Text, *, wildcards: bool) -> Iterator[Token]:
    so_far = ""
    for part in parts_of(value):
        if isinstance(part, str):
            yield from (_character(character, wildcards) for character in part)
        elif isinstance(part, Unknown):
            yield Token(None, run=True, owner=part.identity, first=part.identity is not None)
        else:
            yield from _symbol(part, _shape(part, so_far))
        so_far += part if isinstance(part, str) else "-"


@cache
def _character(character: str, wildcards: bool) -> Token:
    if wildcards and character in "*?":
        return Token(None, run=character == "*", wild=True)
    return Token(frozenset(character.translate(PLAIN)))


@lru_cache(maxsize=4096)
def _symbol(symbol: Symbol, shape: _Shape) -> Tokens:
    first = Token(shape.among, owner=symbol, first=True, grows=not shape.fixed)
    others = [Token(shape.among, owner=symbol)] * (shape.least - 1)
    rest = [] if shape.fixed else [Token(shape.among, run=True, owner=symbol)]
    return (first, *others, *rest)


def _shape(symbol: Symbol, so_far: str) -> _Shape:
    if symbol.template == PSEUDO:
        return _PSEUDO_SHAPES.get(symbol.attribute, _ANYTHING)
    if not so_far.startswith("arn:"):
        return _ANYTHING
    service = so_far.split(":")[2:3]
    return _ATTRIBUTE_SHAPES.get(
        symbol.attribute, _NAME_WITH_PATH if _SERVICES_WITH_PATHS.intersection(service) else _NAME
    )
