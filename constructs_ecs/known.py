"""What is known of constructs: where they are, and their ARNs, each asked of the CDK once.

Each question is a message to Node and an answer back, and none of these answers ever changes. They are kept by what
jsii calls the construct, which is unique in a process, whereas in Python one construct may be several objects. jsii
itself keeps every construct for as long as the process runs, so nothing lives longer for being known.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, wraps
from typing import TypeVar, overload

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from constructs import Construct, IConstruct

_T = TypeVar("_T")
_Answer = TypeVar("_Answer")


def once(ask: Callable[[_T], _Answer]) -> Callable[[_T], _Answer]:
    """Ask something about each construct, or do something with it, once."""
    answers: dict[str | None, _Answer] = {}

    @wraps(ask)
    def answer(about: _T) -> _Answer:
        name = _name(about)
        if name in answers:
            return answers[name]
        answered = ask(about)
        name = _name(about)  # What is written in Python may have been shown to Node only now.
        if name is not None:
            answers[name] = answered
        return answered

    return answer


def _name(about: object) -> str | None:
    """What jsii calls an object; None of one that Node does not know."""
    name: str | None = getattr(getattr(about, "__jsii_ref__", None), "ref", None)
    return name


class Part(Construct):
    """A construct of this package: it is where its scope is, so that need not be asked.

    Args:
        scope: the parent construct.
        construct_id: the id of this construct in its scope.
    """

    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id)
        self._part_of = scope

    def __str__(self) -> str:
        """Show the construct in a message: by its path, which is not asked before."""
        return self.node.path


@dataclass(frozen=True)
class Place:
    """Where constructs are.

    Args:
        stack: the innermost stack around them.
    """

    stack: cdk.Stack

    @cached_property
    def account(self) -> str:
        """The stack's account; a token where it is known at deployment only."""
        return self.stack.account

    @cached_property
    def region(self) -> str:
        """The stack's Region; a token where it is known at deployment only."""
        return self.stack.region

    @cached_property
    def partition(self) -> str:
        """The stack's partition, as a token or as it is called."""
        return self.stack.partition

    @cached_property
    def stage(self) -> IConstruct:
        """The Stage around the stack, or the root of a tree without one: whatever refers to each other is in one."""
        stage = cdk.Stage.of(self.stack)
        return self.stack.node.root if stage is None else stage


def place_of(construct: IConstruct) -> Place:
    """Say where a construct is; of two in one stack, the same."""
    while isinstance(construct, Part):
        construct = construct._part_of  # noqa: SLF001 - of this module
    return _stack_place(_stack(construct))


_stack = once(cdk.Stack.of)
_stack_place = once(Place)


def view_id(of: IConstruct, kind: str) -> str:
    """Return the id, in its stack, of another view of a construct.

    A construct that was removed and made anew has the path, and so the id, of the one before, whose view is removed.

    Args:
        of: the construct.
        kind: what the id begins with.
    """
    stack, name = place_of(of).stack, f"{kind}-{of.node.addr}"
    views = _views(stack)
    if name in views:
        stack.node.try_remove_child(name)
    views.add(name)
    return name


@once
def _views(stack: cdk.Stack) -> set[str]:  # noqa: ARG001 - asked for each stack
    return set()


@overload
def key_arn(key: kms.IKey) -> str: ...


@overload
def key_arn(key: kms.IKey | None) -> str | None: ...


def key_arn(key: kms.IKey | None) -> str | None:
    """Return the ARN of a key, and none of none."""
    return None if key is None else _arn(key)


@once
def _arn(key: kms.IKey) -> str:
    return key.key_arn
