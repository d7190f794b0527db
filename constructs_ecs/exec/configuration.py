"""How a cluster records and encrypts ECS Exec sessions, as a value: for clusters made here, and for those that exist.

Sources: ECS developer guide, "ECS Exec" (seed document 004); CloudFormation, ``AWS::ECS::Cluster
ExecuteCommandConfiguration``.
"""

import re
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import Final, Literal, TypeAlias

from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from constructs import Construct

from constructs_ecs.errors import Code, ConflictError, InvalidValueError
from constructs_ecs.facts import features
from constructs_ecs.facts.cdk_types import CdkType, check_cdk
from constructs_ecs.facts.limits import check_kind, full_match, is_token, shown
from constructs_ecs.facts.needs import Needs
from constructs_ecs.known import key_arn

# What S3 calls safe characters, without the wildcard of IAM: the prefix is part of a resource in a policy.
_KEY_PREFIX: Final = re.compile(r"[A-Za-z0-9!_.'()-]+(/[A-Za-z0-9!_.'()-]+)*", re.ASCII)
_KEY_PREFIX_LENGTH: Final = 512

UnknownExec: TypeAlias = Literal["unknown"]
"""Said of a cluster of which nobody knows how it records sessions."""


class ExecLogging(Enum):
    """Where ECS Exec records sessions; the values are AWS's."""

    NONE = "NONE"
    """Nowhere. Who opened a session is still in CloudTrail, what was typed is not."""
    DEFAULT = "DEFAULT"
    """In the log group that the task's containers write to, if they use awslogs."""
    OVERRIDE = "OVERRIDE"
    """In the log group, the bucket or both that the audit makes."""


_CDK_LOGGING: Final = {
    ExecLogging.NONE: ecs.ExecuteCommandLogging.NONE,
    ExecLogging.DEFAULT: ecs.ExecuteCommandLogging.DEFAULT,
    ExecLogging.OVERRIDE: ecs.ExecuteCommandLogging.OVERRIDE,
}


@dataclass(frozen=True, kw_only=True)
class ExecConfiguration:
    """How a cluster records and encrypts ECS Exec sessions; without arguments, as a cluster does that was told nothing.

    An ExecAudit makes one. For a cluster that exists, state what it has: a task is granted exactly that.

    Args:
        logging: where sessions are recorded; by default in each task's own log group.
        log_group: the log group that OVERRIDE records in.
        bucket: the bucket that OVERRIDE records in.
        key_prefix: the objects' prefix in the bucket, without a slash at either end; by default none.
        session_key: encrypts the sessions; by default TLS alone does.
        log_group_key: encrypts the log group, where it is an own key.
        bucket_key: encrypts the bucket, where it is an own key.

    Raises:
        ConflictError: ECS045, OVERRIDE without a destination, a destination with NONE or DEFAULT, a prefix or a key
            without what it is for.
        InvalidValueError: ECS045, the prefix is not a path of S3's safe characters; ECS030, `logging` is none, or a
            destination or key is not the CDK's.
    """

    logging: ExecLogging = ExecLogging.DEFAULT
    log_group: logs.ILogGroup | None = None
    bucket: s3.IBucket | None = None
    key_prefix: str | None = None
    session_key: kms.IKey | None = None
    log_group_key: kms.IKey | None = None
    bucket_key: kms.IKey | None = None

    def __post_init__(self) -> None:
        check_kind(self.logging, ExecLogging, code=Code.SETTING, name="logging")
        check_cdk(self.log_group, CdkType.LOG_GROUP, name="log_group", optional=True)
        check_cdk(self.bucket, CdkType.BUCKET, name="bucket", optional=True)
        for name in ("session_key", "log_group_key", "bucket_key"):
            check_cdk(getattr(self, name), CdkType.KEY, name=name, optional=True)
        check_destinations(self.logging, log_group=self.log_group is not None, bucket=self.bucket is not None)
        check_key_prefix(self.key_prefix, bucket=self.bucket is not None)
        _check_key("log_group_key", self.log_group_key, self.log_group)
        _check_key("bucket_key", self.bucket_key, self.bucket)

    def needs(self, *, region: str) -> Needs:
        """What a task needs for the key and the destinations, beside the session itself.

        Args:
            region: where the cluster is.
        """
        return _needs(self, region)

    def render(self, scope: Construct) -> ecs.ExecuteCommandConfiguration:
        """Turn it into what the CDK's cluster takes.

        Args:
            scope: gets the sealed view of the session key, once.
        """
        key = self.session_key
        return ecs.ExecuteCommandConfiguration(
            # By its ARN: with the key itself, each of the CDK's services widens the key's policy on its own.
            kms_key=None if key is None else kms.Key.from_key_arn(scope, "SealedKey", key.key_arn),
            logging=_CDK_LOGGING[self.logging],
            log_configuration=self._destinations() if self.logging is ExecLogging.OVERRIDE else None,
        )

    def _destinations(self) -> ecs.ExecuteCommandLogConfiguration:
        return ecs.ExecuteCommandLogConfiguration(
            cloud_watch_log_group=self.log_group,
            cloud_watch_encryption_enabled=None if self.log_group_key is None else True,
            s3_bucket=self.bucket,
            s3_encryption_enabled=None if self.bucket_key is None else True,
            s3_key_prefix=self.key_prefix,
        )


def check_stated(configuration: ExecConfiguration | UnknownExec) -> None:
    """Check that how sessions are recorded is said, or said to be unknown.

    Raises:
        InvalidValueError: ECS030.
    """
    if not isinstance(configuration, ExecConfiguration) and configuration != "unknown":
        raise InvalidValueError(
            Code.SETTING,
            f"exec_configuration is an ExecConfiguration, or 'unknown'; got {shown(configuration)}.",
            "State what 'aws ecs describe-clusters --include CONFIGURATIONS' shows.",
        )


@cache
def _needs(configuration: ExecConfiguration, region: str) -> Needs:
    """Say what a task needs; asked for each service of a cluster, and the same for all in a Region."""
    key = configuration.session_key
    needs = Needs() if key is None else features.exec_key(key_arn(key))
    if configuration.log_group is not None:
        arn = configuration.log_group.log_group_arn
        needs |= features.exec_log_group(arn, region=region, key_arn=key_arn(configuration.log_group_key))
    if configuration.bucket is not None:
        arn, prefix = configuration.bucket.bucket_arn, configuration.key_prefix
        needs |= features.exec_log_bucket(arn, key_prefix=prefix, key_arn=key_arn(configuration.bucket_key))
    return needs


def _check_key(name: str, key: kms.IKey | None, destination: object) -> None:
    if key is not None and destination is None:
        raise ConflictError(
            Code.EXEC_AUDIT, f"{name} encrypts a destination; got the key without it.", "Name both, or neither."
        )


def check_destinations(logging: ExecLogging, *, log_group: bool, bucket: bool) -> None:
    """Check that OVERRIDE has a destination, and that nothing else has one.

    Raises:
        ConflictError: ECS045.
    """
    if logging is ExecLogging.OVERRIDE and not (log_group or bucket):
        raise ConflictError(
            Code.EXEC_AUDIT,
            "OVERRIDE records sessions in a log group, a bucket or both; got neither.",
            "Leave log_group out, or set bucket=True; to record nothing, use ExecLogging.NONE.",
        )
    if logging is not ExecLogging.OVERRIDE and (log_group or bucket):
        given = " and ".join(name for name, wanted in (("log_group", log_group), ("bucket", bucket)) if wanted)
        raise ConflictError(
            Code.EXEC_AUDIT,
            f"{logging.value} records sessions in no destination of its own; got {given}.",
            "Use ExecLogging.OVERRIDE, or leave the destination out.",
        )


def check_key_prefix(key_prefix: str | None, *, bucket: bool) -> None:
    """Check the objects' prefix in a bucket.

    Raises:
        ConflictError: ECS045, there is no bucket.
        InvalidValueError: ECS045, it is not a path of S3's safe characters.
    """
    if key_prefix is None:
        return
    if not bucket:
        raise ConflictError(
            Code.EXEC_AUDIT,
            f"A key prefix is for objects in a bucket; got key_prefix={shown(key_prefix)} and no bucket.",
            "Set bucket=True, or leave key_prefix out.",
        )
    if is_token(key_prefix):
        return
    if full_match(_KEY_PREFIX, key_prefix) is None or len(key_prefix) > _KEY_PREFIX_LENGTH:
        raise InvalidValueError(
            Code.EXEC_AUDIT,
            f"A key prefix is at most {_KEY_PREFIX_LENGTH} letters, digits and !_.'()- in parts with a slash between "
            f"them, and none at either end; got {shown(key_prefix)}.",
            "Write it like 'exec/production'.",
        )
