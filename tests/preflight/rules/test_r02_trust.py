import json

import pytest

from constructs_ecs.preflight.findings import Severity
from constructs_ecs.preflight.rules.r02_trust import Trust
from tests.preflight.rules.support_tasks import Resources, findings, fixture, proven


def trusting(role: str, document: object) -> dict[str, object]:
    def change(resources: Resources) -> None:
        resources[role]["Properties"]["AssumeRolePolicyDocument"] = document

    return fixture("fargate", change)


def trust(service: str = "ecs-tasks.amazonaws.com", condition: object = None) -> dict[str, object]:
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return {"Version": "2012-10-17", "Statement": [statement | ({"Condition": condition} if condition else {})]}


@pytest.mark.parametrize("role", ["ExecutionRole", "TaskRole"])
def test_a_role_that_tasks_cannot_assume_stops_them(role: str) -> None:
    (found,) = findings(Trust, trusting(role, trust("ec2.amazonaws.com")))
    assert (found.severity, found.where.logical_id) == (Severity.START, role)
    assert found.symptom == "ECS was unable to assume the role"
    assert found.fix.startswith(f"Let ecs-tasks.amazonaws.com assume the role {role}")


def test_a_source_that_no_task_has_stops_them() -> None:
    other = trust(condition={"ArnLike": {"aws:SourceArn": "arn:aws:ecs:eu-west-1:999999999999:*"}})
    template = trusting("TaskRole", other)
    (found,) = findings(Trust, template, account="111122223333", region="eu-west-1")
    assert found.where.logical_id == "TaskRole"


def test_the_account_and_any_task_of_it_as_source_passes() -> None:
    condition = {
        "ArnLike": {"aws:SourceArn": {"Fn::Sub": "arn:${AWS::Partition}:ecs:${AWS::Region}:${AWS::AccountId}:*"}},
        "StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}},
    }
    assert proven(Trust, trusting("TaskRole", trust(condition=condition)))


def test_a_trust_policy_in_json_text_is_read() -> None:
    assert proven(Trust, trusting("ExecutionRole", json.dumps(trust())))
    assert len(findings(Trust, trusting("ExecutionRole", json.dumps(trust("ec2.amazonaws.com"))))) == 1


def test_a_condition_that_is_not_known_leaves_it_open() -> None:
    template = trusting("TaskRole", trust(condition={"StringEquals": {"aws:SourceAccount": {"Ref": "Account"}}}))
    assert findings(Trust, template | {"Parameters": {"Account": {"Type": "String"}}}) == []


def test_what_assumes_an_instance_s_role_is_another_rule_s() -> None:
    def change(resources: Resources) -> None:
        resources["InstanceRole"]["Properties"]["AssumeRolePolicyDocument"] = trust("ecs-tasks.amazonaws.com")

    assert findings(Trust, fixture("ec2", change)) == []


def test_a_launcher_s_role_is_to_be_assumed_by_the_launcher() -> None:
    def change(resources: Resources) -> None:
        resources["Launcher"] = {
            "Type": "AWS::IAM::Role",
            "Properties": {"AssumeRolePolicyDocument": trust("ecs-tasks.amazonaws.com")},
        }
        target = {
            "Id": "Task",
            "Arn": {"Fn::GetAtt": ["Cluster", "Arn"]},
            "RoleArn": {"Fn::GetAtt": ["Launcher", "Arn"]},
            "EcsParameters": {"TaskDefinitionArn": {"Ref": "TaskDefinition"}, "LaunchType": "FARGATE"},
        }
        resources["Nightly"] = {"Type": "AWS::Events::Rule", "Properties": {"Targets": [target]}}

    (found,) = findings(Trust, fixture("fargate", change))
    assert found.where.logical_id == "Launcher"
    assert found.symptom == "events.amazonaws.com cannot assume the role, so it starts no task."
    assert found.fix == "Let events.amazonaws.com assume the role Launcher."
