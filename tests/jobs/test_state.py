# ruff: noqa: ANN401 - values that a user could give
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_stepfunctions as sfn

from constructs_ecs import Code, ConstructsEcsError, InvalidValueError
from constructs_ecs.facts.run_task import Pattern
from constructs_ecs.jobs import AtPath, Jsonata
from constructs_ecs.jobs.state import check_path, check_started_by

TOKEN = Pattern.WAIT_FOR_TASK_TOKEN


@pytest.mark.parametrize("path", ["$", "$.a", "$$.Execution", sfn.JsonPath.DISCARD, None])
def test_a_path_starts_with_a_dollar_or_discards(path: str | None) -> None:
    assert check_path(path, name="result_path") == path


@pytest.mark.parametrize("path", ["result", "", 7, {"a": 1}])
def test_what_is_no_path_is_refused(path: Any) -> None:
    with pytest.raises(InvalidValueError, match="result_path is a JSONPath") as refused:
        check_path(path, name="result_path")
    assert refused.value.code is Code.QUERY_LANGUAGE


@pytest.mark.parametrize("who", ["nightly", "a/b_c-1", "x" * 128, AtPath("$.who"), Jsonata("$uuid()"), cdk.Aws.REGION])
def test_who_started_a_task_is_noted(who: Any) -> None:
    assert check_started_by(Pattern.REQUEST_RESPONSE, who) == who


@pytest.mark.parametrize("who", ["", "a b", "ä", "x" * 129, 7])
def test_a_name_that_ecs_does_not_note_is_refused(who: Any) -> None:
    with pytest.raises(InvalidValueError, match="1 to 128 letters") as refused:
        check_started_by(TOKEN, who)
    assert refused.value.code is Code.SETTING


def test_a_task_that_is_waited_for_is_started_by_step_functions() -> None:
    with pytest.raises(ConstructsEcsError, match="by its own name in startedBy") as refused:
        check_started_by(Pattern.RUN_JOB, "nightly")
    assert refused.value.code is Code.SETTING
    assert check_started_by(Pattern.RUN_JOB, None) is None
