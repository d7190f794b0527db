"""All rules of a security group: those that stand in it, and those that other resources add."""

from collections.abc import Iterable
from typing import Any

from tests.emulator.deployed import Stack

_APART = {
    "AWS::EC2::SecurityGroupIngress": "SecurityGroupIngress",
    "AWS::EC2::SecurityGroupEgress": "SecurityGroupEgress",
}


def with_rules_from_elsewhere(group: str, properties: dict[str, Any], stacks: Iterable[Stack]) -> dict[str, Any]:
    """A group's properties with the rules that stand apart from it, in whichever stack."""
    merged = {**properties}
    for stack in stacks:
        for logical_id, resource in stack.resources.items():
            name = _APART.get(resource["Type"])
            if name is None:
                continue
            rule = stack.properties(logical_id)
            if rule.pop("GroupId") == group:
                merged[name] = [*merged.get(name, []), rule]
    return merged
