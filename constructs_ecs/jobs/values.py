"""Values of a state that come from its input: in JSONPath, in JSONata, and as the CDK's own tokens.

Source: Step Functions developer guide, "Processing input and output in Step Functions", "Transforming data with JSONata
in Step Functions", "Intrinsics for JSONPath states".
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias, cast

from aws_cdk import aws_stepfunctions as sfn

from constructs_ecs.errors import Code, InvalidValueError
from constructs_ecs.facts.limits import full_match, is_number_token, is_token, shown, split_at_tokens
from constructs_ecs.facts.run_task import TASK_TOKEN_EXPRESSION, TASK_TOKEN_PATH

_PATH: Final = re.compile(r"\$.*|States\.[A-Za-z0-9]+\(.*\)", re.DOTALL)
_RESERVED: Final = re.compile(r"['{}\\]")
"""What has a backslash before it in a text inside of an intrinsic function."""
_DELIMITED: Final = re.compile(r"\s*\{%(.*)%\}\s*", re.DOTALL)


@dataclass(frozen=True)
class AtPath:
    """What a JSONPath finds: ``AtPath("$.commands")`` in a state's input, ``AtPath("$$.Execution.Name")`` elsewhere.

    Args:
        path: a path, a variable (``$name``), or an intrinsic function (``States.Format(...)``).

    Raises:
        InvalidValueError: ECS071, it is none of them.
    """

    path: str

    def __post_init__(self) -> None:
        if full_match(_PATH, self.path) is None and not is_token(self.path):
            raise InvalidValueError(
                Code.QUERY_LANGUAGE,
                f"A JSONPath starts with $, an intrinsic function with States.; got {shown(self.path)}.",
                'Write it like AtPath("$.commands"); give what is not from the input as it is.',
            )


@dataclass(frozen=True)
class Jsonata:
    """What a JSONata expression gives: ``Jsonata("$states.input.commands")``.

    Args:
        expression: without the delimiters ``{%`` and ``%}``. A text with them means the same, as in Step Functions.

    Raises:
        InvalidValueError: ECS071, it is empty, no text, or has the delimiters.
    """

    expression: str

    def __post_init__(self) -> None:
        given = self.expression
        if not isinstance(given, str) or not given.strip() or full_match(_DELIMITED, given) is not None:
            raise InvalidValueError(
                Code.QUERY_LANGUAGE,
                f"A JSONata expression is text, not empty, without its delimiters; got {shown(given)}.",
                'Write it like Jsonata("$states.input.commands").',
            )

    @property
    def delimited(self) -> str:
        """The expression as Step Functions takes it."""
        return f"{{% {self.expression.strip()} %}}"


FromInput: TypeAlias = AtPath | Jsonata
"""A value that is known when the state is entered."""
Text: TypeAlias = str | FromInput
"""A text, known now or when the state is entered."""
Figure: TypeAlias = float | FromInput
"""A whole number, known now or when the state is entered; the CDK's tokens of numbers are typed as float, too."""


def read(value: object) -> object:
    """Tell what comes from the input, however it is spelled; every other value is returned as it is.

    ``sfn.JsonPath`` gives tokens, and a text in ``{% %}`` is JSONata wherever Step Functions takes one.

    Raises:
        InvalidValueError: ECS071, a path is only a part of a text, or the expression is empty.
    """
    if isinstance(value, str):
        delimited = _DELIMITED.fullmatch(value)
        if delimited is not None:
            return Jsonata(delimited[1])
    if is_token(value) and _is_json_path(value):
        return AtPath(cast("str", value))
    return value


def names_task_token(value: object) -> bool:
    """Whether a value that :func:`read` returned has the state's task token in it."""
    if isinstance(value, Jsonata):
        return TASK_TOKEN_EXPRESSION in value.expression
    if not isinstance(value, AtPath):
        return False
    if is_token(value.path):
        return sfn.FieldUtils.contains_task_token({"value": value.path})
    return TASK_TOKEN_PATH in value.path


def task_token(language: sfn.QueryLanguage) -> FromInput:
    """Where a state finds its task token."""
    is_path = language is sfn.QueryLanguage.JSON_PATH
    return AtPath(TASK_TOKEN_PATH) if is_path else Jsonata(TASK_TOKEN_EXPRESSION)


def render(value: Mapping[str, object], language: sfn.QueryLanguage) -> dict[str, Any]:
    """Write values as a state's parameters, whose names end in ``.$`` where a path is meant, or as its arguments."""
    is_path = language is sfn.QueryLanguage.JSON_PATH
    return dict(_at_path(name, each) if is_path else (name, _as_jsonata(each)) for name, each in value.items())


def _at_path(name: str, value: object) -> tuple[str, Any]:
    if isinstance(value, AtPath):
        return f"{name}.$", value.path
    if isinstance(value, Mapping):
        return name, render(value, sfn.QueryLanguage.JSON_PATH)
    if not isinstance(value, list | tuple):
        return name, value
    if any(isinstance(each, AtPath) for each in value):
        # JSONPath finds nothing inside of a list, so the list is made by a function.
        return f"{name}.$", f"States.Array({', '.join(map(_in_function, value))})"
    return name, [_at_path(name, each)[1] for each in value]


def _as_jsonata(value: object) -> Any:  # noqa: ANN401 - any JSON value
    if isinstance(value, Jsonata):
        return value.delimited
    if isinstance(value, Mapping):
        return {name: _as_jsonata(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [_as_jsonata(each) for each in value]
    return value


def _in_function(value: object) -> str:
    if isinstance(value, AtPath):
        return value.path
    parts = split_at_tokens(cast("str", value))
    parts[::2] = [_RESERVED.sub(r"\\\g<0>", part) for part in parts[::2]]
    return f"'{''.join(parts)}'"


def _is_json_path(token: object) -> bool:
    """Whether a token of the CDK stands for a path, and not for what only CloudFormation knows."""
    try:
        if isinstance(token, str) and not is_number_token(token):
            return sfn.JsonPath.is_encoded_json_path(token)
        return bool(sfn.FieldUtils.find_referenced_paths({"value": token}))
    except RuntimeError as error:
        if "FieldReferenceMustBeEntireString" not in str(error) and "must be the entire string" not in str(error):
            raise
        raise InvalidValueError(
            Code.QUERY_LANGUAGE,
            "A path is a value of its own, and no part of a text; got one inside of a text.",
            "Put them together with sfn.JsonPath.format(...), or in JSONata.",
        ) from None
