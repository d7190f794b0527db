"""What the templates of an app hold, and what the preflight says of them."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from constructs_ecs.preflight.engine import analyse
from constructs_ecs.preflight.report import Report

Template = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Figures:
    """Figures of all templates of an app together; the greatest of a single one where it says so."""

    types: Counter[str]
    size: int
    """Bytes."""
    most_resources: int
    """Of one template."""
    largest: int
    """Bytes of one template."""
    interfaces: int
    """Network interfaces of the interface endpoints: what is paid by the hour."""
    wildcards: int
    """Statements of the services' roles that allow on every resource, or every action."""

    @property
    def resources(self) -> int:
        """How many resources there are."""
        return self.types.total()

    @property
    def functions(self) -> int:
        """How many Lambda functions there are."""
        return self.types["AWS::Lambda::Function"]


def figures(folder: Path) -> Figures:
    """Read a cloud assembly's templates."""
    paths = sorted(folder.glob("*.template.json"))
    templates = {path.name: json.loads(path.read_text("utf-8")) for path in paths}
    types = {name: Counter(one["Type"] for one in _resources(template)) for name, template in templates.items()}
    sizes = [path.stat().st_size for path in paths]
    return Figures(
        types=sum(types.values(), Counter()),
        size=sum(sizes),
        most_resources=max(counted.total() for counted in types.values()),
        largest=max(sizes),
        interfaces=sum(_interfaces(template) for template in templates.values()),
        wildcards=sum(_wildcards(template) for name, template in templates.items() if name.startswith("Services")),
    )


def report(folder: Path) -> Report:
    """Let the preflight read them."""
    return analyse([folder])


def _resources(template: Template) -> list[dict[str, Any]]:
    return list(template.get("Resources", {}).values())


def _interfaces(template: Template) -> int:
    properties = (one["Properties"] for one in _resources(template) if one["Type"] == "AWS::EC2::VPCEndpoint")
    return sum(len(one["SubnetIds"]) for one in properties if one.get("VpcEndpointType") == "Interface")


def _wildcards(template: Template) -> int:
    return sum(
        statement["Effect"] == "Allow" and "*" in (*_some(statement["Action"]), *_some(statement["Resource"]))
        for statement in _statements(template)
    )


def _statements(template: Template) -> Iterator[dict[str, Any]]:
    for one in _resources(template):
        properties = one.get("Properties", {})
        match one["Type"]:
            case "AWS::IAM::ManagedPolicy" | "AWS::IAM::Policy":
                yield from properties["PolicyDocument"]["Statement"]
            case "AWS::IAM::Role":
                for policy in properties.get("Policies", []):
                    yield from policy["PolicyDocument"]["Statement"]


def _some(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]
