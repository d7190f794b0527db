"""What a property of a template can be once its intrinsics are resolved.

A resolved value is plain data (``str``, ``int``, ``float``, ``bool``, ``list``, ``dict``), or one of three kinds where
the template has an intrinsic: a :class:`Symbol`, a :class:`Pattern` or an :class:`Unknown`.

A symbol names a resource and an attribute, so that two mentions of one secret are equal without an ARN. The
resolver writes every value in one way only (``ECS::Cluster``'s ``Ref`` and an ARN joined around it agree), which makes
equality of values the equality of what they will be.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any

PSEUDO = "AWS"
"""In place of a template and a logical id: a pseudo parameter's symbol, whose attribute is ``Region`` and so on."""


_OWN = {"Ref", "Arn", "Id", "Name"}
"""Attributes that are a resource's own."""
_INTEGER = re.compile(r"-?[0-9]{1,20}")


class Ternary(Enum):
    """An answer that may be open."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"

    def __and__(self, other: "Ternary") -> "Ternary":
        if Ternary.NO in (self, other):
            return Ternary.NO
        return Ternary.YES if self is other is Ternary.YES else Ternary.UNKNOWN

    def __or__(self, other: "Ternary") -> "Ternary":
        if Ternary.YES in (self, other):
            return Ternary.YES
        return Ternary.NO if self is other is Ternary.NO else Ternary.UNKNOWN

    def __invert__(self) -> "Ternary":
        if self is Ternary.UNKNOWN:
            return self
        return Ternary.NO if self is Ternary.YES else Ternary.YES

    def __bool__(self) -> bool:
        """A ternary is no truth value: compare it."""
        raise TypeError("compare a Ternary with YES, NO or UNKNOWN")


@dataclass(frozen=True, order=True)
class Symbol:
    """What a resource will answer: its attribute, known at deployment only.

    Args:
        template: the template's name, :data:`PSEUDO` for a pseudo parameter.
        logical_id: the resource's logical id; empty for a pseudo parameter.
        attribute: ``Ref``, the name of an attribute, or a pseudo parameter's name (``Region``).
    """

    template: str
    logical_id: str
    attribute: str

    def __str__(self) -> str:
        if self.template == PSEUDO:
            return f"${{AWS::{self.attribute}}}"
        return f"${{{self.logical_id}}}" if self.attribute == "Ref" else f"${{{self.logical_id}.{self.attribute}}}"


@dataclass(frozen=True)
class Unknown:
    """What cannot be known from the templates, and why, in words.

    Args:
        reason: why, naming the template and what in it.
        identity: what it is the value of (a parameter, an import), if two mentions of that will be equal.
    """

    reason: str
    identity: Symbol | None = None

    def __str__(self) -> str:
        return f"(unknown: {self.reason})"


@dataclass(frozen=True)
class Pattern:
    """Text of several parts; no two texts stand side by side, and there are at least two parts.

    Make one with :func:`text`, which returns the single part where there is only one.
    """

    parts: tuple[str | Symbol | Unknown, ...]

    def __str__(self) -> str:
        return "".join(map(str, self.parts))


Text = str | Symbol | Pattern | Unknown
"""A value where the template wants text."""


def text(*parts: Any) -> Text:  # noqa: ANN401 - any resolved value
    """Join parts into one text; what is no text makes that part unknown."""
    flat: list[str | Symbol | Unknown] = []
    literals: list[str] = []
    for part in _flat(parts):
        if isinstance(part, str):
            literals.append(part)
            continue
        if any(literals):
            flat.append("".join(literals))
        literals = []
        flat.append(part)
    if any(literals):
        flat.append("".join(literals))
    if not flat:
        return ""
    return flat[0] if len(flat) == 1 else Pattern(tuple(flat))


def parts_of(value: Text) -> tuple[str | Symbol | Unknown, ...]:
    """Return a text's parts."""
    return value.parts if isinstance(value, Pattern) else (value,)


def is_known(value: Any) -> bool:  # noqa: ANN401 - any resolved value
    """Whether there is nothing unknown in a value; symbols are known."""
    if isinstance(value, Unknown):
        return False
    if isinstance(value, Pattern):
        return not any(isinstance(part, Unknown) for part in value.parts)
    if isinstance(value, dict):
        return all(map(is_known, value.values()))
    return all(map(is_known, value)) if isinstance(value, list) else True


def is_stable(value: Any) -> bool:  # noqa: ANN401 - any resolved value
    """Whether a value is sure to equal another one written the same way: what is unknown in it has an identity."""
    if isinstance(value, Unknown):
        return value.identity is not None
    if isinstance(value, Pattern):
        return all(map(is_stable, value.parts))
    if isinstance(value, dict):
        return all(map(is_stable, value.values()))
    return all(map(is_stable, value)) if isinstance(value, list) else True


def reasons(value: Any) -> list[str]:  # noqa: ANN401 - any resolved value
    """Why a value is not known, each reason once."""
    return list(dict.fromkeys(_reasons(value)))


def same(first: Any, second: Any) -> Ternary:  # noqa: ANN401 - any resolved value
    """Whether two values will be equal. A symbol may turn out to be any literal, so only like is told from like."""
    if _is_scalar(first) and _is_scalar(second):
        # CloudFormation takes "80" for 80 and "true" for true.
        return Ternary.YES if text(first) == text(second) else Ternary.NO
    if first == second and is_stable(first):
        return Ternary.YES
    if not (is_known(first) and is_known(second)):
        return Ternary.UNKNOWN
    if isinstance(first, Symbol) and isinstance(second, Symbol):
        return Ternary.NO if _are_apart(first, second) else Ternary.UNKNOWN
    literal = not isinstance(first, Symbol | Pattern) and not isinstance(second, Symbol | Pattern)
    return Ternary.NO if literal else Ternary.UNKNOWN


def boolean(value: Any, default: bool | None = None) -> Ternary:  # noqa: ANN401 - any resolved value
    """Read a value as CloudFormation reads a boolean; what is absent (None) is the default, else unknown."""
    if value is None and default is not None:
        value = default
    if isinstance(value, bool):
        return Ternary.YES if value else Ternary.NO
    spelled = value.strip().lower() if isinstance(value, str) else None
    return {"true": Ternary.YES, "false": Ternary.NO}.get(spelled or "", Ternary.UNKNOWN)


def integer(value: Any) -> int | None:  # noqa: ANN401 - any resolved value
    """Read a value as CloudFormation reads an integer; None for what is none, or not known."""
    if isinstance(value, bool):
        return None
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str):
        digits = value.strip()
        return int(digits) if _INTEGER.fullmatch(digits) else None
    return value if isinstance(value, int) else None


def _are_apart(first: Symbol, second: Symbol) -> bool:
    """Whether two different symbols are sure to differ: ids and names of two resources, two zones of a Region."""
    if PSEUDO in (first.template, second.template):
        zones, other_zones = (symbol.attribute.partition("[")[0] for symbol in (first, second))
        return zones == other_zones and zones.startswith("AvailabilityZones")
    other_resource = (first.template, first.logical_id) != (second.template, second.logical_id)
    # Another attribute may be the id of anything: a security group's VpcId.
    return other_resource and (first.attribute == second.attribute or {first.attribute, second.attribute} <= _OWN)


def _is_scalar(value: Any) -> bool:  # noqa: ANN401 - any resolved value
    return isinstance(value, str | int | float)


def _flat(parts: tuple[Any, ...]) -> Iterator[str | Symbol | Unknown]:
    for part in parts:
        if isinstance(part, Pattern):
            yield from part.parts
        elif isinstance(part, str | Symbol | Unknown):
            yield part
        elif isinstance(part, bool):
            yield "true" if part else "false"
        elif isinstance(part, int | float):
            yield str(part)
        else:
            yield Unknown(f"a {type(part).__name__} where text is wanted")


def _reasons(value: Any) -> Iterator[str]:  # noqa: ANN401 - any resolved value
    if isinstance(value, Unknown):
        yield value.reason
    elif isinstance(value, Pattern):
        yield from (part.reason for part in value.parts if isinstance(part, Unknown))
    elif isinstance(value, dict):
        for child in value.values():
            yield from _reasons(child)
    elif isinstance(value, list):
        for child in value:
            yield from _reasons(child)
