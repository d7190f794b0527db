import pytest

from constructs_ecs.preflight.findings import Severity
from constructs_ecs.preflight.rules.v03_volume_settings import VolumeSettings
from tests.preflight.rules.support_network import Change, ref, set_to
from tests.preflight.rules.support_roles import also, with_unknown_policy
from tests.preflight.rules.support_tasks import Resources, findings, fixture


def volume(**settings: object) -> Change:
    """Replace the volume's settings."""

    def change(resources: Resources) -> None:
        configuration = {"FilesystemId": ref("FileSystem"), **settings}
        resources["TaskDefinition"]["Properties"]["Volumes"] = [
            {"Name": "files", "EFSVolumeConfiguration": configuration}
        ]

    return change


def without_grant(resources: Resources) -> None:
    resources["TaskRole"]["Properties"]["Policies"].pop()


ACCESS_POINT = {"AccessPointId": ref("AccessPoint")}
IAM = {"IAM": "ENABLED"}


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"AuthorizationConfig": IAM}, "The volume files uses IAM without encryption in transit."),
        ({"AuthorizationConfig": ACCESS_POINT}, "The volume files uses an access point without encryption in transit."),
        (
            {"AuthorizationConfig": ACCESS_POINT, "TransitEncryption": "ENABLED", "RootDirectory": "/data"},
            "The volume files has the root directory /data beside an access point.",
        ),
    ],
)
def test_settings_that_do_not_go_together_are_refused(settings: dict[str, object], message: str) -> None:
    (found,) = findings(VolumeSettings, fixture("fargate", volume(**settings)))
    assert (found.severity, found.where.logical_id, found.message) == (Severity.DEPLOY, "TaskDefinition", message)
    assert found.where.property_path == ("Volumes", 0, "EFSVolumeConfiguration")
    assert [site.logical_id for site in found.launch_sites] == ["Service"]


def test_iam_without_a_task_role_is_refused() -> None:
    change = set_to("TaskDefinition", TaskRoleArn=None)
    (found,) = findings(VolumeSettings, fixture("fargate", change))
    assert found.severity is Severity.DEPLOY
    assert found.symptom.endswith("EFS IAM authorization requires a task role.")


def test_a_task_role_that_the_file_system_does_not_let_in_stops_the_task() -> None:
    (found,) = findings(VolumeSettings, fixture("fargate", without_grant))
    assert (found.severity, found.where.logical_id) == (Severity.START, "TaskRole")
    assert found.symptom.endswith("mount.nfs4: access denied by server.")
    assert "elasticfilesystem:ClientMount" in found.fix


def test_a_file_system_without_a_policy_lets_in_whoever_reaches_it() -> None:
    change = also(without_grant, set_to("FileSystem", FileSystemPolicy=None))
    assert findings(VolumeSettings, fixture("fargate", change)) == []


def test_a_directory_that_has_to_be_there_is_a_warning() -> None:
    (found,) = findings(VolumeSettings, fixture("fargate", volume(RootDirectory="/data")))
    assert found.severity is Severity.WARNING
    assert found.symptom.endswith("No such file or directory.")


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"RootDirectory": "/"},
        {"TransitEncryption": "ENABLED", "AuthorizationConfig": ACCESS_POINT},
        {"TransitEncryption": "ENABLED", "AuthorizationConfig": ACCESS_POINT, "RootDirectory": "/"},
        {"TransitEncryption": "ENABLED", "AuthorizationConfig": {**ACCESS_POINT, **IAM}},
    ],
)
def test_settings_that_go_together_pass(settings: dict[str, object]) -> None:
    assert findings(VolumeSettings, fixture("fargate", volume(**settings))) == []


def test_a_task_without_a_file_system_is_not_looked_at() -> None:
    assert findings(VolumeSettings, fixture("ec2")) == []


@pytest.mark.parametrize(
    "change",
    [
        volume(TransitEncryption={"Ref": "Given"}, AuthorizationConfig=ACCESS_POINT),
        volume(TransitEncryption="ENABLED", AuthorizationConfig=ACCESS_POINT, RootDirectory={"Ref": "Given"}),
        also(without_grant, with_unknown_policy("TaskRole")),
    ],
)
def test_what_the_templates_do_not_show_is_not_judged(change: Change) -> None:
    template = fixture("fargate", change)
    template["Parameters"] = {"Given": {"Type": "String"}}
    assert findings(VolumeSettings, template) == []
