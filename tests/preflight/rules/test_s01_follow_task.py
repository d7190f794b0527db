import pytest

from constructs_ecs.preflight.findings import Severity
from constructs_ecs.preflight.rules.s01_follow_task import FollowTask
from tests.preflight.rules.support_roles import also, with_unknown_policy
from tests.preflight.rules.support_states import ALL, EVENTS, FOLLOW, PASS, RUN, runs_task
from tests.preflight.rules.support_tasks import Resources, findings, fixture, proven

ROLE = "MachineRole"


@pytest.mark.parametrize("missing", EVENTS)
def test_a_role_that_may_not_make_the_rule_has_the_state_machine_refused(missing: str) -> None:
    template = fixture("fargate", runs_task(actions=[action for action in ALL if action != missing]))
    (found,) = findings(FollowTask, template)
    assert (found.severity, found.where.logical_id) == (Severity.DEPLOY, ROLE)
    assert "is not authorized to create managed-rule." in found.symptom
    assert found.launch_sites[0].logical_id == "Machine"
    assert missing in found.message


@pytest.mark.parametrize("missing", FOLLOW)
def test_a_role_that_may_not_follow_the_task_fails_when_it_runs(missing: str) -> None:
    template = fixture("fargate", runs_task(actions=[action for action in ALL if action != missing]))
    (found,) = findings(FollowTask, template)
    assert (found.severity, found.where.logical_id) == (Severity.START, ROLE)
    assert "managed-rule" not in found.symptom


def test_a_role_with_all_actions_passes() -> None:
    assert proven(FollowTask, fixture("fargate", runs_task()))


@pytest.mark.parametrize("pattern", ["", ".waitForTaskToken"])
def test_a_state_that_does_not_wait_for_the_task_s_end_follows_nothing(pattern: str) -> None:
    assert findings(FollowTask, fixture("fargate", runs_task(pattern, actions=RUN + PASS))) == []


def test_a_service_follows_nothing() -> None:
    assert findings(FollowTask, fixture("fargate")) == []


def beside(resources: Resources) -> None:
    """Move the role's policy into a resource of its own."""
    (policy,) = resources[ROLE]["Properties"].pop("Policies")
    resources["MachinePolicy"] = {"Type": "AWS::IAM::Policy", "Properties": {"Roles": [{"Ref": ROLE}], **policy}}


def test_a_state_machine_that_may_be_there_before_its_role_s_policy_gives_a_warning() -> None:
    (found,) = findings(FollowTask, fixture("fargate", also(runs_task(), beside)))
    assert (found.severity, found.where.logical_id) == (Severity.WARNING, "Machine")
    assert found.fix == "Add MachinePolicy to DependsOn of the state machine Machine."


def test_a_state_machine_that_waits_for_the_policy_passes() -> None:
    def change(resources: Resources) -> None:
        resources["Machine"]["DependsOn"] = ["MachinePolicy"]

    assert findings(FollowTask, fixture("fargate", also(runs_task(), beside, change))) == []


def test_a_policy_about_something_else_need_not_be_waited_for() -> None:
    def change(resources: Resources) -> None:
        statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
        document = {"Version": "2012-10-17", "Statement": [statement]}
        properties = {"PolicyName": "P", "Roles": [{"Ref": ROLE}], "PolicyDocument": document}
        resources["Other"] = {"Type": "AWS::IAM::Policy", "Properties": properties}

    assert findings(FollowTask, fixture("fargate", also(runs_task(), change))) == []


def test_a_managed_policy_that_is_not_known_leaves_it_open() -> None:
    change = also(runs_task(actions=RUN), with_unknown_policy(ROLE))
    assert findings(FollowTask, fixture("fargate", change)) == []


def test_a_role_of_another_stack_leaves_it_open() -> None:
    def change(resources: Resources) -> None:
        resources["Machine"]["Properties"]["RoleArn"] = {"Fn::ImportValue": "Role"}

    assert findings(FollowTask, fixture("fargate", also(runs_task(actions=RUN), change))) == []
