"""Access logs: who asked for what, kept in a bucket that the load balancer's account alone writes to.

The CDK's own ``log_access_logs`` needs the Region at synth, and lets a second service write that Application Load
Balancers do not use.

Source: user guide for Application Load Balancers, "Enable access logs".
"""

import json
from typing import Any, Final

import aws_cdk as cdk
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import Construct

from constructs_ecs.acknowledgements import acknowledge
from constructs_ecs.buckets import record_bucket
from constructs_ecs.errors import Code, ConflictError
from constructs_ecs.facts.cdk_types import CdkType, check_cdk
from constructs_ecs.facts.limits import check_whole_number, is_token
from constructs_ecs.facts.load_balancing import LOG_DELIVERY_ACCOUNTS, LOG_DELIVERY_SERVICE, check_access_log_prefix
from constructs_ecs.facts.pasting import pasted

_RETENTION_DAYS: Final = 365
_MAXIMUM_DAYS: Final = 36_500


def bucket_or_new(
    scope: Construct, existing: s3.IBucket | None, *, retention_days: int | None, removal_policy: cdk.RemovalPolicy
) -> s3.IBucket:
    """Return an existing bucket, or make one, which keeps access logs for a year unless told otherwise."""
    if existing is not None:
        return existing
    bucket = record_bucket(
        scope,
        "AccessLogBucket",
        retention_days=_RETENTION_DAYS if retention_days is None else retention_days,
        encryption_key=None,
        removal_policy=removal_policy,
    )
    _acknowledge_bucket(bucket)
    return bucket


def check(scope: Construct, bucket: s3.IBucket | None, *, prefix: str | None, retention_days: int | None) -> None:
    """Check where access logs go, as far as it is known.

    Args:
        scope: where the load balancer is made.
        bucket: an existing bucket, if any.
        prefix: the objects' prefix, if any.
        retention_days: how long an own bucket keeps objects, if it was said.

    Raises:
        InvalidValueError: ECS038, the prefix or the retention is none; ECS030, the bucket is not the CDK's.
        ConflictError: ECS050, the existing bucket is encrypted by KMS or in another Region, or there is a retention for
            it.
    """
    if prefix is not None:
        check_access_log_prefix(prefix)
    if retention_days is not None:
        check_whole_number(
            retention_days,
            code=Code.LOAD_BALANCER,
            name="access_log_retention_days",
            minimum=1,
            maximum=_MAXIMUM_DAYS,
        )
    if bucket is None:
        return
    check_cdk(bucket, CdkType.BUCKET, name="access_log_bucket")
    if retention_days is not None:
        raise ConflictError(
            Code.LOAD_BALANCER_CHOICE,
            "How long objects are kept is said of an own bucket; got access_log_retention_days and access_log_bucket.",
            "Give the existing bucket a lifecycle rule, or leave one of the two out.",
        )
    _check_bucket(bucket, region=cdk.Stack.of(scope).region)


def deliver(load_balancer: elbv2.ApplicationLoadBalancer, bucket: s3.IBucket, *, prefix: str | None) -> None:
    """Let a load balancer write its access logs to a bucket, from its first request.

    Where the policy of the bucket cannot be changed, what it lacks is said as a warning at synth, ready to paste.

    Args:
        load_balancer: the load balancer.
        bucket: the bucket.
        prefix: the objects' prefix, if any.
    """
    stack = cdk.Stack.of(load_balancer)
    folder = "AWSLogs" if prefix is None else f"{prefix}/AWSLogs"
    statement = _statement(stack, bucket, folder)
    result = bucket.add_to_resource_policy(iam.PolicyStatement.from_json(statement))
    if not result.statement_added:
        cdk.Annotations.of(load_balancer).add_warning_v2(
            "constructs-ecs:access-log-bucket",
            f"{load_balancer.node.path} writes to a bucket whose policy this app cannot change. Unless it has it, add: "
            f"{pasted([stack.resolve(statement)], account=stack.account, region=stack.region)}",
        )
    elif result.policy_dependable is not None and load_balancer.node.default_child is not None:
        # Elastic Load Balancing tries to write as soon as it is told to.
        load_balancer.node.default_child.node.add_dependency(result.policy_dependable)
    load_balancer.set_attribute("access_logs.s3.enabled", "true")
    load_balancer.set_attribute("access_logs.s3.bucket", bucket.bucket_name)
    if prefix is not None:
        load_balancer.set_attribute("access_logs.s3.prefix", prefix)


def _check_bucket(bucket: s3.IBucket, *, region: str) -> None:
    if bucket.encryption_key is not None or _has_kms(bucket):
        raise ConflictError(
            Code.LOAD_BALANCER_CHOICE,
            f"Access logs are written to a bucket with S3-managed encryption; {bucket.node.path} is encrypted by KMS.",
            "Give a bucket with S3_MANAGED encryption, or leave access_log_bucket out.",
        )
    other = bucket.env.region
    if other != region and not is_token(other) and not is_token(region):
        raise ConflictError(
            Code.LOAD_BALANCER_CHOICE,
            f"Access logs are written to a bucket of the load balancer's Region, {region}; {bucket.node.path} is in "
            f"{other}.",
            "Give a bucket of that Region, or leave access_log_bucket out.",
        )


def _has_kms(bucket: s3.IBucket) -> bool:
    """Whether a bucket of the app is encrypted by a key of AWS's in KMS, of which the CDK makes no construct."""
    resource = bucket.node.default_child
    if not isinstance(resource, s3.CfnBucket) or resource.bucket_encryption is None:
        return False
    return "aws:kms" in json.dumps(cdk.Stack.of(bucket).resolve(resource.bucket_encryption))


def _statement(stack: cdk.Stack, bucket: s3.IBucket, folder: str) -> dict[str, Any]:
    statement: dict[str, Any] = {
        "Effect": "Allow",
        "Principal": {"Service": LOG_DELIVERY_SERVICE},
        "Action": "s3:PutObject",
        "Resource": bucket.arn_for_objects(f"{folder}/{stack.account}/*"),
    }
    account = LOG_DELIVERY_ACCOUNTS.get(stack.region)
    if account is not None:
        # It names no source, and writes for the account in the path alone. Where the Region is not known at synth, it
        # is not one of these: endpoints have other names there, so a network for them has to know its Region.
        return {**statement, "Principal": {"AWS": f"arn:{stack.partition}:iam::{account}:root"}}
    own = f"arn:{stack.partition}:elasticloadbalancing:{stack.region}:{stack.account}:loadbalancer/*"
    return {**statement, "Condition": {"ArnLike": {"aws:SourceArn": own}}}


def _acknowledge_bucket(bucket: s3.Bucket) -> None:
    acknowledge(
        bucket,
        "The bucket holds access logs itself; who reads them is told by CloudTrail data events, once the account "
        "records them. Server access logs of a log bucket would have no end.",
        "AwsSolutions-S1",
        "NIST.800.53.R5-S3BucketLoggingEnabled",
        "HIPAA.Security-S3BucketLoggingEnabled",
        "PCI.DSS.321-S3BucketLoggingEnabled",
    )
    acknowledge(
        bucket,
        "Access logs are kept with versions and a retention, in the Region of the load balancer, which takes no other; "
        "a copy elsewhere takes a bucket in a Region that only the account's owner can choose.",
        "NIST.800.53.R5-S3BucketReplicationEnabled",
        "HIPAA.Security-S3BucketReplicationEnabled",
        "PCI.DSS.321-S3BucketReplicationEnabled",
    )
    acknowledge(
        bucket,
        "Elastic Load Balancing writes access logs to buckets with S3-managed encryption and to no other.",
        "NIST.800.53.R5-S3DefaultEncryptionKMS",
        "HIPAA.Security-S3DefaultEncryptionKMS",
        "PCI.DSS.321-S3DefaultEncryptionKMS",
    )
