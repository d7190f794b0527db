"""The AWS services that a VPC endpoint can stand for, and how each is named and guarded.

Sources: Amazon ECS interface VPC endpoints (seed document 001 and its newest page), AWS PrivateLink guide, and the
exceptions that aws-cdk-lib lists in ``aws-ec2/lib/vpc-endpoint.ts``.
"""

from enum import Enum


class Endpoint(Enum):
    """A service that tasks or instances call through a VPC endpoint; the value is the service's name."""

    ECS_AGENT = "ecs-agent"
    ECS_TELEMETRY = "ecs-telemetry"
    ECS = "ecs"
    SSM = "ssm"
    SSM_MESSAGES = "ssmmessages"
    EC2_MESSAGES = "ec2messages"
    ECR_API = "ecr.api"
    ECR_DOCKER = "ecr.dkr"
    LOGS = "logs"
    SECRETS_MANAGER = "secretsmanager"
    KMS = "kms"
    STEP_FUNCTIONS = "states"
    STS = "sts"
    ELASTIC_FILE_SYSTEM = "elasticfilesystem"
    S3 = "s3"
    """A gateway endpoint: routes, no network interface, no charge."""
