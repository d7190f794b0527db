import pytest

from constructs_ecs.preflight.findings import Severity
from constructs_ecs.preflight.rules.v02_mount_target_missing import MountTargetMissing
from tests.preflight.rules.support_network import Change, added, network, ref, removed, set_to
from tests.preflight.rules.support_roles import also
from tests.preflight.rules.support_tasks import Resources, findings, fixture


def test_a_file_system_without_a_mount_target_cannot_be_mounted() -> None:
    (found,) = findings(MountTargetMissing, fixture("fargate", removed("MountTargetA", "MountTargetB")))
    assert (found.severity, found.where.logical_id) == (Severity.START, "FileSystem")
    assert "Failed to resolve" in found.symptom
    assert found.fix.startswith("Add a mount target of the file system FileSystem")


def test_mount_targets_in_another_vpc_do_not_do() -> None:
    def elsewhere(resources: Resources) -> None:
        added(
            Other=("EC2::VPC", {"CidrBlock": "10.1.0.0/16"}),
            OtherSubnet=("EC2::Subnet", {"VpcId": ref("Other"), "CidrBlock": "10.1.0.0/24"}),
        )(resources)
        del resources["MountTargetB"]
        resources["Service"]["DependsOn"].remove("MountTargetB")
        resources["MountTargetA"]["Properties"]["SubnetId"] = ref("OtherSubnet")

    (found,) = findings(MountTargetMissing, fixture("fargate", elsewhere))
    assert (found.severity, found.message) == (Severity.START, "FileSystem has no mount target in Vpc.")
    zone = added(Zone=("Route53::HostedZone", {"Name": "efs.eu-west-1.amazonaws.com"}))
    assert findings(MountTargetMissing, fixture("fargate", also(elsewhere, zone))) == []


@pytest.mark.parametrize("zones", [None, ("eu-west-1a", "eu-west-1b")])
def test_a_zone_without_a_mount_target_is_a_warning(zones: tuple[str, str] | None) -> None:
    def fixed(resources: Resources) -> None:
        for name, zone in zip(("SubnetA", "SubnetB"), zones or (), strict=False):
            resources[name]["Properties"]["AvailabilityZone"] = zone

    (found,) = findings(MountTargetMissing, fixture("fargate", also(removed("MountTargetB"), fixed)))
    assert (found.severity, found.where.logical_id) == (Severity.WARNING, "FileSystem")
    assert found.message == "FileSystem has no mount target in the Availability Zone of SubnetB."


def test_a_mount_target_in_another_subnet_of_the_zone_passes() -> None:
    def same_zone(resources: Resources) -> None:
        for name in ("SubnetA", "SubnetB"):
            resources[name]["Properties"]["AvailabilityZone"] = "eu-west-1a"

    assert findings(MountTargetMissing, fixture("fargate", also(removed("MountTargetB"), same_zone))) == []


def test_a_service_that_does_not_wait_for_the_mount_targets_is_a_warning() -> None:
    def hasty(resources: Resources) -> None:
        resources["Service"]["DependsOn"].remove("MountTargetB")

    (found,) = findings(MountTargetMissing, fixture("fargate", hasty))
    assert (found.severity, found.where.logical_id) == (Severity.WARNING, "Service")
    assert found.fix == "Name MountTargetB in DependsOn of the launch Service."
    assert findings(MountTargetMissing, fixture("fargate", also(hasty, set_to("Service", DesiredCount="0")))) == []


def test_a_mount_target_in_each_zone_passes() -> None:
    assert findings(MountTargetMissing, fixture("fargate")) == []


def test_a_task_without_a_file_system_is_not_looked_at() -> None:
    assert findings(MountTargetMissing, fixture("ec2")) == []


def imported_file_system(resources: Resources) -> None:
    volume = resources["TaskDefinition"]["Properties"]["Volumes"][0]["EFSVolumeConfiguration"]
    volume["FilesystemId"] = {"Fn::ImportValue": "FileSystem"}


@pytest.mark.parametrize(
    "change",
    [
        also(removed("MountTargetA", "MountTargetB"), imported_file_system),
        also(removed("MountTargetA", "MountTargetB"), network(Subnets=[{"Fn::ImportValue": "Subnet"}])),
        also(
            removed("MountTargetB"), set_to("SubnetA", AvailabilityZone=None), set_to("SubnetB", AvailabilityZone=None)
        ),
        also(removed("MountTargetB"), set_to("SubnetA", AvailabilityZone={"Fn::ImportValue": "Zone"})),
    ],
    ids=["a file system of another stack", "subnets of another stack", "zones that AWS chooses", "a zone by import"],
)
def test_what_the_templates_do_not_show_is_not_judged(change: Change) -> None:
    assert findings(MountTargetMissing, fixture("fargate", change)) == []


def test_mount_targets_of_another_template_count() -> None:
    files = {"FileSystem": {"Type": "AWS::EFS::FileSystem"}}
    task = fixture("fargate", imported_file_system)
    for name in ("MountTargetA", "MountTargetB"):
        task["Resources"][name]["Properties"]["FileSystemId"] = {"Fn::ImportValue": "FileSystem"}
    outputs = {"FileSystem": {"Value": ref("FileSystem"), "Export": {"Name": "FileSystem"}}}
    assert findings(MountTargetMissing, task, {"Resources": files, "Outputs": outputs}) == []
