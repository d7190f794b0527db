from typing import Any

import pytest

from constructs_ecs.preflight.findings import Severity
from constructs_ecs.preflight.rules.s04_run_task_arguments import RunTaskArguments
from tests.preflight.rules.support_states import arguments, runs_task
from tests.preflight.rules.support_tasks import Resources, findings, fixture, launched

JSONATA = {"QueryLanguage": "JSONata"}


def without_network() -> dict[str, Any]:
    given = arguments()
    del given["NetworkConfiguration"]
    return given


def test_a_state_that_names_no_network_starts_no_task() -> None:
    (found,) = findings(RunTaskArguments, fixture("fargate", runs_task(given=without_network())))
    assert (found.severity, found.where.logical_id) == (Severity.START, "Machine")
    assert found.symptom.startswith("AmazonECS.InvalidParameterException")
    assert found.launch_sites[0].logical_id == "Machine"


def test_a_service_that_names_no_network_is_refused() -> None:
    (found,) = findings(RunTaskArguments, launched(service={"NetworkConfiguration": {"Ref": "AWS::NoValue"}}))
    assert (found.severity, found.where.logical_id) == (Severity.DEPLOY, "Service")


@pytest.mark.parametrize(
    ("key", "given", "state", "says"),
    [
        ("Arguments", arguments(), {}, "Arguments without QueryLanguage"),
        ("Parameters", arguments(Group="{% $states.input.group %}"), {}, "plain text"),
        ("Parameters", arguments(), JSONATA, "Parameters, which JSONata"),
        ("Arguments", arguments(**{"Group.$": "$.group"}), JSONATA, "a key in .$"),
    ],
)
def test_a_state_that_mixes_two_languages_is_refused(
    key: str, given: dict[str, Any], state: dict[str, Any], says: str
) -> None:
    (found,) = findings(RunTaskArguments, fixture("fargate", runs_task(given=given, key=key, **state)))
    assert (found.severity, found.where.logical_id) == (Severity.DEPLOY, "Machine")
    assert says in found.message


@pytest.mark.parametrize(
    ("key", "given", "state"),
    [
        ("Parameters", arguments(**{"Group.$": "$.group"}), {}),
        ("Parameters", arguments(), {"QueryLanguage": "JSONPath"}),
        ("Arguments", arguments(Group="{% $states.input.group %}"), JSONATA),
    ],
)
def test_a_state_in_one_language_with_a_network_passes(key: str, given: dict[str, Any], state: dict[str, Any]) -> None:
    assert findings(RunTaskArguments, fixture("fargate", runs_task(given=given, key=key, **state))) == []


def test_services_with_a_network_and_tasks_in_the_instance_s_pass() -> None:
    assert findings(RunTaskArguments, fixture("fargate")) == []
    assert findings(RunTaskArguments, fixture("ec2")) == []


def test_a_network_that_is_named_at_run_time_leaves_it_open() -> None:
    given = without_network() | {"NetworkConfiguration.$": "$.network"}
    assert findings(RunTaskArguments, fixture("fargate", runs_task(given=given))) == []
    template = fixture("fargate", runs_task(given="$", key="Parameters.$"))
    assert findings(RunTaskArguments, template) == []


def test_a_definition_from_a_bucket_leaves_it_open() -> None:
    def change(resources: Resources) -> None:
        runs_task(given=without_network())(resources)
        machine = resources["Machine"]["Properties"]
        del machine["DefinitionString"]
        machine["DefinitionS3Location"] = {"Bucket": "b", "Key": "k"}

    assert findings(RunTaskArguments, fixture("fargate", change)) == []


def test_a_language_that_is_not_known_leaves_it_open() -> None:
    def change(resources: Resources) -> None:
        runs_task(key="Arguments", QueryLanguage="${Language}")(resources)
        resources["Machine"]["Properties"]["DefinitionSubstitutions"]["Language"] = {"Ref": "Language"}

    template = fixture("fargate", change) | {"Parameters": {"Language": {"Type": "String"}}}
    assert findings(RunTaskArguments, template) == []


def test_a_service_that_may_not_be_there_leaves_it_open() -> None:
    resources = launched(service={"NetworkConfiguration": {"Ref": "AWS::NoValue"}})
    resources["Service"]["Condition"] = "Open"
    template = {
        "Conditions": {"Open": {"Fn::Equals": [{"Fn::ImportValue": "x"}, "y"]}},
        "Resources": resources,
    }
    assert findings(RunTaskArguments, template) == []
