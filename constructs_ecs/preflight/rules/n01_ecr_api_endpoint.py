"""N01: nothing leads to the API of Amazon ECR."""

from constructs_ecs.preflight.calls import Purpose
from constructs_ecs.preflight.rules.network_rule import MissingEndpoint
from constructs_ecs.preflight.rules.symptoms import symptom


class EcrApiEndpoint(MissingEndpoint):
    """An image is in Amazon ECR, and the subnets have neither a way out nor the endpoint that logs in to ECR."""

    id = "N01"
    purposes = frozenset({Purpose.ECR_TOKEN})
    statement = "A task pulls from Amazon ECR out of isolated subnets, in a VPC without an endpoint for ecr.api."
    symptom = symptom(Purpose.ECR_TOKEN)
    decided_by = (
        "ServiceName and VpcId of the VPC endpoints, and the way out of the subnets that the login leaves by: the "
        "task's on Fargate, the instance's on EC2. Fargate's platform versions up to 1.3.0 log in by a network of "
        "their own."
    )
    fix = "Add an interface endpoint for ecr.api with private DNS to {the VPC}."
    source = "Amazon ECR user guide, Interface VPC endpoints; ECS developer guide, ResourceInitializationError"
