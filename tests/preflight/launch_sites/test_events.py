import json
from typing import Any

from constructs_ecs.preflight.launch_sites import Capacity, LaunchKind, find, unread
from constructs_ecs.preflight.topology import NetworkInterface
from constructs_ecs.preflight.values import Ternary, Unknown
from tests.preflight.launches import AWSVPC, fargate, name_of, only_site, resource, role
from tests.preflight.support import graph

PARAMETERS = {
    "TaskDefinitionArn": {"Ref": "Task"},
    "LaunchType": "FARGATE",
    "NetworkConfiguration": {"AwsVpcConfiguration": AWSVPC | {"AssignPublicIp": "ENABLED"}},
    "EnableExecuteCommand": True,
}


def rule(target: dict[str, Any] | None = None, *others: dict[str, Any], **properties: object) -> dict[str, Any]:
    made = {
        "Id": "Run",
        "Arn": {"Fn::GetAtt": ["Cluster", "Arn"]},
        "RoleArn": {"Fn::GetAtt": ["Events", "Arn"]},
        "EcsParameters": PARAMETERS,
    } | (target or {})
    body = fargate(
        Rule=resource("Events::Rule", ScheduleExpression="rate(1 hour)", Targets=[*others, made], **properties),
        Events=role("events", "ecs:RunTask", "iam:PassRole"),
    )
    del body["Service"]
    return body


def test_a_target_with_ecs_parameters_is_a_launch_site() -> None:
    site = only_site(rule())
    assert (site.kind, site.capacity, site.exec_enabled) == (LaunchKind.EVENT_RULE, Capacity.FARGATE, Ternary.YES)
    assert (name_of(site.task_definition), name_of(site.cluster)) == ("Task", "Cluster")
    assert isinstance(site.task_interface, NetworkInterface)
    assert site.task_interface.public_ip is Ternary.YES


def test_other_targets_are_none_and_the_place_says_which_one_it_is() -> None:
    site = only_site(rule(None, {"Id": "Other", "Arn": "arn:aws:lambda:eu-west-1:123456789012:function:f"}))
    assert str(site.where) == "Template#Rule.Targets[1]"


def test_the_rule_s_role_launches_for_the_rule() -> None:
    launcher = only_site(rule(Name="hourly")).launcher
    assert launcher is not None
    assert (name_of(launcher.role), launcher.service) == ("Events", "events.amazonaws.com")
    assert str(launcher.source) == "arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:rule/hourly"


def test_a_rule_on_a_bus_of_its_own_has_an_arn_that_nobody_guesses() -> None:
    launcher = only_site(rule(EventBusName="own")).launcher
    assert launcher is not None
    assert isinstance(launcher.source, Unknown)


def test_the_input_of_a_target_replaces_roles_and_environment() -> None:
    given = {
        "taskRoleArn": "${Other.Arn}",
        "containerOverrides": [{"name": "app", "environment": [{"name": "MODE", "value": "once"}]}],
    }
    body = rule({"Input": {"Fn::Sub": json.dumps(given)}}) | {"Other": role()}
    overrides = only_site(body).overrides
    assert str(overrides.task_role).endswith(":role/${Other}")
    assert overrides.environment == {"app": {"MODE": "once"}}


def test_input_that_is_made_from_the_event_is_unknown() -> None:
    overrides = only_site(rule({"InputTransformer": {"InputTemplate": "{}"}})).overrides
    assert isinstance(overrides.environment, Unknown)


def test_targets_that_cannot_be_read_are_no_launch_sites_and_said_to_be_unread() -> None:
    made = graph({"Rule": resource("Events::Rule", Targets={"Fn::ImportValue": "targets"})})
    assert find(made) == ()
    assert [str(where) for where, _ in unread(made)] == ["Template#Rule"]
