"""Where the containers of a task write their output."""

from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import Protocol, runtime_checkable

import aws_cdk as cdk
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from constructs import Construct

from constructs_ecs.errors import Code, InvalidValueError
from constructs_ecs.facts import features
from constructs_ecs.facts.cdk_types import CdkType, check_cdk
from constructs_ecs.facts.limits import check_kind, check_removal_policy, check_whole_number, is_token
from constructs_ecs.facts.needs import Needs
from constructs_ecs.facts.retention import check_retention_days
from constructs_ecs.known import key_arn, place_of
from constructs_ecs.logs import log_group, log_group_arn


class LogMode(Enum):
    """What happens when output comes faster than it can be sent."""

    NON_BLOCKING = "non-blocking"
    """The container goes on; output that does not fit into the buffer is lost."""
    BLOCKING = "blocking"
    """The container waits; no output is lost."""


@dataclass(frozen=True, kw_only=True)
class BoundLogging:
    """The logging of one task: a driver for each container, what writing needs, and the exec agent's group."""

    log_group: logs.ILogGroup
    key_arn: str | None
    needs: Needs
    mode: LogMode
    buffer_mib: int

    def driver(self, container_name: str) -> ecs.LogDriver:
        """The log driver of one container; its streams start with the container's name."""
        blocking = self.mode is LogMode.BLOCKING
        return ecs.LogDrivers.aws_logs(
            log_group=self.log_group,
            stream_prefix=container_name,
            mode=ecs.AwsLogDriverMode.BLOCKING if blocking else ecs.AwsLogDriverMode.NON_BLOCKING,
            max_buffer_size=None if blocking else _mebibytes(self.buffer_mib),
        )


@cache
def _mebibytes(size: int) -> cdk.Size:
    return cdk.Size.mebibytes(size)


@runtime_checkable
class Logging(Protocol):
    """How a task's output is kept. Write one with ``bind`` to send it elsewhere."""

    def bind(self, scope: Construct) -> BoundLogging:
        """Make what the logging consists of below the task's construct."""


@dataclass(frozen=True, kw_only=True)
class AwsLogs:
    """Send the output to CloudWatch Logs.

    Args:
        retention_days: how long events are kept; by default a year.
        encryption_key: encrypts the log group; by default CloudWatch Logs uses a key of its own.
        mode: whether a container waits when output cannot be sent at once. By default it goes on, as ECS itself does.
        buffer_mib: how much output is held meanwhile, in MiB; counts when the container goes on. Known at synth: it is
            converted.
        existing: a log group to write to, instead of one of the task's own; its retention and key are then its own.
            Name its key in ``encryption_key`` where it has one.
        removal_policy: the task's own group survives the stack by default.

    Raises:
        InvalidValueError: ECS018, CloudWatch Logs does not offer this retention; ECS030, the mode, the buffer, the key,
            the log group or the removal policy is none.
    """

    retention_days: int = 365
    encryption_key: kms.IKey | None = None
    mode: LogMode = LogMode.NON_BLOCKING
    buffer_mib: int = 25
    existing: logs.ILogGroup | None = None
    removal_policy: cdk.RemovalPolicy = cdk.RemovalPolicy.RETAIN

    def __post_init__(self) -> None:
        check_retention_days(self.retention_days)
        check_kind(self.mode, LogMode, code=Code.SETTING, name="mode")
        check_cdk(self.encryption_key, CdkType.KEY, name="encryption_key", optional=True)
        check_cdk(self.existing, CdkType.LOG_GROUP, name="existing", optional=True)
        check_removal_policy(self.removal_policy)
        check_whole_number(self.buffer_mib, code=Code.SETTING, name="buffer_mib", minimum=1)
        if is_token(self.buffer_mib):
            raise InvalidValueError(
                Code.SETTING,
                "buffer_mib is written in another unit; got a token.",
                "Give an int that is known at synth.",
            )

    def bind(self, scope: Construct) -> BoundLogging:
        """Make the log group, or take the existing one."""
        group = self.existing
        if group is None:
            group = log_group(
                scope,
                "LogGroup",
                retention_days=self.retention_days,
                encryption_key=self.encryption_key,
                removal_policy=self.removal_policy,
            )
        arn = key_arn(self.encryption_key)
        return BoundLogging(
            log_group=group,
            key_arn=arn,
            needs=features.awslogs(log_group_arn(group), region=place_of(scope).region, key_arn=arn),
            mode=self.mode,
            buffer_mib=self.buffer_mib,
        )
