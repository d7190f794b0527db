"""X02: a task role that may not open the channels of ECS Exec."""

from constructs_ecs.preflight.calls import Purpose
from constructs_ecs.preflight.findings import Fault, Severity
from constructs_ecs.preflight.rules.base import Context, Failure
from constructs_ecs.preflight.rules.permission_rule import PermissionRule
from constructs_ecs.preflight.rules.symptoms import symptom


class ExecPermission(PermissionRule):
    """ECS Exec is on, and the task role lacks one of the four channel actions."""

    id = "X02"
    severity = Severity.EXEC
    purposes = frozenset({Purpose.OPEN_EXEC_CHANNEL})
    faults = frozenset({Fault.NOT_ALLOWED, Fault.DENIED})
    statement = (
        "ECS Exec is on, and the task role is not allowed ssmmessages:CreateControlChannel, CreateDataChannel, "
        "OpenControlChannel and OpenDataChannel."
    )
    symptom = symptom(Purpose.OPEN_EXEC_CHANNEL)
    decided_by = "EnableExecuteCommand of the launch, and all policies of the task role, managed ones included."
    fix = (
        "Allow ssmmessages:CreateControlChannel, ssmmessages:CreateDataChannel, ssmmessages:OpenControlChannel and "
        "ssmmessages:OpenDataChannel on * in a policy of {the role}."
    )
    source = "ECS developer guide, Amazon ECS task IAM role"

    def explains(self, failure: Failure, context: Context) -> bool:  # noqa: ARG002 - the signature of the base class
        """The task role's; the lack of one has a rule of its own."""
        return "instance" not in failure.call.caller
