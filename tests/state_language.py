"""The Amazon States Language of a state machine, and whether it holds together."""

import json
from collections.abc import Iterator
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct, IConstruct

from tests.support import of_type

Machine = dict[str, Any]


def state_machine(
    scope: Construct, body: sfn.IChainable, query_language: sfn.QueryLanguage | None = None
) -> sfn.StateMachine:
    """Put a state or chain into a state machine of the CDK's own."""
    definition_body = sfn.DefinitionBody.from_chainable(body)
    return sfn.StateMachine(scope, "Machine", definition_body=definition_body, query_language=query_language)


def definition(machine: sfn.StateMachine, made: dict[str, Any]) -> Machine:
    """The definition of a machine in its stack's template, with what only AWS knows spelt in angle brackets."""
    text = made["Resources"][_logical_id(machine)]["Properties"]["DefinitionString"]
    if isinstance(text, dict):
        text = "".join(part if isinstance(part, str) else _spelt(part) for part in text["Fn::Join"][1])
    parsed: Machine = json.loads(text)
    return parsed


def permissions(machine: sfn.StateMachine, made: dict[str, Any]) -> list[dict[str, Any]]:
    """What the role of a machine may do in its stack's template, statement by statement."""
    role = {"Ref": _logical_id(machine.role)}
    policies = [each["Properties"] for each in of_type(made, "AWS::IAM::Policy").values()]
    return [
        statement for each in policies if role in each["Roles"] for statement in each["PolicyDocument"]["Statement"]
    ]


def _logical_id(construct: IConstruct) -> str:
    resource = construct.node.default_child
    assert isinstance(resource, cdk.CfnElement)
    return cdk.Stack.of(construct).resolve(resource.logical_id)  # type: ignore[no-any-return] # a text


def _spelt(intrinsic: dict[str, Any]) -> str:
    (argument,) = intrinsic.values()
    return f"<{'.'.join(argument) if isinstance(argument, list) else argument}>"


def machines(machine: Machine) -> Iterator[Machine]:
    """A machine and those in its branches and maps, the outer first."""
    yield machine
    for state in machine["States"].values():
        for inner in [*state.get("Branches", []), *([state["ItemProcessor"]] if "ItemProcessor" in state else [])]:
            yield from machines(inner)


def states(machine: Machine) -> dict[str, Any]:
    """All states of a machine by name, those in its branches and maps too; no name is there twice."""
    found = [entry for each in machines(machine) for entry in each["States"].items()]
    named = dict(found)
    assert len(named) == len(found)
    return named


def next_states(state: dict[str, Any]) -> list[str]:
    """The names of the states that a state goes on to."""
    transitions = [state, *state.get("Choices", []), *state.get("Catch", [])]
    targets = [each["Next"] for each in transitions if "Next" in each]
    return targets + ([state["Default"]] if "Default" in state else [])


def assert_sound(machine: Machine) -> None:
    """Each transition leads to a state of the same machine, each state is reached, and each ends or goes on."""
    states(machine)
    for each in machines(machine):
        reached: set[str] = set()
        waiting = [each["StartAt"]]
        while waiting:
            name = waiting.pop()
            if name not in reached:
                reached.add(name)
                waiting += next_states(each["States"][name])
        assert reached == set(each["States"])
        for state in each["States"].values():
            ends = state["Type"] in {"Fail", "Succeed"} or state.get("End") is True
            assert ends != bool("Next" in state or state["Type"] == "Choice")
