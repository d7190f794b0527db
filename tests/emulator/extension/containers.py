"""Containers: nothing runs here, so each task that is run does what a test says.

What its first container does is in the file ``containers.json`` of the emulator's folder: for a part of a family's name
the scripts of its runs, of which the last is for all further runs. Without one, the container's command is the script
if it is one, and otherwise the container ends well. A script has these commands, with a semicolon between two:

- ``exit 1``: end. What follows is not done; at the end of each script stands ``exit 0``.
- ``hang``: go on without a sign of life until the task is stopped; time passes at once, so that what waits for the task
  runs into the first of its timeouts.
- ``beat``: the same, but with heartbeats.
- ``work``: go on until the task is stopped, and no time passes.
- ``report-success {"rows": 3}`` and ``report-failure Import.Failed``: report back with the token that the container
  finds in its environment, and with the rights of the task role.
- ``interrupted``, ``no-capacity``: Fargate takes Spot capacity back, or has none for a task that ECS has accepted.

``refused`` instead of a script: RunTask answers with a list of failures.
"""

import contextvars
import json
import threading
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError
from ministack.services import ecs

from tests.emulator.extension.acting import acting_as
from tests.emulator.extension.resource import Properties

REFUSED = "refused"
_COMMANDS = ("beat", "exit", "hang", "interrupted", "no-capacity", "report-failure", "report-success", "work")
_STOPS = {
    "interrupted": ("SpotInterruption", "Your Spot Task was interrupted."),
    "no-capacity": ("TaskFailedToStart", "Capacity is unavailable at this time. Please try again later."),
}
_folder = Path()
_runs: dict[tuple[str, str], int] = {}
_running: dict[str, "Container"] = {}
_lock = threading.Lock()


def install(folder: Path) -> None:
    """Take the scripts from a folder."""
    global _folder  # noqa: PLW0603 - one process is one emulator
    _folder = folder


def script_for(family: str, command: list[str]) -> str:
    """What the next run of a family does."""
    given = _folder / "containers.json"
    found: dict[str, Any] = json.loads(given.read_text()) if given.exists() else {"id": "", "scripts": {}}
    for part, scripts in found["scripts"].items():
        if part in family:
            with _lock:  # what is given anew is counted anew
                number = _runs[found["id"], part] = _runs.get((found["id"], part), -1) + 1
            return str(scripts[min(number, len(scripts) - 1)])
    return " ".join(command) if command and command[0].split()[0] in _COMMANDS else ""


def started(task_arn: str) -> "Container":
    """What stands for a task's container."""
    return _running[task_arn]


class Container:
    """What stands for the first container of a task."""

    def __init__(self, task: Properties, definition: Properties, script: str) -> None:
        self.task = task
        self.is_silent = False
        self.is_beating = False
        self._role = definition.get("taskRoleArn")
        self._environment = _environment(definition, task["overrides"])
        self._script = script

    def start(self) -> None:
        """Do what the script says, on a thread of its own."""
        _running[self.task["taskArn"]] = self
        run = contextvars.copy_context().run
        threading.Thread(target=run, args=(self._run,), daemon=True).start()

    @property
    def has_ended(self) -> bool:
        """Whether the task has stopped."""
        return bool(self.task["lastStatus"] == "STOPPED")

    def _run(self) -> None:
        try:
            commands = [each.strip().split(maxsplit=1) for each in self._script.split(";")]
            code = next((code for each in commands if (code := self._do(each)) is not None), 0)
        except (ClientError, LookupError) as error:
            self.task["containers"][0]["reason"] = str(error)
            code = 1
        if code >= 0:
            self._stop("EssentialContainerExited", "Essential container in task exited", code)

    def _do(self, words: list[str]) -> int | None:
        """Do one command; an exit code ends the script, and a negative one leaves the task as it is."""
        code: int | None = None
        match words:
            case []:
                pass
            case ["exit", number]:
                code = int(number)
            case ["hang" | "work" as name]:
                self.is_silent = name == "hang"
                code = -1
            case ["beat"]:
                self._states().send_task_heartbeat(taskToken=self._token())
                self.is_beating = True
                code = -1
            case ["report-success", *output]:  # one text, if any
                self._states().send_task_success(taskToken=self._token(), output="".join(output) or "{}")
            case ["report-failure", error]:
                self._states().send_task_failure(taskToken=self._token(), error=error, cause="as the test says")
            case [name] if name in _STOPS:
                self._stop(*_STOPS[name], None)
                code = -1
            case _:
                raise KeyError(f"no such command: {words}")
        return code

    def _stop(self, stop_code: str, reason: str, exit_code: int | None) -> None:
        ecs._mark_task_stopped(self.task["taskArn"], self.task, reason, stop_code, exit_code=exit_code)

    def _token(self) -> str:
        tokens = [value for name, value in self._environment.items() if "TOKEN" in name]
        if not tokens:
            raise KeyError("there is no token in the environment")
        return tokens[0]

    def _states(self) -> Any:
        if self._role is None:
            raise KeyError("the task has no role")
        # One session for all tasks of a cluster, for the sake of speed.
        source = f"{self.task['taskArn'].rpartition('/')[0]}/any"
        return acting_as(self._role, "ecs-tasks.amazonaws.com", source)("stepfunctions")


def _environment(definition: Properties, overrides: Properties) -> dict[str, str]:
    """The environment variables of all containers: of the definition, then of what overrides it."""
    parts = [*definition["containerDefinitions"], *overrides.get("containerOverrides", [])]
    return {each["name"]: each["value"] for part in parts for each in part.get("environment", [])}
