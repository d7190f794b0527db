"""N02: nothing leads to the registry of Amazon ECR."""

from constructs_ecs.preflight.calls import Purpose
from constructs_ecs.preflight.rules.network_rule import MissingEndpoint
from constructs_ecs.preflight.rules.symptoms import symptom


class EcrDockerEndpoint(MissingEndpoint):
    """An image is in Amazon ECR, and the subnets have neither a way out nor the endpoint that serves images."""

    id = "N02"
    purposes = frozenset({Purpose.PULL_IMAGE})
    statement = "A task pulls from Amazon ECR out of isolated subnets, in a VPC without an endpoint for ecr.dkr."
    symptom = symptom(Purpose.PULL_IMAGE)
    decided_by = (
        "ServiceName and VpcId of the VPC endpoints, and the way out of the subnets that the pull leaves by: the "
        "task's on Fargate, the instance's on EC2."
    )
    fix = "Add an interface endpoint for ecr.dkr with private DNS to {the VPC}."
    source = "Amazon ECR user guide, Interface VPC endpoints; ECS developer guide, CannotPullContainer task errors"
