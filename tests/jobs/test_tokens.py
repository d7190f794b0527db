# ruff: noqa: ANN401 - values that a user could give
from typing import Any

import pytest
from aws_cdk import aws_stepfunctions as sfn

from constructs_ecs import Code, ConflictError, ConstructsEcsError, Container, InvalidValueError
from constructs_ecs.facts.run_task import Pattern
from constructs_ecs.jobs import AtPath, ContainerOverride, FargateJob, Jsonata
from constructs_ecs.jobs.override_checks import task_overrides
from constructs_ecs.jobs.tokens import check_token
from tests.jobs.scene import fargate_job
from tests.scene import scene

TOKEN = Pattern.WAIT_FOR_TASK_TOKEN
TOKENS = [AtPath("$$.Task.Token"), Jsonata("$states.context.Task.Token"), sfn.JsonPath.task_token]


@pytest.fixture(scope="module")
def job() -> FargateJob:
    """A job of two containers."""
    place = scene(audited=False)
    return fargate_job(place, containers=[Container(image=place.image, name=name) for name in ("app", "side")])


def check(job: FargateJob, pattern: Pattern, variable: Any = None, **override: Any) -> str | None:
    return check_token(pattern, task_overrides(job, [ContainerOverride(**override)]), variable, job)


def refused(job: FargateJob, pattern: Pattern, variable: Any = None, **override: Any) -> ConstructsEcsError:
    with pytest.raises(ConstructsEcsError) as error:
        check(job, pattern, variable, **override)
    return error.value


def test_the_token_has_a_variable_by_default(job: FargateJob) -> None:
    assert check(job, TOKEN) == "TASK_TOKEN"
    assert check(job, TOKEN, "CALLBACK") == "CALLBACK"


@pytest.mark.parametrize("token", TOKENS)
def test_a_token_in_an_override_needs_no_variable(job: FargateJob, token: Any) -> None:
    assert check(job, TOKEN, container="side", environment={"TASK_TOKEN_ENV_VARIABLE": token}) is None
    assert check(job, TOKEN, command=["report", token]) is None
    assert check(job, TOKEN, "CALLBACK", container="side", command=[token]) == "CALLBACK"


@pytest.mark.parametrize("pattern", [Pattern.REQUEST_RESPONSE, Pattern.RUN_JOB])
@pytest.mark.parametrize("token", TOKENS)
def test_a_token_is_refused_where_there_is_none(job: FargateJob, pattern: Pattern, token: Any) -> None:
    assert check(job, pattern) is None
    for error in (refused(job, pattern, environment={"A": token}), refused(job, pattern, "CALLBACK")):
        assert (type(error), error.code) == (ConflictError, Code.TASK_TOKEN)
        assert pattern.name in str(error)


@pytest.mark.parametrize("environment", [{"TASK_TOKEN": "mine"}, AtPath("$.environment"), Jsonata("$environment")])
def test_a_token_that_would_be_missing_is_refused(job: FargateJob, environment: Any) -> None:
    error = refused(job, TOKEN, environment=environment)
    assert (type(error), error.code) == (ConflictError, Code.TASK_TOKEN)
    assert check(job, TOKEN, container="side", environment=environment) == "TASK_TOKEN"


@pytest.mark.parametrize("variable", ["", "A=B", 7])
def test_a_name_that_no_variable_has_is_refused(job: FargateJob, variable: Any) -> None:
    error = refused(job, TOKEN, variable)
    assert (type(error), error.code) == (InvalidValueError, Code.CONTAINER_SETTING)


def test_the_exec_agent_would_take_the_token_for_a_key(job: FargateJob) -> None:
    assert refused(job, TOKEN, "AWS_ACCESS_KEY_ID").code is Code.EXEC_UNSUPPORTED
    assert check(fargate_job(enable_execute_command=False), TOKEN, "AWS_ACCESS_KEY_ID") == "AWS_ACCESS_KEY_ID"


def test_the_variable_counts_as_an_override(job: FargateJob) -> None:
    around = len('{"ContainerOverrides":[{"Name":"app","Command":[""]}]}')
    fits = ["x" * (8192 - around)]
    assert task_overrides(job, [ContainerOverride(command=fits)]).containers
    assert refused(job, TOKEN, command=fits).code is Code.TASK_OVERRIDES
