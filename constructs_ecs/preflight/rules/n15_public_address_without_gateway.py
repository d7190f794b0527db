"""N15: a public address without an internet gateway to use it with."""

from collections.abc import Sequence
from typing import ClassVar

from constructs_ecs.preflight.findings import Fault
from constructs_ecs.preflight.rules.base import Failure
from constructs_ecs.preflight.rules.network_rule import Cause, WayOutRule
from constructs_ecs.preflight.topology.explanations import BAD_ROUTE


class PublicAddressWithoutGateway(WayOutRule):
    """Tasks or instances have a public address, but their subnet has no default route to an attached gateway."""

    id = "N15"
    cause = Cause.ROUTE
    faults: ClassVar[frozenset[Fault]] = frozenset({Fault.NO_ROUTE})
    statement = (
        "A task or an instance has a public address in a subnet without a default route to an internet gateway, or "
        "the gateway is not attached to the VPC, and no endpoint stands for what is called."
    )
    symptom = "As in isolated subnets: ResourceInitializationError or CannotPullContainerError, after a timeout."
    decided_by = (
        "AssignPublicIp, AssociatePublicIpAddress and MapPublicIpOnLaunch; the routes of the subnets; "
        "VPCGatewayAttachment. A default route to anything else leaves it open."
    )
    fix = "Add a default route to an internet gateway that is attached to the VPC to {the route table}."
    source = "ECS developer guide, Fargate task networking; Amazon VPC user guide, Internet gateways"

    def fix_of(self, failures: Sequence[Failure]) -> str:
        """The gateway may be there, unattached."""
        if failures[0].link.explanation == BAD_ROUTE:
            return "Attach the gateway of {the route} to the VPC with an AWS::EC2::VPCGatewayAttachment."
        return self.fix
