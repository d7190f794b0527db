"""X09: what makes ECS Exec work less well than it could."""

from collections.abc import Iterator
from typing import Final

from constructs_ecs.preflight.findings import Finding, Severity
from constructs_ecs.preflight.launch_sites.reading import items, walk
from constructs_ecs.preflight.rules.base import Context, Rule
from constructs_ecs.preflight.rules.exec_sites import exec_sites
from constructs_ecs.preflight.rules.fargate import is_windows
from constructs_ecs.preflight.task_definition import Container, TaskDefinition, below
from constructs_ecs.preflight.values import Ternary, boolean

_PROXIES: Final = frozenset({"HTTP_PROXY", "HTTPS_PROXY"})
_METADATA: Final = ("169.254.169.254", "169.254.170.2")


class ExecNotes(Rule):
    """ECS Exec works with limits: one process namespace, no init process, or a proxy before the metadata addresses."""

    id = "X09"
    severity = Severity.NOTE
    statement = (
        "A task with ECS Exec shares one process namespace among containers, has no init process, or sends requests to "
        "the metadata addresses to a proxy."
    )
    symptom = "Sessions into one container only, left-over processes after a session, or an agent without credentials."
    decided_by = "PidMode, InitProcessEnabled, and HTTP_PROXY without NO_PROXY in Environment."
    fix = "Change it in {the task definition} if sessions need it."
    source = "ECS developer guide, Monitor Amazon ECS containers with ECS Exec; amazon-ecs-exec-checker"

    def check(self, context: Context) -> Iterator[Finding]:
        """Look at the tasks with ECS Exec."""
        for task in context.task_definitions:
            sites = exec_sites(context, task.resource)
            if not sites:
                continue
            if task.resource.get("PidMode") == "task" and len(task.containers) > 1:
                says = "Its containers share one process namespace, so ECS Exec opens one session at a time."
                yield self.finding(below(task.where, "PidMode"), says, launch_sites=sites)
            for container in task.containers:
                for path, says in _notes(container, task):
                    where = below(container.where, path)
                    yield self.finding(where, f"Container {container.name} {says}.", launch_sites=sites)


def _notes(container: Container, task: TaskDefinition) -> Iterator[tuple[str, str]]:
    init = walk(container.properties, "LinuxParameters", "InitProcessEnabled")
    if is_windows(task) is False and boolean(init, default=False) is Ternary.NO:
        yield "LinuxParameters", "has no init process that ends what a session leaves behind"
    variables = {
        str(walk(item, "Name")).upper(): walk(item, "Value")
        for _, item in items(container.properties.get("Environment"))
    }
    excepted = variables.get("NO_PROXY", "")
    if _PROXIES & set(variables) and isinstance(excepted, str) and not all(host in excepted for host in _METADATA):
        yield "Environment", f"has a proxy, and no NO_PROXY with {' and '.join(_METADATA)}"
