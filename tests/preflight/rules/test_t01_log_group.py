from typing import Any

from constructs_ecs.preflight.findings import Severity
from constructs_ecs.preflight.rules.t01_log_group import LogGroup
from tests.preflight.rules.support_tasks import Resources, findings, launched


def logging(
    group: object, fargate: bool = True, options: dict[str, str] | None = None, **more: dict[str, Any]
) -> Resources:
    log = {"awslogs-group": group, "awslogs-region": "eu-west-1", "awslogs-stream-prefix": "app"}
    container = {"LogConfiguration": {"LogDriver": "awslogs", "Options": log | (options or {})}}
    return launched(container, fargate=fargate, **more)


def log_group(name: object = None) -> dict[str, Any]:
    return {"Type": "AWS::Logs::LogGroup", "Properties": {} if name is None else {"LogGroupName": name}}


def test_a_group_named_after_what_is_deployed_with_it_cannot_be_there_before() -> None:
    group = {"Fn::Sub": "/ecs/${Cluster}"}
    (found,) = findings(LogGroup, logging(group, Cluster={"Type": "AWS::ECS::Cluster"}))
    assert (found.severity, found.where.logical_id) == (Severity.START, "TaskDefinition")
    assert found.launch_sites[0].logical_id == "Service"
    assert "The specified log group does not exist." in found.symptom


def test_on_ec2_the_logging_driver_fails() -> None:
    (found,) = findings(LogGroup, logging("/ecs/app", fargate=False))
    assert found.symptom.startswith("failed to initialize logging driver")


def test_a_literal_name_may_be_that_of_a_group_which_is_there_and_gives_a_warning() -> None:
    (found,) = findings(LogGroup, logging("/ecs/app"))
    assert found.severity is Severity.WARNING


def test_a_group_that_aws_makes_for_a_cluster_gives_a_warning() -> None:
    group = {"Fn::Sub": "/aws/ecs/containerinsights/${Cluster}/performance"}
    (found,) = findings(LogGroup, logging(group, Cluster={"Type": "AWS::ECS::Cluster"}))
    assert found.severity is Severity.WARNING


def test_a_group_of_the_template_passes_by_reference_and_by_name() -> None:
    assert findings(LogGroup, logging({"Ref": "Group"}, Group=log_group())) == []
    assert findings(LogGroup, logging("/ecs/app", Group=log_group("/ecs/app"))) == []
    assert findings(LogGroup, logging("/ecs/app"), {"Group": log_group("/ecs/app")}) == []


def test_two_stacks_with_a_group_of_that_name_pass() -> None:
    other = {"Group": log_group("/ecs/app")}
    assert findings(LogGroup, logging("/ecs/app"), other, other) == []


def test_a_group_that_a_loop_may_make_passes() -> None:
    group = {"Fn::Sub": "/ecs/${Cluster}"}
    loop: Any = {"Fn::ForEach::Groups": ["Id", ["One"], {"Group${Id}": log_group(group)}]}
    assert findings(LogGroup, logging(group, Cluster={"Type": "AWS::ECS::Cluster"}, **loop)) == []


def test_a_group_that_the_agent_creates_passes() -> None:
    assert findings(LogGroup, logging("/ecs/app", options={"awslogs-create-group": "true"})) == []


def test_another_log_driver_has_no_group() -> None:
    container = {"LogConfiguration": {"LogDriver": "splunk", "Options": {"awslogs-group": "x"}}}
    assert findings(LogGroup, launched(container)) == []
    assert findings(LogGroup, launched()) == []


def test_a_group_of_another_stack_or_a_custom_resource_leaves_it_open() -> None:
    assert findings(LogGroup, logging({"Fn::ImportValue": "Group"})) == []
    custom = {"Type": "Custom::Group", "Properties": {"ServiceToken": "arn"}}
    assert findings(LogGroup, logging({"Fn::GetAtt": ["Custom", "Name"]}, Custom=custom)) == []


def test_a_group_whose_name_is_not_known_may_be_the_one() -> None:
    template = {
        "Parameters": {"Name": {"Type": "String"}},
        "Resources": logging("/ecs/app", Group=log_group({"Ref": "Name"})),
    }
    assert findings(LogGroup, template) == []


def test_a_group_whose_name_is_known_to_begin_otherwise_is_not_the_one() -> None:
    named = {"Fn::Join": ["", ["/aws/vendedlogs/", {"Fn::ImportValue": "Id"}]]}
    assert len(findings(LogGroup, logging("/ecs/app", Group=log_group(named)))) == 1
    named = {"Fn::Join": ["", ["/ecs/", {"Fn::ImportValue": "Id"}]]}
    assert findings(LogGroup, logging("/ecs/app", Group=log_group(named))) == []


def test_the_cdk_s_log_retention_makes_the_group() -> None:
    retention = {"Type": "Custom::LogRetention", "Properties": {"LogGroupName": "/ecs/app"}}
    assert findings(LogGroup, logging("/ecs/app", Retention=retention)) == []
