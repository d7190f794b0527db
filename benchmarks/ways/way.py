"""What a way is: something that makes the platform in one stack, and then services in others."""

from collections.abc import Sequence
from typing import ClassVar, Protocol

import aws_cdk as cdk


class Way(Protocol):
    """Make the platform when constructed, and services when asked."""

    per_stack: ClassVar[int]
    """How many services a stack holds."""

    def __init__(self, stack: cdk.Stack) -> None:
        """Make in the stack what all services share."""

    def add_services(self, stack: cdk.Stack, construct_ids: Sequence[str]) -> None:
        """Make services in a stack of their own."""
