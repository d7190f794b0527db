"""Flow logs."""

import json
from functools import cache
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_kms as kms

from constructs_ecs.network import PrivateNetwork
from tests.meaning import permissions
from tests.support import ENVIRONMENT, of_type, only, stack, template

ACCOUNT = ENVIRONMENT.account


@cache
def built(*, key: bool = False) -> dict[str, Any]:
    scope = stack(env=ENVIRONMENT)
    PrivateNetwork(
        scope,
        "Network",
        flow_log_retention_days=400,
        encryption_key=kms.Key(scope, "Key", enable_key_rotation=True) if key else None,
    )
    return template(scope)


def policy(made: dict[str, Any]) -> dict[str, set[str]]:
    """Action -> resources, of the role that writes the flow logs."""
    ((_, atoms),) = [item for item in permissions(made).items() if "FlowLogRolePolicy" in item[0]]
    found: dict[str, set[str]] = {}
    for _, _, action, resource, _ in atoms:
        found.setdefault(action, set()).add(resource)
    return found


def test_all_traffic_of_the_vpc_is_recorded_in_a_log_group() -> None:
    flow_log = only(built(), "AWS::EC2::FlowLog")
    assert flow_log["TrafficType"] == "ALL"
    assert flow_log["ResourceType"] == "VPC"
    assert [flow_log["ResourceId"]["Ref"]] == list(of_type(built(), "AWS::EC2::VPC"))
    assert [flow_log["LogGroupName"]["Ref"]] == list(of_type(built(), "AWS::Logs::LogGroup"))


def test_flow_logs_are_kept_for_the_given_days_and_survive_the_stack() -> None:
    (group,) = of_type(built(), "AWS::Logs::LogGroup").values()
    assert group["Properties"]["RetentionInDays"] == 400
    assert group["DeletionPolicy"] == "Retain"


def test_flow_logs_go_with_the_stack_when_told_so() -> None:
    scope = stack()
    PrivateNetwork(scope, "Network", removal_policy=cdk.RemovalPolicy.DESTROY)
    (group,) = of_type(template(scope), "AWS::Logs::LogGroup").values()
    assert group["DeletionPolicy"] == "Delete"


def test_only_flow_logs_of_this_account_and_region_may_use_the_role() -> None:
    (statement,) = only(built(), "AWS::IAM::Role")["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Principal"] == {"Service": "vpc-flow-logs.amazonaws.com"}
    assert statement["Condition"]["StringEquals"] == {"aws:SourceAccount": ACCOUNT}
    arn = json.dumps(statement["Condition"]["ArnLike"]["aws:SourceArn"])
    assert f":ec2:us-east-1:{ACCOUNT}:vpc-flow-log/*" in arn


def test_the_role_writes_to_its_log_group_and_lists_groups() -> None:
    granted = policy(built())
    assert set(granted) == {
        "logs:CreateLogStream",
        "logs:DescribeLogGroups",
        "logs:DescribeLogStreams",
        "logs:PutLogEvents",
    }
    assert granted.pop("logs:DescribeLogGroups") == {"*"}
    assert all("FlowLogGroup" in resource for resources in granted.values() for resource in resources)


def test_an_own_key_encrypts_flow_logs_and_the_role_may_use_it_through_cloudwatch_logs() -> None:
    made = built(key=True)
    (key,) = of_type(made, "AWS::KMS::Key")
    assert only(made, "AWS::Logs::LogGroup")["KmsKeyId"] == {"Fn::GetAtt": [key, "Arn"]}
    assert policy(made)["kms:Decrypt"] == {f"<{key}.Arn>"}


@pytest.mark.parametrize("flags", [True, False])
def test_the_cdk_adds_no_grant_of_its_own(flags: bool) -> None:
    scope = stack(flags=flags)
    PrivateNetwork(scope, "Network")
    assert not of_type(template(scope), "AWS::IAM::Policy")
