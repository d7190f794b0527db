from typing import Any

import pytest

from constructs_ecs.facts.endpoints import Endpoint
from constructs_ecs.preflight.calls import Call, Purpose
from constructs_ecs.preflight.topology import AwsService
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
    service,
    task_definition,
)

WITH_EXEC = service(EnableExecuteCommand=True)
AWSLOGS = {"LogConfiguration": {"LogDriver": "awslogs", "Options": {"awslogs-group": "app"}}}


def made(
    configuration: dict[str, Any] | None = None, container: dict[str, Any] | None = None, **more: object
) -> tuple[Call, ...]:
    settings = {} if configuration is None else {"Configuration": {"ExecuteCommandConfiguration": configuration}}
    task = task_definition(container, TaskRoleArn={"Ref": "TaskRole"})
    own: dict[str, Any] = {
        "Cluster": resource("ECS::Cluster", **settings),
        "Task": task,
        "TaskRole": role(),
        "Service": WITH_EXEC,
    }
    return tuple(call for call in calls(fargate(**own | more)) if call.purpose.name != "ASSUME_ROLE")


def exec_purposes(found: tuple[Call, ...]) -> list[str]:
    return purposes(tuple(call for call in found if call.stage == "exec"))


def test_without_exec_no_channel_is_opened() -> None:
    assert "OPEN_EXEC_CHANNEL" not in purposes(made(Service=service()))


def test_the_channels_are_the_task_role_s_and_leave_by_the_task() -> None:
    call = only(Purpose.OPEN_EXEC_CHANNEL, made())
    assert (call.stage, call.caller, name_of(call.role), call.resource) == ("exec", "task role", "TaskRole", "*")
    assert (call.destination, leaves_by(call)) == (AwsService(Endpoint.SSM_MESSAGES), "Group")
    assert len(call.actions) == 4


def test_on_fargate_a_task_without_a_role_has_none() -> None:
    call = only(Purpose.OPEN_EXEC_CHANNEL, made(Task=task_definition()))
    assert (call.caller, call.role) == ("task role", None)


def test_on_an_instance_a_task_without_a_role_uses_the_instance_s() -> None:
    for mode, expected in (("bridge", "InstanceGroup"), ("awsvpc", "Group")):
        network = ec2(mode=mode)["Service"]["Properties"] | {"EnableExecuteCommand": True}
        call = only(Purpose.OPEN_EXEC_CHANNEL, calls(ec2(mode=mode, Service=resource("ECS::Service", **network))))
        assert (call.caller, name_of(call.role), leaves_by(call)) == ("instance role", "InstanceRole", expected)


def test_a_session_that_is_encrypted_with_an_own_key_is_decrypted_through_the_endpoint_of_kms() -> None:
    call = only(Purpose.DECRYPT_EXEC_SESSION, made({"KmsKeyId": {"Ref": "Key"}}, Key=resource("KMS::Key")))
    assert (call.actions, call.destination) == (("kms:Decrypt",), AwsService(Endpoint.KMS))
    assert call.key is not None
    assert (name_of(call.key.key), call.key.service) == ("Key", None)


def test_logging_none_records_nothing() -> None:
    assert exec_purposes(made({"Logging": "NONE"}, AWSLOGS)) == ["OPEN_EXEC_CHANNEL"]
    assert "WRITE_EXEC_LOG" not in purposes(made({"Logging": "NONE"}, AWSLOGS))


@pytest.mark.parametrize("configuration", [None, {"Logging": "DEFAULT"}])
def test_logging_by_default_goes_where_the_containers_write_and_stops_no_session(
    configuration: dict[str, Any] | None,
) -> None:
    found = of(Purpose.WRITE_EXEC_LOG, made(configuration, AWSLOGS))
    assert [call.stage for call in found] == ["run", "run"]
    assert all(call.advisory for call in found)
    assert str(found[1].resource).endswith(":log-group:app:log-stream:*")
    assert "WRITE_EXEC_LOG" not in purposes(made(configuration))


def test_an_override_goes_to_the_cluster_s_log_group_and_bucket() -> None:
    destinations = {"CloudWatchLogGroupName": {"Ref": "Logs"}, "S3BucketName": {"Ref": "Bucket"}}
    found = made(
        {"Logging": "OVERRIDE", "LogConfiguration": destinations},
        AWSLOGS,
        Logs=resource("Logs::LogGroup"),
        Bucket=resource("S3::Bucket"),
    )
    assert exec_purposes(found) == ["OPEN_EXEC_CHANNEL", "WRITE_EXEC_LOG", "WRITE_EXEC_OBJECT"]
    assert [str(call.resource).partition(":::")[2] for call in of(Purpose.WRITE_EXEC_OBJECT, found)] == [
        "${Bucket}",
        "${Bucket}/*",
    ]
    inspection, put = of(Purpose.WRITE_EXEC_OBJECT, found)
    assert (inspection.actions, put.actions) == (("s3:GetBucketLocation",), ("s3:PutObject",))
    assert name_of(put.owner) == "Bucket"


def test_the_bucket_s_encryption_is_looked_at_only_where_the_cluster_demands_it() -> None:
    destinations = {"S3BucketName": "bucket", "S3EncryptionEnabled": True, "S3KeyPrefix": "exec"}
    inspection, put = of(Purpose.WRITE_EXEC_OBJECT, made({"Logging": "OVERRIDE", "LogConfiguration": destinations}))
    assert inspection.actions == ("s3:GetBucketLocation", "s3:GetEncryptionConfiguration")
    assert str(put.resource).endswith(":s3:::bucket/exec/*")


def test_of_a_cluster_elsewhere_the_record_is_open() -> None:
    imported = service(EnableExecuteCommand=True, Cluster={"Fn::ImportValue": "cluster"})
    call = only(Purpose.WRITE_EXEC_LOG, made(Service=imported))
    assert (call.stage, isinstance(call.destination, Unknown)) == ("exec", True)


def test_the_default_cluster_is_taken_to_say_nothing_of_exec() -> None:
    assert exec_purposes(made(Service=service(EnableExecuteCommand=True, Cluster=None))) == ["OPEN_EXEC_CHANNEL"]


def test_a_proxy_in_the_containers_environment_makes_failures_prove_nothing() -> None:
    for name, expected in (("HTTPS_PROXY", True), ("http_proxy", True), ("NO_PROXY", False)):
        call = only(Purpose.OPEN_EXEC_CHANNEL, made(None, {"Environment": [{"Name": name, "Value": "x"}]}))
        assert (call.advisory is not None) is expected, name
