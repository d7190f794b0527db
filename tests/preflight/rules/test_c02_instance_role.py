from collections.abc import Mapping
from typing import Any

import pytest

from constructs_ecs.preflight.findings import Severity
from constructs_ecs.preflight.rules.c02_instance_role import InstanceRole
from tests.preflight.rules.support_network import Change, set_to
from tests.preflight.rules.support_roles import also
from tests.preflight.rules.support_tasks import Resources, findings, fixture

CLUSTER = {"Fn::GetAtt": ["Cluster", "Arn"]}
MINIMAL: list[dict[str, Any]] = [
    {"Effect": "Allow", "Action": "ecs:DiscoverPollEndpoint", "Resource": "*"},
    {
        "Effect": "Allow",
        "Action": ["ecs:DeregisterContainerInstance", "ecs:RegisterContainerInstance", "ecs:Submit*"],
        "Resource": CLUSTER,
    },
    {
        "Effect": "Allow",
        "Action": ["ecs:Poll", "ecs:StartTelemetrySession"],
        "Resource": "*",
        "Condition": {"ArnEquals": {"ecs:cluster": CLUSTER}},
    },
    {
        "Effect": "Allow",
        "Action": ["ecr:GetAuthorizationToken", "logs:CreateLogStream", "logs:PutLogEvents"],
        "Resource": "*",
    },
]


def with_statements(*statements: Mapping[str, Any]) -> Change:
    return set_to(
        "InstanceRole",
        ManagedPolicyArns=[],
        Policies=[{"PolicyName": "Agent", "PolicyDocument": {"Version": "2012-10-17", "Statement": list(statements)}}],
    )


def without_profile(resources: Resources) -> None:
    del resources["LaunchTemplate"]["Properties"]["LaunchTemplateData"]["IamInstanceProfile"]


@pytest.mark.parametrize("left_out", range(3))
def test_an_instance_that_may_not_register_takes_no_task(left_out: int) -> None:
    statements = [statement for place, statement in enumerate(MINIMAL) if place != left_out]
    (found,) = findings(InstanceRole, fixture("ec2", with_statements(*statements)))
    assert (found.severity, found.where.logical_id) == (Severity.START, "InstanceRole")
    assert found.symptom.endswith("no container instance met all of its requirements.")
    assert found.fix == (
        "Attach the managed policy service-role/AmazonEC2ContainerServiceforEC2Role to the role InstanceRole."
    )


def test_an_instance_without_a_profile_has_no_role() -> None:
    (found,) = findings(InstanceRole, fixture("ec2", without_profile))
    assert found.fix.startswith("Give the instances of AutoScalingGroup an IamInstanceProfile")


def test_a_denial_is_named_as_such() -> None:
    denial = {"Effect": "Deny", "Action": "ecs:Poll", "Resource": "*"}
    (found,) = findings(InstanceRole, fixture("ec2", with_statements(*MINIMAL, denial)))
    assert found.fix.startswith("Except ecs:Poll")


def test_the_least_that_the_agent_needs_passes() -> None:
    assert findings(InstanceRole, fixture("ec2", with_statements(*MINIMAL))) == []


def test_the_managed_policy_passes() -> None:
    assert findings(InstanceRole, fixture("ec2")) == []


def test_a_condition_on_another_cluster_does_not_do() -> None:
    other = {**MINIMAL[2], "Condition": {"ArnEquals": {"ecs:cluster": "arn:aws:ecs:eu-west-1:111122223333:cluster/b"}}}
    template = fixture("ec2", also(with_statements(MINIMAL[0], MINIMAL[1], other), set_to("Cluster", ClusterName="a")))
    assert len(findings(InstanceRole, template, account="111122223333", region="eu-west-1")) == 1


@pytest.mark.parametrize(
    "change",
    [
        set_to("InstanceRole", ManagedPolicyArns=["arn:aws:iam::111122223333:policy/Company"]),
        set_to("InstanceProfile", Roles=[{"Fn::ImportValue": "Role"}]),
        also(with_statements(*MINIMAL), set_to("InstanceRole", PermissionsBoundary="arn:aws:iam::1:policy/Boundary")),
    ],
    ids=["a managed policy", "a role of another stack", "a permissions boundary"],
)
def test_policies_that_are_not_known_are_not_judged(change: Change) -> None:
    assert findings(InstanceRole, fixture("ec2", change)) == []


def test_fargate_has_no_instances() -> None:
    assert findings(InstanceRole, fixture("fargate")) == []


def test_a_role_that_amazon_ec2_may_not_assume_is_of_no_use() -> None:
    def for_lambda(resources: Resources) -> None:
        (statement,) = resources["InstanceRole"]["Properties"]["AssumeRolePolicyDocument"]["Statement"]
        statement["Principal"] = {"Service": "lambda.amazonaws.com"}

    (found,) = findings(InstanceRole, fixture("ec2", for_lambda))
    assert (found.severity, found.where.logical_id) == (Severity.START, "InstanceRole")
    assert found.fix == "Let ec2.amazonaws.com assume the role InstanceRole."


def test_who_assumes_a_task_s_role_is_another_rule_s() -> None:
    def for_lambda(resources: Resources) -> None:
        (statement,) = resources["TaskRole"]["Properties"]["AssumeRolePolicyDocument"]["Statement"]
        statement["Principal"] = {"Service": "lambda.amazonaws.com"}

    assert findings(InstanceRole, fixture("ec2", for_lambda)) == []
