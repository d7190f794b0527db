"""Who may do what, as somebody writes it who reads AWS's pages on each."""

from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

LOG_KEY: Final = [
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:Encrypt",
    "kms:GenerateDataKey",
    "kms:GenerateDataKeyPair",
    "kms:GenerateDataKeyPairWithoutPlaintext",
    "kms:GenerateDataKeyWithoutPlaintext",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
]
"""What CloudWatch Logs does with a key, for whoever writes to a log group."""


def allow(actions: list[str], resource: str) -> iam.PolicyStatement:
    """Allow actions on one resource."""
    return iam.PolicyStatement(actions=actions, resources=[resource])


def through_logs(key_arn: str, service: str | None = None) -> iam.PolicyStatement:
    """Allow what CloudWatch Logs does with a key, and nothing without it."""
    via = {"StringEquals": {"kms:ViaService": logs_service() if service is None else service}}
    return iam.PolicyStatement(actions=LOG_KEY, resources=[key_arn], conditions=via)


def logs_service() -> str:
    """CloudWatch Logs of the stack's Region, as a principal and as what calls KMS."""
    return f"logs.{cdk.Aws.REGION}.amazonaws.com"


def of_this_account(principal: str, service: str, resource: str) -> iam.ServicePrincipal:
    """Trust an AWS service when it acts for a resource of this account and Region."""
    source = f"arn:{cdk.Aws.PARTITION}:{service}:{cdk.Aws.REGION}:{cdk.Aws.ACCOUNT_ID}:{resource}"
    return iam.ServicePrincipal(
        principal,
        conditions={
            "StringEquals": {"aws:SourceAccount": cdk.Aws.ACCOUNT_ID},
            "ArnLike": {"aws:SourceArn": source},
        },
    )
