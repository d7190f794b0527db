# ruff: noqa: ANN401 - values that a user could give
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_stepfunctions as sfn
from hypothesis import given
from hypothesis import strategies as st

from constructs_ecs import Code, ConflictError, InvalidValueError
from constructs_ecs.jobs import AtPath, ContainerOverride, Jsonata
from constructs_ecs.jobs.overrides import TaskOverrides
from tests.support import stack

INPUT = st.sampled_from([AtPath("$.a"), Jsonata("$states.input.a"), "{% $a %}", sfn.JsonPath.string_at("$.a")])
TEXTS = st.text(max_size=10) | INPUT
FIGURES = st.none() | st.integers(min_value=6, max_value=4096) | INPUT
NAMES = st.text(st.characters(categories=["Lu"]), min_size=1, max_size=6)
ANYTHING = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.lists(st.integers()) | INPUT
)


@given(
    st.none() | st.lists(TEXTS, min_size=1, max_size=4) | INPUT,
    st.dictionaries(NAMES, TEXTS, max_size=3) | INPUT,
    FIGURES,
)
def test_what_ecs_takes_is_taken_and_written_in_pascal_case(command: Any, environment: Any, figure: Any) -> None:
    override = ContainerOverride(
        container="app", command=command, environment=environment, cpu=figure, memory_mib=figure
    )
    written = override.parameters()
    assert written["Name"] == "app"
    assert set(written) <= {"Name", "Command", "Environment", "Cpu", "Memory"}
    assert ("Command" in written) is (command is not None)
    assert ("Cpu" in written) is ("Memory" in written) is (figure is not None)
    assert ("Environment" in written) is (environment != {})


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(("command", "environment", "cpu", "memory_mib"), ANYTHING)))
def test_whatever_is_given_is_taken_or_refused_with_a_code(options: dict[str, Any]) -> None:
    try:
        ContainerOverride(**options)
    except InvalidValueError as error:
        assert error.code in {Code.CONTAINER_SETTING, Code.QUERY_LANGUAGE}


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        ({"container": "a b"}, Code.CONTAINER_NAME, "letters, digits"),
        ({"container": ""}, Code.CONTAINER_NAME, "letters, digits"),
        ({"command": "ls -l"}, Code.CONTAINER_SETTING, "list of words"),
        ({"command": []}, Code.CONTAINER_SETTING, "at least one"),
        ({"command": [1]}, Code.CONTAINER_SETTING, "list of words"),
        ({"command": [AtPath("$.a"), 1]}, Code.CONTAINER_SETTING, "list of words"),
        ({"command": {"ls"}}, Code.CONTAINER_SETTING, "list of words"),
        ({"environment": ["A=1"]}, Code.CONTAINER_SETTING, "maps names to values"),
        ({"environment": {"A": 1}}, Code.CONTAINER_SETTING, "is text; A is 1"),
        ({"environment": {"A=B": "1"}}, Code.CONTAINER_SETTING, "without '='"),
        ({"cpu": -1}, Code.CONTAINER_SETTING, "0 or more"),
        ({"cpu": "256"}, Code.CONTAINER_SETTING, "whole number"),
        ({"memory_mib": 5}, Code.CONTAINER_SETTING, "6 or more"),
        ({"memory_mib": 512, "memory_reservation_mib": 512}, Code.CONTAINER_SETTING, "below the limit"),
        ({"environment": {"A": f"x{sfn.JsonPath.string_at('$.a')}"}}, Code.QUERY_LANGUAGE, "no part of a text"),
    ],
)
def test_what_ecs_does_not_take_is_refused(options: dict[str, Any], code: Code, message: str) -> None:
    with pytest.raises(InvalidValueError, match=message) as refused:
        ContainerOverride(**options)
    assert refused.value.code is code


def test_a_limit_from_the_input_is_not_compared() -> None:
    override = ContainerOverride(memory_mib=AtPath("$.memory"), memory_reservation_mib=4096)
    assert override.parameters() == {"Memory": AtPath("$.memory"), "MemoryReservation": 4096}


def test_what_the_giver_changes_later_does_not_count() -> None:
    command, environment = ["a"], {"A": "1"}
    override = ContainerOverride(command=command, environment=environment)
    command.append("b")
    environment["B"] = "2"
    assert override.parameters() == {"Command": ("a",), "Environment": [{"Name": "A", "Value": "1"}]}


def test_the_figures_of_a_task_are_text() -> None:
    token = cdk.Token.as_number({"Ref": "Memory"})
    written = TaskOverrides(cpu=256, memory_mib=token).parameters()
    assert cdk.Stack().resolve(written) == {"Cpu": "256", "Memory": {"Ref": "Memory"}}


def test_no_overrides_are_written_as_nothing() -> None:
    assert TaskOverrides().parameters() == {}


def test_a_variable_is_added_where_the_container_stands() -> None:
    overrides = TaskOverrides(
        containers=(ContainerOverride(container="a", environment={"X": "1"}), ContainerOverride(container="b"))
    ).with_variable("a", "TOKEN", AtPath("$$.Task.Token"))
    assert [each.container for each in overrides.containers] == ["a", "b"]
    assert overrides.containers[0].variables == {"X": "1", "TOKEN": AtPath("$$.Task.Token")}


@pytest.mark.parametrize("environment", [{"TOKEN": "mine"}, AtPath("$.environment")])
def test_a_variable_that_is_taken_is_refused(environment: Any) -> None:
    overrides = TaskOverrides(containers=(ContainerOverride(container="a", environment=environment),))
    with pytest.raises(ConflictError, match="task token goes into the variable TOKEN of container a") as refused:
        overrides.with_variable("a", "TOKEN", AtPath("$$.Task.Token"))
    assert refused.value.code is Code.TASK_TOKEN


def test_a_command_of_unknown_length_is_refused_and_words_that_only_cloudformation_knows_are_not() -> None:
    place = stack()
    words = cdk.CfnParameter(place, "Words", type="CommaDelimitedList").value_as_list
    with pytest.raises(InvalidValueError, match="Lambda function") as refused:
        ContainerOverride(command=words)
    assert refused.value.code is Code.CONTAINER_SETTING
    assert ContainerOverride(command=[cdk.Fn.select(0, words)]).command != ()
    assert ContainerOverride(command=sfn.JsonPath.list_at("$.words")).parameters().keys() == {"Command"}
