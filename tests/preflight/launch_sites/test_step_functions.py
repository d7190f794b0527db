import json
from typing import Any

import pytest

from constructs_ecs.preflight.launch_sites import Capacity, LaunchKind, LaunchSite, find, unread
from constructs_ecs.preflight.topology import NetworkInterface
from constructs_ecs.preflight.values import Ternary, Unknown
from tests.preflight.launches import fargate, name_of, only_site, resource, role
from tests.preflight.support import graph

RUN_TASK = "arn:aws:states:::ecs:runTask"
ARGUMENTS = {
    "Cluster": "${Cluster}",
    "TaskDefinition": "${Task}",
    "LaunchType": "FARGATE",
    "EnableExecuteCommand": True,
    "NetworkConfiguration": {"AwsvpcConfiguration": {"Subnets": ["${Subnet}"], "SecurityGroups": ["${Group}"]}},
}
SUBSTITUTIONS = {name: {"Ref": name} for name in ("Cluster", "Task", "Subnet", "Group")}


def state(pattern: str = "", **more: object) -> dict[str, Any]:
    return {"Type": "Task", "Resource": RUN_TASK + pattern, "Parameters": ARGUMENTS, "End": True} | more


def flow(**states: object) -> dict[str, Any]:
    return {"StartAt": next(iter(states)), "States": states}


def machine(definition: object, **properties: object) -> dict[str, Any]:
    made = {
        "RoleArn": {"Fn::GetAtt": ["Flow", "Arn"]},
        "Definition": definition,
        "DefinitionSubstitutions": SUBSTITUTIONS,
    } | properties
    made = {key: value for key, value in made.items() if value is not None}
    body = fargate(Machine=resource("StepFunctions::StateMachine", **made), Flow=role("states", "*"))
    del body["Service"]
    return body


def as_text(definition: object) -> dict[str, Any]:
    return machine(None, DefinitionString={"Fn::Sub": json.dumps(definition)}, DefinitionSubstitutions=None)


def is_whole(site: LaunchSite) -> bool:
    return (
        (site.kind, site.capacity, site.exec_enabled) == (LaunchKind.STEP_FUNCTIONS, Capacity.FARGATE, Ternary.YES)
        and (name_of(site.task_definition), name_of(site.cluster)) == ("Task", "Cluster")
        and isinstance(site.task_interface, NetworkInterface)
        and [name_of(subnet) for subnet in site.task_interface.subnets] == ["Subnet"]
        and [name_of(group) for group in site.task_interface.security_groups] == ["Group"]
    )


def test_a_state_of_a_definition_object_is_a_launch_site() -> None:
    site = only_site(machine(flow(Run=state())))
    assert is_whole(site)
    assert str(site.where) == "Template#Machine.Definition.States.Run"


def test_a_definition_string_is_read_after_sub() -> None:
    site = only_site(as_text(flow(Run=state())))
    assert is_whole(site)
    assert str(site.where) == "Template#Machine.DefinitionString.Run"


def test_a_definition_string_is_read_after_join_as_the_cdk_writes_it() -> None:
    before, after = json.dumps(flow(Run=state())).split("${Task}")
    pieces = [before, {"Ref": "Task"}, after]
    body = machine(None, DefinitionString={"Fn::Join": ["", pieces]})
    assert is_whole(only_site(body))


def test_a_definition_string_is_read_after_its_own_substitutions() -> None:
    assert is_whole(only_site(machine(None, DefinitionString=json.dumps(flow(Run=state())))))


def test_a_number_that_is_not_known_does_not_hide_the_rest() -> None:
    text = json.dumps(flow(Run=state() | {"TimeoutSeconds": 1})).replace(
        '"TimeoutSeconds": 1', '"TimeoutSeconds": ${T}'
    )
    body = {
        "Parameters": {"Seconds": {"Type": "Number"}},
        "Resources": machine(
            None, DefinitionString=text, DefinitionSubstitutions=SUBSTITUTIONS | {"T": {"Ref": "Seconds"}}
        ),
    }
    assert is_whole(only_site(body))


@pytest.mark.parametrize(
    "resource_", [RUN_TASK, "arn:aws-cn:states:::ecs:runTask.sync", "arn:aws:states:::aws-sdk:ecs:runTask"]
)
def test_every_way_to_run_a_task_counts(resource_: str) -> None:
    assert is_whole(only_site(machine(flow(Run=state() | {"Resource": resource_}))))


@pytest.mark.parametrize("resource_", ["arn:aws:states:::ecs:runTask.other", "arn:aws:states:::lambda:invoke", None])
def test_other_states_do_not(resource_: str | None) -> None:
    assert find(graph(machine(flow(Run=state() | {"Resource": resource_})))) == ()


def test_states_are_found_in_branches_and_maps_at_any_depth() -> None:
    inner = {"Type": "Parallel", "Branches": [flow(A=state()), flow(B=state())]}
    body = machine(
        flow(
            Each={"Type": "Map", "ItemProcessor": flow(Inner=inner)},
            Old={"Type": "Map", "Iterator": flow(C=state())},
        )
    )
    assert [str(site.where).removeprefix("Template#Machine.Definition.") for site in find(graph(body))] == [
        "States.Each.ItemProcessor.States.Inner.Branches[0].States.A",
        "States.Each.ItemProcessor.States.Inner.Branches[1].States.B",
        "States.Old.Iterator.States.C",
    ]


def test_jsonata_has_arguments_and_expressions_in_them_are_unknown() -> None:
    arguments = ARGUMENTS | {"TaskDefinition": "{% $states.input.task %}"}
    run = {"Type": "Task", "Resource": RUN_TASK, "Arguments": arguments}
    site = only_site(machine({"QueryLanguage": "JSONata", **flow(Run=run)}))
    assert site.state is not None
    assert site.state.language == "JSONata"
    assert isinstance(site.task_definition, Unknown)
    assert name_of(site.cluster) == "Cluster"


def test_a_path_in_jsonpath_is_unknown() -> None:
    parameters = {key: value for key, value in ARGUMENTS.items() if key != "Cluster"} | {"Cluster.$": "$.cluster"}
    site = only_site(machine(flow(Run=state(Parameters=parameters))))
    assert site.state is not None
    assert site.state.language == "JSONPath"
    assert isinstance(site.cluster, Unknown)


def test_the_pattern_says_what_the_machine_waits_for() -> None:
    patterns = {
        "": (False, False, False),
        ".sync": (True, False, False),
        ".waitForTaskToken": (False, True, True),
    }
    for pattern, expected in patterns.items():
        launcher = only_site(machine(flow(Run=state(pattern, HeartbeatSeconds=60)))).launcher
        assert launcher is not None
        assert (launcher.waits, launcher.token, launcher.heartbeat and launcher.token) == expected
        assert (name_of(launcher.role), launcher.service) == ("Flow", "states.amazonaws.com")
        assert "stateMachine" in str(launcher.source)


def test_a_state_says_whether_the_task_is_given_the_token() -> None:
    environment = [{"Name": "TOKEN", "Value.$": "$$.Task.Token"}]
    given = ARGUMENTS | {"Overrides": {"ContainerOverrides": [{"Name": "app", "Environment": environment}]}}
    sites = [
        only_site(machine(flow(Run=state(".waitForTaskToken", Parameters=parameters))))
        for parameters in (given, ARGUMENTS)
    ]
    assert [site.state is not None and site.state.passes_token for site in sites] == [True, False]
    assert isinstance(sites[0].overrides.environment, dict)
    assert isinstance(sites[0].overrides.environment["app"]["TOKEN"], Unknown)


def test_overrides_replace_the_roles() -> None:
    arguments = ARGUMENTS | {"Overrides": {"TaskRoleArn": "other", "ExecutionRoleArn.$": "$.role"}}
    overrides = only_site(machine(flow(Run=state(Parameters=arguments)))).overrides
    assert overrides.task_role == "other"
    assert isinstance(overrides.execution_role, Unknown)


@pytest.mark.parametrize(
    "text", ["", "[]", "{", '{"States": 1}', '{"States": {"A": 1}}', '{"States":' + '{"A":' * 5000, "[" * 100_000]
)
def test_a_definition_that_is_none_has_no_launch_sites(text: str) -> None:
    assert find(graph(machine(None, DefinitionString=text))) == ()


def test_a_definition_in_a_bucket_has_none_either_and_is_said_to_be_unread() -> None:
    made = graph(machine(None, DefinitionS3Location={"Bucket": "b", "Key": "k"}))
    assert find(made) == ()
    assert [str(where) for where, _ in unread(made)] == ["Template#Machine"]


def test_a_definition_that_is_read_is_not_unread() -> None:
    assert unread(graph(machine(flow(Run=state())))) == ()
