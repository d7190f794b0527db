"""Workflows that the tests look at, each made once in each query language."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeAlias

import aws_cdk as cdk
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from constructs_ecs.jobs.base import Job
from constructs_ecs.jobs.fargate import FargateJob
from constructs_ecs.jobs.steps import Steps
from constructs_ecs.jobs.values import AtPath, FromInput, Jsonata
from tests.scene import SIZE, scene
from tests.state_language import Machine, definition, permissions, state_machine
from tests.support import stack, template

LANGUAGES = (sfn.QueryLanguage.JSON_PATH, sfn.QueryLanguage.JSONATA)
HOUR = cdk.Duration.hours(1)
MINUTE = cdk.Duration.minutes(1)


@dataclass(frozen=True)
class Built:
    """A workflow in its state machine."""

    definition: Machine
    permissions: list[dict[str, Any]]


def job(scope: cdk.Stack | None = None) -> FargateJob:
    """A job on Fargate, with its network and cluster."""
    place = scene(scope=scope, audited=False, fargate_spot=True)
    container = place.container(name="main", port=None)
    return FargateJob(place.stack, "Job", cluster=place.cluster, containers=[container], size=SIZE)


def files(steps: Steps) -> FromInput:
    """The list of files in the input."""
    is_path = steps.query_language is sfn.QueryLanguage.JSON_PATH
    return AtPath("$.files") if is_path else Jsonata("$states.input.files")


Builder: TypeAlias = Callable[[Steps, Job], sfn.IChainable]
BUILDERS: dict[str, Builder] = {
    "run": lambda steps, job: steps.run("Extract", job, timeout=HOUR),
    "result": lambda steps, job: steps.run("Extract", job, keep_input=False),
    "spot": lambda steps, job: steps.run_on_spot("Extract", job),
    "token": lambda steps, job: steps.run_with_token("Extract", job, heartbeat_timeout=MINUTE, timeout=HOUR),
    "start": lambda steps, job: steps.start("Extract", job),
    "start in time": lambda steps, job: steps.start("Extract", job, timeout=MINUTE),
    "parallel": lambda steps, job: steps.parallel(
        "Load", steps.run("Users", job), steps.start("Orders", job), keep_input=False
    ),
    "map": lambda steps, job: steps.map(
        "Files", steps.run("File", job), items=files(steps), max_concurrency=5, keep_input=False
    ),
    "tolerant map": lambda steps, job: steps.map(
        "Files", steps.run("File", job, keep_input=False), items=files(steps), tolerated_failures=2, keep_input=False
    ),
    "catch": lambda steps, job: steps.catch(
        "All",
        steps.sequence(steps.run("Extract", job), sfn.Wait(steps, "Wait", time=sfn.WaitTime.duration(MINUTE))),
        on_failure=sfn.Pass(steps, "Report").next(sfn.Fail(steps, "Failed")),
    ),
}
"""How each is built."""


def built(query_language: sfn.QueryLanguage) -> dict[str, Built]:
    """The workflows in one query language, for one test to do with as it likes."""
    return deepcopy(_built(query_language))


@cache
def _built(query_language: sfn.QueryLanguage) -> dict[str, Built]:
    place = stack()
    made = job(place)
    machines = {}
    for name, build in BUILDERS.items():
        scope = Construct(place, name)
        machines[name] = state_machine(
            scope, build(Steps(scope, "Steps", query_language=query_language), made), query_language
        )
    resources = template(place)
    return {
        name: Built(definition=definition(machine, resources), permissions=permissions(machine, resources))
        for name, machine in machines.items()
    }
