"""A job to run, and the state machines that run it."""
# ruff: noqa: ANN401 - options pass through to the state under test

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_stepfunctions as sfn

from constructs_ecs.jobs import FargateJob, RunTask
from tests.scene import SIZE, Scene
from tests.scene import scene as place
from tests.state_language import definition, state_machine

REQUEST_RESPONSE = sfn.IntegrationPattern.REQUEST_RESPONSE
RUN_JOB = sfn.IntegrationPattern.RUN_JOB
WAIT_FOR_TASK_TOKEN = sfn.IntegrationPattern.WAIT_FOR_TASK_TOKEN
JSON_PATH = sfn.QueryLanguage.JSON_PATH
JSONATA = sfn.QueryLanguage.JSONATA
MINUTE = cdk.Duration.minutes(1)
HOUR = cdk.Duration.hours(1)


def fargate_job(scene: Scene | None = None, construct_id: str = "Report", **options: Any) -> FargateJob:
    """A job of one container called app, but for what is changed."""
    where = place(audited=False) if scene is None else scene
    made = {"cluster": where.cluster, "containers": [where.container(port=None)], "size": SIZE, **options}
    return FargateJob(where.stack, construct_id, **made)


def run(job: FargateJob, construct_id: str = "Run", **options: Any) -> RunTask:
    """A state that runs a job, with a heartbeat where the pattern needs one."""
    if options.get("integration_pattern") is WAIT_FOR_TASK_TOKEN:
        options = {"heartbeat_timeout": MINUTE, **options}
    return RunTask(cdk.Stack.of(job), construct_id, job=job, **options)


def state_of(state: RunTask, query_language: sfn.QueryLanguage | None = None) -> dict[str, Any]:
    """A state as it is in a machine of its own, which is made here."""
    stack = cdk.Stack.of(state)
    machine = state_machine(cdk.Stack.of(state), state, query_language)
    resource = machine.node.default_child
    assert isinstance(resource, sfn.CfnStateMachine)
    name = stack.resolve(resource.logical_id)
    made = {"Resources": {name: {"Properties": {"DefinitionString": stack.resolve(resource.definition_string)}}}}
    written: dict[str, Any] = definition(machine, made)["States"][state.state_id]
    stack.node.try_remove_child("Machine")
    return written
