"""Under which names the runs of ECS tasks fail in Step Functions, and which of them are worth another try.

A retrier and a catcher of the Amazon States Language see an error's name, never its cause. What ECS refuses when it is
asked has a name of its own. What befalls a task that ECS has accepted is always ``States.TaskFailed``, whether its
container exited with 1 or Fargate took the capacity back: the cause, a task as ``DescribeTasks`` gives it, tells which.
``FAILURE_NAME`` is what reads it and gives the failures that are not the container's a name.

Sources: Step Functions developer guide, "Run Amazon ECS or Fargate tasks with Step Functions" and "Handling errors in
Step Functions workflows"; AWS re:Post, "How do I troubleshoot an Amazon ECS RunTask API for a Fargate task that fails
with a 'Capacity is unavailable' error?"; ECS API reference, ``Task`` (``stopCode``) and ``Failure``.
"""

import re
from typing import Final

from constructs_ecs.errors import Code, InvalidValueError
from constructs_ecs.facts.limits import check_whole_number, full_match, is_number_token, is_token, shown

TASK_FAILED: Final = "States.TaskFailed"
"""A task that ECS accepted came to a bad end. In a retrier or catcher: every error but ``States.Timeout``."""
TIMEOUTS: Final = ("States.Timeout", "States.HeartbeatTimeout")
"""A state took too long, or its task did not send its sign of life in time."""
NOT_STARTED: Final = "AmazonECS.Unknown"
"""``RunTask`` answered with a list of ``Failures`` that is not empty, such as ``RESOURCE:MEMORY``."""
CAPACITY_UNAVAILABLE: Final = "Job.CapacityUnavailable"
"""Our name for a task that was accepted and then had no capacity to run on."""
SPOT_INTERRUPTED: Final = "Job.SpotInterrupted"
"""Our name for a task whose Spot capacity was taken back."""
FAILED_TO_START: Final = "Job.FailedToStart"
"""Our name for a task that was accepted and of which no container ran: image, secret, network interface."""

PASSING_ERRORS: Final = (
    NOT_STARTED,
    CAPACITY_UNAVAILABLE,
    SPOT_INTERRUPTED,
    FAILED_TO_START,
    "ECS.AmazonECSException",  # throttling and "Capacity is unavailable at this time"
    "ECS.ClientException",  # as the one before, by its name in the API
    "ECS.InvalidParameterException",  # also when ECS is throttled by EC2 where it looks up subnets and groups
    "ECS.SdkClientException",
    "ECS.ServerException",
    "ECS.ThrottlingException",
)
"""What may pass: capacity, throttling and faults of the service. The container has not failed in any of them, and in
all but an interruption it has not run."""

SPOT_PATTERN: Final = r'"StopCode"\s*:\s*"SpotInterruption"'
"""What the cause of an interruption has in it. In what a user put into the task, a quote is escaped, so that no value
of an override is taken for it."""
CAPACITY_PATTERN: Final = r'"StoppedReason"\s*:\s*"[^"]*(Capacity is unavailable|RESOURCE:)'
"""What the cause of a lack of capacity has in it."""
NOT_STARTED_PATTERN: Final = r'"StopCode"\s*:\s*"TaskFailedToStart"'
"""What the cause of a task that did not start has in it."""

FAILURE_NAME: Final = (
    f"{{% $states.input.Error != '{TASK_FAILED}' ? $states.input.Error"
    f" : $contains($states.input.Cause, /{SPOT_PATTERN}/) ? '{SPOT_INTERRUPTED}'"
    f" : $contains($states.input.Cause, /{CAPACITY_PATTERN}/) ? '{CAPACITY_UNAVAILABLE}'"
    f" : $contains($states.input.Cause, /{NOT_STARTED_PATTERN}/) ? '{FAILED_TO_START}'"
    " : $states.input.Error %}"
)
"""The name of a failure, in JSONata, of an input with ``Error`` and ``Cause``."""

MAXIMUM_STATE_NAME: Final = 80
"""Characters of a state's name. Source: Step Functions developer guide, "Service quotas"."""
LONGEST_STEP: Final = MAXIMUM_STATE_NAME - len(": on demand: failed")
"""Characters of the id of a step that is made of several states, whose names it begins."""
_MAXIMUM_ATTEMPTS: Final = 99_999_999
_MAXIMUM_INTERVAL_SECONDS: Final = 99_999_999
_MAXIMUM_DELAY_SECONDS: Final = 31_622_399
_ERROR_NAME: Final = re.compile(r"\S(?:.{0,254}\S)?")
_ALL: Final = "States.ALL"


def check_retry_figures(
    *, interval_seconds: int, backoff_rate: float, max_attempts: int, max_delay_seconds: int | None
) -> None:
    """Check the figures of a retrier.

    Source: Step Functions developer guide, "Handling errors in Step Functions workflows", Retry field examples.

    Args:
        interval_seconds: the first delay.
        backoff_rate: by what each delay is longer than the one before.
        max_attempts: how often it is tried again.
        max_delay_seconds: the longest delay; None for no limit.

    Raises:
        InvalidValueError: ECS077.
    """
    figures = [
        ("interval_seconds", interval_seconds, 1, _MAXIMUM_INTERVAL_SECONDS),
        ("max_attempts", max_attempts, 0, _MAXIMUM_ATTEMPTS),
    ]
    if max_delay_seconds is not None:
        figures.append(("max_delay_seconds", max_delay_seconds, 1, _MAXIMUM_DELAY_SECONDS))
    for name, value, minimum, maximum in figures:
        check_whole_number(value, code=Code.RETRY, name=name, minimum=minimum, maximum=maximum)
    _check_backoff_rate(backoff_rate)
    if max_delay_seconds is None or is_number_token(max_delay_seconds) or is_number_token(interval_seconds):
        return
    if max_delay_seconds < interval_seconds:
        raise InvalidValueError(
            Code.RETRY,
            f"The longest delay is no shorter than the first, interval_seconds={interval_seconds}; "
            f"got max_delay_seconds={max_delay_seconds}.",
            "Raise max_delay_seconds or lower interval_seconds.",
        )


def _check_backoff_rate(rate: object) -> None:
    if is_number_token(rate):
        return
    is_number = isinstance(rate, int | float) and not isinstance(rate, bool)
    if not (is_number and 1 <= rate < float("inf")):  # type: ignore[operator] # a number by now; NaN is not 1 or more
        raise InvalidValueError(
            Code.RETRY, f"backoff_rate is a number, 1 or more; got {shown(rate)}.", "Use 1 for delays of equal length."
        )


def check_error_names(names: object) -> None:
    """Check the names that a retrier or a catcher lists.

    Source: Amazon States Language specification, "Retrying after error" and "Fallback states": ``States.ALL`` stands
    alone.

    Args:
        names: what was given, of any type.

    Raises:
        InvalidValueError: ECS077.
    """
    if not isinstance(names, tuple | list) or not names:
        raise InvalidValueError(
            Code.RETRY, f"errors has at least one name of an error; got {shown(names)}.", "Give a tuple of names."
        )
    for name in names:
        if not is_token(name) and full_match(_ERROR_NAME, name) is None:
            raise InvalidValueError(
                Code.RETRY,
                f"The name of an error is 1 to 256 characters with no space at its ends; got {shown(name)}.",
                "Give the name as Step Functions shows it, such as States.TaskFailed.",
            )
    if _ALL in names and len(names) > 1:
        raise InvalidValueError(
            Code.RETRY, f"{_ALL} is every error and stands alone; got {shown(names)}.", "Leave out the others, or it."
        )


def check_step_name(name: object, *, longest: int = MAXIMUM_STATE_NAME) -> None:
    """Check the name of a step, which the names of its states begin with.

    Source: Step Functions developer guide, "Service quotas", and "Discovering workflow states".

    Args:
        name: what was given, of any type.
        longest: how many characters it may have, so that the names of its states have no more than 80.

    Raises:
        InvalidValueError: ECS078.
    """
    if not isinstance(name, str) or not 1 <= len(name) <= longest or is_token(name) or not name.isprintable():
        raise InvalidValueError(
            Code.STEP,
            f"A step's id is 1 to {longest} printable characters, known at synth, "
            f"so that the names of its states have no more than {MAXIMUM_STATE_NAME}; got {shown(name)}.",
            "Give a shorter name in plain text.",
        )
