"""All rules of a security group and all policies of a role: those in it, and those that other resources add."""

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


def with_policies_from_elsewhere(role: str, properties: dict[str, Any], stacks: Iterable[Stack]) -> dict[str, Any]:
    """A role's properties with the inline policies that stand apart from it, in whichever stack."""
    merged = {**properties, "Policies": list(properties.get("Policies", []))}
    for stack in stacks:
        for logical_id, resource in stack.resources.items():
            if resource["Type"] == "AWS::IAM::Policy":
                policy = stack.properties(logical_id)
                if role in policy.pop("Roles"):
                    merged["Policies"].append(policy)
    return merged
