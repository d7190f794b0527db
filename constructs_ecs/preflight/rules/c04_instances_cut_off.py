"""C04: container instances behind an internet gateway, without a public address."""

from collections.abc import Sequence
from typing import ClassVar

from constructs_ecs.preflight.calls import Purpose
from constructs_ecs.preflight.findings import Fault
from constructs_ecs.preflight.rules.base import Context, Failure
from constructs_ecs.preflight.rules.network_rule import Cause, WayOutRule, from_instance, symptoms_of
from constructs_ecs.preflight.rules.symptoms import symptom


class InstancesCutOff(WayOutRule):
    """Instances have neither a public address, nor a NAT gateway, nor the endpoints that they call."""

    id = "C04"
    cause = Cause.PUBLIC_ADDRESS
    faults: ClassVar[frozenset[Fault]] = frozenset({Fault.NO_PUBLIC_IP})
    statement = (
        "Container instances have no public address in subnets that lead to an internet gateway only, and no "
        "endpoint stands for what their agent calls."
    )
    symptom = symptom(Purpose.REGISTER_INSTANCE)
    decided_by = (
        "AssociatePublicIpAddress of the launch template, else MapPublicIpOnLaunch of the subnets, which is false "
        "where it is absent; the default routes of the subnets, and the endpoints of the VPC."
    )
    fix = (
        "Set AssociatePublicIpAddress to true for the instances of {the resource}, or put them into subnets that lead "
        "to a NAT gateway or have the endpoints."
    )
    source = "ECS developer guide, Verify stopped task connectivity; Amazon VPC user guide, Internet gateways"

    def explains(self, failure: Failure, context: Context) -> bool:
        """Only what instances call."""
        return from_instance(failure) and super().explains(failure, context)

    def symptom_of(self, failures: Sequence[Failure]) -> str:
        """An instance that does not register keeps all else from being tried."""
        registering = any(failure.call.purpose is Purpose.REGISTER_INSTANCE for failure in failures)
        return self.symptom if registering else symptoms_of(failures)
