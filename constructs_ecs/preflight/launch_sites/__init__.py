"""Where the templates start tasks: one module for each kind of launch site."""

from typing import Final

from constructs_ecs.preflight.findings import Where
from constructs_ecs.preflight.launch_sites import (
    daemon,
    events,
    express,
    scheduler,
    service,
    step_functions,
    task_set,
)
from constructs_ecs.preflight.launch_sites.capacity import Capacities
from constructs_ecs.preflight.launch_sites.site import (
    Capacity,
    Instances,
    Launcher,
    LaunchKind,
    LaunchSite,
    Overrides,
    RunTask,
)
from constructs_ecs.preflight.templates.graph import Graph
from constructs_ecs.preflight.values import Unknown

__all__ = [
    "KINDS",
    "Capacity",
    "Instances",
    "LaunchKind",
    "LaunchSite",
    "Launcher",
    "Overrides",
    "RunTask",
    "find",
    "unread",
]

KINDS: Final = (service, task_set, express, daemon, events, scheduler, step_functions)
"""The kinds, in the order in which their launch sites are listed. Add a kind: its module, with ``find``, here."""


def find(graph: Graph) -> tuple[LaunchSite, ...]:
    """Find the launch sites of all kinds."""
    capacities = Capacities(graph)
    return tuple(site for kind in KINDS for site in kind.find(graph, capacities))


def unread(graph: Graph) -> tuple[tuple[Where, str], ...]:
    """Return where launch sites may be that nobody can read: each place, and why."""
    machines = (
        (machine.where, step_functions.definition(machine)[1]) for machine in graph.resources(step_functions.TYPE)
    )
    rules = ((rule.where, rule.get("Targets")) for rule in graph.resources(events.TYPE))
    return tuple((where, value.reason) for where, value in (*machines, *rules) if isinstance(value, Unknown))
