"""What a resource refers to in its template: CloudFormation creates that first."""

from collections.abc import Callable, Iterator
from typing import Any

from constructs_ecs.preflight.templates.intrinsics import names_in
from constructs_ecs.preflight.values import Ternary


def referred(raw: Any, holds: Callable[[str], Ternary]) -> Iterator[str]:  # noqa: ANN401 - a template's data
    """Yield the logical ids that a value refers to, in those branches of conditions that can be taken.

    Args:
        raw: the value, as the template has it.
        holds: whether a condition holds.
    """
    pending = [raw]
    while pending:
        value = pending.pop()
        if isinstance(value, list):
            pending.extend(value)
        elif isinstance(value, dict) and len(value) == 1:
            ((function, arguments),) = value.items()
            yield from _named(function, arguments)
            pending.append(_taken(arguments, holds) if function == "Fn::If" else arguments)
        elif isinstance(value, dict):
            pending.extend(value.values())


def _named(function: str, arguments: Any) -> Iterator[str]:  # noqa: ANN401 - a template's data
    first = arguments[0] if isinstance(arguments, list) and arguments else arguments
    if not isinstance(first, str):
        return
    if function == "Ref":
        yield first
    elif function == "Fn::GetAtt":
        yield first.partition(".")[0]
    elif function == "Fn::Sub":
        yield from (name.partition(".")[0] for name in names_in(first))


def _taken(arguments: Any, holds: Callable[[str], Ternary]) -> Any:  # noqa: ANN401 - a template's data
    match arguments:
        case [str() as condition, first, second]:
            answer = holds(condition)
            return [first] if answer is Ternary.YES else [second] if answer is Ternary.NO else [first, second]
    return arguments
