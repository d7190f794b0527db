import re
from datetime import date

import pytest

from constructs_ecs.facts.managed_policies import MANAGED_POLICIES, VERIFIED_ON, ManagedPolicy, managed_policy


def actions(name: str) -> set[str]:
    policy = managed_policy(name)
    assert policy is not None
    return {action for statement in policy.statements for action in statement.get("Action", [])}


def test_a_policy_is_found_by_its_path_and_name() -> None:
    found = managed_policy("service-role/AmazonECSTaskExecutionRolePolicy")

    assert found is not None
    assert found.version == "v1"
    assert managed_policy("AmazonECSTaskExecutionRolePolicy") is None
    assert managed_policy("SomethingElse") is None


def test_names_are_unique() -> None:
    assert len({policy.name for policy in MANAGED_POLICIES}) == len(MANAGED_POLICIES)


@pytest.mark.parametrize("policy", MANAGED_POLICIES, ids=lambda policy: policy.name)
def test_an_entry_is_a_dated_policy_that_allows(policy: ManagedPolicy) -> None:
    assert re.fullmatch(r"v[0-9]+", policy.version)
    assert date.fromisoformat(policy.edited_on) <= date.fromisoformat(VERIFIED_ON)
    for statement in policy.statements:
        assert statement["Effect"] == "Allow"
        assert statement["Resource"]
        names = statement.get("Action", statement.get("NotAction"))
        assert isinstance(names, list)
        assert all(re.fullmatch(r"\*|[a-z0-9-]+:[A-Za-z*]+", name) for name in names)


def test_the_execution_policy_pulls_and_logs_but_creates_no_log_group() -> None:
    execution = actions("service-role/AmazonECSTaskExecutionRolePolicy")

    assert {"ecr:GetAuthorizationToken", "ecr:BatchGetImage", "logs:PutLogEvents"} <= execution
    assert "logs:CreateLogGroup" not in execution
    assert not any(name.startswith(("secretsmanager:", "ssm:", "kms:")) for name in execution)


def test_the_instance_policy_of_systems_manager_opens_exec_channels() -> None:
    assert {
        "ssmmessages:CreateControlChannel",
        "ssmmessages:CreateDataChannel",
        "ssmmessages:OpenControlChannel",
        "ssmmessages:OpenDataChannel",
    } <= actions("AmazonSSMManagedInstanceCore")


def test_the_instance_policy_of_ecs_registers_instances() -> None:
    assert {"ecs:DiscoverPollEndpoint", "ecs:RegisterContainerInstance", "ecs:Poll", "ecs:Submit*"} <= actions(
        "service-role/AmazonEC2ContainerServiceforEC2Role"
    )
