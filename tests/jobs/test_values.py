# ruff: noqa: ANN401 - values that a user could give
import re
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_stepfunctions as sfn
from hypothesis import given
from hypothesis import strategies as st

from constructs_ecs import Code, InvalidValueError
from constructs_ecs.jobs import AtPath, Jsonata
from constructs_ecs.jobs.values import names_task_token, read, render, task_token
from tests.jobs.scene import JSON_PATH, JSONATA

STACK = cdk.Stack()
TEXTS = st.text(st.characters(exclude_characters="$"), max_size=20).filter(lambda text: "{%" not in text)


@pytest.mark.parametrize(
    "path", ["$", "$.commands", "$$.Task.Token", "$name", "States.Format('{}', $.a)", "States.UUID()"]
)
def test_a_path_a_variable_and_a_function_are_taken(path: str) -> None:
    assert AtPath(path).path == path


@pytest.mark.parametrize("path", ["", "commands", ".a", " $.a", "States.", 7, None, ["$.a"]])
def test_what_is_no_path_is_refused(path: Any) -> None:
    with pytest.raises(InvalidValueError, match="JSONPath starts with") as refused:
        AtPath(path)
    assert refused.value.code is Code.QUERY_LANGUAGE


@pytest.mark.parametrize("expression", ["", "  ", "{% $states.input %}", 7, None])
def test_what_is_no_expression_is_refused(expression: Any) -> None:
    with pytest.raises(InvalidValueError, match="JSONata expression is text") as refused:
        Jsonata(expression)
    assert refused.value.code is Code.QUERY_LANGUAGE


@given(TEXTS)
def test_what_is_known_now_is_left_as_it_is(text: str) -> None:
    assert read(text) == text


@given(TEXTS.filter(str.strip))
def test_a_text_in_delimiters_is_the_expression_in_it(expression: str) -> None:
    assert read(f"{{% {expression} %}}") == Jsonata(f" {expression} ")
    assert Jsonata(expression).delimited == f"{{% {expression.strip()} %}}"


def test_the_tokens_of_the_cdk_are_paths() -> None:
    path = sfn.JsonPath
    tokens = (path.string_at("$.a"), path.number_at("$.n"), path.list_at("$.l"), path.task_token, path.uuid())
    values = [read(token) for token in tokens]
    assert [type(value) for value in values] == [AtPath] * 5
    written = STACK.resolve(render({str(place): value for place, value in enumerate(values)}, JSON_PATH))
    assert written == {"0.$": "$.a", "1.$": "$.n", "2.$": "$.l", "3.$": "$$.Task.Token", "4.$": "States.UUID()"}


@pytest.mark.parametrize(
    "token",
    [cdk.Aws.REGION, cdk.Token.as_number({"Ref": "P"}), cdk.Token.as_list({"Ref": "P"})],
    ids=["text", "number", "list"],
)
def test_a_token_that_only_cloudformation_knows_is_no_path(token: Any) -> None:
    assert read(token) is token


def test_a_path_inside_of_a_text_is_refused() -> None:
    with pytest.raises(InvalidValueError, match=r"no part of a text.*JsonPath\.format") as refused:
        read(f"day-{sfn.JsonPath.string_at('$.day')}")
    assert refused.value.code is Code.QUERY_LANGUAGE


def test_a_list_with_paths_in_it_is_made_by_a_function() -> None:
    words = [AtPath("$.file"), "it's", read(sfn.JsonPath.string_at("$.mode"))]
    assert STACK.resolve(render({"Command": words}, JSON_PATH)) == {
        "Command.$": r"States.Array($.file, 'it\'s', $.mode)"
    }


@given(st.text(st.characters(exclude_characters="$"), max_size=20))
def test_what_a_function_reserves_has_a_backslash_before_it(text: str) -> None:
    written = render({"Command": [AtPath("$.a"), text]}, JSON_PATH)["Command.$"]
    quoted = written.removeprefix("States.Array($.a, '").removesuffix("')")
    assert re.sub(r"\\(.)", r"\1", quoted, flags=re.DOTALL) == text
    assert re.fullmatch(r"([^'{}\\]|\\['{}\\])*", quoted)


def test_what_only_cloudformation_knows_stands_in_a_function_too() -> None:
    written = render({"Command": [AtPath("$.a"), f"{{{cdk.Aws.REGION}}}"]}, JSON_PATH)
    joined = STACK.resolve(written)["Command.$"]["Fn::Join"][1]
    assert joined == [r"States.Array($.a, '\{", {"Ref": "AWS::Region"}, r"\}')"]


def test_a_list_that_is_known_stays_a_list() -> None:
    assert render({"Command": ("a", "b")}, JSON_PATH) == {"Command": ["a", "b"]}


def test_expressions_are_written_where_they_are() -> None:
    given_ = {"Command": (Jsonata("$a"), "b"), "Environment": [{"Name": "A", "Value": Jsonata("$b")}], "Cpu": 256}
    assert render(given_, JSONATA) == {
        "Command": ["{% $a %}", "b"],
        "Environment": [{"Name": "A", "Value": "{% $b %}"}],
        "Cpu": 256,
    }


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (AtPath("$$.Task.Token"), True),
        (AtPath("States.Format('{}', $$.Task.Token)"), True),
        (read(sfn.JsonPath.task_token), True),
        (Jsonata("$states.context.Task.Token"), True),
        (task_token(JSON_PATH), True),
        (task_token(JSONATA), True),
        (AtPath("$.Task.Token"), False),
        (Jsonata("$states.input.token"), False),
        (read(sfn.JsonPath.string_at("$.token")), False),
        ("$$.Task.Token", False),
        (None, False),
    ],
)
def test_the_task_token_is_found(value: object, *, expected: bool) -> None:
    assert names_task_token(value) is expected
