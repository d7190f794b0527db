"""What the emulator is told and forgets: kept here, and put into what it tells.

A fact is kept under the output shape of AWS's API that shows it and the values of that shape's identifying members. It
then stands in every answer in which such a shape occurs, written as botocore's model says.
"""

import functools
import importlib
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from xml.etree import ElementTree as ET

from botocore.model import ServiceModel, Shape

from tests.emulator.extension.api import MODULES, client

Answer = tuple[int, Mapping[str, str], Any]

# The members that identify a thing, for each output shape that facts are kept for.
_IDENTITIES: dict[str, dict[str, tuple[str, ...]]] = {
    "ec2": {
        "FlowLog": ("FlowLogId",),
        "LaunchTemplateVersion": ("LaunchTemplateId", "VersionNumber"),
        "NatGateway": ("NatGatewayId",),
        "SecurityGroupRule": ("SecurityGroupRuleId",),
        "VpcEndpoint": ("VpcEndpointId",),
    },
}
_facts: dict[tuple[str, ...], dict[str, Any]] = {}


def remember(shape: str, *identity: object, **facts: Any) -> None:
    """Add facts about one thing to what the emulator tells of it."""
    _facts.setdefault((shape, *map(str, identity)), {}).update(facts)


def forget(shape: str, *identity: object) -> None:
    """The thing is gone."""
    _facts.pop((shape, *map(str, identity)), None)


def install() -> None:
    """Mend the answers of every service that facts are kept for."""
    for service in _IDENTITIES:
        module = importlib.import_module(f"ministack.services.{MODULES.get(service, service)}")
        for action, function in module._ACTION_MAP.items():
            if action.startswith("Describe"):
                module._ACTION_MAP[action] = _mending(service, action, function)


def _mending(service: str, action: str, function: Callable[[Any], Answer]) -> Callable[[Any], Answer]:
    @functools.wraps(function)
    def mended(parameters: Any) -> Answer:
        status, headers, body = function(parameters)
        model = client(service).meta.service_model
        if status != 200 or action not in model.operation_names:
            return status, headers, body
        return status, headers, _Xml(service, model).mend(body, model.operation_model(action).output_shape)

    return mended


class _Xml:
    """Answers of one service that speaks XML."""

    def __init__(self, service: str, model: ServiceModel) -> None:
        self._identities = _IDENTITIES[service]
        self._is_ec2 = model.metadata["protocol"] == "ec2"

    def mend(self, body: bytes, shape: Shape) -> bytes:
        """The answer with all that is remembered of the things in it."""
        root = ET.fromstring(body)  # noqa: S314 - the emulator's own answer
        self._prefix = root.tag.partition("}")[0] + "}" if root.tag.startswith("{") else ""
        result = root if self._is_ec2 else root[0]
        for element, thing in self._things(result, shape):
            for name, value in self._remembered(element, thing).items():
                for old in element.findall(self._tag(thing.members[name], name)):
                    element.remove(old)
                self._write(element, self._name(thing.members[name], name), value, thing.members[name])
        return bytes(ET.tostring(root, xml_declaration=True, encoding="UTF-8"))

    def _things(self, element: ET.Element, shape: Shape) -> Iterator[tuple[ET.Element, Shape]]:
        """All structures in an answer that facts may be kept for."""
        if shape.type_name == "list":
            for each in element:
                yield from self._things(each, shape.member)
        elif shape.type_name == "structure":
            for name, member in shape.members.items():
                found = element.find(self._tag(member, name))
                if found is not None and member.type_name in ("list", "structure"):
                    yield from self._things(found, member)
            if shape.name in self._identities:
                yield element, shape

    def _remembered(self, element: ET.Element, shape: Shape) -> dict[str, Any]:
        members = self._identities[shape.name]
        identity = [element.findtext(self._tag(shape.members[name], name), "") for name in members]
        return _facts.get((shape.name, *identity), {})

    @staticmethod
    def _name(shape: Shape, name: str) -> str:
        return str(shape.serialization.get("name", name))

    def _tag(self, shape: Shape, name: str) -> str:
        return self._prefix + self._name(shape, name)

    def _write(self, parent: ET.Element, name: str, value: Any, shape: Shape) -> None:
        element = ET.SubElement(parent, self._prefix + name)
        if shape.type_name == "structure":
            for key, each in value.items():
                self._write(element, self._name(shape.members[key], key), each, shape.members[key])
        elif shape.type_name == "list":
            for each in value:
                self._write(element, self._name(shape.member, "member"), each, shape.member)
        elif shape.type_name == "boolean":
            element.text = str(value).lower()
        else:
            element.text = value if isinstance(value, str) else json.dumps(value)
