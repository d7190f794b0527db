"""R02: a role that the service which uses it cannot assume."""

from collections.abc import Sequence

from constructs_ecs.facts.run_task import TASKS_PRINCIPAL
from constructs_ecs.preflight.calls import Purpose
from constructs_ecs.preflight.findings import Fault, Severity
from constructs_ecs.preflight.rules.base import CallRule, Context, Failure

_INSTANCES = "ec2.amazonaws.com"


class Trust(CallRule):
    """A role's trust policy does not admit the service that assumes it."""

    id = "R02"
    severity = Severity.START
    purposes = frozenset({Purpose.ASSUME_ROLE})
    faults = frozenset({Fault.TRUST})
    statement = (
        "The trust policy of a task's role does not admit ecs-tasks.amazonaws.com, or only under conditions that no "
        "task meets."
    )
    symptom = "ECS was unable to assume the role"
    decided_by = (
        "AssumeRolePolicyDocument of the execution and the task role, object or JSON text, with aws:SourceArn and "
        "aws:SourceAccount; of the role of a rule, schedule or state machine, for its own service."
    )
    fix = "Let ecs-tasks.amazonaws.com assume {the role}, for any task of the account: aws:SourceArn names no cluster."
    source = "ECS developer guide, Amazon ECS task IAM role"

    def explains(self, failure: Failure, context: Context) -> bool:  # noqa: ARG002 - the signature of the base class
        """What assumes a container instance's role has a rule of its own."""
        return failure.call.service != _INSTANCES

    def symptom_of(self, failures: Sequence[Failure]) -> str:
        """ECS's own words, where ECS assumes the role."""
        service = failures[0].call.service
        return (
            self.symptom if service == TASKS_PRINCIPAL else f"{service} cannot assume the role, so it starts no task."
        )

    def fix_of(self, failures: Sequence[Failure]) -> str:
        """Name the service that has to be let in."""
        service = failures[0].call.service
        return self.fix if service == TASKS_PRINCIPAL else f"Let {service} assume {{the role}}."
