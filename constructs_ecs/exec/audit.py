"""The record of ECS Exec: key, log group, bucket, the cluster's configuration, and what a task needs to write to them.

Sources: ECS developer guide, "ECS Exec" (seed document 004); CloudFormation, ``AWS::ECS::Cluster
ExecuteCommandConfiguration``; ``session.go`` of aws/amazon-ssm-agent for the names of the objects.
"""

from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from constructs import Construct

from constructs_ecs.acknowledgements import acknowledge
from constructs_ecs.buckets import record_bucket
from constructs_ecs.errors import Code
from constructs_ecs.exec.configuration import ExecConfiguration, ExecLogging, check_destinations, check_key_prefix
from constructs_ecs.facts.cdk_types import CdkType, check_cdk
from constructs_ecs.facts.limits import (
    check_kind,
    check_removal_policy,
    check_whole_number,
)
from constructs_ecs.facts.needs import Needs
from constructs_ecs.logs import log_group as make_log_group

_MAXIMUM_DAYS: Final = 36_500


class ExecAudit(Construct):
    """Records and encrypts the ECS Exec sessions of a cluster.

    Give it to a cluster; each service with exec then gets the endpoints and the task-role permissions for exactly the
    key and the destinations made here.

    Args:
        scope: the parent construct.
        construct_id: the id of this construct in its scope.
        logging: where sessions are recorded; by default in the destinations below. With DEFAULT, sessions go to the
            task's own log group, which a service adds to its needs itself. Sessions are encrypted whatever it is.
        log_group: whether to record in a log group; by default when `logging` is OVERRIDE.
        bucket: whether to record in an S3 bucket, also beside the log group. Off by default.
        key_prefix: the objects' prefix in the bucket, without a slash at either end; by default none.
        retention_days: how long the log group keeps sessions; one of the periods that CloudWatch Logs offers.
        object_retention_days: how long the bucket keeps each version of an object.
        encryption_key: encrypts sessions, log group and bucket. By default a new key with rotation, whose policy
            lets CloudWatch Logs use it for log groups of this account and Region, and leaves the rest to IAM. The
            policy of an imported key cannot be changed: what it lacks for the log group is a warning at synthesis.
        removal_policy: what becomes of key, log group and bucket with the stack; they stay by default. A bucket that
            is to go must be empty.

    Raises:
        ConflictError: ECS045, OVERRIDE without a destination, a destination with NONE or DEFAULT, a prefix without a
            bucket.
        InvalidValueError: ECS045, the prefix is not a path of S3's safe characters, or the objects' retention is not
            a number of days; ECS018, the log group's retention is not on offer; ECS030, `logging`, `encryption_key` or
            `removal_policy` is none.
    """

    key: kms.IKey
    """Encrypts the sessions and their records. Who opens sessions needs `kms:GenerateDataKey` on it."""
    log_group: logs.LogGroup | None
    """Where sessions are recorded, if in a log group."""
    bucket: s3.Bucket | None
    """Where sessions are recorded, if in a bucket."""
    configuration: ecs.ExecuteCommandConfiguration
    """The cluster's exec configuration, as the CDK takes it."""
    exec_configuration: ExecConfiguration
    """The same as a value."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        logging: ExecLogging = ExecLogging.OVERRIDE,
        log_group: bool | None = None,
        bucket: bool = False,
        key_prefix: str | None = None,
        retention_days: int = 365,
        object_retention_days: int = 365,
        encryption_key: kms.IKey | None = None,
        removal_policy: cdk.RemovalPolicy = cdk.RemovalPolicy.RETAIN,
    ) -> None:
        check_kind(logging, ExecLogging, code=Code.SETTING, name="logging")
        check_cdk(encryption_key, CdkType.KEY, name="encryption_key", optional=True)
        check_removal_policy(removal_policy)
        with_log_group = logging is ExecLogging.OVERRIDE if log_group is None else log_group
        check_destinations(logging, log_group=with_log_group, bucket=bucket)
        check_key_prefix(key_prefix, bucket=bucket)
        check_whole_number(
            object_retention_days,
            code=Code.EXEC_AUDIT,
            name="object_retention_days",
            minimum=1,
            maximum=_MAXIMUM_DAYS,
        )
        super().__init__(scope, construct_id)
        self.logging = logging
        self.key_prefix = key_prefix
        self.key = self._new_key(removal_policy) if encryption_key is None else encryption_key
        self.log_group = self._new_log_group(retention_days, removal_policy) if with_log_group else None
        self.bucket = self._new_bucket(object_retention_days, removal_policy) if bucket else None
        self.exec_configuration = ExecConfiguration(
            logging=logging,
            log_group=self.log_group,
            bucket=self.bucket,
            key_prefix=key_prefix,
            session_key=self.key,
            log_group_key=self.key if self.log_group is not None else None,
            bucket_key=self.key if self.bucket is not None else None,
        )
        self.configuration = self.exec_configuration.render(self)

    def _new_key(self, removal_policy: cdk.RemovalPolicy) -> kms.Key:
        return kms.Key(
            self,
            "Key",
            description="Encrypts the ECS Exec sessions of a cluster, and their records.",
            enable_key_rotation=True,
            removal_policy=removal_policy,
        )

    def _new_log_group(self, retention_days: int, removal_policy: cdk.RemovalPolicy) -> logs.LogGroup:
        return make_log_group(
            self,
            "LogGroup",
            retention_days=retention_days,
            encryption_key=self.key,
            removal_policy=removal_policy,
        )

    def _new_bucket(self, retention_days: int, removal_policy: cdk.RemovalPolicy) -> s3.Bucket:
        bucket = record_bucket(
            self, "Bucket", retention_days=retention_days, encryption_key=self.key, removal_policy=removal_policy
        )
        _acknowledge_bucket(bucket)
        return bucket

    @property
    def needs(self) -> Needs:
        """What a task needs for the key and the destinations, beside the session itself."""
        return self.exec_configuration.needs(region=cdk.Stack.of(self).region)


def _acknowledge_bucket(bucket: s3.Bucket) -> None:
    acknowledge(
        bucket,
        "Who reads recorded sessions is told by CloudTrail data events, once the account records them, completely and "
        "with the caller's name; server access logs are best effort, and their bucket could not use this key.",
        "AwsSolutions-S1",
        "NIST.800.53.R5-S3BucketLoggingEnabled",
        "HIPAA.Security-S3BucketLoggingEnabled",
        "PCI.DSS.321-S3BucketLoggingEnabled",
    )
    acknowledge(
        bucket,
        "Sessions are kept with versions and a retention, in the Region of the key that encrypts them; a copy "
        "elsewhere takes a bucket and a key in a Region that only the account's owner can choose.",
        "NIST.800.53.R5-S3BucketReplicationEnabled",
        "HIPAA.Security-S3BucketReplicationEnabled",
        "PCI.DSS.321-S3BucketReplicationEnabled",
    )
