"""X03: no way to Session Manager for ECS Exec."""

from constructs_ecs.preflight.calls import Purpose
from constructs_ecs.preflight.findings import Severity
from constructs_ecs.preflight.rules.network_rule import MissingEndpoint
from constructs_ecs.preflight.rules.symptoms import symptom


class ExecEndpoint(MissingEndpoint):
    """ECS Exec is on, in subnets without a way out and without an endpoint for ssmmessages."""

    id = "X03"
    severity = Severity.EXEC
    purposes = frozenset({Purpose.OPEN_EXEC_CHANNEL})
    statement = (
        "ECS Exec is on in subnets without a way to the internet, in a VPC without a usable endpoint for ssmmessages."
    )
    symptom = symptom(Purpose.OPEN_EXEC_CHANNEL)
    decided_by = (
        "The endpoints of the VPC and the routes of the subnets: the task's own with the network mode awsvpc, else the "
        "instance's. Endpoints for ssm and ec2messages are not needed."
    )
    fix = "Add an interface endpoint for ssmmessages with private DNS to {the VPC}."
    source = "ECS developer guide, Monitor Amazon ECS containers with ECS Exec"
