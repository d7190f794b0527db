"""How a published cluster records ECS Exec sessions, as its readers declare it."""

from dataclasses import dataclass

from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from constructs import Construct

from constructs_ecs.errors import Code, ConflictError
from constructs_ecs.exec import ExecConfiguration, ExecLogging
from constructs_ecs.exec.configuration import check_destinations
from constructs_ecs.facts.limits import check_kind
from constructs_ecs.facts.published import ClusterParameter, exec_words
from constructs_ecs.publishing import PublishedValues


@dataclass(frozen=True, kw_only=True)
class PublishedExec:
    """What is declared of how a published cluster records ECS Exec sessions; by default what an ExecAudit does.

    Names and ARNs are published. What there is is declared, because the permissions of a task role follow from it.

    Args:
        logging: where sessions are recorded.
        log_group: whether in a log group; by default when `logging` is OVERRIDE.
        bucket: whether in a bucket.
        key_prefix: whether the objects in the bucket have a prefix.
        session_key: whether an own key encrypts the sessions.
        log_group_key: whether an own key encrypts the log group; by default when there is a log group.
        bucket_key: whether an own key encrypts the bucket; by default when there is a bucket.

    Raises:
        ConflictError: ECS045, OVERRIDE without a destination, a destination with NONE or DEFAULT, a prefix or a key
            without what it is for.
        InvalidValueError: ECS030, `logging` is none, or another argument is no bool.
    """

    logging: ExecLogging = ExecLogging.OVERRIDE
    log_group: bool | None = None
    bucket: bool = False
    key_prefix: bool = False
    session_key: bool = True
    log_group_key: bool | None = None
    bucket_key: bool | None = None

    def __post_init__(self) -> None:
        check_kind(self.logging, ExecLogging, code=Code.SETTING, name="logging")
        for name in ("bucket", "key_prefix", "session_key"):
            check_kind(getattr(self, name), bool, code=Code.SETTING, name=name)
        for name in ("log_group", "log_group_key", "bucket_key"):
            check_kind(getattr(self, name), bool, type(None), code=Code.SETTING, name=name)
        check_destinations(self.logging, log_group=self.has_log_group, bucket=self.bucket)
        _check_goes_with("log_group_key", self.has_log_group_key, "log_group", self.has_log_group)
        _check_goes_with("bucket_key", self.has_bucket_key, "bucket", self.bucket)
        _check_goes_with("key_prefix", self.key_prefix, "bucket", self.bucket)

    @property
    def has_log_group(self) -> bool:
        """Whether sessions are recorded in a log group."""
        return self.logging is ExecLogging.OVERRIDE if self.log_group is None else self.log_group

    @property
    def has_log_group_key(self) -> bool:
        """Whether an own key encrypts the log group."""
        return self.has_log_group if self.log_group_key is None else self.log_group_key

    @property
    def has_bucket_key(self) -> bool:
        """Whether an own key encrypts the bucket."""
        return self.bucket if self.bucket_key is None else self.bucket_key

    def read(self, reader: Construct, values: PublishedValues) -> ExecConfiguration:
        """Read the names and ARNs of what is declared, and let CloudFormation refuse a cluster with less or more.

        Args:
            reader: gets the constructs that stand for keys and destinations.
            values: what is published of the cluster.
        """
        values.expect(ClusterParameter.EXEC, self._words(), "declare it in PublishedExec as it is published")

        def key(construct_id: str, name: ClusterParameter, *, there: bool) -> kms.IKey | None:
            return kms.Key.from_key_arn(reader, construct_id, values.value(name)) if there else None

        return ExecConfiguration(
            logging=self.logging,
            log_group=_log_group(reader, values) if self.has_log_group else None,
            bucket=_bucket(reader, values) if self.bucket else None,
            key_prefix=values.value(ClusterParameter.EXEC_KEY_PREFIX) if self.key_prefix else None,
            session_key=key("ExecSessionKey", ClusterParameter.EXEC_SESSION_KEY_ARN, there=self.session_key),
            log_group_key=key("ExecLogGroupKey", ClusterParameter.EXEC_LOG_GROUP_KEY_ARN, there=self.has_log_group_key),
            bucket_key=key("ExecBucketKey", ClusterParameter.EXEC_BUCKET_KEY_ARN, there=self.has_bucket_key),
        )

    def _words(self) -> str:
        return exec_words(
            self.logging.value,
            session_key=self.session_key,
            log_group=self.has_log_group,
            log_group_key=self.has_log_group_key,
            bucket=self.bucket,
            bucket_key=self.has_bucket_key,
            key_prefix=self.key_prefix,
        )


def _log_group(reader: Construct, values: PublishedValues) -> logs.ILogGroup:
    name = values.value(ClusterParameter.EXEC_LOG_GROUP_NAME)
    return logs.LogGroup.from_log_group_name(reader, "ExecLogGroup", name)


def _bucket(reader: Construct, values: PublishedValues) -> s3.IBucket:
    return s3.Bucket.from_bucket_name(reader, "ExecBucket", values.value(ClusterParameter.EXEC_BUCKET_NAME))


def _check_goes_with(name: str, given: bool, other: str, there: bool) -> None:
    if given and not there:
        raise ConflictError(
            Code.EXEC_AUDIT, f"{name} is of a {other}; got {name} without {other}.", "Declare both, or neither."
        )
