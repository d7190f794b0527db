from collections.abc import Callable

import pytest

from constructs_ecs.preflight.findings import Severity
from constructs_ecs.preflight.rules.s02_launch_permission import LaunchPermission
from tests.preflight.rules.support_roles import also, with_unknown_policy
from tests.preflight.rules.support_states import ALL, FOLLOW, RUN, arguments, runs_task
from tests.preflight.rules.support_tasks import Resources, findings, fixture, proven

ROLE = "MachineRole"
REVISION = {"Ref": "TaskDefinition"}
FAMILY = {"Fn::Sub": "arn:${AWS::Partition}:ecs:${AWS::Region}:${AWS::AccountId}:task-definition/web"}
ANY_REVISION = {"Fn::Sub": "arn:${AWS::Partition}:ecs:${AWS::Region}:${AWS::AccountId}:task-definition/web:*"}


def granting(run_on: object, roles: object = "*") -> Callable[[Resources], None]:
    def change(resources: Resources) -> None:
        document = resources[ROLE]["Properties"]["Policies"][0]["PolicyDocument"]
        document["Statement"] = [
            {"Effect": "Allow", "Action": RUN, "Resource": run_on},
            {"Effect": "Allow", "Action": "iam:PassRole", "Resource": roles},
        ]

    return change


def by_family(resources: Resources) -> None:
    resources["Machine"]["Properties"]["DefinitionSubstitutions"]["TaskDefinition"] = "web"


def test_a_role_that_may_not_run_the_task_starts_none() -> None:
    (found,) = findings(LaunchPermission, fixture("fargate", runs_task(actions=["iam:PassRole"])))
    assert (found.severity, found.where.logical_id) == (Severity.START, ROLE)
    assert found.launch_sites[0].logical_id == "Machine"
    assert found.symptom.endswith("ecs:RunTask.")


def test_a_role_that_may_not_pass_the_task_s_roles_starts_none() -> None:
    (found,) = findings(LaunchPermission, fixture("fargate", runs_task(actions=RUN + FOLLOW)))
    assert found.symptom.endswith("iam:PassRole.")
    assert "iam:PassRole" in found.fix


def test_a_role_that_may_pass_one_of_the_two_roles_starts_none() -> None:
    change = also(runs_task(""), granting("*", {"Fn::GetAtt": ["ExecutionRole", "Arn"]}))
    (found,) = findings(LaunchPermission, fixture("fargate", change))
    assert "TaskRole" in found.message


@pytest.mark.parametrize("pattern", ["", ".sync", ".waitForTaskToken"])
def test_a_role_with_both_passes(pattern: str) -> None:
    assert proven(LaunchPermission, fixture("fargate", runs_task(pattern)))


def test_a_service_is_launched_by_ecs() -> None:
    assert findings(LaunchPermission, fixture("fargate")) == []


@pytest.mark.parametrize("grant", [REVISION, ANY_REVISION])
def test_a_revision_is_run_with_a_grant_on_it_or_on_any(grant: object) -> None:
    assert proven(LaunchPermission, fixture("fargate", also(runs_task(""), granting(grant))))


def test_a_family_is_run_with_a_grant_on_any_revision() -> None:
    change = also(runs_task(""), by_family, granting(ANY_REVISION))
    assert proven(LaunchPermission, fixture("fargate", change))


def test_a_grant_without_a_revision_is_never_proven_to_do() -> None:
    # What is run is a revision; a grant that ends at the family names none.
    (found,) = findings(LaunchPermission, fixture("fargate", also(runs_task(""), granting(FAMILY))))
    assert "ecs:RunTask" in found.message


@pytest.mark.parametrize("type_", ["rule", "schedule"])
def test_a_rule_or_schedule_needs_the_same(type_: str) -> None:
    def change(resources: Resources) -> None:
        runs_task(actions=["logs:PutLogEvents"])(resources)
        del resources["Machine"]
        network = resources["Service"]["Properties"]["NetworkConfiguration"]
        target = {
            "Arn": {"Fn::GetAtt": ["Cluster", "Arn"]},
            "RoleArn": {"Fn::GetAtt": [ROLE, "Arn"]},
            "EcsParameters": {
                "TaskDefinitionArn": REVISION,
                "LaunchType": "FARGATE",
                "NetworkConfiguration": network,
            },
        }
        rule = {"Type": "AWS::Events::Rule", "Properties": {"Targets": [{"Id": "T"} | target]}}
        schedule = {"Type": "AWS::Scheduler::Schedule", "Properties": {"Target": target}}
        resources["Nightly"] = rule if type_ == "rule" else schedule

    (found,) = findings(LaunchPermission, fixture("fargate", change))
    assert found.launch_sites[0].logical_id == "Nightly"


def test_a_managed_policy_that_is_not_known_leaves_it_open() -> None:
    change = also(runs_task(actions=FOLLOW), with_unknown_policy(ROLE))
    assert findings(LaunchPermission, fixture("fargate", change)) == []


def test_a_task_definition_of_another_stack_leaves_it_open() -> None:
    given = arguments(TaskDefinition="arn:aws:ecs:eu-west-1:111122223333:task-definition/other:1")
    assert ALL
    assert findings(LaunchPermission, fixture("fargate", runs_task("", given, actions=FOLLOW))) == []
