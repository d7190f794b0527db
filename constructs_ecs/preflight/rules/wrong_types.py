"""References to a resource of another type than the one that is wanted."""

from typing import Final

from constructs_ecs.preflight.templates.graph import Graph, Resource
from constructs_ecs.preflight.templates.naming import Name
from constructs_ecs.preflight.values import Text

_ANYTHING: Final = "AWS::CloudFormation::"
"""Beginning of the types whose answers may be anybody's: custom resources, nested stacks."""


def other_resource(graph: Graph, value: Text | None, *types: str) -> Resource | None:
    """Return the resource that a value names and that has none of some types; None where that is not sure.

    A name alone may be that of something outside of the templates, too.
    """
    if isinstance(value, Name) or (isinstance(value, str) and not value.startswith("arn:")):
        return None
    if graph.target(value, *types) is not None:
        return None
    found = graph.target(value)
    answers_for_itself = found is not None and found.type.startswith("AWS::") and not found.type.startswith(_ANYTHING)
    return found if answers_for_itself else None
