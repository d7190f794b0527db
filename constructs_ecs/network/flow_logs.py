"""Flow logs: who talked to whom in the VPC, kept in a log group."""

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from constructs import Construct

from constructs_ecs.acknowledgements import acknowledge
from constructs_ecs.facts.features import awslogs
from constructs_ecs.facts.needs import Permission
from constructs_ecs.logs import log_group
from constructs_ecs.roles import LeastPrivilegeRole


def new_flow_log_group(
    scope: Construct, *, retention_days: int, encryption_key: kms.IKey | None, removal_policy: cdk.RemovalPolicy
) -> logs.LogGroup:
    """Make the log group of a VPC's flow logs.

    Raises:
        InvalidValueError: ECS018, `retention_days` is not on offer.
    """
    group = log_group(
        scope,
        "FlowLogGroup",
        retention_days=retention_days,
        encryption_key=encryption_key,
        removal_policy=removal_policy,
    )
    if encryption_key is None:
        acknowledge(
            group,
            "Flow logs hold addresses, ports and byte counts, but no payload. CloudWatch Logs encrypts them with a key "
            "of its own; a network that is given an encryption_key uses that.",
            "NIST.800.53.R5-CloudWatchLogGroupEncrypted",
            "HIPAA.Security-CloudWatchLogGroupEncrypted",
            "PCI.DSS.321-CloudWatchLogGroupEncrypted",
        )
    return group


def new_flow_log(
    scope: Construct, vpc: ec2.IVpc, group: logs.LogGroup, *, encryption_key: kms.IKey | None
) -> ec2.FlowLog:
    """Record all traffic of a VPC, accepted and rejected."""
    role = LeastPrivilegeRole(
        scope, "FlowLogRole", assumed_by=_flow_logs_principal(scope), description="Writes the flow logs of one VPC."
    )
    role.allow(_permissions(scope, group, encryption_key))
    return ec2.FlowLog(
        scope,
        "FlowLog",
        resource_type=ec2.FlowLogResourceType.from_vpc(vpc),
        traffic_type=ec2.FlowLogTrafficType.ALL,
        destination=ec2.FlowLogDestination.to_cloud_watch_logs(group, role.sealed),
    )


def _flow_logs_principal(scope: Construct) -> iam.IPrincipal:
    """Who assumes the role: flow logs of this account and Region alone (no confused deputy).

    Source: VPC user guide, "IAM role for publishing flow logs to CloudWatch Logs".
    """
    stack = cdk.Stack.of(scope)
    return iam.ServicePrincipal(
        "vpc-flow-logs.amazonaws.com",
        conditions={
            "StringEquals": {"aws:SourceAccount": stack.account},
            "ArnLike": {"aws:SourceArn": f"arn:{stack.partition}:ec2:{stack.region}:{stack.account}:vpc-flow-log/*"},
        },
    )


def _permissions(scope: Construct, group: logs.LogGroup, key: kms.IKey | None) -> list[Permission]:
    """What the page asks for, except `logs:CreateLogGroup`: the group is there.

    Source: as :func:`_flow_logs_principal`.
    """
    write = awslogs(
        group.log_group_arn, region=cdk.Stack.of(scope).region, key_arn=None if key is None else key.key_arn
    )
    return [
        *write.execution_role,
        Permission(actions=("logs:DescribeLogStreams",), resources=(group.log_group_arn,)),
        Permission(
            actions=("logs:DescribeLogGroups",),
            resources=("*",),
            reason="The flow logs service lists log groups before it writes, and a list is authorized on all of them.",
        ),
    ]
