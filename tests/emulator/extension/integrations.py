"""What a Task state calls: services of AWS, with the rights of the state machine's role.

Each call takes the way that any client's takes. Time is not waited for: a state runs into the first of its timeouts as
soon as the container that it waits for gives no sign of life any more.
"""

import datetime as dt
import json
import math
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from botocore import xform_name
from botocore.exceptions import ClientError, ParamValidationError
from ministack.services import stepfunctions as sfn

from tests.emulator.extension.acting import acting_as
from tests.emulator.extension.containers import Container, started
from tests.emulator.extension.resource import Properties, RefusedError
from tests.emulator.extension.shapes import typed

RESOURCE = re.compile(r"arn:aws:states:::(?P<sdk>aws-sdk:)?(?P<service>[a-z0-9]+):(?P<call>\w+)(?P<pattern>\.\w+)?")
_SECONDS = 30
_CLIENTS = {"eventbridge": "events", "sfn": "stepfunctions"}
_SUCCESS = "EssentialContainerExited"


@dataclass(frozen=True)
class Call:
    """One call of a Task state.

    Args:
        resource: the state's ``Resource``.
        state: the state's definition.
        machine: the state machine.
        token: the task token, where the state waits for one.
        is_over: whether nobody waits for the state any more.
        time_out: ends the execution, unless a time limit is longer than its own, or it has none.
    """

    resource: str
    state: Properties
    machine: Properties
    token: str
    is_over: Callable[[], bool]
    time_out: Callable[[float], None]

    @property
    def parts(self) -> dict[str, str]:
        """The parts of the resource."""
        found = RESOURCE.fullmatch(self.resource)
        assert found is not None
        return {key: value or "" for key, value in found.groupdict().items()}

    def make(self, arguments: Properties) -> Any:
        """Call the service, wait for what the pattern says, and tell what came of it."""
        pattern = self.parts["pattern"]
        if not pattern:
            return self._call(self.parts["call"], arguments)
        if pattern == ".waitForTaskToken":
            return self._with_token(arguments)
        if pattern != ".sync" or (self.parts["service"], self.parts["call"]) != ("ecs", "runTask"):
            raise sfn._ExecutionError("States.Runtime", f"the extension does not know {self.resource}")
        return self._until_ended(self._accepted(arguments))

    def _call(self, name: str, arguments: Properties) -> Any:
        service = _CLIENTS.get(self.parts["service"], self.parts["service"])
        client = acting_as(self.machine["roleArn"], "states.amazonaws.com", self.machine["stateMachineArn"])(service)
        operation = f"{name[:1].upper()}{name[1:]}"
        model = client.meta.service_model.operation_model(operation)
        try:
            answer = getattr(client, xform_name(operation))(**typed(arguments, model.input_shape))
        except ClientError as error:
            raise sfn._ExecutionError(self._named(error.response["Error"]["Code"]), str(error)) from error
        except (ParamValidationError, RefusedError) as error:
            raise sfn._ExecutionError("States.Runtime", str(error)) from error
        answer.pop("ResponseMetadata")
        return _plain(answer)

    def _named(self, code: str) -> str:
        """The name of an error: its prefix is another one where Step Functions calls the service as an SDK does."""
        service = self.parts["service"]
        return f"{service.capitalize() if self.parts['sdk'] else service.upper()}.{code}"

    def _accepted(self, arguments: Properties) -> Properties:
        """Run a task; only the pattern that does not wait takes failures for an answer."""
        answer: Properties = self._call("runTask", arguments)
        if answer["Failures"]:
            raise sfn._ExecutionError("AmazonECS.Unknown", json.dumps(answer))
        (task,) = answer["Tasks"]
        return dict(task)

    def _until_ended(self, task: Properties) -> Any:
        try:
            self._wait(started(task["TaskArn"]))
        except (sfn._ExecutionError, TimeoutError):
            self._stop(task)
            raise
        named = {"Cluster": task["ClusterArn"], "Tasks": [task["TaskArn"]]}
        (ended,) = self._call("describeTasks", named)["Tasks"]
        codes = {each.get("ExitCode") for each in ended["Containers"]}
        if ended["StopCode"] != _SUCCESS or codes != {0}:
            raise sfn._ExecutionError("States.TaskFailed", json.dumps(ended))
        return ended

    def _stop(self, task: Properties) -> None:
        """Stop a task, if the role may."""
        try:
            self._call(
                "stopTask",
                {"Cluster": task["ClusterArn"], "Task": task["TaskArn"], "Reason": "Stopped by Step Functions"},
            )
        except sfn._ExecutionError as error:
            sfn.logger.warning("the task goes on: %s", error)

    def _with_token(self, arguments: Properties) -> Any:
        reported = threading.Event()
        kept: dict[str, Any] = {"event": reported, "result": None, "error": None, "heartbeat": None}
        sfn._task_tokens[self.token] = kept
        try:
            if self.parts["call"] == "runTask":
                self._wait(started(self._accepted(arguments)["TaskArn"]), reported)
            else:
                self._call(self.parts["call"], arguments)
                self._wait(None, reported)
        finally:
            sfn._task_tokens.pop(self.token, None)
        if kept["error"]:
            raise sfn._ExecutionError(kept["error"]["Error"], kept["error"]["Cause"])
        return json.loads(kept["result"])

    def _wait(self, container: Container | None, reported: threading.Event | None = None) -> None:
        """Wait for a report, or else for the container's end; a container that does no more makes time pass at once."""
        end = time.monotonic() + _SECONDS
        while time.monotonic() < end:
            # In this order: what a container does before it is done is seen.
            is_done = container is not None and (container.has_ended or container.is_silent)
            is_beating = container is not None and container.is_beating
            if reported is not None and reported.is_set():
                return
            if reported is None and container is not None and container.has_ended:
                return
            if self.is_over():
                raise sfn._ExecutionError("States.Stopped", "nobody waits for this state any more")
            self._run_out(is_done=is_done, is_beating=is_beating, beats=reported is not None)
            time.sleep(0.01)
        raise TimeoutError(f"{self.resource} did not come to an end")

    def _run_out(self, *, is_done: bool, is_beating: bool, beats: bool) -> None:
        """Fail with the first of the timeouts, if nothing else can come any more."""
        heartbeat, timeout = self.state.get("HeartbeatSeconds"), self.state.get("TimeoutSeconds")
        if beats and is_done and heartbeat is not None and (timeout is None or heartbeat < timeout):
            raise sfn._ExecutionError("States.HeartbeatTimeout", f"no heartbeat within {heartbeat} seconds")
        if is_done or is_beating:
            self.time_out(math.inf if timeout is None else timeout)
            if timeout is not None and not self.is_over():
                raise sfn._ExecutionError("States.Timeout", f"the state took longer than {timeout} seconds")


def _plain(value: Any) -> Any:
    """An answer in the case and the types of Step Functions."""
    if isinstance(value, dict):
        return {f"{key[:1].upper()}{key[1:]}": _plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return int(value.timestamp() * 1000) if isinstance(value, dt.datetime) else value
