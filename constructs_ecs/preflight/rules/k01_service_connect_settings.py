"""K01: a service with Service Connect, and a task definition that does not take it."""

from collections.abc import Iterator

from constructs_ecs.preflight.findings import Finding, Severity, Where
from constructs_ecs.preflight.rules.base import Context, Rule
from constructs_ecs.preflight.rules.fargate import is_windows
from constructs_ecs.preflight.rules.service_connect import Participant, participants
from constructs_ecs.preflight.task_definition import TaskDefinition
from constructs_ecs.preflight.values import integer

_CONTROLLERS = {"CODE_DEPLOY": "AWS CodeDeploy", "EXTERNAL": "an external controller"}


class ServiceConnectSettings(Rule):
    """Service Connect needs memory for its proxy, Linux, and a deployment by Amazon ECS."""

    id = "K01"
    severity = Severity.DEPLOY
    statement = (
        "A service uses Service Connect, and its task definition states no memory for the task, or none beyond what "
        "its containers may take; or it runs on Windows, or is deployed by something else than Amazon ECS."
    )
    symptom = "InvalidParameterException: the service is refused."
    decided_by = (
        "ServiceConnectConfiguration and DeploymentController of the service; Memory of the task definition and of "
        "all its containers; OperatingSystemFamily."
    )
    fix = "Set Memory of {the task definition} to more than its containers' together."
    source = "ECS developer guide, Service Connect concepts and deployment"

    def check(self, context: Context) -> Iterator[Finding]:
        """Look at the services that use Service Connect."""
        for participant in participants(context):
            yield from self._memory(participant)
            yield from self._platform(participant)

    def _memory(self, participant: Participant) -> Iterator[Finding]:
        task = participant.task
        memory = task.resource.get("Memory")
        limit, taken = integer(memory), _taken(task)
        message = None
        if memory is None:
            message = f"{task.where.logical_id} states no memory for the task."
        elif limit is not None and taken is not None and limit <= taken:
            message = f"{task.where.logical_id} has {limit} MiB of memory, and its containers may take {taken} MiB."
        if message is not None:
            yield self.finding(task.where, message, launch_sites=(participant.site.where,))

    def _platform(self, participant: Participant) -> Iterator[Finding]:
        site, task = participant.site, participant.task
        if is_windows(task):
            yield self.finding(
                task.where,
                f"{task.where.logical_id} is for Windows, which Service Connect does not run on.",
                launch_sites=(site.where,),
                fix="Run {the task definition} on Linux, or do without Service Connect.",
            )
        controller = site.resource.get("DeploymentController", "Type")
        if isinstance(controller, str) and controller in _CONTROLLERS:
            where = Where(site.where.template, site.where.logical_id, ("DeploymentController", "Type"))
            yield self.finding(
                where,
                f"{site.where.logical_id} is deployed by {_CONTROLLERS[controller]}.",
                launch_sites=(site.where,),
                fix="Let Amazon ECS deploy {the service}, or do without Service Connect.",
            )


def _taken(task: TaskDefinition) -> int | None:
    """Return what all containers may take together, in MiB; None if one has no limit, or it is not known."""
    limits = [integer(container.properties.get("Memory")) for container in task.containers]
    known = [limit for limit in limits if limit is not None]
    return sum(known) if task.unknown is None and known and len(known) == len(limits) else None
