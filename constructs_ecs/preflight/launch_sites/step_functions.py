"""States of Step Functions that start tasks: ``AWS::StepFunctions::StateMachine``.

Sources: Step Functions developer guide, "Manage Amazon ECS or Fargate tasks with Step Functions", "Amazon States
Language", "Transforming data with JSONata"; CloudFormation, ``AWS::StepFunctions::StateMachine``,
``DefinitionSubstitutions``.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from constructs_ecs.preflight.launch_sites.building import Launch, in_ecs_terms, launch_site, overrides
from constructs_ecs.preflight.launch_sites.capacity import Capacities
from constructs_ecs.preflight.launch_sites.reading import as_mapping, as_text, items, role, walk
from constructs_ecs.preflight.launch_sites.site import Launcher, LaunchKind, LaunchSite, RunTask
from constructs_ecs.preflight.stand_ins import StandIns, structured
from constructs_ecs.preflight.templates.graph import Graph, Resource
from constructs_ecs.preflight.values import Pattern, Symbol, Text, Unknown

TYPE: Final = "AWS::StepFunctions::StateMachine"
JSON_PATH: Final = "JSONPath"
JSONATA: Final = "JSONata"
SYNC: Final = "sync"
TOKEN: Final = "waitForTaskToken"  # noqa: S105 - a pattern's name
_RUN_TASK: Final = re.compile(r"arn:[^:]+:states:::(?:aws-sdk:)?ecs:runTask(?:\.(?P<pattern>sync|waitForTaskToken))?")
_PLACEHOLDER: Final = re.compile(r"\$\{([A-Za-z0-9_]+)\}")
_TASK_TOKEN: Final = re.compile(r"\bTask\.Token\b")
_Path = tuple[str | int, ...]
_STRUCTURED: Final[_Path] = ("Definition",)


def find(graph: Graph, capacities: Capacities) -> Iterator[LaunchSite]:
    """Find the states that run tasks, at any depth."""
    for machine in graph.resources(TYPE):
        for path, run in run_task_states(machine):
            yield launch_site(graph, capacities, _launch(graph, machine, path, run))


def run_task_states(machine: Resource) -> Iterator[tuple[_Path, RunTask]]:
    """Go through a state machine's states that run tasks, each with its place in the properties."""
    path, body = definition(machine)
    language = as_text(walk(body, "QueryLanguage")) or JSON_PATH
    for place, name, state in _states(body, path):
        match = _RUN_TASK.fullmatch(StandIns().spell(as_text(walk(state, "Resource")) or ""))
        if match is not None:
            yield (
                # In a text there is no place to point to, and a name is given once in a state machine.
                place if path == _STRUCTURED else (*path, name),
                RunTask(
                    name=name,
                    state=state,
                    language=as_text(walk(state, "QueryLanguage")) or language,
                    pattern=match["pattern"] or "",
                    passes_token=_mentions_token(state),
                ),
            )


def definition(machine: Resource) -> tuple[_Path, Any]:
    """Return a state machine's definition with its substitutions, and where it stands; unknown from a bucket."""
    substitutions = {name: as_text(value) or "" for name, value in as_mapping(_substitutions(machine)).items()}
    if machine.get("Definition") is not None:
        return _STRUCTURED, _substitute(machine.get("Definition"), substitutions)
    written = as_text(machine.get("DefinitionString"))
    if written is None:
        return ("DefinitionS3Location",), Unknown(f"the definition of {machine.where} is not in the template")
    return ("DefinitionString",), structured(_substitute(written, substitutions))


def _substitutions(machine: Resource) -> Any:  # noqa: ANN401 - any resolved value
    return machine.get("DefinitionSubstitutions")


def _substitute(value: Any, substitutions: Mapping[str, Text]) -> Any:  # noqa: ANN401 - any resolved value
    if isinstance(value, dict):
        return {key: _substitute(item, substitutions) for key, item in value.items()}
    if isinstance(value, list):
        return [_substitute(item, substitutions) for item in value]
    if not substitutions or not isinstance(value, str | Pattern):
        return value
    stand_ins = StandIns()

    def fill_in(match: re.Match[str]) -> str:
        return stand_ins.spell(substitutions[match[1]]) if match[1] in substitutions else match[0]

    return stand_ins.text(_PLACEHOLDER.sub(fill_in, stand_ins.spell(value)))


def _states(body: Any, path: _Path) -> Iterator[tuple[_Path, str, Mapping[str, Any]]]:  # noqa: ANN401 - resolved
    for name, state in as_mapping(walk(body, "States")).items():
        place = (*path, "States", name)
        if isinstance(state, Mapping):
            yield place, name, state
            for index, branch in items(walk(state, "Branches")):
                yield from _states(branch, (*place, "Branches", index))
            for key in ("Iterator", "ItemProcessor"):
                yield from _states(walk(state, key), (*place, key))


def _mentions_token(value: Any) -> bool:  # noqa: ANN401 - any resolved value
    if isinstance(value, Mapping):
        return any(map(_mentions_token, value.values()))
    if isinstance(value, list):
        return any(map(_mentions_token, value))
    return isinstance(value, str) and _TASK_TOKEN.search(value) is not None


def _launch(graph: Graph, machine: Resource, path: _Path, run: RunTask) -> Launch:
    # Whichever is there: that it is the other language's is another matter.
    written = run.state.get("Arguments", run.state.get("Parameters"))
    arguments = as_mapping(in_ecs_terms(written))
    return Launch(
        kind=LaunchKind.STEP_FUNCTIONS,
        resource=machine,
        at=path,
        properties=arguments,
        cluster=arguments.get("Cluster"),
        task_definition=arguments.get("TaskDefinition"),
        enable_exec=arguments.get("EnableExecuteCommand"),
        launcher=Launcher(
            role=role(graph, machine.get("RoleArn")),
            service="states.amazonaws.com",
            source=machine_arn(graph, machine),
            waits=run.pattern == SYNC,
            token=run.pattern == TOKEN,
            heartbeat=any(key.startswith("HeartbeatSeconds") for key in run.state),
        ),
        overrides=overrides(arguments.get("Overrides")),
        state=run,
    )


def machine_arn(graph: Graph, machine: Resource) -> Text:
    """Return a state machine's ARN."""
    value: Text = graph.value(machine.template, {"Ref": machine.logical_id})
    return value if isinstance(value, str | Pattern | Symbol) else Unknown(f"the ARN of {machine.where}")
