"""N11: an endpoint's security group that does not let the caller in."""

from collections.abc import Sequence
from typing import ClassVar

from constructs_ecs.preflight.findings import Fault
from constructs_ecs.preflight.rules.base import Failure
from constructs_ecs.preflight.rules.network_rule import GroupRule, callers


class EndpointGroupClosed(GroupRule):
    """An endpoint that private DNS leads to does not let the caller in, and no NAT gateway helps."""

    id = "N11"
    faults: ClassVar[frozenset[Fault]] = frozenset({Fault.INGRESS_CLOSED})
    statement = (
        "No security group of an interface endpoint admits tcp/443 from the caller. Private DNS leads all calls of "
        "the VPC to the endpoint, so a NAT gateway does not help."
    )
    symptom = "A timeout of the call: the task's error for it, or TargetNotConnectedException for ECS Exec."
    decided_by = (
        "SecurityGroupIngress within and beside the groups in SecurityGroupIds, by group, CIDR and prefix list. "
        "Without SecurityGroupIds it is the VPC's default group, which admits itself only, or nothing once a custom "
        "resource has emptied it. A group that is not in the templates leaves it open."
    )
    fix = "Let tcp/443 from the caller into {the security group}."
    source = "AWS PrivateLink guide, Access an AWS service using an interface VPC endpoint"

    def fix_of(self, failures: Sequence[Failure]) -> str:
        """Name the caller's groups."""
        return f"Let tcp/443 from {callers(failures)} into {{the security group}}."
