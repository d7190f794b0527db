"""With CfnInclude, from templates that are there: what no way of making resources one by one can beat."""

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar, Final

import aws_cdk as cdk
from aws_cdk import cloudformation_include as include

CONTEXT: Final = "ready-templates"
"""The context key that names their folder."""


class ReadyTemplate:
    """The templates that this library made of the same services."""

    per_stack: ClassVar = 50

    def __init__(self, stack: cdk.Stack) -> None:
        self._folder = Path(stack.node.get_context(CONTEXT))
        self._include(stack)

    def add_services(self, stack: cdk.Stack, construct_ids: Sequence[str]) -> None:  # noqa: ARG002 - as the other ways
        """All services of the stack come with its template."""
        self._include(stack)

    def _include(self, stack: cdk.Stack) -> None:
        include.CfnInclude(stack, "Template", template_file=str(self._folder / f"{stack.stack_name}.template.json"))
