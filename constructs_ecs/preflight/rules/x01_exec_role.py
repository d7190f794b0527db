"""X01: ECS Exec without a role to open its channels with."""

from collections.abc import Iterator, Sequence

from constructs_ecs.preflight.calls import Purpose
from constructs_ecs.preflight.findings import Fault, Finding, Severity
from constructs_ecs.preflight.rules.base import CallRule, Context, Failure
from constructs_ecs.preflight.rules.permission_rule import ROLE_FAULTS, SESSION_CALLS


class ExecRole(CallRule):
    """ECS Exec is on, and the task has no task role; on EC2 the instance role, which stands in, does not do either."""

    id = "X01"
    severity = Severity.EXEC
    purposes = frozenset({Purpose.OPEN_EXEC_CHANNEL})
    faults = ROLE_FAULTS
    statement = (
        "ECS Exec is on for a task without a task role; on EC2, without one in the instance role's place either."
    )
    symptom = "TargetNotConnectedException, or: execute command was not enabled when the task was run."
    decided_by = "EnableExecuteCommand of the launch, TaskRoleArn, and on EC2 the instance role's policies."
    fix = "Give {the task definition} a task role that allows the four ssmmessages actions."
    source = "ECS developer guide, Monitor Amazon ECS containers with ECS Exec"

    def check(self, context: Context) -> Iterator[Finding]:
        """Explain the channels; what a session calls after that fails for the same reason, said once."""
        yield from super().check(context)
        later = context.failures(SESSION_CALLS, {Fault.NO_ROLE})
        context.explained.update(id(failure.proof) for failure in later)

    def explains(self, failure: Failure, context: Context) -> bool:  # noqa: ARG002 - the signature of the base class
        """No role at all, or only that of the instance."""
        return failure.link.fault is Fault.NO_ROLE or "instance" in failure.call.caller

    def fix_of(self, failures: Sequence[Failure]) -> str:
        """Name the task definition, whatever it is that lacks the grant."""
        task = failures[0].site.site.task_definition
        name = getattr(task, "logical_id", "the task definition")
        return f"Give the task definition {name} a task role that allows {', '.join(failures[0].call.actions)}."
