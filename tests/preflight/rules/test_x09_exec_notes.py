from typing import Any

from constructs_ecs.preflight.findings import Severity
from constructs_ecs.preflight.rules.x09_exec_notes import ExecNotes
from tests.preflight.rules.support_tasks import findings, fixture, launched

EXEC = {"EnableExecuteCommand": True}
INIT: dict[str, Any] = {"LinuxParameters": {"InitProcessEnabled": True}}


def environment(**variables: str) -> dict[str, Any]:
    return INIT | {"Environment": [{"Name": name, "Value": value} for name, value in variables.items()]}


def test_a_container_without_an_init_process_is_noted() -> None:
    (found,) = findings(ExecNotes, launched(service=EXEC))
    assert (found.severity, found.where.logical_id) == (Severity.NOTE, "TaskDefinition")
    assert "init process" in found.message


def test_containers_that_share_their_processes_are_noted() -> None:
    side = {"Name": "side", "Image": "x"} | INIT
    (found,) = findings(ExecNotes, launched(INIT, side, task={"PidMode": "task"}, service=EXEC))
    assert "process namespace" in found.message
    assert findings(ExecNotes, launched(INIT, task={"PidMode": "task"}, service=EXEC)) == []


def test_a_proxy_before_the_metadata_addresses_is_noted() -> None:
    (found,) = findings(ExecNotes, launched(environment(HTTPS_PROXY="http://proxy"), service=EXEC))
    assert "NO_PROXY" in found.message
    excepted = environment(http_proxy="http://proxy", NO_PROXY="169.254.169.254,169.254.170.2")
    assert findings(ExecNotes, launched(excepted, service=EXEC)) == []


def test_a_task_without_these_passes() -> None:
    assert findings(ExecNotes, fixture("fargate")) == []


def test_without_exec_nothing_is_noted() -> None:
    assert findings(ExecNotes, launched()) == []


def test_windows_has_no_init_process() -> None:
    task = {"RuntimePlatform": {"OperatingSystemFamily": "WINDOWS_SERVER_2022_CORE"}}
    assert findings(ExecNotes, launched(task=task, service=EXEC)) == []


def test_what_is_not_known_is_not_noted() -> None:
    container = environment(HTTP_PROXY="http://proxy") | {"LinuxParameters": {"InitProcessEnabled": {"Ref": "Value"}}}
    container["Environment"].append({"Name": "NO_PROXY", "Value": {"Ref": "Value"}})
    template = {"Parameters": {"Value": {"Type": "String"}}, "Resources": launched(container, service=EXEC)}
    assert findings(ExecNotes, template) == []
