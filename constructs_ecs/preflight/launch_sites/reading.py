"""Read resolved properties of which any part may be absent, unknown, or of a type that AWS would not take."""

from collections.abc import Iterator, Mapping
from typing import Any

from constructs_ecs.preflight.templates.graph import Graph, Resource
from constructs_ecs.preflight.topology.things import thing
from constructs_ecs.preflight.values import Pattern, Symbol, Text, Unknown


def walk(value: Any, *path: str | int) -> Any:  # noqa: ANN401 - any resolved value
    """Go down from a value; None where there is nothing, the unknown where that ends the way."""
    for key in path:
        if isinstance(value, Unknown):
            return value
        in_list = isinstance(value, list) and isinstance(key, int) and key < len(value)
        if not in_list and not (isinstance(value, Mapping) and key in value):
            return None
        value = value[key]
    return value


def items(value: Any) -> Iterator[tuple[int, Any]]:  # noqa: ANN401 - any resolved value
    """Go through a list with its indexes. One value stands for a list of one, as CloudFormation takes it."""
    if isinstance(value, list):
        yield from enumerate(value)
    elif value is not None:
        yield 0, value


def as_text(value: Any) -> Text | None:  # noqa: ANN401 - any resolved value
    """Return a value as text; None if it is absent or empty, unknown if it is none."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    return value if isinstance(value, str | Symbol | Pattern | Unknown) else Unknown("no text where there should be")


def as_mapping(value: Any) -> Mapping[str, Any]:  # noqa: ANN401 - any resolved value
    """Return a value if it is a mapping, else an empty one."""
    return value if isinstance(value, Mapping) else {}


def optional_thing(graph: Graph, value: Any, *types: str) -> Resource | Unknown | None:  # noqa: ANN401 - any resolved value
    """Find the resource that a value names; None for no value, unknown if the templates do not have it."""
    return None if value is None or value == "" else thing(graph, value, *types)


def role(graph: Graph, value: Any) -> Resource | Unknown | None:  # noqa: ANN401 - any resolved value
    """Find the role that a value names; None for no value, unknown if the templates do not have it."""
    return optional_thing(graph, value, "AWS::IAM::Role")
