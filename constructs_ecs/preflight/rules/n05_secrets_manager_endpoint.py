"""N05: nothing leads to AWS Secrets Manager."""

from constructs_ecs.preflight.calls import Purpose
from constructs_ecs.preflight.rules.network_rule import MissingEndpoint
from constructs_ecs.preflight.rules.symptoms import symptom


class SecretsManagerEndpoint(MissingEndpoint):
    """A task uses a secret, and the subnets have neither a way out nor an endpoint for AWS Secrets Manager."""

    id = "N05"
    purposes = frozenset({Purpose.READ_SECRET, Purpose.READ_REGISTRY_CREDENTIALS})
    statement = (
        "A task uses a secret or registry credentials in isolated subnets, in a VPC without an endpoint for "
        "secretsmanager."
    )
    symptom = symptom(Purpose.READ_SECRET)
    decided_by = (
        "Secrets, SecretOptions and RepositoryCredentials of the containers; ServiceName and VpcId of the VPC "
        "endpoints; the way out of the subnets, the task's on Fargate, the instance's on EC2."
    )
    fix = "Add an interface endpoint for secretsmanager with private DNS to {the VPC}."
    source = "ECS developer guide, ResourceInitializationError; Pass Secrets Manager secrets"
