"""R01: a task on Fargate without the execution role that it needs."""

from collections.abc import Sequence
from typing import Final

from constructs_ecs.preflight.calls import Purpose
from constructs_ecs.preflight.findings import Fault, Severity
from constructs_ecs.preflight.rules.base import CallRule, Context, Failure
from constructs_ecs.preflight.rules.permission_rule import lacks_execution_role

_REFUSED: Final = "ClientException: Fargate requires task definition to have execution role ARN to support"
_REASONS: Final = {
    Purpose.ECR_TOKEN: f"{_REFUSED} ECR images.",
    Purpose.PULL_IMAGE: f"{_REFUSED} ECR images.",
    Purpose.WRITE_LOGS: f"{_REFUSED} log driver awslogs.",
}
_OTHER: Final = "ClientException: the task definition is refused: it needs an execution role."


class ExecutionRole(CallRule):
    """A task definition for Fargate has no execution role, but an image, a secret or a log that needs one."""

    id = "R01"
    severity = Severity.DEPLOY
    purposes = frozenset(
        {
            Purpose.ECR_TOKEN,
            Purpose.PULL_IMAGE,
            Purpose.READ_REGISTRY_CREDENTIALS,
            Purpose.READ_SECRET,
            Purpose.READ_PARAMETER,
            Purpose.READ_FILE,
            Purpose.WRITE_LOGS,
            Purpose.CREATE_LOG_GROUP,
            Purpose.IMPORT_IMAGE,
            Purpose.DECRYPT_SECRET,
            Purpose.DECRYPT_FILE,
            Purpose.ENCRYPT_LOGS,
        }
    )
    faults = frozenset({Fault.NO_ROLE})
    statement = (
        "A task on Fargate has an image in a private ECR registry, a secret, registry credentials or the log driver "
        "awslogs, and no execution role."
    )
    symptom = _REASONS[Purpose.ECR_TOKEN]
    decided_by = (
        "ExecutionRoleArn of the task definition or the launch's override, Image, Secrets, RepositoryCredentials and "
        "LogConfiguration. Not on EC2, where the instance role may stand in."
    )
    fix = "Set ExecutionRoleArn of {the task definition} to a role that ecs-tasks.amazonaws.com may assume."
    source = "ECS developer guide, Amazon ECS task execution IAM role"

    def explains(self, failure: Failure, context: Context) -> bool:  # noqa: ARG002 - the signature of the base class
        """On Fargate alone, and for the execution role alone."""
        return lacks_execution_role(failure)

    def message(self, failures: Sequence[Failure]) -> str:
        """Say what the role is needed for."""
        needed = ", ".join(dict.fromkeys(failure.call.purpose.value for failure in failures))
        return f"{failures[0].where.logical_id} has no execution role, which is needed to {needed}."

    def symptom_of(self, failures: Sequence[Failure]) -> str:
        """ECS's own words, where they are known."""
        return next((_REASONS[f.call.purpose] for f in failures if f.call.purpose in _REASONS), _OTHER)
