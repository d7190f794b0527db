"""S02: who starts the task may not."""

from collections.abc import Sequence

from constructs_ecs.preflight.calls import Purpose
from constructs_ecs.preflight.findings import Severity
from constructs_ecs.preflight.rules.base import Failure
from constructs_ecs.preflight.rules.permission_rule import PermissionRule


class LaunchPermission(PermissionRule):
    """The role of a rule, schedule or state machine may not run the task, or not pass its roles."""

    id = "S02"
    severity = Severity.START
    purposes = frozenset({Purpose.LAUNCH, Purpose.PASS_ROLE})
    statement = (
        "The role of a rule, schedule or state machine is not allowed ecs:RunTask on the task definition, or "
        "iam:PassRole on the task's roles."
    )
    symptom = "AccessDeniedException: the role is not authorized to perform ecs:RunTask, or iam:PassRole."
    decided_by = (
        "RoleArn of the target or state machine and its policies; the task definition as the launch names it: a family "
        "without a revision needs a grant on all revisions; the roles that the launch overrides."
    )
    fix = "Allow ecs:RunTask on the task definition and iam:PassRole on its roles in a policy of {the role}."
    source = (
        "Step Functions developer guide, Run Amazon ECS or Fargate tasks; ECS developer guide, EventBridge IAM role"
    )

    def symptom_of(self, failures: Sequence[Failure]) -> str:
        """Name the action that is refused first."""
        purposes = {failure.call.purpose for failure in failures}
        action = "ecs:RunTask" if Purpose.LAUNCH in purposes else "iam:PassRole"
        return f"AccessDeniedException: the role is not authorized to perform {action}."
