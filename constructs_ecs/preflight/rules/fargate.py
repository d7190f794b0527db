"""Which task definitions are for Fargate, by what they say or where they are launched."""

from constructs_ecs.preflight.launch_sites import Capacity
from constructs_ecs.preflight.rules.base import Context
from constructs_ecs.preflight.task_definition import TaskDefinition
from constructs_ecs.preflight.values import Text, Unknown


def runs_on_fargate(task: TaskDefinition, context: Context) -> bool:
    """Whether a task definition is for Fargate, or launched on it."""
    if "FARGATE" in task.compatibilities:
        return True
    return any(site.capacity is Capacity.FARGATE for site in context.sites_of(task.resource))


def is_windows(task: TaskDefinition) -> bool | None:
    """Whether a task's containers run on Windows; None if that is not known."""
    family: Text | None = task.resource.get("RuntimePlatform", "OperatingSystemFamily")
    if family is None:
        return False
    return None if isinstance(family, Unknown) else str(family).upper().startswith("WINDOWS")
