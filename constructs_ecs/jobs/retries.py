"""How often, and after which delays, a step is tried again, as a value."""

from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_stepfunctions as sfn

from constructs_ecs.errors import Code
from constructs_ecs.facts.limits import check_kind
from constructs_ecs.facts.run_task_errors import PASSING_ERRORS, check_error_names, check_retry_figures


@dataclass(frozen=True, kw_only=True)
class Retry:
    """How often, and after which delays, a step is tried again.

    By default what may pass is tried again: no capacity, a Spot interruption, a task that could not start, throttling
    and faults of ECS; five times, at first after up to ten seconds, then after up to twice as long each time, five
    minutes at most. A container that exits with an error is not, nor is a step that takes too long: name
    ``States.TaskFailed``, which is every error but a timeout, or ``States.Timeout``, where running again is right.

    Args:
        errors: the names of the errors.
        interval_seconds: the first delay; 1 or more.
        backoff_rate: by what each delay is longer than the one before; 1 or more.
        max_attempts: how often it is tried again; 0 for never.
        max_delay_seconds: the longest delay; None for no limit.
        full_jitter: whether a delay is random between zero and its length, so that what failed together is not tried
            again together.

    Raises:
        InvalidValueError: ECS077, a figure or a name is not what Step Functions takes.

    Source: Step Functions developer guide, "Handling errors in Step Functions workflows".
    """

    errors: tuple[str, ...] = PASSING_ERRORS
    interval_seconds: int = 10
    backoff_rate: float = 2
    max_attempts: int = 5
    max_delay_seconds: int | None = 300
    full_jitter: bool = True

    def __post_init__(self) -> None:
        check_error_names(self.errors)
        object.__setattr__(self, "errors", tuple(self.errors))
        check_retry_figures(
            interval_seconds=self.interval_seconds,
            backoff_rate=self.backoff_rate,
            max_attempts=self.max_attempts,
            max_delay_seconds=self.max_delay_seconds,
        )
        check_kind(self.full_jitter, bool, code=Code.RETRY, name="full_jitter")


def add_retry(state: sfn.Parallel, retry: Retry) -> None:
    """Let a state be tried again; nothing is added where that is never."""
    if retry.max_attempts == 0:
        return
    state.add_retry(
        errors=list(retry.errors),
        interval=cdk.Duration.seconds(retry.interval_seconds),
        backoff_rate=retry.backoff_rate,
        max_attempts=retry.max_attempts,
        max_delay=None if retry.max_delay_seconds is None else cdk.Duration.seconds(retry.max_delay_seconds),
        jitter_strategy=sfn.JitterType.FULL if retry.full_jitter else None,
    )


def checked_retry(retry: Retry | None, default: Retry) -> Retry:
    """Return what was given, or the default where nothing was.

    Raises:
        InvalidValueError: ECS077, it is of another type.
    """
    if retry is None:
        return default
    check_kind(retry, Retry, code=Code.RETRY, name="retry")
    return retry
