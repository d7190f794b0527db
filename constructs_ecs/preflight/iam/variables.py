"""Policy variables: ``${aws:PrincipalAccount}`` in a resource or a condition's value.

Source: IAM user guide, "IAM policy elements: Variables and tags".
"""

import re
from typing import Final

from constructs_ecs.preflight.iam.conditions import Context
from constructs_ecs.preflight.iam.matching import quoted
from constructs_ecs.preflight.iam.tokens import LITERAL_QUESTION_MARK, LITERAL_STAR
from constructs_ecs.preflight.values import Text, Unknown, parts_of, text

_VARIABLE: Final = re.compile(r"\$\{([^{}]*)\}")
_DEFAULT: Final = re.compile(r"\s*([^,]*?)\s*,\s*'([^']*)'\s*")
_ESCAPES: Final = {"*": LITERAL_STAR, "?": LITERAL_QUESTION_MARK, "$": "$"}


def substituted(value: Text, context: Context) -> Text | None:
    """Return a value with its variables replaced; None if the request lacks one, for then nothing matches."""
    if not any(isinstance(part, str) and "${" in part for part in parts_of(value)):
        return value
    parts: list[Text] = []
    for part in parts_of(value):
        found = _substituted(part, context) if isinstance(part, str) else part
        if found is None:
            return None
        parts.append(found)
    return text(*parts)


def _substituted(literal: str, context: Context) -> Text | None:
    pieces: list[Text] = []
    # A split by one group gives text and variable in turns.
    for index, piece in enumerate(_VARIABLE.split(literal)):
        found = _value(piece, context) if index % 2 else _text(piece)
        if found is None:
            return None
        pieces.append(found)
    return text(*pieces)


def _text(piece: str) -> Text:
    return Unknown("a policy variable put together from parts") if "${" in piece else piece


def _value(variable: str, context: Context) -> Text | None:
    if variable in _ESCAPES:
        return _ESCAPES[variable]
    with_default = _DEFAULT.fullmatch(variable)
    key, default = with_default.groups() if with_default else (variable.strip(), None)
    value = context.get(key)
    if value is None:
        return None if default is None else quoted(default)
    return Unknown(f"which of several values ${{{key}}} is") if isinstance(value, tuple) else quoted(value)
