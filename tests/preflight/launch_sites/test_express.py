from typing import Any

from constructs_ecs.preflight.calls import Purpose
from constructs_ecs.preflight.launch_sites import Capacity, LaunchKind
from constructs_ecs.preflight.topology import NetworkInterface
from constructs_ecs.preflight.values import Ternary, Unknown
from tests.preflight.launches import NETWORK, calls, name_of, only, only_site, resource, role, task_definition

PRIMARY = {
    "Image": "123456789012.dkr.ecr.eu-west-1.amazonaws.com/app:1",
    "AwsLogsConfiguration": {"LogGroup": {"Ref": "Logs"}, "LogStreamPrefix": "app"},
    "Secrets": [{"Name": "LEVEL", "ValueFrom": "/app/level"}],
}


def express(**properties: object) -> dict[str, Any]:
    made = {
        "ExecutionRoleArn": {"Fn::GetAtt": ["Execution", "Arn"]},
        "InfrastructureRoleArn": "arn:aws:iam::123456789012:role/infrastructure",
        "PrimaryContainer": PRIMARY,
        "NetworkConfiguration": {"Subnets": [{"Ref": "Subnet"}], "SecurityGroups": [{"Ref": "Group"}]},
    } | properties
    made = {key: value for key, value in made.items() if value is not None}
    return {
        **NETWORK,
        "Express": resource("ECS::ExpressGatewayService", **made),
        "Execution": role("ecs-tasks", "*"),
        "Logs": resource("Logs::LogGroup"),
    }


def test_an_express_mode_service_runs_its_own_container_on_fargate_without_exec() -> None:
    site = only_site(express())
    assert (site.kind, site.capacity) == (LaunchKind.EXPRESS_SERVICE, Capacity.FARGATE)
    assert (name_of(site.task_definition), site.exec_enabled) == ("Express", Ternary.NO)


def test_its_container_makes_the_calls_of_any_other() -> None:
    made = calls(express())
    assert {"PULL_IMAGE", "READ_PARAMETER", "WRITE_LOGS"} <= {call.purpose.name for call in made}
    assert str(only(Purpose.PULL_IMAGE, made).where) == "Template#Express.PrimaryContainer.Image"
    assert "log-group:${Logs}" in str(only(Purpose.WRITE_LOGS, made).resource)


def test_it_may_name_a_task_definition_instead() -> None:
    body = express(TaskDefinitionArn={"Ref": "Task"}, PrimaryContainer=None)
    assert name_of(only_site(body | {"Task": task_definition()}).task_definition) == "Task"


def test_what_express_mode_makes_itself_is_unknown() -> None:
    assert isinstance(only_site(express(NetworkConfiguration=None)).task_interface, Unknown)
    found = only_site(express(NetworkConfiguration={"Subnets": [{"Ref": "Subnet"}]})).task_interface
    assert isinstance(found, NetworkInterface)
    assert [isinstance(group, Unknown) for group in found.security_groups] == [True]
    assert found.public_ip is Ternary.UNKNOWN
    without_logs = {key: value for key, value in PRIMARY.items() if key != "AwsLogsConfiguration"}
    group = str(only(Purpose.WRITE_LOGS, calls(express(PrimaryContainer=without_logs))).resource)
    assert "leaves its log group to Express Mode" in group
