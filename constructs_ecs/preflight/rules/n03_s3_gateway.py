"""N03: no route of the subnet leads to Amazon S3."""

from collections.abc import Sequence
from typing import ClassVar

from constructs_ecs.preflight.calls import Purpose
from constructs_ecs.preflight.findings import Fault
from constructs_ecs.preflight.rules.base import Context, Failure
from constructs_ecs.preflight.rules.network_rule import MissingEndpoint
from constructs_ecs.preflight.rules.symptoms import symptom


class S3Gateway(MissingEndpoint):
    """What is in Amazon S3, an image's layers above all, cannot be fetched from a subnet."""

    id = "N03"
    purposes = frozenset({Purpose.PULL_LAYERS, Purpose.READ_FILE})
    faults: ClassVar[frozenset[Fault]] = frozenset({Fault.NO_ENDPOINT, Fault.NO_GATEWAY_ROUTE, Fault.NO_PRIVATE_DNS})
    statement = (
        "A task gets the layers of an ECR image, or a file, from Amazon S3 out of isolated subnets, and their route "
        "table is not one of a gateway endpoint for s3."
    )
    symptom = symptom(Purpose.PULL_LAYERS)
    decided_by = (
        "RouteTableIds of the gateway endpoint and the route tables of the subnets. An interface endpoint for s3 with "
        "private DNS may do, and leaves it open."
    )
    fix = "Add a gateway endpoint for s3 to {the VPC}, with the route tables of all subnets that tasks run in."
    source = "AWS PrivateLink guide, Gateway endpoints; ECS developer guide, CannotPullContainer task errors"

    def explains(self, failure: Failure, context: Context) -> bool:
        """Always where there is an endpoint that the subnet does not use."""
        return failure.link.fault is not Fault.NO_ENDPOINT or super().explains(failure, context)

    def fix_of(self, failures: Sequence[Failure]) -> str:
        """Where there is a gateway, it lacks the route table only."""
        fault = failures[0].link.fault
        if fault is Fault.NO_GATEWAY_ROUTE:
            return "Name the route tables of all subnets that tasks run in in RouteTableIds of {the endpoint}."
        if fault is Fault.NO_PRIVATE_DNS:
            return "Add a gateway endpoint for s3, or set PrivateDnsEnabled to true on {the endpoint}."
        return super().fix_of(failures)
