import pytest

from constructs_ecs.facts.features import EXEC_SESSION_ACTIONS
from constructs_ecs.preflight.findings import Severity
from constructs_ecs.preflight.rules.x02_exec_permission import ExecPermission
from tests.preflight.rules.support_roles import allowed, also, with_unknown_policy, without
from tests.preflight.rules.support_tasks import Resources, findings, fixture, proven

ROLE = "TaskRole"


@pytest.mark.parametrize("missing", EXEC_SESSION_ACTIONS)
def test_a_task_role_that_lacks_one_action_cannot_be_exec_d_into(missing: str) -> None:
    kept = [action for action in EXEC_SESSION_ACTIONS if action != missing]
    (found,) = findings(ExecPermission, fixture("fargate", also(without(ROLE, "Channels"), allowed(ROLE, kept))))
    assert (found.severity, found.where.logical_id) == (Severity.EXEC, ROLE)
    assert missing in found.message
    assert found.symptom.startswith("TargetNotConnectedException")


def test_an_event_rule_that_turns_exec_on_grants_nothing() -> None:
    def change(resources: Resources) -> None:
        without(ROLE, "Channels")(resources)
        resources["Service"]["Properties"]["EnableExecuteCommand"] = False
        network = resources["Service"]["Properties"]["NetworkConfiguration"]["AwsvpcConfiguration"]
        parameters = {
            "TaskDefinitionArn": {"Ref": "TaskDefinition"},
            "LaunchType": "FARGATE",
            "EnableExecuteCommand": True,
            "NetworkConfiguration": {"AwsVpcConfiguration": network},
        }
        target = {"Id": "T", "Arn": {"Fn::GetAtt": ["Cluster", "Arn"]}, "EcsParameters": parameters}
        resources["Nightly"] = {"Type": "AWS::Events::Rule", "Properties": {"Targets": [target]}}

    (found,) = findings(ExecPermission, fixture("fargate", change))
    assert [site.logical_id for site in found.launch_sites] == ["Nightly"]


@pytest.mark.parametrize("grant", ["ssmmessages:*", "*", ["ssmmessages:Create*", "ssmmessages:Open*"]])
def test_the_four_actions_by_any_pattern_pass(grant: str | list[str]) -> None:
    change = also(without(ROLE, "Channels"), allowed(ROLE, grant))
    assert proven(ExecPermission, fixture("fargate", change))


def test_the_managed_policy_for_session_manager_contains_the_four() -> None:
    def change(resources: Resources) -> None:
        without(ROLE, "Channels")(resources)
        arn = {"Fn::Sub": "arn:${AWS::Partition}:iam::aws:policy/AmazonSSMManagedInstanceCore"}
        resources[ROLE]["Properties"]["ManagedPolicyArns"] = [arn]

    assert proven(ExecPermission, fixture("fargate", change))


def test_without_exec_no_channel_is_opened() -> None:
    def change(resources: Resources) -> None:
        without(ROLE, "Channels")(resources)
        del resources["Service"]["Properties"]["EnableExecuteCommand"]

    assert findings(ExecPermission, fixture("fargate", change)) == []


def test_a_managed_policy_that_is_not_known_leaves_it_open() -> None:
    template = fixture("fargate", also(without(ROLE, "Channels"), with_unknown_policy(ROLE)))
    assert findings(ExecPermission, template) == []
