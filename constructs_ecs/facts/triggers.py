"""What starts executions of a state machine, what they log, and what tells that they failed: names and bounds.

Sources: Step Functions developer guide, "Using CloudWatch Logs to log execution history", "AWS X-Ray and Step
Functions", "Monitoring Step Functions metrics using Amazon CloudWatch", "Service quotas"; EventBridge Scheduler user
guide and its API reference, ``CreateSchedule``; EventBridge user guide, "Retrying event delivery", "Using dead-letter
queues" and "Monitoring Amazon EventBridge"; SQS developer guide, "Available CloudWatch metrics for Amazon SQS";
CloudWatch API reference, ``PutMetricAlarm``.
"""

import json
import math
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from constructs_ecs.errors import Code, InvalidValueError
from constructs_ecs.facts.limits import check_whole_number, contains_token, is_number_token, is_token, shown

STATES_PRINCIPAL: Final = "states.amazonaws.com"
SCHEDULER_PRINCIPAL: Final = "scheduler.amazonaws.com"
EVENTS_PRINCIPAL: Final = "events.amazonaws.com"
ALARMS_PRINCIPAL: Final = "cloudwatch.amazonaws.com"
START_EXECUTION: Final = "states:StartExecution"
SEND_MESSAGE: Final = "sqs:SendMessage"
ENCRYPTED_QUEUE_ACTIONS: Final = ("kms:Decrypt", "kms:GenerateDataKey")
"""What who sends to a queue needs of the queue's own key. Source: SQS developer guide, "Key management"."""
PUBLISH: Final = "sns:Publish"
ENCRYPTED_TOPIC_ACTIONS: Final = ("kms:Decrypt", "kms:GenerateDataKey")
"""What who publishes to a topic needs of the topic's own key. Source: SNS developer guide, "Key management"."""
LOG_DELIVERY_ACTIONS: Final = (
    "logs:CreateLogDelivery",
    "logs:GetLogDelivery",
    "logs:UpdateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:DescribeResourcePolicies",
    "logs:DescribeLogGroups",
)
TRACE_ACTIONS: Final = (
    "xray:PutTraceSegments",
    "xray:PutTelemetryRecords",
    "xray:GetSamplingRules",
    "xray:GetSamplingTargets",
)
LOG_GROUP_PREFIX: Final = "/aws/vendedlogs/states/"
"""Below ``/aws/vendedlogs/`` a log group takes no room in the account's resource policy, which has 5,120 characters."""

MAX_TIMEOUT_SECONDS: Final = 99_999_999
MAX_RETRIES: Final = 185
MIN_EVENT_AGE_SECONDS: Final = 60
MAX_EVENT_AGE_SECONDS: Final = 86_400
MAX_FLEXIBLE_WINDOW_MINUTES: Final = 1_440
MAX_INPUT_BYTES: Final = 262_144
"""256 KiB: what an execution takes as its input."""
MAX_COMMENT_CHARACTERS: Final = 512
"""Of a schedule's and a rule's description."""
QUEUE_RETENTION_DAYS: Final = 14
"""The longest that SQS keeps a message."""
RULE_NAME_CHARACTERS: Final = 64

EXECUTION_METRICS: Final = {
    "Failed": ("ExecutionsFailed", "failed"),
    "TimedOut": ("ExecutionsTimedOut", "took longer than the workflow's timeout"),
    "Aborted": ("ExecutionsAborted", "were aborted"),
    "Throttled": ("ExecutionThrottled", "were throttled"),
}
"""In ``AWS/States``, by ``StateMachineArn``: the metric, and what it says of executions."""
STARTED_METRIC: Final = "ExecutionsStarted"
SCHEDULE_METRICS: Final = {
    "Dropped": ("InvocationDroppedCount", "were given up after the last retry"),
    "Lost": ("InvocationsFailedToBeSentToDeadLetterCount", "could not be sent to the dead-letter queue"),
}
"""In ``AWS/Scheduler``, by ``ScheduleGroup``: the metric, and what it says of scheduled starts."""
RULE_METRICS: Final = {
    "Failed": ("FailedInvocations", "failed for good"),
    "Lost": ("InvocationsFailedToBeSentToDlq", "could not be sent to the dead-letter queue"),
}
"""In ``AWS/Events``, by ``RuleName``, on a bus other than the default one also by ``EventBusName``."""
QUEUE_METRIC: Final = "ApproximateNumberOfMessagesVisible"
"""In ``AWS/SQS``, by ``QueueName``."""

MIN_LOOK_BACK_SECONDS: Final = 300
MAX_LOOK_BACK_SECONDS: Final = 604_800
"""A week, in periods of an hour or more."""
_HOUR: Final = 3_600
_DAY: Final = 86_400
_KEY_BYTES: Final = 1_024


def check_retries(retries: int) -> None:
    """Check how often a failed start is tried again: 0 to 185 times.

    Raises:
        InvalidValueError: ECS075.
    """
    check_whole_number(retries, code=Code.TRIGGER, name="retries", minimum=0, maximum=MAX_RETRIES)


def check_description(description: object) -> None:
    """Check a schedule's or a rule's description, of 512 characters at most.

    Raises:
        InvalidValueError: ECS075.
    """
    if description is None or (
        isinstance(description, str) and (is_token(description) or len(description) <= MAX_COMMENT_CHARACTERS)
    ):
        return
    raise InvalidValueError(
        Code.TRIGGER,
        f"description is text of at most {MAX_COMMENT_CHARACTERS} characters; got {shown(description)}.",
        "Shorten it.",
    )


def check_period(start: datetime | None, end: datetime | None) -> None:
    """Check from when until when a schedule holds: both with a time zone, and the first before the last.

    Raises:
        InvalidValueError: ECS075.
    """
    for name, moment in (("start", start), ("end", end)):
        if moment is not None and (not isinstance(moment, datetime) or moment.utcoffset() is None):
            raise InvalidValueError(
                Code.TRIGGER,
                f"{name} is a datetime with a time zone; got {shown(moment)}.",
                "Use datetime(..., tzinfo=zoneinfo.ZoneInfo(...)).",
            )
    if start is not None and end is not None and start >= end:
        raise InvalidValueError(
            Code.TRIGGER,
            f"A schedule starts before it ends; got start {start.isoformat()} and end {end.isoformat()}.",
            "Move one of the two.",
        )


def check_input(value: object) -> None:
    """Check an execution's input: what JSON has, of 256 KiB at most as far as it is known at synth.

    Raises:
        InvalidValueError: ECS075.
    """
    try:
        problem = _no_json(value)
    except RecursionError:
        problem = "one that contains itself, or is nested too deep"
    if problem is None and json_text(value) is None and _has_none(value):
        problem = "None beside a token, where the CDK leaves it out"
    if problem is None:
        # Surrogates that stand alone have no UTF-8; each counts as what replaces it.
        size = len(_dumped(value).encode(errors="replace"))
        if size <= MAX_INPUT_BYTES:
            return
        problem = f"{size:,} bytes"
    raise InvalidValueError(
        Code.TRIGGER,
        f"input is a JSON object of at most {MAX_INPUT_BYTES:,} bytes; got {problem}.",
        "Use strings, finite numbers, booleans, None, lists and mappings, and keep large data in S3.",
    )


def json_text(value: object) -> str | None:
    """Write what JSON has; nothing where a part of it is a CDK token, which only the CDK can write."""
    return None if _has_token(value) else _dumped(value)


def _dumped(value: object) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False, default=str)


def _has_token(value: object) -> bool:
    if isinstance(value, Mapping):
        return any(_has_token(each) for item in value.items() for each in item)
    if isinstance(value, list | tuple) and not is_token(value):
        return any(map(_has_token, value))
    return is_token(value) or hasattr(type(value), "resolve")


def _has_none(value: object) -> bool:
    if isinstance(value, Mapping):
        return any(map(_has_none, value.values()))
    return any(map(_has_none, value)) if isinstance(value, list | tuple) else value is None


def _no_json(value: object) -> str | None:
    """Say what in a value is not JSON, or nothing."""
    if isinstance(value, Mapping):
        wrong: Iterable[object] = (key for key in value if not isinstance(key, str))
        return next((f"the key {shown(key)}" for key in wrong), _first_no_json(value.values()))
    if isinstance(value, list | tuple):
        return _first_no_json(value)
    if value is None or isinstance(value, str | bool | int) or hasattr(type(value), "resolve"):
        return None
    if isinstance(value, float) and math.isfinite(value):
        return None
    return shown(value)


def _first_no_json(values: Iterable[Any]) -> str | None:
    return next((problem for each in values if (problem := _no_json(each)) is not None), None)


def evaluation(within_seconds: int) -> tuple[int, int]:
    """Return over how many periods of how many seconds an alarm sees a stretch of time: at most a week.

    Raises:
        InvalidValueError: ECS076, CloudWatch sees no such stretch: it is whole hours up to a week, or whole multiples
            of five minutes up to a day; or it is a token.
    """
    if is_number_token(within_seconds):
        raise InvalidValueError(Code.WORKFLOW_ALARM, "within is known at synth; got a token.", "Give a cdk.Duration.")
    if within_seconds % _HOUR == 0 and _HOUR <= within_seconds <= MAX_LOOK_BACK_SECONDS:
        return within_seconds // _HOUR, _HOUR
    if within_seconds % MIN_LOOK_BACK_SECONDS == 0 and MIN_LOOK_BACK_SECONDS <= within_seconds <= _DAY:
        return within_seconds // MIN_LOOK_BACK_SECONDS, MIN_LOOK_BACK_SECONDS
    raise InvalidValueError(
        Code.WORKFLOW_ALARM,
        "An alarm looks back for whole hours up to a week, or whole multiples of 5 minutes up to a day; got "
        f"{within_seconds:,} seconds.",
        "Round it up.",
    )


def check_key_part(value: object, *, name: str) -> None:
    """Check what an object's key begins or ends with: text of 1 to 1,024 bytes.

    Source: S3 user guide, "Naming Amazon S3 objects".

    Raises:
        InvalidValueError: ECS075.
    """
    if value is None:
        return
    too_long = isinstance(value, str) and not contains_token(value) and len(value.encode(errors="replace")) > _KEY_BYTES
    if not isinstance(value, str) or not value or too_long:
        raise InvalidValueError(
            Code.TRIGGER, f"{name} is text of 1 to 1,024 bytes; got {shown(value)}.", f"Leave out {name} for all."
        )


def key_pattern(prefix: str | None, suffix: str | None) -> Mapping[str, Any] | None:
    """Write how EventBridge matches an object's key; nothing for every key.

    Source: EventBridge user guide, "Comparison operators for use in event patterns".
    """
    if prefix is not None and suffix is not None:
        # Two operators in one list would be alternatives.
        return {"wildcard": f"{_literal(prefix)}*{_literal(suffix)}"}
    if prefix is not None:
        return {"prefix": prefix}
    return None if suffix is None else {"suffix": suffix}


def _literal(text: str) -> str:
    return text.replace("\\", "\\\\").replace("*", "\\*")
