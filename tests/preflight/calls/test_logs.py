from typing import Any

from constructs_ecs.facts.endpoints import Endpoint
from constructs_ecs.facts.features import LOG_KEY_ACTIONS
from constructs_ecs.preflight.calls import Purpose
from constructs_ecs.preflight.topology import AwsService, InternetHost
from constructs_ecs.preflight.values import Unknown
from tests.preflight.launches import (
    calls,
    ec2,
    fargate,
    launch_template,
    leaves_by,
    name_of,
    only,
    purposes,
    resource,
    role,
    service,
    task_definition,
)

HERE = {"account": "123456789012", "region": "eu-west-1"}


def log(driver: object = "awslogs", **options: object) -> dict[str, Any]:
    return {
        "LogConfiguration": {"LogDriver": driver, "Options": {key.replace("_", "-"): v for key, v in options.items()}}
    }


def test_awslogs_makes_a_stream_and_writes_to_it() -> None:
    call = only(Purpose.WRITE_LOGS, calls(fargate(log(awslogs_group="app", awslogs_region="eu-west-1")), **HERE))
    assert call.actions == ("logs:CreateLogStream", "logs:PutLogEvents")
    assert call.resource == "arn:aws:logs:eu-west-1:123456789012:log-group:app:log-stream:*"
    assert (call.destination, call.container) == (AwsService(Endpoint.LOGS), "app")


def test_awslogs_may_write_to_another_region() -> None:
    call = only(Purpose.WRITE_LOGS, calls(fargate(log(awslogs_group="app", awslogs_region="us-east-1")), **HERE))
    assert call.destination == AwsService(Endpoint.LOGS, "us-east-1")
    assert call.resource == "arn:aws:logs:us-east-1:123456789012:log-group:app:log-stream:*"


def test_the_group_is_made_first_where_that_is_asked_for() -> None:
    made = calls(fargate(log(awslogs_group="app", awslogs_create_group="true")), **HERE)
    call = only(Purpose.CREATE_LOG_GROUP, made)
    assert call.actions == ("logs:CreateLogGroup",)
    assert "CREATE_LOG_GROUP" not in purposes(calls(fargate(log(awslogs_group="app", awslogs_create_group="false"))))


def test_a_log_group_s_own_key_asks_something_of_the_writer_from_a_day_that_nobody_knows() -> None:
    group = resource("Logs::LogGroup", KmsKeyId={"Fn::GetAtt": ["Key", "Arn"]})
    made = calls(fargate(log(awslogs_group={"Ref": "Logs"}), Logs=group, Key=resource("KMS::Key")))
    call = only(Purpose.ENCRYPT_LOGS, made)
    assert (call.actions, name_of(getattr(call.key, "key", None))) == (LOG_KEY_ACTIONS, "Key")
    assert call.advisory is not None
    assert "ENCRYPT_LOGS" not in purposes(
        calls(fargate(log(awslogs_group={"Ref": "Logs"}), Logs=resource("Logs::LogGroup")))
    )


def test_a_group_or_driver_that_is_not_known_is_said_to_be() -> None:
    assert "names no log group" in str(only(Purpose.WRITE_LOGS, calls(fargate(log()))).resource)
    body = {"Parameters": {"Driver": {"Type": "String"}}, "Resources": fargate(log({"Ref": "Driver"}))}
    assert isinstance(only(Purpose.WRITE_LOGS, calls(body)).destination, Unknown)


def test_on_an_instance_the_execution_role_writes_if_there_is_one_else_the_instance_s() -> None:
    written = log(awslogs_group="app")
    call = only(Purpose.WRITE_LOGS, calls(ec2(written, mode="awsvpc")))
    assert (call.caller, name_of(call.role), leaves_by(call)) == ("instance role", "InstanceRole", "InstanceGroup")
    task = task_definition(
        written, RequiresCompatibilities=["EC2"], NetworkMode="awsvpc", ExecutionRoleArn={"Ref": "Execution"}
    )
    call = only(Purpose.WRITE_LOGS, calls(ec2(mode="awsvpc", Task=task, Execution=role())))
    assert (call.caller, call.or_role, leaves_by(call)) == ("execution role", None, "InstanceGroup")


def test_an_agent_may_be_told_to_write_with_its_own_role() -> None:
    script = {"Fn::Sub": "ECS_CLUSTER=${Cluster}\nECS_ENABLE_AWSLOGS_EXECUTIONROLE_OVERRIDE=false"}
    written, on_ec2 = log(awslogs_group="app"), {"RequiresCompatibilities": ["EC2"], "NetworkMode": "bridge"}
    task = task_definition(written, ExecutionRoleArn={"Ref": "Execution"}, **on_ec2)
    body = ec2(Task=task, Execution=role(), Template=launch_template(UserData={"Fn::Base64": script}))
    made = calls(body)
    assert only(Purpose.WRITE_LOGS, made).caller == "instance role"
    assert only(Purpose.PULL_FROM_REGISTRY, made).where.logical_id == "Task"


def test_other_drivers_write_nothing_that_is_known() -> None:
    assert "WRITE_LOGS" not in purposes(calls(fargate(log("splunk"))))
    assert "WRITE_LOGS" not in purposes(calls(fargate()))


def test_firelens_writes_with_the_task_role_and_its_failure_stops_no_task() -> None:
    task = task_definition(
        log("awsfirelens", Name="cloudwatch", log_group_name="app", region="eu-west-1"), TaskRoleArn={"Ref": "TaskRole"}
    )
    options = task["Properties"]["ContainerDefinitions"][0]["LogConfiguration"]["Options"]
    options |= {"log_group_name": options.pop("log-group-name")}
    call = only(Purpose.ROUTE_LOGS, calls(fargate(Task=task, TaskRole=role()), **HERE))
    assert (call.stage, call.caller, call.destination) == ("run", "task role", AwsService(Endpoint.LOGS))
    assert call.resource == "arn:aws:logs:eu-west-1:123456789012:log-group:app:log-stream:*"
    assert call.advisory is not None


def test_firelens_writes_to_streams_and_hosts_too() -> None:
    stream = {
        "LogDriver": "awsfirelens",
        "Options": {"Name": "firehose", "delivery_stream": "s", "region": "eu-west-1"},
    }
    call = only(Purpose.ROUTE_LOGS, calls(fargate({"LogConfiguration": stream}), **HERE))
    assert call.resource == "arn:aws:firehose:eu-west-1:123456789012:deliverystream/s"
    assert call.actions == ("firehose:PutRecordBatch",)
    host = {"LogDriver": "awsfirelens", "Options": {"Name": "http", "Host": "logs.example.com"}}
    assert only(Purpose.ROUTE_LOGS, calls(fargate({"LogConfiguration": host}))).destination == InternetHost(
        "logs.example.com"
    )


def test_a_service_connect_proxy_has_a_log_and_something_to_ask() -> None:
    connect = {"Enabled": True, "Namespace": "n", "LogConfiguration": log(awslogs_group="proxy")["LogConfiguration"]}
    made = calls(fargate(Service=service(ServiceConnectConfiguration=connect)))
    assert only(Purpose.WRITE_LOGS, made).container == "Service Connect proxy"
    call = only(Purpose.MANAGE_PROXY, made)
    assert (call.stage, call.destination, leaves_by(call)) == ("run", AwsService(Endpoint.ECS_AGENT), "Group")
    off = calls(fargate(Service=service(ServiceConnectConfiguration={"Enabled": False})))
    assert "MANAGE_PROXY" not in purposes(off)
