from typing import Any

from constructs_ecs.preflight.findings import Severity
from constructs_ecs.preflight.rules.t10_firelens import Firelens
from tests.preflight.rules.support_tasks import findings, launched, parameters

ROUTED: dict[str, Any] = {"LogConfiguration": {"LogDriver": "awsfirelens", "Options": {}}}
ROUTER: dict[str, Any] = {"Name": "router", "Image": "fluent-bit", "FirelensConfiguration": {"Type": "fluentbit"}}
WINDOWS = {"RuntimePlatform": {"OperatingSystemFamily": "WINDOWS_SERVER_2022_CORE"}}


def test_a_task_without_a_router_is_refused() -> None:
    (found,) = findings(Firelens, launched(ROUTED))
    assert (found.severity, found.where.logical_id) == (Severity.DEPLOY, "TaskDefinition")
    assert found.where.property_path[-1] == "LogDriver"
    assert found.launch_sites[0].logical_id == "Service"


def test_a_task_on_windows_has_no_firelens() -> None:
    (found,) = findings(Firelens, launched(ROUTED, ROUTER, task=WINDOWS))
    assert "Windows" in found.message


def test_a_task_with_a_router_passes() -> None:
    assert findings(Firelens, launched(ROUTED, ROUTER)) == []


def test_a_task_with_another_log_driver_needs_no_router() -> None:
    assert findings(Firelens, launched({"LogConfiguration": {"LogDriver": "splunk"}})) == []
    assert findings(Firelens, launched(task=WINDOWS)) == []


def test_a_container_that_is_not_known_may_be_the_router() -> None:
    resources = launched(ROUTED, {"Ref": "Sidecar"})
    assert findings(Firelens, {"Parameters": parameters("Sidecar"), "Resources": resources}) == []


def test_an_operating_system_that_is_not_known_leaves_it_open() -> None:
    task = {"RuntimePlatform": {"OperatingSystemFamily": {"Ref": "System"}}}
    resources = launched(ROUTED, ROUTER, task=task)
    assert findings(Firelens, {"Parameters": parameters("System"), "Resources": resources}) == []
