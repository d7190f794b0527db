import pytest

from constructs_ecs.preflight.findings import Severity
from constructs_ecs.preflight.rules.k01_service_connect_settings import ServiceConnectSettings
from tests.preflight.rules.support_connect import connected
from tests.preflight.rules.support_network import Change, container, set_to
from tests.preflight.rules.support_roles import also
from tests.preflight.rules.support_tasks import findings, fixture

CODE_DEPLOY = set_to("Service", DeploymentController={"Type": "CODE_DEPLOY"})
WINDOWS = set_to("TaskDefinition", RuntimePlatform={"OperatingSystemFamily": "WINDOWS_SERVER_2022_CORE"})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (set_to("TaskDefinition", Memory=None), "TaskDefinition states no memory for the task."),
        (
            container(Memory=1024),
            "TaskDefinition has 1024 MiB of memory, and its containers may take 1024 MiB.",
        ),
        (WINDOWS, "TaskDefinition is for Windows, which Service Connect does not run on."),
        (CODE_DEPLOY, "Service is deployed by AWS CodeDeploy."),
    ],
)
def test_a_task_or_service_that_service_connect_does_not_take_is_refused(change: Change, message: str) -> None:
    (found,) = findings(ServiceConnectSettings, fixture("fargate", also(connected(), change)))
    assert (found.severity, found.message) == (Severity.DEPLOY, message)
    assert [site.logical_id for site in found.launch_sites] == ["Service"]


def test_memory_to_spare_passes() -> None:
    assert findings(ServiceConnectSettings, fixture("fargate", connected())) == []


@pytest.mark.parametrize("value", ["1 GB", "1024", 1024])
def test_memory_counts_however_it_is_written(value: object) -> None:
    change = also(connected(), set_to("TaskDefinition", Memory=value))
    assert findings(ServiceConnectSettings, fixture("fargate", change)) == []


def test_a_container_without_a_limit_leaves_it_open() -> None:
    change = also(connected(), container(Memory=None, MemoryReservation=2048))
    assert findings(ServiceConnectSettings, fixture("fargate", change)) == []


@pytest.mark.parametrize("enabled", [False, "false"])
def test_without_service_connect_nothing_is_asked(enabled: object) -> None:
    change = also(connected(Enabled=enabled), CODE_DEPLOY, WINDOWS)
    assert findings(ServiceConnectSettings, fixture("fargate", change)) == []
    assert findings(ServiceConnectSettings, fixture("ec2")) == []


def test_what_a_parameter_decides_is_not_judged() -> None:
    template = fixture("fargate", also(connected(), set_to("TaskDefinition", Memory={"Ref": "Given"})))
    template["Parameters"] = {"Given": {"Type": "String"}}
    assert findings(ServiceConnectSettings, template) == []
