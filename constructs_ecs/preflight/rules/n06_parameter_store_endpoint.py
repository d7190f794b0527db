"""N06: nothing leads to AWS Systems Manager."""

from constructs_ecs.preflight.calls import Purpose
from constructs_ecs.preflight.rules.network_rule import MissingEndpoint
from constructs_ecs.preflight.rules.symptoms import symptom


class ParameterStoreEndpoint(MissingEndpoint):
    """A task uses a parameter, and the subnets have neither a way out nor an endpoint for AWS Systems Manager."""

    id = "N06"
    purposes = frozenset({Purpose.READ_PARAMETER})
    statement = "A task uses a parameter in isolated subnets, in a VPC without an endpoint for ssm."
    symptom = symptom(Purpose.READ_PARAMETER)
    decided_by = (
        "ValueFrom of Secrets and SecretOptions where it names no secret; ServiceName and VpcId of the VPC endpoints; "
        "the way out of the subnets, the task's on Fargate, the instance's on EC2."
    )
    fix = "Add an interface endpoint for ssm with private DNS to {the VPC}."
    source = "ECS developer guide, ResourceInitializationError; Pass Systems Manager parameters"
