from typing import Any

from constructs_ecs.facts.endpoints import Endpoint
from constructs_ecs.preflight.calls import Call, Purpose
from constructs_ecs.preflight.topology import AwsService
from constructs_ecs.preflight.values import Unknown
from tests.preflight.launches import (
    IN_NETWORK,
    calls,
    fargate,
    leaves_by,
    name_of,
    of,
    only,
    purposes,
    resource,
    role,
    service,
    task_definition,
)

ARGUMENTS = {"Cluster": "${C}", "TaskDefinition": "${T}", "LaunchType": "FARGATE"}
TASK = task_definition(ExecutionRoleArn={"Ref": "Execution"}, TaskRoleArn={"Fn::GetAtt": ["TaskRole", "Arn"]})


def flow(pattern: str = "", arguments: dict[str, Any] | None = None, **more: object) -> tuple[Call, ...]:
    state = {"Type": "Task", "Resource": f"arn:aws:states:::ecs:runTask{pattern}", "Parameters": arguments or ARGUMENTS}
    machine = resource(
        "StepFunctions::StateMachine",
        RoleArn={"Fn::GetAtt": ["Flow", "Arn"]},
        Definition={"States": {"Run": state | more}},
        DefinitionSubstitutions={"C": {"Ref": "Cluster"}, "T": {"Ref": "Task"}},
    )
    body = fargate(Machine=machine, Flow=role("states"), Task=TASK, TaskRole=role(), Execution=role())
    del body["Service"]
    return calls(body)


def assumed(made: tuple[Call, ...]) -> list[tuple[str, str, str | None]]:
    return [(call.caller, name_of(call.role), call.service) for call in of(Purpose.ASSUME_ROLE, made)]


def test_each_role_is_assumed_by_who_uses_it() -> None:
    tasks = "ecs-tasks.amazonaws.com"
    expected = [("execution role", "Execution", tasks), ("task role", "TaskRole", tasks)]
    assert assumed(calls(fargate(Task=TASK, TaskRole=role()))) == expected
    assert assumed(flow()) == [*expected, ("launcher's role", "Flow", "states.amazonaws.com")]


def test_ecs_assumes_a_role_for_some_task_of_its_account_and_region() -> None:
    source = only(Purpose.ASSUME_ROLE, calls(fargate(), account="123456789012", region="eu-west-1")).source
    assert str(source).startswith("arn:aws:ecs:eu-west-1:123456789012:task/(unknown")


def test_a_role_that_an_override_names_is_the_one_that_counts() -> None:
    arguments = ARGUMENTS | {"Overrides": {"TaskRoleArn": "arn:aws:iam::123456789012:role/other"}}
    call = of(Purpose.ASSUME_ROLE, flow(arguments=arguments))[1]
    assert (call.caller, isinstance(call.role, Unknown)) == ("task role", True)


def test_a_service_is_launched_by_ecs_itself() -> None:
    assert not {"LAUNCH", "PASS_ROLE", "FOLLOW_TASK"} & set(purposes(calls(fargate())))


def test_a_launcher_runs_the_task_definition_in_its_cluster_and_passes_both_roles() -> None:
    made = flow()
    launch = only(Purpose.LAUNCH, made)
    assert (launch.actions, name_of(launch.role)) == (("ecs:RunTask",), "Flow")
    assert str(launch.resource).endswith(":task-definition/app:${Task.Revision}")
    assert str(launch.context["ecs:cluster"]).endswith(":cluster/${Cluster}")
    passes = of(Purpose.PASS_ROLE, made)
    assert [str(call.resource).rpartition("/")[2] for call in passes] == ["${Execution}", "${TaskRole}"]
    assert [call.context for call in passes] == [{"iam:PassedToService": "ecs-tasks.amazonaws.com"}] * 2
    assert "FOLLOW_TASK" not in purposes(made)


def test_a_machine_that_waits_for_the_end_follows_the_task() -> None:
    follow, stop = of(Purpose.FOLLOW_TASK, flow(".sync"))
    assert follow.actions == ("events:PutTargets", "events:PutRule", "events:DescribeRule")
    assert str(follow.resource).endswith(":rule/StepFunctionsGetEventsForECSTaskRule")
    assert stop.actions == ("ecs:StopTask", "ecs:DescribeTasks")
    assert str(stop.resource).endswith(":task/${Cluster}/*")


def test_a_machine_that_waits_for_a_token_is_told_success_by_the_task() -> None:
    arguments = ARGUMENTS | {"NetworkConfiguration": {"AwsvpcConfiguration": {"Subnets": ["subnet-1"]}}}
    success, failure, heartbeat = of(
        Purpose.REPORT_TO_STEP_FUNCTIONS, flow(".waitForTaskToken", arguments, HeartbeatSecondsPath="$.s")
    )
    assert (success.actions, success.stage) == (("states:SendTaskSuccess",), "start")
    assert (success.caller, name_of(success.role)) == ("task role", "TaskRole")
    assert success.destination == AwsService(Endpoint.STEP_FUNCTIONS)
    assert ":stateMachine:" in str(success.resource)
    assert [(call.actions[0], call.stage) for call in (failure, heartbeat)] == [
        ("states:SendTaskFailure", "run"),
        ("states:SendTaskHeartbeat", "run"),
    ]
    assert len(of(Purpose.REPORT_TO_STEP_FUNCTIONS, flow(".waitForTaskToken"))) == 2


def test_what_a_launcher_asks_leaves_no_trace_on_the_task_s_network() -> None:
    made = [call for call in flow(".sync") if call.caller == "launcher's role"]
    assert {leaves_by(call) for call in made} == {"none"}


def test_a_role_that_is_elsewhere_is_unknown_in_every_call() -> None:
    task = task_definition(ExecutionRoleArn={"Fn::ImportValue": "role"})
    made = calls(fargate(Task=task, Service=service(NetworkConfiguration=IN_NETWORK)))
    assert isinstance(only(Purpose.ASSUME_ROLE, made).role, Unknown)
