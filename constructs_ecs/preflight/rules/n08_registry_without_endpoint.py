"""N08: an image in a registry that no endpoint serves."""

from collections.abc import Sequence
from typing import ClassVar

from constructs_ecs.preflight.calls import Purpose
from constructs_ecs.preflight.findings import Fault, Where
from constructs_ecs.preflight.rules.base import Context, Failure, sentence
from constructs_ecs.preflight.rules.network_rule import Cause, NetworkRule, cause, way_out
from constructs_ecs.preflight.rules.symptoms import symptom


class RegistryWithoutEndpoint(NetworkRule):
    """An image is on a host that no VPC endpoint stands for, and the subnets have no way out."""

    id = "N08"
    purposes = frozenset({Purpose.PULL_FROM_REGISTRY})
    faults: ClassVar[frozenset[Fault]] = frozenset({Fault.UNSERVED_HOST})
    statement = (
        "A task in isolated subnets pulls from a registry that no VPC endpoint serves: Docker Hub, Amazon ECR Public, "
        "ghcr.io, quay.io and so on."
    )
    symptom = symptom(Purpose.PULL_FROM_REGISTRY)
    decided_by = (
        "The host in Image, and the way out of the subnets, the task's on Fargate, the instance's on EC2. A proxy "
        "that the instances are told of, or a private zone for the host, leaves it open."
    )
    fix = (
        "Pull the image of {the task definition} through an ECR pull-through cache, copy it into Amazon ECR, or give "
        "the subnets a NAT gateway."
    )
    source = "Amazon ECR user guide, Interface VPC endpoints, Considerations"

    def explains(self, failure: Failure, context: Context) -> bool:
        """Not where a way out is there in part."""
        return cause(failure, context) is Cause.ENDPOINT

    def decisive(self, failure: Failure) -> Where:
        """The image."""
        return failure.call.where

    def message(self, failures: Sequence[Failure]) -> str:
        """Say which container's image is where."""
        ways = (way_out(failure.proof) for failure in failures)
        return sentence(
            [
                *(f"The image of {one.call.container} is on {one.call.resource}" for one in failures),
                *(way.text for way in ways if way is not None),
            ]
        )
