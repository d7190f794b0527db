"""T02: a log driver, or options of it, that Fargate does not take."""

from collections.abc import Iterator
from typing import Final

from constructs_ecs.preflight.findings import Finding, Severity
from constructs_ecs.preflight.launch_sites.reading import as_text, walk
from constructs_ecs.preflight.rules.base import Context, Rule
from constructs_ecs.preflight.rules.fargate import runs_on_fargate
from constructs_ecs.preflight.task_definition import EXPRESS, LogConfiguration, below
from constructs_ecs.preflight.values import Unknown

_DRIVERS: Final = ("awslogs", "splunk", "awsfirelens")
_REQUIRED: Final = ("awslogs-group", "awslogs-region", "awslogs-stream-prefix")


class LogOptions(Rule):
    """A task on Fargate has a log driver that Fargate lacks, or awslogs without an option that it requires."""

    id = "T02"
    severity = Severity.DEPLOY
    statement = (
        f"A task on Fargate has another log driver than {', '.join(_DRIVERS)}, or awslogs without one of "
        f"{', '.join(_REQUIRED)}."
    )
    symptom = "ClientException: the task definition is refused for its log configuration."
    decided_by = "LogDriver and Options of LogConfiguration. On EC2 there are more drivers, and no required prefix."
    fix = "Set the log driver and its options in {the task definition}."
    source = "ECS developer guide, Send Amazon ECS logs to CloudWatch; cfn-lint E3046, E3713"

    def check(self, context: Context) -> Iterator[Finding]:
        """Look at the log configuration of each container on Fargate."""
        for task in context.task_definitions:
            # Express Mode fills in what is missing.
            if task.resource.type == EXPRESS or not runs_on_fargate(task, context):
                continue
            for container in task.containers:
                problem = None if container.log is None else _problem(container.log, container.properties)
                if container.log is not None and problem is not None:
                    path, says = problem
                    yield self.finding(
                        below(container.log.where, path),
                        f"Container {container.name} {says}.",
                        launch_sites=context.launch_sites_of(task.resource),
                    )


def _problem(log: LogConfiguration, container: object) -> tuple[str, str] | None:
    driver = log.driver
    if isinstance(driver, str) and driver not in _DRIVERS:
        return "LogDriver", f"has the log driver {driver}, which Fargate does not have"
    options = walk(container, "LogConfiguration", "Options")
    if driver != "awslogs" or isinstance(options, Unknown):
        return None
    missing = [name for name in _REQUIRED if as_text(log.options.get(name)) is None]
    return ("Options", f"has the log driver awslogs without {', '.join(missing)}") if missing else None
