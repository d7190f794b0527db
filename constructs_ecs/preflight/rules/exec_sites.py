"""The launch sites at which ECS Exec is on."""

from constructs_ecs.preflight.findings import Where
from constructs_ecs.preflight.rules.base import Context
from constructs_ecs.preflight.templates.graph import Resource
from constructs_ecs.preflight.values import Ternary


def exec_sites(context: Context, task_definition: Resource) -> tuple[Where, ...]:
    """Where a task definition is launched with ECS Exec on; where that is open, it does not count."""
    return tuple(site.where for site in context.sites_of(task_definition) if site.exec_enabled is Ternary.YES)
