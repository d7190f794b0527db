"""T10: a container that logs through a FireLens router that is not there."""

from collections.abc import Iterator

from constructs_ecs.preflight.findings import Finding, Severity
from constructs_ecs.preflight.rules.base import Context, Rule
from constructs_ecs.preflight.rules.fargate import is_windows
from constructs_ecs.preflight.task_definition import below


class Firelens(Rule):
    """A container has the log driver awsfirelens, and its task no FireLens router."""

    id = "T10"
    severity = Severity.DEPLOY
    statement = (
        "A container has the log driver awsfirelens, but no container of the task is the router, or it is on Windows."
    )
    symptom = "ClientException: the task definition is refused for its log configuration."
    decided_by = "LogDriver, FirelensConfiguration and OperatingSystemFamily; not where a container is unknown."
    fix = "Add a container with a FirelensConfiguration to {the task definition}, on Linux, or use another log driver."
    source = "ECS developer guide, Send Amazon ECS logs to an AWS service or AWS Partner"

    def check(self, context: Context) -> Iterator[Finding]:
        """Look for routers beside the containers that need one."""
        for task in context.task_definitions:
            windows = is_windows(task)
            routed = any(container.is_log_router for container in task.containers) or task.unknown is not None
            if routed and not windows:
                continue
            why = "FireLens does not run on Windows" if windows else "no container of its task is a FireLens router"
            for container in task.containers:
                if container.log is not None and container.log.driver == "awsfirelens":
                    yield self.finding(
                        below(container.log.where, "LogDriver"),
                        f"Container {container.name} has the log driver awsfirelens, but {why}.",
                        launch_sites=context.launch_sites_of(task.resource),
                    )
