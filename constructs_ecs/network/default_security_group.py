"""The VPC's default security group: nothing carries it; removing its rules is more than CloudFormation can do."""

from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from constructs_ecs.acknowledgements import acknowledge
from constructs_ecs.facts.needs import Permission
from constructs_ecs.roles import LeastPrivilegeRole

_CODE: Final = """\
import boto3
import cfnresponse
from botocore.exceptions import ClientError

RULES = {
    "revoke_security_group_ingress": lambda group: {"UserIdGroupPairs": [{"GroupId": group}]},
    "revoke_security_group_egress": lambda group: {"IpRanges": [{"CidrIp": "0.0.0.0/0"}]},
}


def handler(event, context):
    group = event["ResourceProperties"]["GroupId"]
    try:
        if event["RequestType"] != "Delete":
            for revoke, peer in RULES.items():
                try:
                    rule = {"IpProtocol": "-1", **peer(group)}
                    getattr(boto3.client("ec2"), revoke)(GroupId=group, IpPermissions=[rule])
                except ClientError as error:
                    if error.response["Error"]["Code"] != "InvalidPermission.NotFound":
                        raise
        cfnresponse.send(event, context, cfnresponse.SUCCESS, {}, group)
    except Exception as error:
        cfnresponse.send(event, context, cfnresponse.FAILED, {}, group, reason=str(error))
"""
"""Removes the two rules that every VPC's default group is born with. Whatever fails is told to CloudFormation."""


def leave_open(vpc: ec2.CfnVPC) -> None:
    """Say in the report why the default group keeps its rules."""
    _acknowledge_group(
        vpc,
        "Nothing carries the default security group. Removing its rules takes a Lambda function, which the network "
        "makes when asked to (close_default_security_group).",
    )


def close(scope: Construct, vpc: ec2.CfnVPC) -> None:
    """Remove the rules of the default group, by a Lambda function that CloudFormation calls when it made the VPC.

    Args:
        scope: the network.
        vpc: the VPC.
    """
    closing = Construct(scope, "CloseDefaultSecurityGroup")
    group = vpc.attr_default_security_group
    cdk.CustomResource(
        closing,
        "Closed",
        service_token=_new_function(closing, group).attr_arn,
        service_timeout=cdk.Duration.minutes(2),
        resource_type="Custom::ClosedDefaultSecurityGroup",
        properties={"GroupId": group},
    )
    _acknowledge_group(vpc, "A custom resource removes the rules; the pack knows only the CDK's own.")


def _new_function(scope: Construct, group: str) -> lambda_.CfnFunction:
    role = LeastPrivilegeRole(
        scope,
        "Role",
        assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
        description="Removes the rules of one default security group.",
    )
    stack = cdk.Stack.of(scope)
    arn = f"arn:{stack.partition}:ec2:{stack.region}:{stack.account}:security-group/{group}"
    revoke = ("ec2:RevokeSecurityGroupEgress", "ec2:RevokeSecurityGroupIngress")
    role.allow([Permission(actions=revoke, resources=(arn,))])
    # Not the L2: with some feature flags it makes a log group, and this function has nothing to log.
    function = lambda_.CfnFunction(
        scope,
        "Function",
        runtime="python3.14",
        handler="index.handler",
        code=lambda_.CfnFunction.CodeProperty(zip_file=_CODE),
        role=role.role.role_arn,
        timeout=60,
        description="Removes the rules of a VPC's default security group.",
    )
    _acknowledge_function(function)
    return function


def _acknowledge_group(vpc: ec2.CfnVPC, reason: str) -> None:
    acknowledge(
        vpc,
        reason,
        "NIST.800.53.R5-VPCDefaultSecurityGroupClosed",
        "HIPAA.Security-VPCDefaultSecurityGroupClosed",
        "PCI.DSS.321-VPCDefaultSecurityGroupClosed",
    )


def _acknowledge_function(function: lambda_.CfnFunction) -> None:
    acknowledge(
        function,
        "CloudFormation calls the function once and waits for its answer: no event can be lost, no crowd can come.",
        "NIST.800.53.R5-LambdaDLQ",
        "HIPAA.Security-LambdaDLQ",
        "NIST.800.53.R5-LambdaConcurrency",
        "HIPAA.Security-LambdaConcurrency",
    )
    acknowledge(
        function,
        "The function calls the EC2 API alone and nothing in the VPC, from which there may be no way to that API.",
        "NIST.800.53.R5-LambdaInsideVPC",
        "HIPAA.Security-LambdaInsideVPC",
        "PCI.DSS.321-LambdaInsideVPC",
    )
