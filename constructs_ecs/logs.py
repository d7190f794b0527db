"""Log groups with a chosen retention, encrypted with an own key when there is one."""

from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from constructs import Construct

from constructs_ecs.facts.features import LOG_KEY_ACTIONS
from constructs_ecs.facts.limits import is_number_token
from constructs_ecs.facts.retention import check_retention_days
from constructs_ecs.known import key_arn, once, place_of, view_id
from constructs_ecs.lacking import allow_in_key_policy

_RETENTION: Final = {
    1: logs.RetentionDays.ONE_DAY,
    3: logs.RetentionDays.THREE_DAYS,
    5: logs.RetentionDays.FIVE_DAYS,
    7: logs.RetentionDays.ONE_WEEK,
    14: logs.RetentionDays.TWO_WEEKS,
    30: logs.RetentionDays.ONE_MONTH,
    60: logs.RetentionDays.TWO_MONTHS,
    90: logs.RetentionDays.THREE_MONTHS,
    120: logs.RetentionDays.FOUR_MONTHS,
    150: logs.RetentionDays.FIVE_MONTHS,
    180: logs.RetentionDays.SIX_MONTHS,
    365: logs.RetentionDays.ONE_YEAR,
    400: logs.RetentionDays.THIRTEEN_MONTHS,
    545: logs.RetentionDays.EIGHTEEN_MONTHS,
    731: logs.RetentionDays.TWO_YEARS,
    1096: logs.RetentionDays.THREE_YEARS,
    1827: logs.RetentionDays.FIVE_YEARS,
    2192: logs.RetentionDays.SIX_YEARS,
    2557: logs.RetentionDays.SEVEN_YEARS,
    2922: logs.RetentionDays.EIGHT_YEARS,
    3288: logs.RetentionDays.NINE_YEARS,
    3653: logs.RetentionDays.TEN_YEARS,
}


def log_group(
    scope: Construct,
    construct_id: str,
    *,
    retention_days: int,
    encryption_key: kms.IKey | None = None,
    removal_policy: cdk.RemovalPolicy = cdk.RemovalPolicy.RETAIN,
) -> logs.LogGroup:
    """Make a log group.

    Args:
        scope: the parent construct.
        construct_id: the id of the log group in its scope.
        retention_days: how long events are kept; one of the periods that CloudWatch Logs offers.
        encryption_key: encrypts the events; its policy then lets CloudWatch Logs of this account and Region use it.
            By default CloudWatch Logs encrypts with a key of its own.
        removal_policy: the group and its events survive the stack by default.

    Raises:
        InvalidValueError: ECS018, for another number of days.
    """
    check_retention_days(retention_days)
    retention = None if is_number_token(retention_days) else _RETENTION[retention_days]
    group = logs.LogGroup(
        scope,
        construct_id,
        retention=retention,
        encryption_key=None if encryption_key is None else _sealed_key(encryption_key),
        removal_policy=removal_policy,
    )
    if retention is None:
        resource = group.node.default_child
        assert isinstance(resource, logs.CfnLogGroup)  # noqa: S101 - tells mypy what the CDK made
        resource.retention_in_days = retention_days
    if encryption_key is not None:
        allow_log_service(encryption_key)
    return group


@once
def log_group_arn(group: logs.ILogGroup) -> str:
    """Return the ARN of a log group."""
    return group.log_group_arn


@once
def _sealed_key(key: kms.IKey) -> kms.IKey:
    """A key as the CDK's log groups may see it: whether and how they change its policy depends on the CDK's version."""
    return kms.Key.from_key_arn(place_of(key).stack, view_id(key, "SealedKey"), key_arn(key))


@once
def allow_log_service(key: kms.IKey) -> None:
    """Let CloudWatch Logs use a key for log groups of the key's own account and Region; said once however often called.

    An imported key's policy is not in the app: the statement is then said as a warning, to be added where the key is.

    Source: CloudWatch Logs user guide, "Encrypt log data using AWS KMS".
    """
    place = place_of(key)
    groups = f"arn:{place.partition}:logs:{place.region}:{place.account}:log-group:*"
    statement = iam.PolicyStatement(
        sid="CloudWatchLogs",
        principals=[iam.ServicePrincipal(f"logs.{place.region}.amazonaws.com")],
        actions=list(LOG_KEY_ACTIONS),
        resources=["*"],  # in a key's policy: this key
        conditions={"ArnLike": {"kms:EncryptionContext:aws:logs:arn": groups}},
    )
    allow_in_key_policy(key, statement)
