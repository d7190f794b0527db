import json
from typing import Any

import pytest

from constructs_ecs.preflight.findings import Finding, Severity
from constructs_ecs.preflight.rules.s06_state_machine import StateMachine
from tests.preflight.rules.support_states import runs_task
from tests.preflight.rules.support_tasks import Resources, findings, fixture

PASSES: dict[str, Any] = {"Type": "Pass", "End": True}


def written(definition: object, key: str = "DefinitionString", **properties: object) -> list[Finding]:
    """Return what is found in a state machine of that definition, which runs a task besides."""

    def change(resources: Resources) -> None:
        runs_task()(resources)
        machine = resources["Machine"]["Properties"]
        del machine["DefinitionString"]
        machine[key] = definition
        machine.update(properties)

    return findings(StateMachine, fixture("fargate", change) | {"Parameters": {"Given": {"Type": "String"}}})


def flow(start: str = "First", /, **states: dict[str, Any]) -> str:
    return json.dumps({"StartAt": start, "States": states})


def branch(start: str = "Inner", **states: dict[str, Any]) -> dict[str, Any]:
    return {"StartAt": start, "States": states or {"Inner": PASSES}}


@pytest.mark.parametrize(
    ("definition", "says"),
    [
        (flow("Gone", First=PASSES), "StartAt leads to the state Gone"),
        (flow(First={"Type": "Pass", "Next": "Gone"}), "Next of First leads to the state Gone"),
        (flow(First={"Type": "Choice", "Default": "Gone"}), "Default of First leads to the state Gone"),
        (flow(First={"Type": "Choice", "Choices": [{"Next": "Gone"}]}), "Choices of First leads to the state Gone"),
        (flow(First={"Type": "Task", "End": True, "Catch": [{"Next": "Gone"}]}), "Catch of First leads"),
        (flow(First={"Type": "Parallel", "End": True, "Branches": [branch("Gone")]}), "StartAt leads"),
        (flow(First={"Type": "Map", "End": True, "ItemProcessor": branch("Gone")}), "StartAt leads"),
        (flow(First={"Type": "Map", "End": True, "Iterator": branch("First")}), "StartAt leads to the state First"),
        (flow(First={"Type": "Parallel", "Next": "Inner", "Branches": [branch()]}), "Next of First leads"),
    ],
)
def test_a_way_to_a_state_that_is_not_of_the_same_level_is_refused(definition: str, says: str) -> None:
    (found,) = written(definition)
    assert (found.severity, found.where.logical_id) == (Severity.DEPLOY, "Machine")
    assert says in found.message
    assert found.symptom == "The stack fails: MISSING_TRANSITION_TARGET."


@pytest.mark.parametrize("key", ["Definition", "DefinitionString"])
def test_a_definition_as_data_counts_too(key: str) -> None:
    body = {"StartAt": "Gone", "States": {"First": PASSES}}
    assert len(written(body if key == "Definition" else json.dumps(body), key)) == 1


@pytest.mark.parametrize("definition", ["{", "", "StartAt: First", '{"StartAt": "First",}'])
def test_a_definition_that_is_no_json_is_refused(definition: str) -> None:
    (found,) = written(definition)
    assert (found.message, found.symptom) == (
        "The definition is no JSON.",
        "The stack fails: INVALID_JSON_DESCRIPTION.",
    )


@pytest.mark.parametrize("action", ["runTasks.sync", "runTask.sync:2", "stopTask", "runtask"])
def test_a_service_integration_that_ecs_does_not_have_is_refused(action: str) -> None:
    (found,) = written(flow(First=PASSES | {"Type": "Task", "Resource": f"arn:aws:states:::ecs:{action}"}))
    assert found.message == f"State First calls ecs:{action}, for which there is no service integration."


@pytest.mark.parametrize(
    "resource",
    [
        "arn:aws:states:::ecs:runTask",
        "arn:aws:states:::ecs:runTask.sync",
        "arn:${AWS::Partition}:states:::ecs:runTask.waitForTaskToken",
        "arn:aws:states:::aws-sdk:ecs:stopTask",
        "arn:aws:states:::lambda:invoke",
    ],
)
def test_a_service_integration_that_there_is_passes(resource: str) -> None:
    assert written({"Fn::Sub": flow(First=PASSES | {"Type": "Task", "Resource": resource})}) == []


def test_a_whole_definition_passes_and_the_launches_of_one_that_is_not_are_named() -> None:
    ways: dict[str, dict[str, Any]] = {
        "First": {"Type": "Choice", "Choices": [{"Next": "Second"}], "Default": "Third"},
        "Second": {"Type": "Parallel", "Branches": [branch(), branch()], "Next": "Third"},
        "Third": {"Type": "Task", "End": True, "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "Second"}]},
    }
    assert written(flow(**ways)) == []
    run = {"Type": "Task", "Resource": "arn:aws:states:::ecs:runTask", "Next": "Gone"}
    (found,) = written(flow(First=run))
    assert [site.logical_id for site in found.launch_sites] == ["Machine"]


@pytest.mark.parametrize(
    "definition",
    [
        {"Ref": "Given"},
        {"Fn::Sub": "{${Given}"},
        {"Fn::Sub": flow("${Given}", First=PASSES)},
        {"Fn::Sub": flow("First", **{"${Given}": PASSES})},
        {"Fn::Sub": flow(First={"Type": "Task", "Resource": "arn:aws:states:::ecs:${Given}", "End": True})},
        flow("${Filled}", First=PASSES),
        '{"StartAt": "First", "TimeoutSeconds": ${Filled}, "States": {}}',
        "[" * 100_000,
    ],
)
def test_what_the_templates_do_not_show_is_not_judged(definition: object) -> None:
    assert written(definition) == []


def test_what_substitutions_fill_in_is_read() -> None:
    assert written(flow("${Start}", First=PASSES), DefinitionSubstitutions={"Start": "First"}) == []
    (found,) = written(flow("${Start}", First=PASSES), DefinitionSubstitutions={"Start": "Gone"})
    assert "leads to the state Gone" in found.message


def test_a_definition_in_a_bucket_is_not_judged() -> None:
    assert written({"Bucket": "definitions", "Key": "app.json"}, "DefinitionS3Location") == []
