"""N19: isolated subnets, and something in another Region."""

from collections.abc import Sequence
from typing import ClassVar

from constructs_ecs.preflight.findings import Fault, Where
from constructs_ecs.preflight.rules.base import Context, Failure, sentence
from constructs_ecs.preflight.rules.network_rule import Cause, NetworkRule, cause, way_out
from constructs_ecs.preflight.topology import AwsService


class OtherRegion(NetworkRule):
    """An image, secret, parameter or log group is in another Region, which no endpoint of the VPC leads to."""

    id = "N19"
    faults: ClassVar[frozenset[Fault]] = frozenset({Fault.NO_ENDPOINT})
    statement = (
        "A task in isolated subnets uses an image, a secret, a parameter or a log group of another Region; the VPC's "
        "endpoints serve its own Region."
    )
    symptom = "A timeout of the call, or ResourceNotFoundException where the name is looked for in the own Region."
    decided_by = (
        "The Region in Image, ValueFrom, CredentialsParameter or awslogs-region, against that of the stack. A stack "
        "without a fixed Region leaves it open."
    )
    fix = "Copy or replicate what {the resource} names to the Region of its VPC, or give its subnets a NAT gateway."
    source = "ECS developer guide, Amazon ECS interface VPC endpoints, Considerations"

    def explains(self, failure: Failure, context: Context) -> bool:
        """Only calls to another Region, out of isolated subnets."""
        return cause(failure, context) is Cause.REGION

    def decisive(self, failure: Failure) -> Where:
        """What names the other Region."""
        return failure.call.where

    def message(self, failures: Sequence[Failure]) -> str:
        """Name what is called, and where."""
        texts = []
        for failure in failures:
            destination, way = failure.call.destination, way_out(failure.proof)
            if isinstance(destination, AwsService):
                service = f"{destination.endpoint.value} of {destination.region}"
                texts.append(f"To {failure.call.purpose.value} takes {service}")
            if way is not None:
                texts.append(way.text)
        return sentence(texts)
