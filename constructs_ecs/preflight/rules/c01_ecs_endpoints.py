"""C01: container instances that do not reach Amazon ECS."""

from collections.abc import Sequence
from typing import Final

from constructs_ecs.facts.endpoints import ECS_CREATION_ORDER
from constructs_ecs.preflight.calls import Purpose
from constructs_ecs.preflight.rules.base import Failure
from constructs_ecs.preflight.rules.network_rule import MissingEndpoint
from constructs_ecs.preflight.rules.symptoms import symptom
from constructs_ecs.preflight.topology import AwsService

_ALL: Final = "interface endpoints for ecs, ecs-agent and ecs-telemetry"


class EcsEndpoints(MissingEndpoint):
    """Instances in isolated subnets lack one of the three endpoints by which their agent talks to Amazon ECS."""

    id = "C01"
    purposes = frozenset({Purpose.REGISTER_INSTANCE})
    statement = (
        "Container instances run in isolated subnets, in a VPC without the endpoints for ecs, ecs-agent and "
        "ecs-telemetry; the agent needs all three."
    )
    symptom = symptom(Purpose.REGISTER_INSTANCE)
    decided_by = (
        "The subnets of the Auto Scaling group or instance, their way out, and ServiceName and VpcId of the VPC "
        "endpoints. Instances that are not in the templates leave it open; Fargate needs none of the three."
    )
    fix = f"Add {_ALL} with private DNS to {{the VPC}}."
    source = "ECS developer guide, Amazon ECS interface VPC endpoints"

    def fix_of(self, failures: Sequence[Failure]) -> str:
        """Name those that are missing."""
        called = {
            failure.call.destination.endpoint
            for failure in failures
            if isinstance(failure.call.destination, AwsService)
        }
        missing = " and ".join(endpoint.value for endpoint in ECS_CREATION_ORDER if endpoint in called)
        wanted = f"interface endpoints for {missing}" if " " in missing else f"an interface endpoint for {missing}"
        return super().fix_of(failures).replace(_ALL, wanted)
