"""Lengths of time that a user gives, as whole seconds within what AWS takes."""

import aws_cdk as cdk

from constructs_ecs.errors import Code, InvalidValueError
from constructs_ecs.facts.limits import check_kind, is_number_token, shown


def whole_seconds(value: cdk.Duration, *, code: Code, name: str, minimum: int, maximum: int, unit: int = 1) -> int:
    """Return a length of time in seconds; one that only AWS knows is returned as its token.

    Args:
        value: what was given, of any type.
        code: the rule.
        name: the argument's name.
        minimum: the shortest that AWS takes, in seconds.
        maximum: the longest.
        unit: how many seconds AWS counts in: 60 for whole minutes.

    Raises:
        InvalidValueError: the given code.
    """
    check_kind(value, cdk.Duration, code=code, name=name)
    try:
        seconds = value.to_seconds(integral=False)
    except RuntimeError:  # how the CDK refuses to convert a token
        raise InvalidValueError(
            code,
            f"{name} is converted to seconds; got a token in another unit.",
            "Use cdk.Duration.seconds(...) of it.",
        ) from None
    if is_number_token(seconds):
        return seconds  # type: ignore[return-value] # jsii declares a number, and a token is one
    if seconds % unit or not minimum <= seconds <= maximum:
        counted = "minutes" if unit == 60 else "seconds"  # noqa: PLR2004 - in a minute
        raise InvalidValueError(
            code,
            f"{name} is {minimum // unit:,} to {maximum // unit:,} whole {counted}; got {shown(seconds)} seconds.",
            "Use cdk.Duration within that.",
        )
    return int(seconds)
