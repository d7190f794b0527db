"""Telling what can be put into a workflow from what cannot, before the CDK answers with an error of Node's."""

from collections.abc import Sequence
from typing import cast

from aws_cdk import aws_stepfunctions as sfn

from constructs_ecs.errors import Code, InvalidValueError
from constructs_ecs.facts.limits import shown


def check_chainable(value: object, *, name: str, code: Code = Code.STEP) -> sfn.IChainable:
    """Check that a value is a state or a chain of states, and return it.

    Args:
        value: what was given, of any type.
        name: the argument's name.
        code: the rule.

    Raises:
        InvalidValueError: the given code.
    """
    # The class, not the instance: there, the attribute would be read in Node.
    if isinstance(value, type) or not hasattr(type(value), "end_states"):
        raise InvalidValueError(
            code,
            f"{name} is a state or a chain of states; got {shown(value)}.",
            "Give what Steps or RunTask makes, or any state, chain or fragment of aws_stepfunctions.",
        )
    return cast("sfn.IChainable", value)


def check_chainables(values: Sequence[object], *, name: str) -> None:
    """Check that there is at least one state or chain, none of them twice, and nothing else.

    A step that follows itself would be done again and again.

    Args:
        values: what was given.
        name: what they are put into, as the error says it.

    Raises:
        InvalidValueError: ECS078.
    """
    if not values:
        raise InvalidValueError(Code.STEP, f"{name} has at least one step; got none.", "Give a state or a chain.")
    for place, value in enumerate(values):
        check_chainable(value, name=f"{name}'s each part")
        if any(value is other for other in values[:place]):
            raise InvalidValueError(
                Code.STEP,
                f"{name} has each step once; got the one at place {place + 1} before, too.",
                "Make another step with an id of its own, of the same job.",
            )
