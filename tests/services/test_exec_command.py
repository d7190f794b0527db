"""The command that opens a session, as a shell runs it."""

import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_ecs import Code, ConflictError, ConstructsEcsError, FargateService, InvalidValueError, TaskSize
from constructs_ecs.facts.task_sizes import OperatingSystem
from constructs_ecs.services.exec_command import exec_command
from tests.scene import SIZE, Scene, scene
from tests.support import ENVIRONMENT, app, stack, template

TASK = "arn:aws:ecs:eu-west-1:123456789012:task/demo/0123456789abcdef0123456789abcdef"
# Tells what it was called with, and answers to list-tasks.
AWS = """#!/bin/sh
{ printf '%s\\0' "$@"; printf '\\036'; } >> "$CALLS"
case "$2" in list-tasks) echo "$TASK" ;; esac
"""


@dataclass(frozen=True)
class Shell:
    """A POSIX shell in which `aws` is a witness."""

    folder: Path

    def run(self, command: str) -> list[list[str]]:
        """The arguments of each call of `aws`, in order."""
        calls = self.folder / "calls"
        calls.unlink(missing_ok=True)
        environment = {"PATH": f"{self.folder}:{os.defpath}", "CALLS": str(calls), "TASK": TASK}
        subprocess.run(["/bin/sh", "-c", command], check=True, env=environment, timeout=30)
        return [record.split("\0")[:-1] for record in calls.read_bytes().decode().split("\036")[:-1]]


@pytest.fixture(scope="module")
def shell() -> Iterator[Shell]:
    with tempfile.TemporaryDirectory() as folder:
        aws = Path(folder, "aws")
        aws.write_text(AWS)
        aws.chmod(0o755)
        yield Shell(Path(folder))


@pytest.fixture(scope="module")
def place() -> Scene:
    return scene()


@pytest.fixture(scope="module")
def web(place: Scene) -> FargateService:
    containers = [place.container(name="web"), place.container(name="proxy", port=9090)]
    return FargateService(place.stack, "Web", cluster=place.cluster, containers=containers, size=SIZE)


def deployed(value: Any) -> str:  # noqa: ANN401 - a resolved text
    """A text as it is after deployment, in an account where each resource is named after its logical id."""
    match value:
        case str():
            return value
        case {"Fn::Join": [str(delimiter), parts]}:
            return delimiter.join(map(deployed, parts))
        case {"Ref": "AWS::Region"}:
            return "eu-west-1"
        case {"Ref": str(name)} | {"Fn::GetAtt": [str(name), "Name"]} | {"Fn::ImportValue": str(name)}:
            return name.replace(":", "-")
    raise AssertionError(value)


def printed(service: FargateService, **options: Any) -> str:  # noqa: ANN401 - passed on
    return deployed(cdk.Stack.of(service).resolve(service.exec_command(**options)))


def logical_id(scope: cdk.Stack, element: object) -> str:
    assert isinstance(element, cdk.CfnElement)
    return str(scope.resolve(element.logical_id))


def test_the_command_finds_a_running_task_of_the_service_and_opens_a_shell_in_it(
    place: Scene, web: FargateService, shell: Shell
) -> None:
    found, opened = shell.run(printed(web))
    cluster = logical_id(place.stack, place.cluster.cluster.node.default_child)
    service = logical_id(place.stack, web.service.node.default_child)
    at = ["--region", "eu-west-1", "--cluster", cluster]
    assert found == [
        *("ecs", "list-tasks", *at, "--service-name", service, "--desired-status", "RUNNING"),
        *("--no-paginate", "--query", "taskArns[0]", "--output", "text"),
    ]
    assert opened == [
        *("ecs", "execute-command", *at, "--task", TASK, "--container", "web"),
        *("--interactive", "--command", "/bin/sh"),
    ]


@pytest.mark.parametrize(
    "command",
    ["/bin/bash -l", "sh -c 'echo \"$HOME\" | wc'", "it's $(here) `too`", 'a\\b "c"', "two\nlines", "*", "naïve ✓"],
)
def test_a_command_arrives_as_it_was_written(web: FargateService, shell: Shell, command: str) -> None:
    assert shell.run(printed(web, container="proxy", command=command))[1][-5:] == [
        *("--container", "proxy", "--interactive"),
        *("--command", command),
    ]


_SAFE = st.characters(exclude_characters="\0\036", exclude_categories=["Cs"])


@given(words=st.lists(st.text(_SAFE, min_size=1), min_size=5, max_size=5))
def test_any_text_arrives_as_it_was_written(shell: Shell, words: list[str]) -> None:
    region, cluster, service, container, command = words
    found, opened = shell.run(
        exec_command(region=region, cluster=cluster, service=service, container=container, command=command)
    )
    assert [found[3], found[5], found[7]] == [region, cluster, service]
    assert [opened[3], opened[5], opened[7]] == [region, cluster, TASK]
    assert [opened[9], opened[12]] == [container, command]


def test_windows_gets_a_shell_of_its_own(place: Scene, shell: Shell) -> None:
    size = TaskSize(cpu=1024, memory_mib=2048, operating_system=OperatingSystem.WINDOWS_SERVER_2022_CORE)
    service = place.fargate("Windows", size=size)
    assert shell.run(printed(service))[1][-1] == "powershell.exe"


def test_what_only_aws_knows_is_in_the_command(place: Scene, web: FargateService, shell: Shell) -> None:
    name = cdk.CfnParameter(place.stack, "Name").value_as_string
    words = cdk.CfnParameter(place.stack, "Words").value_as_string
    opened = shell.run(printed(web, container=name, command=f"run {words}"))[1]
    assert (opened[9], opened[12]) == ("Name", "run Words")


@pytest.mark.parametrize(
    ("options", "error", "code"),
    [
        ({"container": "db"}, InvalidValueError, Code.SETTING),
        ({"container": "a b"}, InvalidValueError, Code.CONTAINER_NAME),
        ({"container": ""}, InvalidValueError, Code.CONTAINER_NAME),
        ({"container": 1}, InvalidValueError, Code.CONTAINER_NAME),
        ({"command": ""}, InvalidValueError, Code.SETTING),
        ({"command": " \n"}, InvalidValueError, Code.SETTING),
        ({"command": "a\0b"}, InvalidValueError, Code.SETTING),
        ({"command": "a\ud800"}, InvalidValueError, Code.SETTING),
        ({"command": ["/bin/sh"]}, InvalidValueError, Code.SETTING),
    ],
)
@pytest.mark.parametrize("call", [FargateService.exec_command, FargateService.output_exec_command])
def test_what_could_not_be_run_is_refused(
    web: FargateService,
    call: Callable[..., object],
    options: dict[str, Any],
    error: type[ConstructsEcsError],
    code: Code,
) -> None:
    with pytest.raises(error) as caught:
        call(web, **options)
    assert caught.value.code is code


@pytest.mark.parametrize("call", [FargateService.exec_command, FargateService.output_exec_command])
def test_a_service_without_exec_has_no_such_command(place: Scene, call: Callable[..., object]) -> None:
    service = place.fargate(f"Closed-{call.__name__}", enable_execute_command=False)
    with pytest.raises(ConflictError, match=service.node.path) as caught:
        call(service)
    assert caught.value.code is Code.EXEC_UNSUPPORTED


@pytest.mark.parametrize("flags", [False, True])
@pytest.mark.parametrize("env", [None, ENVIRONMENT])
def test_the_stack_prints_the_command_under_the_service(flags: bool, env: cdk.Environment | None, shell: Shell) -> None:
    place = scene(scope=stack(flags=flags, env=env))
    service = place.fargate("Web")
    first, second = service.output_exec_command(), service.output_exec_command("Logs", command="tail -f /var/log/x")
    outputs = place.template["Outputs"]
    (shown,) = [value for key, value in outputs.items() if key.startswith("WebExecCommand")]
    (logs,) = [value for key, value in outputs.items() if key.startswith("WebLogs")]
    assert (first.node.path, second.node.path) == ("Test/Web/ExecCommand", "Test/Web/Logs")
    assert "Web" in shown["Description"]
    opened = shell.run(deployed(shown["Value"]))[1]
    assert opened[3] == ("eu-west-1" if env is None else env.region)
    assert opened[-1] == "/bin/sh"
    assert shell.run(deployed(logs["Value"]))[1][-1] == "tail -f /var/log/x"


def test_a_service_in_another_stack_imports_nothing_more_for_it(shell: Shell) -> None:
    exports = []
    for with_output in (False, True):
        root = app()
        shared = scene(scope=cdk.Stack(root, "Shared"))
        services = cdk.Stack(root, "Services")
        service = FargateService(services, "Web", cluster=shared.cluster, containers=[shared.container()], size=SIZE)
        if with_output:
            service.output_exec_command()
        outputs = template(services).get("Outputs", {})
        exports.append(set(template(shared.stack)["Outputs"]))
    assert exports[0] == exports[1]
    ((value,),) = [[output["Value"] for output in outputs.values()]]
    found, opened = shell.run(deployed(value))
    assert found[5] == opened[5]
    assert found[5].startswith("Shared-ExportsOutput")
