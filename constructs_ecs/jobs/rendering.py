"""Which jobs a state machine runs, at whatever depth: noted while the CDK writes its definition.

A state does not know the state machine that it is put into, and a state machine tells nothing of its states.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

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


_listening: list[list[RunsJob]] = []


@contextmanager
def states_rendered() -> Iterator[list[RunsJob]]:
    """Collect the states that run jobs and are written meanwhile."""
    found: list[RunsJob] = []
    _listening.append(found)
    try:
        yield found
    finally:
        _listening.pop()


def note_rendered(state: RunsJob) -> None:
    """Say that a state is being written."""
    for found in _listening:
        found.append(state)
