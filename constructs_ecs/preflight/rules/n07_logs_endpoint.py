"""N07: nothing leads to Amazon CloudWatch Logs."""

from constructs_ecs.preflight.calls import Purpose
from constructs_ecs.preflight.rules.network_rule import MissingEndpoint
from constructs_ecs.preflight.rules.symptoms import symptom


class LogsEndpoint(MissingEndpoint):
    """A container logs with awslogs, and the subnets have neither a way out nor an endpoint for CloudWatch Logs."""

    id = "N07"
    purposes = frozenset({Purpose.CREATE_LOG_GROUP, Purpose.WRITE_LOGS})
    statement = "A task writes its log with awslogs in isolated subnets, in a VPC without an endpoint for logs."
    symptom = symptom(Purpose.WRITE_LOGS)
    decided_by = (
        "LogDriver of the containers; ServiceName and VpcId of the VPC endpoints; the way out of the subnets, the "
        "task's on Fargate, the instance's on EC2."
    )
    fix = "Add an interface endpoint for logs with private DNS to {the VPC}."
    source = "ECS developer guide, ResourceInitializationError; Send Amazon ECS logs to CloudWatch"
