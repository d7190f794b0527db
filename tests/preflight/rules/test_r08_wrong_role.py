from constructs_ecs.preflight.findings import Severity
from constructs_ecs.preflight.rules.r08_wrong_role import WrongRole
from tests.preflight.rules.support_roles import allowed, also, without
from tests.preflight.rules.support_tasks import Resources, findings, fixture

READ = "secretsmanager:GetSecretValue"
CHANNELS = "ssmmessages:*"


def test_a_secret_granted_to_the_task_role_is_granted_to_the_wrong_one() -> None:
    misplaced = also(without("ExecutionRole", "Secret"), allowed("TaskRole", READ, {"Ref": "Secret"}))
    (found,) = findings(WrongRole, fixture("fargate", misplaced))
    assert (found.severity, found.where.logical_id) == (Severity.WARNING, "TaskRole")
    assert found.message.endswith("but the execution role makes the call.")
    assert found.launch_sites[0].logical_id == "Service"
    assert found.fix == "Move the grant from the role TaskRole to the other one."


def test_the_exec_channels_granted_to_the_execution_role_are_granted_to_the_wrong_one() -> None:
    misplaced = also(without("TaskRole", "Channels"), allowed("ExecutionRole", CHANNELS))
    (found,) = findings(WrongRole, fixture("fargate", misplaced))
    assert found.where.logical_id == "ExecutionRole"
    assert found.message.endswith("but the task role makes the call.")


def test_without_a_task_role_the_grant_is_still_on_the_wrong_one() -> None:
    def change(resources: Resources) -> None:
        allowed("ExecutionRole", CHANNELS)(resources)
        del resources["TaskDefinition"]["Properties"]["TaskRoleArn"]

    assert [found.where.logical_id for found in findings(WrongRole, fixture("fargate", change))] == ["ExecutionRole"]


def test_a_grant_that_is_nowhere_is_on_no_wrong_role() -> None:
    assert findings(WrongRole, fixture("fargate", without("ExecutionRole", "Secret"))) == []


def test_a_grant_on_both_roles_passes() -> None:
    assert findings(WrongRole, fixture("fargate", allowed("TaskRole", READ))) == []


def test_one_role_in_both_places_is_no_wrong_role() -> None:
    def change(resources: Resources) -> None:
        without("ExecutionRole", "Secret")(resources)
        resources["TaskDefinition"]["Properties"]["TaskRoleArn"] = {"Fn::GetAtt": ["ExecutionRole", "Arn"]}

    assert findings(WrongRole, fixture("fargate", change)) == []


def test_another_role_that_is_not_in_the_templates_is_not_blamed() -> None:
    def change(resources: Resources) -> None:
        without("ExecutionRole", "Secret")(resources)
        resources["TaskDefinition"]["Properties"]["TaskRoleArn"] = {"Fn::ImportValue": "Role"}

    assert findings(WrongRole, fixture("fargate", change)) == []
