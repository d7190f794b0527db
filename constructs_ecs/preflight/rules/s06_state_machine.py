"""S06: a state machine whose definition Step Functions refuses."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from constructs_ecs.preflight.findings import Finding, Severity
from constructs_ecs.preflight.launch_sites.reading import as_mapping, as_text, items, walk
from constructs_ecs.preflight.launch_sites.step_functions import TYPE, definition
from constructs_ecs.preflight.rules.base import Context, Rule
from constructs_ecs.preflight.stand_ins import StandIns
from constructs_ecs.preflight.templates.graph import Resource
from constructs_ecs.preflight.values import Text, Unknown

_OF_ECS: Final = re.compile(r"arn:[^:]+:states:::ecs:(?P<action>.+)", re.DOTALL)
_ACTIONS: Final = frozenset({"runTask", "runTask.sync", "runTask.waitForTaskToken"})
_FILLED_IN: Final = ("${", "(unknown: ")
"""Beginnings of what DefinitionSubstitutions, or a stack, puts in; a text with one of them is not known whole."""


class StateMachine(Rule):
    """A definition is no JSON, leads to a state that it does not have, or names no service integration of ECS."""

    id = "S06"
    severity = Severity.DEPLOY
    statement = (
        "The definition of a state machine is no JSON, or goes to a state that it does not have, or calls something of "
        "Amazon ECS that Step Functions has no service integration for."
    )
    symptom = "The stack fails: SCHEMA_VALIDATION_FAILED."
    decided_by = (
        "Definition or DefinitionString with DefinitionSubstitutions: StartAt, Next, Default, and Next in Choices and "
        "Catch, against States of the same level; Resource of tasks. A definition in a bucket is open."
    )
    fix = "Mend the definition of {the state machine}."
    source = "Amazon States Language specification; Step Functions developer guide, Run Amazon ECS or Fargate tasks"

    def check(self, context: Context) -> Iterator[Finding]:
        """Read each state machine's definition."""
        for machine in context.graph.resources(TYPE):
            sites = [proof.site.where for proof in context.proofs if proof.site.resource is machine]
            for code, says in dict.fromkeys(_problems(machine)):
                symptom = f"The stack fails: {code}."
                yield self.finding(machine.where, says, launch_sites=sites, symptom=symptom)


def _problems(machine: Resource) -> Iterator[tuple[str, str]]:
    """Yield the code that Step Functions answers with, and why."""
    _, body = definition(machine)
    if isinstance(body, Unknown):
        if _is_no_json(machine.get("DefinitionString")):
            yield "INVALID_JSON_DESCRIPTION", "The definition is no JSON."
        return
    yield from _of_level(body)


def _is_no_json(written: Any) -> bool:  # noqa: ANN401 - any resolved value
    if not _is_whole(written):
        return False
    try:
        json.loads(written)
    except json.JSONDecodeError:
        return True
    except (ValueError, RecursionError):  # numbers of many digits, deep nesting: too much for the reader alone
        return False
    return False


def _of_level(body: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - any resolved value
    states = as_mapping(walk(body, "States"))
    if not states or not all(_is_whole(name) for name in states):
        return
    for key, target in (("StartAt", walk(body, "StartAt")), *_transitions(states)):
        if _is_whole(target) and target not in states:
            yield "MISSING_TRANSITION_TARGET", f"{key} leads to the state {target}, which there is not."
    for name, state in states.items():
        action = _called(state)
        if _is_whole(action) and action not in _ACTIONS:
            says = f"State {name} calls ecs:{action}, for which there is no service integration."
            yield "SCHEMA_VALIDATION_FAILED, The resource provided is not recognized", says
        for _, branch in items(walk(state, "Branches")):
            yield from _of_level(branch)
        for key in ("Iterator", "ItemProcessor"):
            yield from _of_level(walk(state, key))


def _called(state: Any) -> Text | None:  # noqa: ANN401 - any resolved value
    """Return what a state calls of Amazon ECS; None if it calls something else."""
    stand_ins = StandIns()
    named = _OF_ECS.fullmatch(stand_ins.spell(as_text(walk(state, "Resource")) or ""))
    return None if named is None else stand_ins.text(named["action"])


def _transitions(states: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, state in states.items():
        for key in ("Next", "Default"):
            yield f"{key} of {name}", walk(state, key)
        for key in ("Choices", "Catch"):
            for _, item in items(walk(state, key)):
                yield f"{key} of {name}", walk(item, "Next")


def _is_whole(name: Any) -> bool:  # noqa: ANN401 - any resolved value
    return isinstance(name, str) and not any(mark in name for mark in _FILLED_IN)
