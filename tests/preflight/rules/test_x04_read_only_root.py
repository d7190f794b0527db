from typing import Any

import pytest

from constructs_ecs.preflight.findings import Severity
from constructs_ecs.preflight.rules.x04_read_only_root import WRITTEN, ReadOnlyRoot
from tests.preflight.rules.support_tasks import findings, fixture, launched, parameters

READ_ONLY = {"ReadonlyRootFilesystem": True}
EXEC = {"EnableExecuteCommand": True}


def mounts(*paths: object, read_only: bool = False) -> dict[str, Any]:
    points = [{"SourceVolume": f"v{place}", "ContainerPath": path} for place, path in enumerate(paths)]
    return {"MountPoints": [point | ({"ReadOnly": True} if read_only else {}) for point in points]}


@pytest.mark.parametrize("value", [True, "true"])
def test_a_read_only_root_without_mounts_cannot_be_exec_d_into(value: object) -> None:
    (found,) = findings(ReadOnlyRoot, launched({"ReadonlyRootFilesystem": value}, service=EXEC))
    assert (found.severity, found.where.logical_id) == (Severity.EXEC, "TaskDefinition")
    assert found.launch_sites[0].logical_id == "Service"
    assert all(path in found.message for path in WRITTEN)


@pytest.mark.parametrize("paths", [WRITTEN[:2], (*WRITTEN[:2], "/var/log/amazon/ssmx"), ("/var/lib/amazon/ssm/x",)])
def test_mounts_on_part_of_the_paths_do_not_do(paths: tuple[str, ...]) -> None:
    (found,) = findings(ReadOnlyRoot, launched(READ_ONLY | mounts(*paths), service=EXEC))
    assert found.severity is Severity.EXEC


def test_mounts_that_are_read_only_do_not_do() -> None:
    (found,) = findings(ReadOnlyRoot, launched(READ_ONLY | mounts(*WRITTEN, read_only=True), service=EXEC))
    assert found.severity is Severity.EXEC


@pytest.mark.parametrize("paths", [WRITTEN, ("/managed-agents/", "/var/lib/amazon", "/var/log"), ("/",)])
def test_writable_mounts_on_the_paths_or_their_parents_work_though_aws_does_not_support_it(
    paths: tuple[str, ...],
) -> None:
    (found,) = findings(ReadOnlyRoot, launched(READ_ONLY | mounts(*paths), service=EXEC))
    assert found.severity is Severity.WARNING


def test_where_another_container_can_be_opened_it_is_a_warning() -> None:
    (found,) = findings(ReadOnlyRoot, launched({}, {"Name": "side", "Image": "x"} | READ_ONLY, service=EXEC))
    assert (found.severity, "side" in found.message) == (Severity.WARNING, True)


def test_a_writable_root_passes() -> None:
    assert findings(ReadOnlyRoot, fixture("fargate")) == []
    assert findings(ReadOnlyRoot, launched({"ReadonlyRootFilesystem": False}, service=EXEC)) == []


def test_without_exec_a_root_may_be_read_only() -> None:
    assert findings(ReadOnlyRoot, launched(READ_ONLY)) == []
    assert findings(ReadOnlyRoot, launched(READ_ONLY, service={"EnableExecuteCommand": False})) == []


def test_windows_has_no_such_root() -> None:
    task = {"RuntimePlatform": {"OperatingSystemFamily": "WINDOWS_SERVER_2022_CORE"}}
    assert findings(ReadOnlyRoot, launched(READ_ONLY, task=task, service=EXEC)) == []


def test_what_is_not_known_leaves_it_open() -> None:
    names = parameters("Value", "Path")
    for container in (
        {"ReadonlyRootFilesystem": {"Ref": "Value"}},
        READ_ONLY | mounts(*WRITTEN[:2], {"Ref": "Path"}),
        READ_ONLY | {"MountPoints": {"Ref": "Value"}},
    ):
        resources = launched(container, service=EXEC)
        assert findings(ReadOnlyRoot, {"Parameters": names, "Resources": resources}) == []
    resources = launched(READ_ONLY, service={"EnableExecuteCommand": {"Ref": "Value"}})
    assert findings(ReadOnlyRoot, {"Parameters": names, "Resources": resources}) == []
