"""Executions of state machines, where MiniStack's interpreter falls short of the Amazon States Language.

Tasks are called as ``integrations`` says; each attempt has a token of its own. What fails in a branch or an iteration
stops the others; stopping an execution stops what it waits for. Retries wait a thousandth of their time, and a time
limit of the whole execution is reached when all that it waits for gives no sign of life.
"""

import json
import math
import random
import re
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from ministack.core.responses import error_response_json, new_uuid, now_iso
from ministack.services import cloudwatch
from ministack.services import stepfunctions as sfn

from tests.emulator.extension.integrations import RESOURCE, Call
from tests.emulator.extension.resource import Properties

State = Properties
Outcome = tuple[Any, str | None]
"""A state's output, and the next state."""

_VARIABLE = re.compile(r"\$([A-Za-z_]\w*)(.*)", re.DOTALL)
_METRICS = {
    "ABORTED": "ExecutionsAborted",
    "FAILED": "ExecutionsFailed",
    "RUNNING": "ExecutionsStarted",
    "SUCCEEDED": "ExecutionsSucceeded",
    "TIMED_OUT": "ExecutionsTimedOut",
}
_run_stock, _fail_stock, _emit_stock = sfn._run_execution, sfn._fail_execution, sfn._emit_execution_status_event
_branch_stock, _parallel_stock, _map_stock = sfn._run_sub_machine, sfn._run_parallel_branches, sfn._run_map_items
_pass_stock, _choice_stock, _task_stock = sfn._execute_pass, sfn._execute_choice, sfn._execute_task
_resolve_stock = sfn._resolve_path


@dataclass
class Scope:
    """What ends together: an execution, or an attempt at a state and all that is in it."""

    execution: Properties
    above: "Scope | None" = None
    error: Any = None

    def is_over(self) -> bool:
        """Whether nobody waits for it any more."""
        if self.error is not None or self.execution["status"] != "RUNNING":
            return True
        return self.above is not None and self.above.is_over()


_scope: ContextVar[Scope] = ContextVar("scope")
_variables: ContextVar[Properties] = ContextVar("variables")


def _run(arn: str) -> None:
    execution = sfn._executions.get(arn)
    if execution is not None:
        _scope.set(Scope(execution))
        _run_stock(arn)


def _tried(state: State, raw: Any, ctx: Properties, attempt: Callable[[], Outcome]) -> Outcome:
    """Run a state under its Retry and Catch."""
    entered, above = ctx["State"], _scope.get()
    counts: dict[int, int] = {}
    while True:
        ctx["State"] = {**entered, "RetryCount": sum(counts.values())}
        scope = Scope(above.execution, above)
        before = _scope.set(scope)
        try:
            return attempt()
        except sfn._ExecutionError as found:
            error = scope.error or found
        finally:
            _scope.reset(before)
        retrier, number = sfn._find_matching_retrier(state.get("Retry", []), error.error, counts)
        if above.is_over() or error.error == "States.Runtime":  # which nothing catches
            raise error
        if retrier is None:
            return _caught(state, raw, ctx, error)
        sfn._scaled_sleep(_delay(retrier, counts.get(number, 0)))
        counts[number] = counts.get(number, 0) + 1


def _delay(retrier: Properties, count: int) -> float:
    delay = retrier.get("IntervalSeconds", 1) * retrier.get("BackoffRate", 2.0) ** count
    delay = min(delay, retrier.get("MaxDelaySeconds", delay))
    return random.uniform(0, delay) if retrier.get("JitterStrategy") == "FULL" else delay  # noqa: S311 - no secret


def _caught(state: State, raw: Any, ctx: Properties, error: Any) -> Outcome:
    catcher = sfn._find_matching_catcher(state.get("Catch", []), error.error)
    if catcher is None:
        raise error
    said = {"Error": error.error, "Cause": error.cause}
    language = sfn._state_query_language(state, ctx)
    if language != "JSONata":
        _assign(catcher, said, ctx)
    return sfn._apply_catcher(catcher, raw, ctx, language, said), catcher["Next"]


def _execute_task(state: State, raw: Any, execution: Properties, ctx: Properties) -> Outcome:
    if not RESOURCE.fullmatch(state["Resource"]) or ":::states:" in state["Resource"]:
        outcome: Outcome = _task_stock(state, raw, execution, ctx)
        return outcome
    return _tried(state, raw, ctx, lambda: _attempt(state, raw, execution, ctx))


def _attempt(state: State, raw: Any, execution: Properties, ctx: Properties) -> Outcome:
    resource = state["Resource"]
    ctx["Task"] = {"Token": str(new_uuid())}
    _variables.set(ctx["variables"])
    if sfn._state_query_language(state, ctx) == "JSONata":
        arguments = sfn._apply_jsonata_arguments(state, raw, ctx)
    else:
        arguments = sfn._apply_parameters(state, sfn._apply_input_path(state, raw, ctx), ctx)
    scheduled = {"resourceType": resource.split(":")[5], "resource": resource, "parameters": json.dumps(arguments)}
    sfn._add_event(execution, "TaskScheduled", {"taskScheduledEventDetails": {"region": "us-east-1", **scheduled}})
    call = Call(
        resource,
        _with_times(state, raw, ctx),
        sfn._state_machines[execution["stateMachineArn"]],
        ctx["Task"]["Token"],
        _scope.get().is_over,
        lambda seconds: _time_out(execution, seconds),
    )
    try:
        result = call.make(arguments)
    except sfn._ExecutionError as error:
        details = {"resource": resource, "error": error.error, "cause": error.cause}
        kind = "TaskTimedOut" if "Timeout" in error.error else "TaskFailed"
        sfn._add_event(execution, kind, {f"{kind[0].lower()}{kind[1:]}EventDetails": details})
        raise
    succeeded = {"resource": resource, "output": json.dumps(result)}
    sfn._add_event(execution, "TaskSucceeded", {"taskSucceededEventDetails": succeeded})
    return _finished(state, raw, result, ctx)


def _with_times(state: State, raw: Any, ctx: Properties) -> State:
    """A state with its time limits in seconds, wherever they come from."""
    given = dict(state)
    for name in ("HeartbeatSeconds", "TimeoutSeconds"):
        if f"{name}Path" in state:
            given[name] = sfn._resolve_path_or_ctx(state[f"{name}Path"], raw, ctx)
        elif isinstance(state.get(name), str):
            given[name] = sfn._jsonata_state_field(state, name, "number", raw, ctx)
    return given


def _finished(state: State, raw: Any, result: Any, ctx: Properties) -> Outcome:
    """A state's output, made of its result; and its variables."""
    if sfn._state_query_language(state, ctx) == "JSONata":
        output = sfn._apply_jsonata_output(state, raw, ctx, result=result, default=result)
        sfn._apply_state_assign(state, raw, ctx, result=result)
    else:
        _assign(state, result, ctx)
        output = sfn._apply_result_path(state, raw, sfn._apply_result_selector(state, result))
        output = sfn._apply_output_path(state, output, ctx)
    return output, sfn._next_or_end(state)


def _assign(state: State, result: Any, ctx: Properties) -> None:
    """Keep the variables of a state in JSONPath."""
    ctx["variables"] |= sfn._resolve_params_obj(state.get("Assign", {}), result, ctx)


def _execute_pass(state: State, raw: Any, ctx: Properties) -> Outcome:
    _variables.set(ctx["variables"])
    outcome: Outcome = _pass_stock(state, raw, ctx)
    if sfn._state_query_language(state, ctx) != "JSONata":
        _assign(state, state.get("Result", raw), ctx)
    return outcome


def _execute_choice(state: State, raw: Any, ctx: Properties) -> Outcome:
    _variables.set(ctx["variables"])
    outcome: Outcome = _choice_stock(state, raw, ctx)
    return outcome


def _run_parallel(state: State, raw: Any, execution: Properties, ctx: Properties) -> Outcome:
    _variables.set(ctx["variables"])
    if sfn._state_query_language(state, ctx) != "JSONata":
        outcome: Outcome = _parallel_stock(state, raw, execution, ctx)
        return outcome
    results, _ = _parallel_stock(state, sfn._apply_jsonata_arguments(state, raw, ctx), execution, ctx)
    return _finished(state, raw, results, ctx)


def _run_map(state: State, raw: Any, execution: Properties, ctx: Properties) -> Outcome:
    _variables.set(ctx["variables"])
    outcome: Outcome = _map_stock(state, raw, execution, ctx)
    return outcome


def _run_branch(states: Properties, start: str, given: Any, execution: Properties, ctx: Properties) -> Any:
    """A branch or an iteration: its variables are its own, and what fails in it stops those beside it."""
    scope = _scope.get()
    if scope.is_over():
        raise sfn._ExecutionError("States.Stopped", "nobody waits for this branch any more")
    try:
        return _branch_stock(states, start, given, execution, {**ctx, "variables": dict(ctx["variables"])})
    except sfn._ExecutionError as error:
        scope.error = scope.error or error
        raise


def _resolve(path: str, data: Any) -> Any:
    """What is at a path, which may begin with a variable."""
    found = _VARIABLE.fullmatch(path)
    if found is None:
        return _resolve_stock(path, data)
    name, rest = found.groups()
    if name not in _variables.get():
        raise sfn._ExecutionError("States.Runtime", f"there is no variable ${name}")
    return _resolve_stock(f"${rest}", _variables.get()[name])


def _fail(execution: Properties, error: str, cause: str) -> None:
    """An execution that was stopped stays so, and one that ran into its own time limit says that it did."""
    if execution["status"] == "RUNNING":
        _fail_stock(execution, error, cause)


def _emit(execution: Properties) -> None:
    """Tell CloudWatch as well as EventBridge."""
    dimensions = {"StateMachineArn": execution["stateMachineArn"]}
    cloudwatch.record_metric("AWS/States", _METRICS[execution["status"]], 1, "Count", dimensions)
    for alarm in cloudwatch._alarms.values():
        watched = {each["Name"]: each["Value"] for each in alarm["Dimensions"]}
        if (alarm["MetricName"], watched) == (_METRICS[execution["status"]], dimensions):
            cloudwatch._evaluate_alarm(alarm)
    _emit_stock(execution)


def _time_out(execution: Properties, seconds: float) -> None:
    """End an execution that may not take as long."""
    definition = json.loads(sfn._state_machines[execution["stateMachineArn"]]["definition"])
    if execution["status"] == "RUNNING" and definition.get("TimeoutSeconds", math.inf) < seconds:
        execution |= {"status": "TIMED_OUT", "stopDate": now_iso(), "error": "States.Timeout", "cause": None}
        sfn._add_event(execution, "ExecutionTimedOut")
        _emit(execution)


def _answering_late(answer: Callable[[Properties], Any]) -> Callable[[Properties], Any]:
    """A token that nobody waits for any more is told from one that never was."""

    def answered(data: Properties) -> Any:
        if data.get("taskToken") in sfn._task_tokens:
            return answer(data)
        return error_response_json("TaskTimedOut", "Task Timed Out: the provided task does not exist anymore", 400)

    return answered


def install() -> None:
    """The interpreter looks its functions up each time."""
    sfn._run_execution, sfn._fail_execution, sfn._emit_execution_status_event = _run, _fail, _emit
    sfn._with_retry_and_catch = _tried
    sfn._execute_task, sfn._execute_pass, sfn._execute_choice = _execute_task, _execute_pass, _execute_choice
    sfn._run_parallel_branches, sfn._run_map_items, sfn._run_sub_machine = _run_parallel, _run_map, _run_branch
    sfn._resolve_path = _resolve
    for name in ("_send_task_success", "_send_task_failure", "_send_task_heartbeat"):
        setattr(sfn, name, _answering_late(getattr(sfn, name)))
