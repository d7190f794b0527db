import pytest

from constructs_ecs.preflight.findings import Severity
from constructs_ecs.preflight.rules.x08_platform_version import PlatformVersion
from tests.preflight.rules.support_tasks import Resources, findings, launched

WINDOWS = {"RuntimePlatform": {"OperatingSystemFamily": "WINDOWS_SERVER_2022_CORE"}}


def running(version: object, *, windows: bool = False, fargate: bool = True, exec_: object = True) -> Resources:
    service = {"EnableExecuteCommand": exec_, "PlatformVersion": version}
    return launched(task=WINDOWS if windows else None, service=service, fargate=fargate)


@pytest.mark.parametrize("version", ["1.3.0", "1.0.0", "1.3"])
def test_a_platform_without_exec_refuses_it(version: str) -> None:
    (found,) = findings(PlatformVersion, running(version))
    assert (found.severity, found.where.logical_id) == (Severity.EXEC, "Service")
    assert (version in found.message, "1.4.0" in found.message) == (True, True)


@pytest.mark.parametrize("version", ["1.4.0", "LATEST", "1.10.0", {"Ref": "AWS::NoValue"}])
def test_a_newer_platform_passes(version: object) -> None:
    assert findings(PlatformVersion, running(version)) == []


def test_windows_has_versions_of_its_own() -> None:
    assert findings(PlatformVersion, running("1.0.0", windows=True)) == []
    assert len(findings(PlatformVersion, running("0.9.0", windows=True))) == 1


def test_without_exec_and_on_ec2_any_version_will_do() -> None:
    assert findings(PlatformVersion, running("1.3.0", exec_=False)) == []
    assert findings(PlatformVersion, running("1.3.0", fargate=False)) == []


def test_what_is_not_known_leaves_it_open() -> None:
    names = {"Value": {"Type": "String"}}
    for resources in (running({"Ref": "Value"}), running("1.3.0", exec_={"Ref": "Value"})):
        assert findings(PlatformVersion, {"Parameters": names, "Resources": resources}) == []
