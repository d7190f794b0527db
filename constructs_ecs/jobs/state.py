"""What holds for a state as such: its query language, its paths and its name.

Sources: Amazon States Language specification; Step Functions developer guide, "Task workflow state", "Transforming data
with JSONata in Step Functions".
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, cast

import aws_cdk as cdk
from aws_cdk import aws_stepfunctions as sfn

from constructs_ecs.errors import Code, ConflictError, InvalidValueError
from constructs_ecs.facts.limits import check_kind, full_match, is_token, shown, without_tokens
from constructs_ecs.facts.run_task import Pattern, integration_arn
from constructs_ecs.facts.run_task_errors import MAXIMUM_STATE_NAME
from constructs_ecs.jobs.base import Job
from constructs_ecs.jobs.override_checks import first_essential
from constructs_ecs.jobs.overrides import TaskOverrides
from constructs_ecs.jobs.times import Time, render_time
from constructs_ecs.jobs.values import AtPath, Jsonata, Text, read, render, task_token

_STARTED_BY: Final = re.compile(r"[A-Za-z0-9_/-]{1,128}", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Run:
    """A state that runs a job, as a value.

    Args:
        job: what runs.
        pattern: what the state waits for.
        overrides: what the job has otherwise.
        token_variable: the variable of the first essential container that the task token goes into, if any.
        started_by: what ECS notes as the one who started the task.
        timeout_seconds: how long the state may take.
        heartbeat_seconds: how long the task may stay silent.
        input_path: the part of the input that the state sees.
        output_path: the part of the result that goes on.
        result_path: where in the input the result is put.
        result_selector: what is kept of the result.
        outputs: what goes on, in JSONata.
        assign: variables that are set.
        comment: what the state is for.
        capacity: the capacity to run on, as RunTask takes it.
    """

    job: Job
    pattern: Pattern
    overrides: TaskOverrides
    token_variable: str | None
    started_by: Text | None
    timeout_seconds: Time
    heartbeat_seconds: Time
    input_path: str | None
    output_path: str | None
    result_path: str | None
    result_selector: Mapping[str, Any] | None
    outputs: Any
    assign: Mapping[str, Any] | None
    comment: str | None
    capacity: Mapping[str, Any]

    @property
    def resource(self) -> str:
        """The ARN of the integration."""
        return integration_arn(self.pattern, partition=cdk.Aws.PARTITION)

    def query_language(self, given: sfn.QueryLanguage | None) -> sfn.QueryLanguage | None:
        """Tell the query language from the values; none where it is the state machine's.

        Args:
            given: the language that was asked for.

        Raises:
            InvalidValueError: ECS030, the language is none.
            ConflictError: ECS071, there are two.
        """
        if given is not None:
            check_kind(given, sfn.QueryLanguage, code=Code.SETTING, name="query_language")
        times = (self.timeout_seconds, self.heartbeat_seconds)
        found = list(_reads((*self.overrides.values(), *times, self.started_by, self.assign)))
        in_jsonpath = {**self._paths, "ResultSelector": self.result_selector}
        paths = [name for name, value in in_jsonpath.items() if value is not None]
        paths += [shown(each) for each in found if isinstance(each, AtPath)]
        expressions = [] if self.outputs is None else ["Output"]
        expressions += [shown(each) for each in found if isinstance(each, Jsonata)]
        return _only_language(given, paths, expressions)

    def state(self, language: sfn.QueryLanguage) -> dict[str, Any]:
        """Write what is the state's own in the Amazon States Language."""
        is_path = language is sfn.QueryLanguage.JSON_PATH
        fields = {"Comment": self.comment, **self._paths, "Output": self.outputs}
        return {
            "Type": "Task",
            "Resource": self.resource,
            **{name: value for name, value in fields.items() if value is not None},
            **render_time("TimeoutSeconds", self.timeout_seconds),
            **render_time("HeartbeatSeconds", self.heartbeat_seconds),
            "Parameters" if is_path else "Arguments": self._parameters(language),
        }

    @property
    def _paths(self) -> dict[str, str | None]:
        return {"InputPath": self.input_path, "OutputPath": self.output_path, "ResultPath": self.result_path}

    def _parameters(self, language: sfn.QueryLanguage) -> dict[str, Any]:
        job, overrides = self.job, self.overrides
        if self.token_variable is not None:
            overrides = overrides.with_variable(first_essential(job).name, self.token_variable, task_token(language))
        given = {"StartedBy": self.started_by, "Overrides": overrides.parameters() or None}
        return {
            "Cluster": job.cluster_arn,
            "TaskDefinition": job.family,
            **self.capacity,
            "NetworkConfiguration": job.network_configuration,
            "EnableExecuteCommand": job.task.enable_execute_command,
            **render({name: value for name, value in given.items() if value is not None}, language),
        }


def _only_language(
    given: sfn.QueryLanguage | None, paths: Sequence[str], expressions: Sequence[str]
) -> sfn.QueryLanguage | None:
    is_jsonata = given is sfn.QueryLanguage.JSONATA or (given is None and bool(expressions))
    wrong = paths if is_jsonata else expressions
    if wrong:
        name, other = ("JSONata", "JSONPath") if is_jsonata else ("JSONPath", "JSONata")
        raise ConflictError(
            Code.QUERY_LANGUAGE,
            f"A state has one query language; this one has {name}, and {other} in {', '.join(wrong)}.",
            f"Write all of it in {name}, or make a state of its own for the rest.",
        )
    if given is None and (paths or expressions):
        return sfn.QueryLanguage.JSONATA if is_jsonata else sfn.QueryLanguage.JSON_PATH
    return given


def check_path(path: str | None, *, name: str) -> str | None:
    """Check a path that a state filters its data by; none and the CDK's DISCARD are right too.

    Raises:
        InvalidValueError: ECS071.
    """
    if path is None or (isinstance(path, str) and (path.startswith("$") or is_token(path))):
        return path
    raise InvalidValueError(
        Code.QUERY_LANGUAGE,
        f"{name} is a JSONPath, which starts with $; got {shown(path)}.",
        'Write it like "$.result".',
    )


def check_texts(*, comment: object, state_name: object, name: str) -> None:
    """Check a state's comment and its name.

    Source: Step Functions developer guide, "Service quotas", state machine definitions.

    Args:
        comment: what the state is for, if it is said.
        state_name: the state's name, if it is said.
        name: its name otherwise.

    Raises:
        InvalidValueError: ECS030.
    """
    if comment is not None:
        check_kind(comment, str, code=Code.SETTING, name="comment")
    called = name if state_name is None else state_name
    if not isinstance(called, str) or not called or len(without_tokens(called)) > MAXIMUM_STATE_NAME:
        raise InvalidValueError(
            Code.SETTING,
            f"A state's name is 1 to {MAXIMUM_STATE_NAME} characters of text; got {shown(called)}.",
            "Give a shorter state_name, which by default is the construct's id.",
        )


def check_started_by(pattern: Pattern, given: object) -> Text | None:
    """Check what ECS notes as the one who started a task.

    Source: ECS API reference, ``RunTask``, ``startedBy``. The managed rule by which Step Functions learns of a task's
    end looks for its own name there.

    Raises:
        InvalidValueError: ECS030.
        ConflictError: ECS030, Step Functions gives its own.
    """
    value = read(given)
    if value is None:
        return None
    if pattern is Pattern.RUN_JOB:
        raise ConflictError(
            Code.SETTING,
            "With RUN_JOB, Step Functions finds the task by its own name in startedBy; got started_by.",
            "Leave it out, or use another pattern.",
        )
    if isinstance(value, AtPath | Jsonata):
        return value
    if not is_token(value) and full_match(_STARTED_BY, value) is None:
        raise InvalidValueError(
            Code.SETTING,
            f"started_by is 1 to 128 letters, digits, hyphens, slashes and underscores; got {shown(value)}.",
            "Use these characters only.",
        )
    return cast("str", value)


def _reads(values: Iterable[object]) -> Iterator[object]:
    """What comes from the input, also inside of other values."""
    for value in values:
        if isinstance(value, Mapping):
            yield from _reads(_named(name, each) for name, each in value.items())
        elif isinstance(value, list | tuple):
            yield from _reads(value)
        else:
            yield read(value)


def _named(name: object, value: object) -> object:
    """A value by its name in an object, where a path may be written as text."""
    is_path = isinstance(name, str) and name.endswith(".$") and isinstance(value, str)
    return AtPath(cast("str", value)) if is_path else value
