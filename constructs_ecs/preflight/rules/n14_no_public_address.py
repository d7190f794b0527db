"""N14: a Fargate task behind an internet gateway, without a public address."""

from typing import ClassVar

from constructs_ecs.preflight.findings import Fault
from constructs_ecs.preflight.rules.base import Context, Failure
from constructs_ecs.preflight.rules.network_rule import Cause, WayOutRule, from_instance, is_own_of_task_on_instance


class NoPublicAddress(WayOutRule):
    """Tasks run in subnets whose way out is an internet gateway, which needs a public address they do not get."""

    id = "N14"
    cause = Cause.PUBLIC_ADDRESS
    faults: ClassVar[frozenset[Fault]] = frozenset({Fault.NO_PUBLIC_IP})
    statement = (
        "A Fargate task has no public address in a subnet that leads to an internet gateway only, and no endpoint "
        "stands for what it calls."
    )
    symptom = "As in isolated subnets: ResourceInitializationError or CannotPullContainerError, after a timeout."
    decided_by = (
        "AssignPublicIp, which is DISABLED where it is absent, the default routes of the subnets, and the endpoints "
        "of the VPC."
    )
    fix = (
        "Set AssignPublicIp to ENABLED in {the launch}, or run it in subnets that lead to a NAT gateway or have the "
        "endpoints that it calls."
    )
    source = "ECS developer guide, Fargate task networking; CannotPullContainer task errors"

    def explains(self, failure: Failure, context: Context) -> bool:
        """Not on instances, where tasks get no public address, and not where an endpoint is there but unusable."""
        if from_instance(failure) or is_own_of_task_on_instance(failure):
            return False
        return super().explains(failure, context)
