"""How long a state may take, and how long its task may stay silent.

Sources: Amazon States Language specification, "Task state"; Step Functions developer guide, "Best practices", "Using
timeouts to avoid stuck executions".
"""

import re
from typing import Any, Final, TypeAlias, cast

import aws_cdk as cdk

from constructs_ecs.errors import Code, ConflictError, InvalidValueError
from constructs_ecs.facts.limits import full_match, is_number_token, shown
from constructs_ecs.facts.run_task import Pattern
from constructs_ecs.jobs.durations import whole_seconds
from constructs_ecs.jobs.values import AtPath, FromInput, Jsonata, read

DEFAULT_TIMEOUT_SECONDS: Final = 86_400
"""A day: Step Functions' own default is three years, in which nobody learns of a task that hangs."""
_MAXIMUM_SECONDS: Final = 99_999_999
_FUNCTION: Final = re.compile(r"States\..*", re.DOTALL)

Time: TypeAlias = int | FromInput | None
"""A time in seconds, known now or when the state is entered."""


def state_times(
    pattern: Pattern, timeout: cdk.Duration | FromInput | None, heartbeat: cdk.Duration | FromInput | None
) -> tuple[Time, Time]:
    """Check how long a state may take, and how long its task may stay silent.

    Returns:
        Both in seconds; none where there is no limit.

    Raises:
        InvalidValueError: ECS073, a figure.
        ConflictError: ECS073, the heartbeat is lacking, longer than the timeout, or nobody waits for one.
    """
    seconds, beat = _seconds(timeout, name="timeout"), _seconds(heartbeat, name="heartbeat_timeout")
    waits = pattern is Pattern.WAIT_FOR_TASK_TOKEN
    if waits and beat is None:
        raise ConflictError(
            Code.STATE_TIMEOUT,
            "A state with WAIT_FOR_TASK_TOKEN has a heartbeat_timeout: without one, it would wait for a container that "
            "has died until its own timeout. None was given.",
            "Give heartbeat_timeout, and let the container call SendTaskHeartbeat more often than that.",
        )
    if not waits and beat is not None:
        raise ConflictError(
            Code.STATE_TIMEOUT,
            f"A heartbeat is sent with a task token, which a state with {pattern.name} has not; got heartbeat_timeout.",
            "Leave it out, or use sfn.IntegrationPattern.WAIT_FOR_TASK_TOKEN.",
        )
    if seconds is None and pattern is not Pattern.REQUEST_RESPONSE:
        seconds = DEFAULT_TIMEOUT_SECONDS
    if (
        isinstance(seconds, int)
        and isinstance(beat, int)
        and not is_number_token(seconds)
        and not is_number_token(beat)
    ):
        _check_beat(seconds, beat)
    return seconds, beat


def render_time(name: str, time: Time) -> dict[str, Any]:
    """Write a time as the state's field, or the field of its path."""
    if time is None:
        return {}
    if isinstance(time, AtPath):
        return {f"{name}Path": time.path}
    return {name: time.delimited if isinstance(time, Jsonata) else time}


def _check_beat(seconds: int, beat: int) -> None:
    if beat >= seconds:
        raise ConflictError(
            Code.STATE_TIMEOUT,
            f"A heartbeat comes before the state times out; got a heartbeat_timeout of {beat} seconds and a timeout of "
            f"{seconds}.",
            "Shorten heartbeat_timeout, or lengthen timeout.",
        )


def _seconds(time: object, *, name: str) -> Time:
    value = read(time)
    if isinstance(value, AtPath) and full_match(_FUNCTION, value.path) is not None:
        raise InvalidValueError(
            Code.STATE_TIMEOUT,
            f"{name} is found by a path, not by a function; got {shown(value)}.",
            "Put the number into the input, or use Jsonata.",
        )
    if value is None or isinstance(value, AtPath | Jsonata):
        return value
    if not isinstance(value, cdk.Duration):
        raise InvalidValueError(
            Code.STATE_TIMEOUT,
            f"{name} is a cdk.Duration, AtPath or Jsonata; got {shown(time)}.",
            "Write it like cdk.Duration.hours(1).",
        )
    # A Duration may be made of a token of sfn.JsonPath, too.
    seconds = whole_seconds(value, code=Code.STATE_TIMEOUT, name=name, minimum=1, maximum=_MAXIMUM_SECONDS)
    return cast("Time", read(seconds))
