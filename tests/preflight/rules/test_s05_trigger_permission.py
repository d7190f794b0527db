from copy import deepcopy
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_events as events
from aws_cdk import aws_scheduler as scheduler

from constructs_ecs.jobs.run_task import RunTask
from constructs_ecs.jobs.workflow import Workflow
from constructs_ecs.preflight.findings import Severity
from constructs_ecs.preflight.rules.s05_trigger_permission import TriggerPermission
from tests.jobs.builds import job
from tests.preflight.rules.support_roles import with_unknown_policy
from tests.preflight.rules.support_states import runs_task
from tests.preflight.rules.support_tasks import Change, Resources, findings, fixture
from tests.support import stack, template

Body = dict[str, Any]

MACHINE = {"Ref": "Machine"}
ROLE = "StarterRole"
KINDS = pytest.mark.parametrize("kind", ["rule", "schedule"])


def started(kind: str, *, change: Change | None = None, arn: object = MACHINE, pattern: str = "") -> Body:
    """A state machine that runs a task, started by a rule or a schedule whose role may do so, but for a change."""

    def make(resources: Resources) -> None:
        runs_task(pattern)(resources)
        service = {"rule": "events.amazonaws.com", "schedule": "scheduler.amazonaws.com"}[kind]
        resources[ROLE] = {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "AssumeRolePolicyDocument": {
                    "Version": "2012-10-17",
                    "Statement": [{"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}],
                },
                "Policies": [
                    {
                        "PolicyName": "Start",
                        "PolicyDocument": {
                            "Version": "2012-10-17",
                            "Statement": [{"Effect": "Allow", "Action": "states:StartExecution", "Resource": MACHINE}],
                        },
                    }
                ],
            },
        }
        target = {"Arn": arn, "RoleArn": {"Fn::GetAtt": [ROLE, "Arn"]}}
        resources["Nightly"] = {
            "rule": {
                "Type": "AWS::Events::Rule",
                "Properties": {"EventPattern": {"source": ["own.app"]}, "Targets": [{"Id": "T", **target}]},
            },
            "schedule": {
                "Type": "AWS::Scheduler::Schedule",
                "Properties": {
                    "ScheduleExpression": "rate(1 day)",
                    "FlexibleTimeWindow": {"Mode": "OFF"},
                    "Target": target,
                },
            },
        }[kind]
        if change is not None:
            change(resources)

    return fixture("fargate", make)


def target(resources: Resources) -> dict[str, Any]:
    """What the trigger starts, and with which role."""
    properties = resources["Nightly"]["Properties"]
    return properties["Target"] if "Target" in properties else properties["Targets"][0]  # type: ignore[no-any-return]


def statement(resources: Resources) -> dict[str, Any]:
    """What the role may do."""
    document: dict[str, Any] = resources[ROLE]["Properties"]["Policies"][0]["PolicyDocument"]
    (found,) = document["Statement"]
    return found  # type: ignore[no-any-return] # of a template


def trust(resources: Resources) -> dict[str, Any]:
    """Who may assume the role."""
    (found,) = resources[ROLE]["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    return found  # type: ignore[no-any-return] # as above


@KINDS
@pytest.mark.parametrize("pattern", ["", ".sync", ".waitForTaskToken"])
def test_a_role_that_may_start_the_state_machine_is_no_finding(kind: str, pattern: str) -> None:
    assert findings(TriggerPermission, started(kind, pattern=pattern)) == []


@KINDS
def test_a_role_that_may_do_something_else_starts_nothing(kind: str) -> None:
    body = started(kind, change=lambda resources: statement(resources).update(Action="states:StopExecution"))
    (found,) = findings(TriggerPermission, body)
    assert (found.severity, found.where.logical_id) == (Severity.START, ROLE)
    assert [site.logical_id for site in found.launch_sites] == ["Machine"]
    assert "states:StartExecution" in found.message
    assert found.fix.endswith(f"in a policy of the role {ROLE}.")


@KINDS
def test_a_role_for_another_state_machine_starts_nothing(kind: str) -> None:
    other = {"Fn::Sub": "arn:${AWS::Partition}:states:${AWS::Region}:${AWS::AccountId}:stateMachine:other"}

    def change(resources: Resources) -> None:
        resources["Machine"]["Properties"]["StateMachineName"] = "nightly"
        statement(resources).update(Resource=other)

    assert len(findings(TriggerPermission, started(kind, change=change))) == 1


@KINDS
def test_a_trigger_without_a_role_starts_nothing(kind: str) -> None:
    body = started(kind, change=lambda resources: target(resources).pop("RoleArn"))
    (found,) = findings(TriggerPermission, body)
    assert found.where.logical_id == "Nightly"
    assert found.fix.startswith("Give the resource Nightly a role")


@KINDS
def test_a_denial_starts_nothing(kind: str) -> None:
    def change(resources: Resources) -> None:
        document = resources[ROLE]["Properties"]["Policies"][0]["PolicyDocument"]
        document["Statement"].append({"Effect": "Deny", "Action": "states:*", "Resource": "*"})

    (found,) = findings(TriggerPermission, started(kind, change=change))
    assert found.fix.startswith("Except states:StartExecution")


@KINDS
def test_a_role_that_another_service_assumes_starts_nothing(kind: str) -> None:
    body = started(
        kind, change=lambda resources: trust(resources).update(Principal={"Service": "lambda.amazonaws.com"})
    )
    (found,) = findings(TriggerPermission, body)
    assert found.fix == (
        f"Let {'events' if kind == 'rule' else 'scheduler'}.amazonaws.com assume the role {ROLE} for Nightly."
    )


@pytest.mark.parametrize(
    ("kind", "arn", "finds"),
    [
        ("schedule", "schedule-group/default", False),
        ("schedule", "schedule-group/other", True),
        ("rule", "rule/*", False),
        ("rule", "archive/*", True),
    ],
)
def test_who_the_role_is_assumed_for_counts(kind: str, arn: str, finds: bool) -> None:
    service = "scheduler" if kind == "schedule" else "events"
    source = {"Fn::Sub": f"arn:${{AWS::Partition}}:{service}:${{AWS::Region}}:${{AWS::AccountId}}:{arn}"}

    def change(resources: Resources) -> None:
        trust(resources)["Condition"] = {"ArnLike": {"aws:SourceArn": source}}

    assert bool(findings(TriggerPermission, started(kind, change=change))) is finds


@KINDS
def test_a_managed_policy_that_is_not_known_leaves_it_open(kind: str) -> None:
    def change(resources: Resources) -> None:
        statement(resources).update(Action="states:StopExecution")
        with_unknown_policy(ROLE)(resources)

    assert findings(TriggerPermission, started(kind, change=change)) == []


@KINDS
def test_a_role_of_elsewhere_leaves_it_open(kind: str) -> None:
    role = "arn:aws:iam::111122223333:role/starter"
    assert findings(TriggerPermission, started(kind, change=lambda res: target(res).update(RoleArn=role))) == []


@KINDS
def test_a_state_machine_that_runs_no_task_is_left_alone(kind: str) -> None:
    def change(resources: Resources) -> None:
        statement(resources).update(Action="states:StopExecution")
        resources["Machine"]["Properties"]["DefinitionString"] = "{}"

    assert findings(TriggerPermission, started(kind, change=change)) == []


@KINDS
def test_another_target_is_left_alone(kind: str) -> None:
    queue = "arn:aws:sqs:eu-west-1:111122223333:queue"
    body = started(kind, arn=queue, change=lambda resources: statement(resources).update(Action="sqs:SendMessage"))
    assert findings(TriggerPermission, body) == []


@pytest.fixture(scope="module")
def workflow_body() -> Body:
    """A workflow of this library that runs a job, with a schedule and an event."""
    scope = stack()
    made = Workflow(scope, "Nightly", definition=RunTask(scope, "Run", job=job(scope)))
    made.on_schedule("EveryNight", scheduler.ScheduleExpression.rate(cdk.Duration.days(1)))
    made.on_event("Order", events.EventPattern(source=["own.app"]))
    return template(scope)


def test_the_triggers_of_a_workflow_may_start_it(workflow_body: Body) -> None:
    assert findings(TriggerPermission, workflow_body) == []


@pytest.mark.parametrize("role", ["NightlySchedules", "NightlyEvents"])
def test_a_workflow_s_trigger_without_its_permission_is_found(workflow_body: Body, role: str) -> None:
    body = deepcopy(workflow_body)
    (policy,) = [
        each
        for logical_id, each in body["Resources"].items()
        if each["Type"] == "AWS::IAM::ManagedPolicy" and logical_id.startswith(role)
    ]
    for each in policy["Properties"]["PolicyDocument"]["Statement"]:
        if each["Action"] == "states:StartExecution":
            each["Action"] = "states:StopExecution"
    (found,) = findings(TriggerPermission, body)
    assert found.where.logical_id.startswith(role)
