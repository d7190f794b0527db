"""The AWS services that a VPC endpoint can stand for, and how each is named and guarded.

Sources: Amazon ECS interface VPC endpoints (seed document 001 and its newest page), AWS PrivateLink guide, and the
exceptions that aws-cdk-lib lists in ``aws-ec2/lib/vpc-endpoint.ts``.
"""

from enum import Enum
from typing import Final

HTTPS_PORT: Final = 443
"""The port of every endpoint, and of every AWS service behind one."""


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


STANDARD_ENDPOINTS: Final = (Endpoint.ECS_AGENT, Endpoint.ECS_TELEMETRY, Endpoint.ECS, Endpoint.SSM)
"""What a network for container workloads starts from."""

ECS_CREATION_ORDER: Final = (Endpoint.ECS_AGENT, Endpoint.ECS_TELEMETRY, Endpoint.ECS)
"""The order in which the endpoints of ECS are created where there are container instances already.

Source: ECS developer guide, "Interface VPC endpoints", "Creating the VPC endpoints for Amazon ECS".
"""

_ECR: Final = frozenset({Endpoint.ECR_API, Endpoint.ECR_DOCKER})
_ECR_AND_EFS: Final = _ECR | {Endpoint.ELASTIC_FILE_SYSTEM}
_CHINA: Final = _ECR_AND_EFS | {Endpoint.STEP_FUNCTIONS, Endpoint.STS}
_COMMON_PREFIX: Final = "com.amazonaws"
_OWN_PREFIXES: Final = {
    "cn-north-1": ("cn.com.amazonaws", _CHINA),
    "cn-northwest-1": ("cn.com.amazonaws", _CHINA),
    "eusc-de-east-1": ("eu.amazonaws", _ECR),
    "us-iso-east-1": ("gov.ic.c2s", _ECR_AND_EFS),
    "us-iso-west-1": ("gov.ic.c2s", _ECR_AND_EFS),
    "us-isob-east-1": ("gov.sgov.sc2s", _ECR_AND_EFS),
    "us-isob-west-1": ("gov.sgov.sc2s", _ECR),
    "us-isof-east-1": ("gov.ic.hci.csp", _ECR),
    "us-isof-south-1": ("gov.ic.hci.csp", _ECR),
    "eu-isoe-west-1": ("uk.adc-e.cloud", _ECR),
}
"""Region -> its own prefix, and the services there that use it; all others use the common one."""

_WITHOUT_POLICY: Final = frozenset({Endpoint.ECS_AGENT, Endpoint.ECS_TELEMETRY})


def service_name(endpoint: Endpoint, region: str) -> str:
    """Return the name of an endpoint service in a Region; for S3 that of the gateway.

    A Region that is a token gives the common prefix, as the CDK does: a template for any Region cannot know better.
    """
    prefix, services = _OWN_PREFIXES.get(region, (_COMMON_PREFIX, frozenset()))
    return f"{prefix if endpoint in services else _COMMON_PREFIX}.{region}.{endpoint.value}"


def supports_policy(endpoint: Endpoint) -> bool:
    """Whether an endpoint takes a policy. No page says so of the ECS agent's two, so they are given none."""
    return endpoint not in _WITHOUT_POLICY
