"""IAM conditions: the operators, what a missing key means to each, and values with symbols.

Source: IAM user guide, "IAM JSON policy elements: Condition operators" and "Single-valued vs. multivalued context
keys".
"""

import ipaddress
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from constructs_ecs.preflight.iam.arns import split
from constructs_ecs.preflight.iam.matching import equals, matches
from constructs_ecs.preflight.iam.ternary import all_of, any_of, ternary
from constructs_ecs.preflight.values import Ternary, Text, Unknown, parts_of, text

ContextValue = Text | tuple[Text, ...] | None
"""What a request says of a key: one value, several, or None when the request surely lacks the key."""


@dataclass(frozen=True, kw_only=True)
class Condition:
    """One key of a condition block.

    Args:
        operator: as written: ``StringEquals``, ``ForAnyValue:ArnLikeIfExists``.
        key: the context key, as written.
        values: the values it is compared with; patterns where the operator takes them.
    """

    operator: str
    key: str
    values: tuple[Text, ...] | Unknown

    def __str__(self) -> str:
        values = self.values if isinstance(self.values, Unknown) else " or ".join(map(str, self.values))
        return f"{self.operator} {self.key} {values}"


class Context:
    """What is known of a request's context keys, whose names ignore case.

    Args:
        values: key -> value; None says that the request lacks the key.
        complete: whether the request lacks every key that is not named; otherwise such a key is unknown.
    """

    def __init__(self, values: Mapping[str, ContextValue], *, complete: bool = False) -> None:
        self._values = {key.lower(): value for key, value in values.items()}
        self._complete = complete

    def get(self, key: str) -> ContextValue:
        """Return what the request says of a key."""
        key = key.lower()
        if key in self._values or self._complete:
            return self._values.get(key)
        return Unknown(f"the value of {key} in the request")


_Compare = Callable[[Text, Text], Ternary]


def holds(condition: Condition, context: Context) -> Ternary:
    """Whether a condition holds for a request."""
    quantifier, name, if_exists = _parts(condition.operator)
    actual = context.get(condition.key)
    if name == "null":
        return _null(actual, condition.values)
    negated = name in _NEGATIONS
    compare = _OPERATORS.get(_NEGATIONS.get(name, name))
    if compare is None:
        return Ternary.UNKNOWN
    if actual is None:
        lenient = if_exists or quantifier == "forallvalues" or (negated and quantifier != "foranyvalue")
        return Ternary.YES if lenient else Ternary.NO
    if isinstance(actual, Unknown) or isinstance(condition.values, Unknown):
        return Ternary.UNKNOWN
    return _compared(actual, condition.values, compare, negated=negated, quantifier=quantifier)


def _compared(
    actual: Text | tuple[Text, ...], wanted: tuple[Text, ...], compare: _Compare, *, negated: bool, quantifier: str
) -> Ternary:
    several = actual if isinstance(actual, tuple) else (actual,)
    if not quantifier and len(several) > 1:
        return Ternary.UNKNOWN  # AWS leaves open what an operator without a quantifier makes of several values.
    each = (any_of(compare(value, candidate) for candidate in wanted) for value in several)
    answers = [~answer if negated else answer for answer in each]
    return any_of(answers) if quantifier == "foranyvalue" else all_of(answers)


def takes_variables(condition: Condition) -> bool:
    """Whether policy variables count in a condition's values: with text and ARNs only."""
    return _parts(condition.operator)[1].startswith(("string", "arn"))


def _parts(operator: str) -> tuple[str, str, bool]:
    """Split an operator into its quantifier, its name and whether it ends in ``IfExists``."""
    quantifier, _, name = operator.lower().rpartition(":")
    return quantifier, name.removesuffix("ifexists"), name.endswith("ifexists")


def _null(actual: ContextValue, wanted: Sequence[Text] | Unknown) -> Ternary:
    if isinstance(actual, Unknown) or isinstance(wanted, Unknown):
        return Ternary.UNKNOWN
    absent = actual is None or actual == ()
    return any_of(_null_value(absent, value) for value in wanted)


def _null_value(absent: bool, wanted: Text) -> Ternary:
    if not isinstance(wanted, str) or wanted.lower() not in ("true", "false"):
        return Ternary.UNKNOWN
    return ternary(absent == (wanted.lower() == "true"))


def _arn(value: Text, pattern: Text) -> Ternary:
    """ARN operators match each of the six components apart, so that no wildcard reaches across a colon."""
    whole = matches(value, pattern)
    found, wanted = split(value), split(pattern)
    if whole is Ternary.NO or found is None or (wanted is None and not isinstance(pattern, str)):
        return whole
    if wanted is None:
        return Ternary.UNKNOWN  # No page says what a pattern of fewer components matches.
    return all_of(matches(part, like) for part, like in zip(found, wanted, strict=True))


def _string(value: Text, wanted: Text) -> Ternary:
    return equals(value, wanted)


def _ignoring_case(value: Text, wanted: Text) -> Ternary:
    return equals(_lowered(value), _lowered(wanted))


def _lowered(value: Text) -> Text:
    return text(*(part.lower() if isinstance(part, str) else part for part in parts_of(value)))


def _literal(compare: Callable[[str, str], bool | None]) -> _Compare:
    """Compare two literals; what is no literal leaves it open, what is no value of the kind never matches."""

    def compared(value: Text, wanted: Text) -> Ternary:
        if not isinstance(value, str) or not isinstance(wanted, str):
            return Ternary.UNKNOWN
        try:
            return ternary(bool(compare(value, wanted)))
        except (ValueError, OverflowError):
            return Ternary.NO

    return compared


def _number(value: str) -> float:
    return float(value)


def _date(value: str) -> datetime:
    """Read a date in ISO 8601 or in seconds since 1970."""
    try:
        return datetime.fromtimestamp(float(value), tz=UTC)
    except ValueError:
        date = datetime.fromisoformat(value)
        return date if date.tzinfo is not None else date.replace(tzinfo=UTC)


def _within(value: str, block: str) -> bool:
    return ipaddress.ip_address(value) in ipaddress.ip_network(block, strict=False)


_OPERATORS: Final[Mapping[str, _Compare]] = {
    "stringequals": _string,
    "stringequalsignorecase": _ignoring_case,
    "stringlike": matches,
    "arnequals": _arn,
    "arnlike": _arn,
    "binaryequals": _string,
    "bool": _literal(lambda value, wanted: value.lower() == wanted.lower()),
    "ipaddress": _literal(_within),
    "numericequals": _literal(lambda value, wanted: _number(value) == _number(wanted)),
    "numericlessthan": _literal(lambda value, wanted: _number(value) < _number(wanted)),
    "numericlessthanequals": _literal(lambda value, wanted: _number(value) <= _number(wanted)),
    "numericgreaterthan": _literal(lambda value, wanted: _number(value) > _number(wanted)),
    "numericgreaterthanequals": _literal(lambda value, wanted: _number(value) >= _number(wanted)),
    "dateequals": _literal(lambda value, wanted: _date(value) == _date(wanted)),
    "datelessthan": _literal(lambda value, wanted: _date(value) < _date(wanted)),
    "datelessthanequals": _literal(lambda value, wanted: _date(value) <= _date(wanted)),
    "dategreaterthan": _literal(lambda value, wanted: _date(value) > _date(wanted)),
    "dategreaterthanequals": _literal(lambda value, wanted: _date(value) >= _date(wanted)),
}

_NEGATIONS: Final = {
    "stringnotequals": "stringequals",
    "stringnotequalsignorecase": "stringequalsignorecase",
    "stringnotlike": "stringlike",
    "arnnotequals": "arnequals",
    "arnnotlike": "arnlike",
    "notipaddress": "ipaddress",
    "numericnotequals": "numericequals",
    "datenotequals": "dateequals",
}
