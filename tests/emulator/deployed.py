"""A deployed stack: its template, and what became of it."""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.emulator.aws import Aws
from tests.emulator.server import ACCOUNT, REGION

Attribute = Callable[[str, str, str], Any]
"""The value of an attribute, by resource type, physical id and name."""

_PSEUDO = {
    "AWS::AccountId": ACCOUNT,
    "AWS::Partition": "aws",
    "AWS::Region": REGION,
    "AWS::URLSuffix": "amazonaws.com",
}
_ABSENT = object()


@dataclass(frozen=True)
class Stack:
    """A stack as CloudFormation tells of it, with the template that it was deployed from."""

    name: str
    arn: str
    template: dict[str, Any]
    physical_ids: dict[str, str]
    parameters: dict[str, str]
    exports: dict[str, str]
    zones: list[str]
    attribute: Attribute = field(repr=False)

    @classmethod
    def read(cls, aws: Aws, name: str, template: Path, attribute: Attribute) -> "Stack":
        """Read what became of a template."""
        resources = [
            each
            for page in aws.pages("cloudformation", "list_stack_resources", StackName=name)
            for each in page["StackResourceSummaries"]
        ]
        (described,) = aws("cloudformation").describe_stacks(StackName=name)["Stacks"]
        return cls(
            name=name,
            arn=described["StackId"],
            template=json.loads(template.read_text()),
            physical_ids={each["LogicalResourceId"]: each["PhysicalResourceId"] for each in resources},
            parameters={
                each["ParameterKey"]: each.get("ResolvedValue", each["ParameterValue"])
                for each in described.get("Parameters", [])
            },
            exports={
                each["Name"]: each["Value"]
                for page in aws.pages("cloudformation", "list_exports")
                for each in page["Exports"]
            },
            zones=[each["ZoneName"] for each in aws("ec2").describe_availability_zones()["AvailabilityZones"]],
            attribute=attribute,
        )

    @property
    def resources(self) -> dict[str, dict[str, Any]]:
        """The template's resources whose condition holds, by logical id."""
        return {
            key: each
            for key, each in self.template["Resources"].items()
            if "Condition" not in each or self.holds(each["Condition"])
        }

    def properties(self, logical_id: str) -> dict[str, Any]:
        """A resource's properties with every reference settled by what was deployed."""
        settled = self.resolve(self.template["Resources"][logical_id].get("Properties", {}))
        assert isinstance(settled, dict)
        return settled

    def holds(self, condition: str) -> bool:
        """Whether a condition of the template is true."""
        return bool(self.resolve(self.template["Conditions"][condition]))

    def resolve(self, value: Any) -> Any:
        """A value of the template without intrinsic functions."""
        match value:
            case dict() if len(value) == 1 and next(iter(value)) in self._functions:
                ((name, argument),) = value.items()
                return self._functions[name](argument)
            case dict():
                settled = {key: self.resolve(each) for key, each in value.items()}
                return {key: each for key, each in settled.items() if each is not _ABSENT}
            case list():
                return [each for each in map(self.resolve, value) if each is not _ABSENT]
        return value

    @property
    def _functions(self) -> dict[str, Callable[[Any], Any]]:
        return {
            "Ref": self._ref,
            "Fn::GetAtt": self._get_att,
            "Fn::ImportValue": lambda name: self.exports[self.resolve(name)],
            "Fn::Join": lambda given: given[0].join(map(str, self.resolve(given[1]))),
            "Fn::Select": lambda given: self.resolve(given[1])[int(self.resolve(given[0]))],
            "Fn::Split": lambda given: self.resolve(given[1]).split(given[0]),
            "Fn::GetAZs": lambda _: self.zones,
            "Fn::Base64": lambda given: base64.b64encode(self.resolve(given).encode()).decode(),
            "Fn::If": lambda given: self.resolve(given[1] if self.holds(given[0]) else given[2]),
            "Fn::Equals": lambda given: self.resolve(given[0]) == self.resolve(given[1]),
            "Fn::Or": lambda given: any(map(self.resolve, given)),
        }

    def _ref(self, name: str) -> Any:
        if name == "AWS::NoValue":
            return _ABSENT
        if name in _PSEUDO:
            return _PSEUDO[name]
        if name in self.parameters:
            listed = "List<" in self.template["Parameters"][name]["Type"]
            return self.parameters[name].split(",") if listed else self.parameters[name]
        return {"AWS::StackId": self.arn, "AWS::StackName": self.name}.get(name) or self.physical_ids[name]

    def _get_att(self, given: list[str]) -> Any:
        logical_id, name = given
        return self.attribute(self.template["Resources"][logical_id]["Type"], self.physical_ids[logical_id], name)
