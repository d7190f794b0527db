"""Which jobs a workflow runs, at whatever depth: noted while the CDK writes its definition.

A state does not know the state machine that it is put into, and a state machine tells nothing of its states. Nor does
the CDK tell its query language to those in a Map or a Parallel.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol

from aws_cdk import aws_stepfunctions as sfn

from constructs_ecs.facts.needs import Permission
from constructs_ecs.jobs.base import Job


class RunsJob(Protocol):
    """A state that runs a job."""

    @property
    def job(self) -> Job:
        """What runs."""

    @property
    def permissions(self) -> tuple[Permission, ...]:
        """What the role of the state machine gets for it."""


@dataclass(frozen=True, kw_only=True)
class _Definition:
    query_language: sfn.QueryLanguage | None
    states: list[RunsJob] = field(default_factory=list)


_being_written: list[_Definition] = []


@contextmanager
def states_rendered(query_language: sfn.QueryLanguage | None) -> Iterator[list[RunsJob]]:
    """Collect the states that run jobs and are written meanwhile.

    Args:
        query_language: of the state machine.
    """
    definition = _Definition(query_language=query_language)
    _being_written.append(definition)
    try:
        yield definition.states
    finally:
        _being_written.pop()


def note_rendered(state: RunsJob) -> sfn.QueryLanguage | None:
    """Say that a state is being written.

    Returns:
        The query language of the state machine, as far as it is known: if it is a workflow's.
    """
    if not _being_written:
        return None
    definition = _being_written[-1]
    definition.states.append(state)
    return definition.query_language
