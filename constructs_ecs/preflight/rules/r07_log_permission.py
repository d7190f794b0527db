"""R07: the role that writes a container's log may not."""

from collections.abc import Sequence

from constructs_ecs.preflight.calls import Purpose
from constructs_ecs.preflight.findings import Severity
from constructs_ecs.preflight.rules.base import Failure
from constructs_ecs.preflight.rules.permission_rule import PermissionRule


class LogPermission(PermissionRule):
    """The role that writes a container's log may not create its stream, its group, or write to it."""

    id = "R07"
    severity = Severity.START
    purposes = frozenset({Purpose.WRITE_LOGS, Purpose.CREATE_LOG_GROUP})
    statement = (
        "The role that writes the log is not allowed logs:CreateLogStream or logs:PutLogEvents on the log group, or "
        "logs:CreateLogGroup where awslogs-create-group is on."
    )
    symptom = "failed to initialize logging driver: AccessDeniedException."
    decided_by = (
        "Options of LogConfiguration with the driver awslogs, and the policies of the execution role, on EC2 without "
        "one those of the instance role. AmazonECSTaskExecutionRolePolicy has no logs:CreateLogGroup."
    )
    fix = "Allow logs:CreateLogStream and logs:PutLogEvents on the log group in a policy of {the role}."
    source = "ECS developer guide, Send Amazon ECS logs to CloudWatch"

    def symptom_of(self, failures: Sequence[Failure]) -> str:
        """On Fargate the driver is tried before the container is made."""
        capacity = failures[0].site.site.capacity.name
        return f"ResourceInitializationError: {self.symptom}" if capacity == "FARGATE" else self.symptom
