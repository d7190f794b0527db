from typing import Any

from constructs_ecs.preflight.calls import Purpose
from constructs_ecs.preflight.topology import Peer
from constructs_ecs.preflight.values import Unknown
from tests.preflight.launches import (
    calls,
    ec2,
    fargate,
    leaves_by,
    name_of,
    of,
    only,
    purposes,
    resource,
    role,
    task_definition,
)

FILE_SYSTEM = resource("EFS::FileSystem")


def mount_target(subnet: str = "Subnet", group: str = "Group") -> dict[str, Any]:
    return resource(
        "EFS::MountTarget", FileSystemId={"Ref": "Files"}, SubnetId={"Ref": subnet}, SecurityGroups=[{"Ref": group}]
    )


def mounting(read_only: bool = False, **configuration: object) -> dict[str, Any]:
    volume = {"FilesystemId": {"Ref": "Files"}, "TransitEncryption": "ENABLED"} | configuration
    point = {"SourceVolume": "files", "ContainerPath": "/files", "ReadOnly": read_only}
    return task_definition(
        {"MountPoints": [point]},
        TaskRoleArn={"Ref": "TaskRole"},
        Volumes=[{"Name": "files", "EFSVolumeConfiguration": volume}, {"Name": "scratch"}],
    )


def test_a_file_system_is_reached_at_its_mount_targets() -> None:
    call = only(
        Purpose.MOUNT_EFS, calls(fargate(Task=mounting(), Files=FILE_SYSTEM, Target=mount_target(), TaskRole=role()))
    )
    assert isinstance(call.destination, Peer)
    assert (call.destination.port, call.destination.where.logical_id) == (2049, "Target")
    assert [name_of(group) for group in call.destination.security_groups] == ["Group"]
    assert (call.missing, call.needs_role, leaves_by(call)) == (None, False, "Group")


def test_mount_targets_with_the_same_groups_are_one_destination_and_others_another() -> None:
    body = fargate(
        Task=mounting(),
        Files=FILE_SYSTEM,
        Other=resource("EC2::SecurityGroup", VpcId={"Ref": "Vpc"}),
        A=mount_target(),
        B=mount_target(),
        C=mount_target(group="Other"),
    )
    found = [call.destination for call in of(Purpose.MOUNT_EFS, calls(body))]
    assert [len(peer.subnets) for peer in found if isinstance(peer, Peer)] == [2, 1]


def test_a_file_system_without_mount_targets_lacks_something_and_one_elsewhere_is_unknown() -> None:
    call = only(Purpose.MOUNT_EFS, calls(fargate(Task=mounting(), Files=FILE_SYSTEM)))
    assert (call.destination, call.missing is None) == (None, False)
    call = only(Purpose.MOUNT_EFS, calls(fargate(Task=mounting(FilesystemId="fs-0123"))))
    assert isinstance(call.destination, Unknown)
    assert call.missing is None


def test_with_iam_the_task_role_has_to_be_let_in_and_to_write_unless_all_only_read() -> None:
    point = resource("EFS::AccessPoint", FileSystemId={"Ref": "Files"})
    authorization = {"IAM": "ENABLED", "AccessPointId": {"Ref": "Point"}}
    more = {"Files": FILE_SYSTEM, "Point": point, "TaskRole": role(), "Target": mount_target()}
    call = only(Purpose.AUTHORIZE_EFS, calls(fargate(Task=mounting(AuthorizationConfig=authorization), **more)))
    assert (name_of(call.role), name_of(call.owner)) == ("TaskRole", "Files")
    assert call.actions == ("elasticfilesystem:ClientMount", "elasticfilesystem:ClientWrite")
    assert "access-point/${Point}" in str(call.context["elasticfilesystem:AccessPointArn"])
    reading = mounting(read_only=True, AuthorizationConfig={"IAM": "ENABLED"})
    call = only(Purpose.AUTHORIZE_EFS, calls(fargate(Task=reading, **more)))
    assert call.actions == ("elasticfilesystem:ClientMount",)
    assert call.context["elasticfilesystem:AccessPointArn"] is None


def test_without_iam_nobody_has_to_be_let_in() -> None:
    made = calls(fargate(Task=mounting(), Files=FILE_SYSTEM, Target=mount_target()))
    assert "AUTHORIZE_EFS" not in purposes(made)


def test_on_an_instance_the_host_mounts() -> None:
    task = mounting()
    task["Properties"] |= {"RequiresCompatibilities": ["EC2"]}
    made = calls(ec2(mode="awsvpc", Task=task, Files=FILE_SYSTEM, Target=mount_target(), TaskRole=role()))
    assert leaves_by(only(Purpose.MOUNT_EFS, made)) == "InstanceGroup"
