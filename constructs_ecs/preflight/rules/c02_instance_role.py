"""C02: container instances that may not register."""

from collections.abc import Sequence
from typing import ClassVar

from constructs_ecs.preflight.calls import Purpose
from constructs_ecs.preflight.findings import Fault, Severity
from constructs_ecs.preflight.rules.base import Context, Failure
from constructs_ecs.preflight.rules.permission_rule import PermissionRule
from constructs_ecs.preflight.rules.symptoms import symptom


class InstanceRole(PermissionRule):
    """Instances have no role, or one that does not let their agent register and take tasks."""

    id = "C02"
    severity = Severity.START
    purposes = frozenset({Purpose.ASSUME_ROLE, Purpose.REGISTER_INSTANCE})
    faults: ClassVar[frozenset[Fault]] = PermissionRule.faults | {Fault.TRUST}
    statement = (
        "Container instances have no instance profile, or Amazon EC2 may not assume its role, or the role may not do "
        "what the ECS agent needs."
    )
    symptom = f"AccessDeniedException in the agent's log, and {symptom(Purpose.REGISTER_INSTANCE)}"
    decided_by = (
        "IamInstanceProfile of the launch template, launch configuration or instance, and trust policy and all "
        "policies of its role. A managed policy that the preflight does not know, or a permissions boundary, leaves "
        "it open."
    )
    fix = "Attach the managed policy service-role/AmazonEC2ContainerServiceforEC2Role to {the role}."
    source = "ECS developer guide, Amazon ECS container instance IAM role"

    def explains(self, failure: Failure, context: Context) -> bool:
        """Who assumes a task's role is another rule's."""
        is_instance_s = (failure.call.service or "").startswith("ec2.")
        return super().explains(failure, context) and (
            failure.call.purpose is Purpose.REGISTER_INSTANCE or is_instance_s
        )

    def fix_of(self, failures: Sequence[Failure]) -> str:
        """Without an instance profile there is no role to give it to."""
        if failures[0].link.fault is Fault.TRUST:
            return f"Let {failures[0].call.service} assume {{the role}}."
        if failures[0].link.fault is Fault.NO_ROLE:
            return (
                "Give {the instances of} an IamInstanceProfile whose role has the managed policy "
                "service-role/AmazonEC2ContainerServiceforEC2Role."
            )
        return self.fix if failures[0].link.fault is Fault.NOT_ALLOWED else super().fix_of(failures)
