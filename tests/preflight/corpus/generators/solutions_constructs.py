"""Templates of AWS Solutions Constructs (2.105.0, with aws-cdk-lib 2.273.0)."""

import aws_cdk as cdk
from aws_solutions_constructs.aws_fargate_secretsmanager import FargateToSecretsmanager  # type: ignore[import-not-found]
from aws_solutions_constructs.aws_fargate_sqs import FargateToSqs  # type: ignore[import-not-found]

from tests.preflight.corpus.generators.synthesis import write

_REPOSITORY = "arn:aws:ecr:us-east-1:123456789012:repository/app"


def queue(stack: cdk.Stack) -> None:
    """A service in isolated subnets with the endpoints that the construct thinks of."""
    FargateToSqs(stack, "Service", public_api=False, ecr_repository_arn=_REPOSITORY, ecr_image_version="1.0")


def public_queue(stack: cdk.Stack) -> None:
    """The same in the subnets of a public service."""
    FargateToSqs(stack, "Service", public_api=True, ecr_repository_arn=_REPOSITORY, ecr_image_version="1.0")


def secret(stack: cdk.Stack) -> None:
    """A service that reads a secret by itself, in isolated subnets."""
    FargateToSecretsmanager(stack, "Service", public_api=False, ecr_repository_arn=_REPOSITORY, ecr_image_version="1.0")


if __name__ == "__main__":
    write(
        {
            "solutions-fargate-sqs": queue,
            "solutions-fargate-sqs-public": public_queue,
            "solutions-fargate-secret": secret,
        }
    )
