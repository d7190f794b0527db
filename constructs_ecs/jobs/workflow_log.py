"""What a workflow leaves of its executions: a log of all that they do, and traces.

Sources: Step Functions developer guide, "Using CloudWatch Logs to log execution history" and "AWS X-Ray and Step
Functions"; CloudWatch Logs user guide, "Log group resource policy size limit considerations".
"""

from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from constructs_ecs.facts.triggers import LOG_GROUP_PREFIX
from constructs_ecs.logs import log_group

_NAME_LENGTH: Final = 256


def workflow_log(
    scope: Construct,
    construct_id: str,
    *,
    retention_days: int,
    encryption_key: kms.IKey,
    removal_policy: cdk.RemovalPolicy,
) -> logs.LogGroup:
    """Make the log group of a workflow, named so that it takes no room in the account's resource policy.

    Args:
        scope: the workflow, which the name tells.
        construct_id: the id of the log group in its scope.
        retention_days: how long events are kept.
        encryption_key: encrypts the events.
        removal_policy: what becomes of the group with the stack.

    Raises:
        InvalidValueError: ECS018, CloudWatch Logs does not offer the period.
    """
    group = log_group(
        scope,
        construct_id,
        retention_days=retention_days,
        encryption_key=encryption_key,
        removal_policy=removal_policy,
    )
    resource = group.node.default_child
    assert isinstance(resource, logs.CfnLogGroup)  # noqa: S101 - tells mypy what the CDK made
    # The stack's id, so that a stack that is made anew does not find the log of the one before in its way.
    made_by = cdk.Fn.select(2, cdk.Fn.split("/", cdk.Aws.STACK_ID))
    name = cdk.Names.unique_resource_name(scope, max_length=_NAME_LENGTH, separator="-")
    resource.log_group_name = f"{LOG_GROUP_PREFIX}{name}-{made_by}"
    return group


def log_and_trace(machine: sfn.StateMachine, group: logs.LogGroup, *, include_execution_data: bool) -> None:
    """Log everything, and trace.

    Not by the CDK's own options, which would give the role permissions that it has already.

    Args:
        machine: what is logged.
        group: where to.
        include_execution_data: whether inputs, outputs and parameters are logged.
    """
    resource = machine.node.default_child
    assert isinstance(resource, sfn.CfnStateMachine)  # noqa: S101 - tells mypy what the CDK made
    where = sfn.CfnStateMachine.CloudWatchLogsLogGroupProperty(log_group_arn=group.log_group_arn)
    resource.logging_configuration = sfn.CfnStateMachine.LoggingConfigurationProperty(
        level="ALL",
        include_execution_data=include_execution_data,
        destinations=[sfn.CfnStateMachine.LogDestinationProperty(cloud_watch_logs_log_group=where)],
    )
    resource.tracing_configuration = sfn.CfnStateMachine.TracingConfigurationProperty(enabled=True)
