from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_stepfunctions as sfn

from constructs_ecs.errors import Code, ConstructsEcsError, InvalidValueError
from constructs_ecs.facts.run_task_errors import FAILURE_NAME, PASSING_ERRORS
from constructs_ecs.jobs.retries import Retry
from constructs_ecs.jobs.steps import Steps
from tests.jobs.builds import LANGUAGES, MINUTE, built, job
from tests.state_language import assert_sound, definition, state_machine, states
from tests.support import stack, template

JSON_PATH, JSONATA = LANGUAGES
RETRY = {
    "ErrorEquals": list(PASSING_ERRORS),
    "IntervalSeconds": 10,
    "BackoffRate": 2,
    "MaxAttempts": 5,
    "MaxDelaySeconds": 300,
    "JitterStrategy": "FULL",
}
FAIL = {"Type": "Fail", "QueryLanguage": "JSONata", "Error": FAILURE_NAME, "Cause": "{% $states.input.Cause & '' %}"}
both_languages = pytest.mark.parametrize("language", LANGUAGES, ids=["JSONPath", "JSONata"])


def _without_task(state: dict[str, Any]) -> dict[str, Any]:
    """A state of RunTask but for what it says about the task."""
    return {key: value for key, value in state.items() if key not in {"Parameters", "Arguments"}}


def _task(state: dict[str, Any]) -> dict[str, Any]:
    asked: dict[str, Any] = state["Parameters" if "Parameters" in state else "Arguments"]
    return asked


def test_a_step_runs_its_task_in_a_box_that_is_tried_again_for_what_may_pass() -> None:
    machine = built(JSON_PATH)["run"].definition
    (branch,) = machine["States"]["Extract"].pop("Branches")
    assert machine["States"]["Extract"] == {"Type": "Parallel", "ResultPath": None, "Retry": [RETRY], "End": True}
    assert branch["StartAt"] == "Extract: task"
    assert set(branch["States"]) == {"Extract: task", "Extract: failed"}
    assert _without_task(branch["States"]["Extract: task"]) == {
        "Type": "Task",
        "Resource": "arn:<AWS::Partition>:states:::ecs:runTask.sync",
        "TimeoutSeconds": 3600,
        "Catch": [{"ErrorEquals": ["States.TaskFailed"], "Next": "Extract: failed"}],
        "End": True,
    }
    assert branch["States"]["Extract: failed"] == FAIL


def test_in_jsonata_a_step_is_the_same_but_for_how_its_input_goes_on() -> None:
    machine = built(JSONATA)["run"].definition
    (branch,) = machine["States"]["Extract"].pop("Branches")
    box = {"Type": "Parallel", "Output": "{% $states.input %}", "Retry": [RETRY], "End": True}
    assert machine["States"]["Extract"] == box
    assert _without_task(branch["States"]["Extract: task"]) == {
        "Type": "Task",
        "QueryLanguage": "JSONata",
        "Resource": "arn:<AWS::Partition>:states:::ecs:runTask.sync",
        "TimeoutSeconds": 3600,
        "Catch": [{"ErrorEquals": ["States.TaskFailed"], "Next": "Extract: failed"}],
        "End": True,
    }
    assert branch["States"]["Extract: failed"] == FAIL


@pytest.mark.parametrize(
    ("language", "output"),
    [(JSON_PATH, {"OutputPath": "$[0]"}), (JSONATA, {"Output": "{% $states.result[0] %}"})],
    ids=["JSONPath", "JSONata"],
)
def test_what_the_task_gave_goes_on_when_asked(language: sfn.QueryLanguage, output: dict[str, str]) -> None:
    box = built(language)["result"].definition["States"]["Extract"]
    assert {key: value for key, value in box.items() if key in {"ResultPath", "OutputPath", "Output"}} == output


@both_languages
def test_step_functions_itself_stops_a_job_that_takes_too_long(language: sfn.QueryLanguage) -> None:
    made = built(language)["run"]
    resources = [state["Resource"] for state in states(made.definition).values() if state["Type"] == "Task"]
    assert resources == ["arn:<AWS::Partition>:states:::ecs:runTask.sync"]
    actions = {action for statement in made.permissions for action in _actions(statement)}
    assert "ecs:StopTask" in actions
    assert "ecs:ListTasks" not in actions


@both_languages
def test_what_spot_lacks_or_takes_back_is_run_on_demand_with_the_same_input(language: sfn.QueryLanguage) -> None:
    machine = built(language)["spot"].definition
    spot, on_demand = machine["States"]["Extract: Spot"], machine["States"]["Extract: on demand"]
    kept = {"ResultPath": None} if language is JSON_PATH else {"Output": "{% $states.input %}"}
    assert machine["StartAt"] == "Extract: Spot"
    assert spot["Catch"] == [{"ErrorEquals": list(PASSING_ERRORS), "Next": "Extract: on demand", **kept}]
    assert "Retry" not in spot
    assert on_demand["Retry"] == [RETRY]
    assert "Catch" not in on_demand
    inside = states(machine)
    providers = [_task(inside[f"Extract: {name}: task"])["CapacityProviderStrategy"] for name in ("Spot", "on demand")]
    assert [[share["CapacityProvider"] for share in each] for each in providers] == [["FARGATE_SPOT"], ["FARGATE"]]
    assert inside["Extract: Spot: failed"] == inside["Extract: on demand: failed"] == FAIL


def test_what_comes_after_a_job_on_spot_comes_after_either_of_its_ends() -> None:
    place = stack()
    steps = Steps(place, "Steps")
    after = sfn.Succeed(steps, "After")
    machine = state_machine(place, steps.run_on_spot("Extract", job(place)).next(after))
    made = _definition(machine)
    assert {made["States"][f"Extract: {name}"]["Next"] for name in ("Spot", "on demand")} == {"After"}


@both_languages
def test_each_attempt_with_a_token_is_started_under_a_name_of_its_own(language: sfn.QueryLanguage) -> None:
    inside = states(built(language)["token"].definition)
    assert {key: value for key, value in inside["Extract: name"].items() if key != "QueryLanguage"} == {
        "Type": "Pass",
        "Assign": {"ecsStartedBy": "{% $uuid() %}"},
        "Next": "Extract: task",
    }
    task = inside["Extract: task"]
    key, reference = ("StartedBy.$", "$ecsStartedBy") if language is JSON_PATH else ("StartedBy", "{% $ecsStartedBy %}")
    assert _task(task)[key] == reference
    assert task["Resource"] == "arn:<AWS::Partition>:states:::ecs:runTask.waitForTaskToken"
    assert (task["HeartbeatSeconds"], task["TimeoutSeconds"]) == (60, 3600)


@pytest.mark.parametrize("name", ["token", "start in time"])
@both_languages
def test_what_step_functions_does_not_stop_the_step_does(language: sfn.QueryLanguage, name: str) -> None:
    made = built(language)[name]
    inside = states(made.definition)
    timeouts = {"ErrorEquals": ["States.Timeout", "States.HeartbeatTimeout"], "Next": "Extract: stop"}
    kept = {"ResultPath": None} if language is JSON_PATH else {"Output": "{% $states.input %}"}
    assert timeouts in inside["Extract: task"]["Catch"]
    stop = inside["Extract: stop"]
    assert stop["Catch"] == [{"ErrorEquals": ["States.ALL"], "Next": "Extract: failed", **kept}]
    assert stop["Next"] == "Extract: failed"
    assert kept.items() <= stop.items()
    assert inside["Extract: failed"] == FAIL
    assert any(set(_actions(each)) == {"ecs:ListTasks", "ecs:StopTask"} for each in _on_tasks(made.permissions))


@both_languages
def test_a_task_that_ecs_did_not_accept_fails_the_step_that_only_starts_it(language: sfn.QueryLanguage) -> None:
    inside = states(built(language)["start"].definition)
    assert inside["Extract: task"]["Resource"] == "arn:<AWS::Partition>:states:::ecs:runTask"
    assert inside["Extract: task"]["Next"] == "Extract: accepted?"
    assert inside["Extract: accepted?"] == {
        "Type": "Choice",
        "QueryLanguage": "JSONata",
        "Choices": [{"Condition": "{% $count($states.input.Failures) > 0 %}", "Next": "Extract: refused"}],
        "Default": "Extract: accepted",
    }
    assert inside["Extract: accepted"] == {"Type": "Succeed"}
    assert inside["Extract: refused"] == {
        "Type": "Fail",
        "QueryLanguage": "JSONata",
        "Error": "AmazonECS.Unknown",
        "Cause": "{% $string($states.input.Failures) %}",
    }
    assert inside["Extract"]["Retry"] == [RETRY]
    assert "StartedBy" not in str(inside["Extract: task"])


@pytest.mark.parametrize("name", ["run", "result", "spot", "token", "start", "start in time"])
@both_languages
def test_every_step_is_a_sound_definition(language: sfn.QueryLanguage, name: str) -> None:
    assert_sound(built(language)[name].definition)


def test_a_step_has_the_retry_and_timeout_of_its_builder_unless_it_has_its_own() -> None:
    place = stack()
    made = job(place)
    steps = Steps(place, "Steps", retry=Retry(max_attempts=1), timeout=cdk.Duration.minutes(2))
    chain = steps.sequence(
        steps.run("A", made),
        steps.run("B", made, retry=Retry(errors=("MyError",), max_attempts=2), timeout=MINUTE),
        steps.run("C", made, retry=Retry(max_attempts=0)),
        steps.start("D", made),
    )
    inside = states(_definition(state_machine(place, chain)))
    assert [inside["A"]["Retry"][0]["MaxAttempts"], inside["B"]["Retry"][0]["MaxAttempts"]] == [1, 2]
    assert inside["B"]["Retry"][0]["ErrorEquals"] == ["MyError"]
    assert "Retry" not in inside["C"]
    timeouts = [inside[f"{name}: task"].get("TimeoutSeconds") for name in "ABCD"]
    assert timeouts == [120, 60, 120, None]  # what is only started is not waited for


@pytest.mark.parametrize("construct_id", ["", "x" * 62, "two\nlines", None, 1, cdk.Aws.REGION])
@pytest.mark.parametrize("method", ["run", "run_on_spot", "run_with_token", "start"])
def test_an_id_that_is_no_name_of_a_state_is_refused(method: str, construct_id: object) -> None:
    steps = Steps(stack(), "Steps")
    more = {"heartbeat_timeout": MINUTE} if method == "run_with_token" else {}
    with pytest.raises(InvalidValueError) as refused:
        getattr(steps, method)(construct_id, None, **more)
    assert refused.value.code is Code.STEP


@pytest.mark.parametrize("method", ["run", "run_on_spot", "run_with_token", "start"])
def test_what_is_no_job_is_refused(method: str) -> None:
    more = {"heartbeat_timeout": MINUTE} if method == "run_with_token" else {}
    with pytest.raises(ConstructsEcsError):
        getattr(Steps(stack(), "Steps"), method)("Extract", "job", **more)


@pytest.mark.parametrize(
    ("argument", "code"),
    [({"retry": 3}, Code.RETRY), ({"query_language": "JSONata"}, Code.STEP), ({"on_failure": "fail"}, Code.STEP)],
    ids=str,
)
def test_arguments_of_another_type_are_refused(argument: dict[str, Any], code: Code) -> None:
    with pytest.raises(InvalidValueError) as refused:
        Steps(stack(), "Steps", **argument)
    assert refused.value.code is code


def _actions(statement: dict[str, Any]) -> list[str]:
    actions = statement["Action"]
    return [actions] if isinstance(actions, str) else actions


def _on_tasks(permissions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The statements that stop or list tasks, each of which is for one cluster."""
    found = [each for each in permissions if {"ecs:ListTasks", "ecs:StopTask"} & set(_actions(each))]
    assert all(set(each["Condition"]["ArnEquals"]) == {"ecs:cluster"} for each in found)
    return found


def _definition(machine: sfn.StateMachine) -> dict[str, Any]:
    return definition(machine, template(cdk.Stack.of(machine)))
