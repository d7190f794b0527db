"""V01: a mount target that the caller's connection does not get through to."""

from collections.abc import Sequence
from typing import ClassVar

from constructs_ecs.preflight.calls import Purpose
from constructs_ecs.preflight.findings import Fault, Severity
from constructs_ecs.preflight.rules.base import Failure
from constructs_ecs.preflight.rules.network_rule import GroupRule, callers


class MountTargetClosed(GroupRule):
    """The security groups of a mount target, or of the caller, have no rule for NFS."""

    id = "V01"
    severity = Severity.START
    purposes: ClassVar[frozenset[Purpose]] = frozenset({Purpose.MOUNT_EFS})
    faults: ClassVar[frozenset[Fault]] = frozenset({Fault.INGRESS_CLOSED, Fault.EGRESS_CLOSED})
    statement = "No security group of a file system's mount targets admits tcp/2049 from the caller, or lets it out."
    symptom = (
        "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: the mount has timed "
        "out."
    )
    decided_by = (
        "SecurityGroups of the mount targets, the VPC's default group where there are none, and the groups of the "
        "caller: the task's on Fargate, the instance's on EC2. Groups that are not in the templates leave it open."
    )
    fix = "Let tcp/2049 from the caller into {the security group}."
    source = "ECS developer guide, Use Amazon EFS volumes with Amazon ECS; EFS user guide, Managing network access"

    def symptom_of(self, failures: Sequence[Failure]) -> str:  # noqa: ARG002 - the signature of the base class
        """The same for all mounts."""
        return self.symptom

    def fix_of(self, failures: Sequence[Failure]) -> str:
        """Name the caller's groups, or the caller's own group."""
        if failures[0].link.fault is Fault.EGRESS_CLOSED:
            return "Let tcp/2049 to the mount targets' security group out of {the security group}."
        return f"Let tcp/2049 from {callers(failures)} into {{the security group}}."
