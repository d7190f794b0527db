"""What the emulator has to know of a CloudFormation resource type."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Properties = dict[str, Any]
Created = tuple[str, dict[str, Any]]
"""The physical id, and what ``Fn::GetAtt`` finds."""
Update = Callable[[str, Properties, Properties], dict[str, Any]]

_attributes: dict[str, dict[str, Any]] = {}


class RefusedError(ValueError):
    """What AWS refuses; it fails the resource, and with it the stack's operation."""


@dataclass(frozen=True, kw_only=True)
class ResourceType:
    """How a resource type is created, updated and deleted.

    Args:
        create: takes logical id, properties and stack name.
        update: takes physical id, old and new properties; answers which attributes changed.
        delete: takes physical id and properties.
        replacing: the properties whose change replaces the resource, as the resource type reference says.
    """

    create: Callable[[str, Properties, str], Created]
    update: Update
    delete: Callable[[str, Properties], None]
    replacing: tuple[str, ...]

    def handler(self) -> dict[str, Callable[..., Any]]:
        """This resource type as MiniStack's table wants it."""

        def create(logical_id: str, properties: Properties, stack: str) -> Created:
            physical_id, attributes = self.create(logical_id, properties, stack)
            _attributes[physical_id] = attributes
            return physical_id, attributes

        def update(physical_id: str, old: Properties, new: Properties, _stack: str) -> Created:
            _attributes[physical_id] |= self.update(physical_id, old, new)
            return physical_id, _attributes[physical_id]

        def delete(physical_id: str, properties: Properties) -> None:
            self.delete(physical_id, properties)
            _attributes.pop(physical_id, None)

        return {"create": create, "update": update, "delete": delete}


def require(what: str, identity: str, known: Any) -> None:
    """Refuse a reference to what does not exist."""
    if identity not in known:
        raise RefusedError(f"The {what} '{identity}' does not exist")


def without(properties: Properties, *names: str) -> Properties:
    """The properties apart from some."""
    return {key: value for key, value in properties.items() if key not in names}


def only(properties: Properties, *names: str) -> None:
    """Refuse a property that the extension does not know of, rather than drop it."""
    unknown = sorted(properties.keys() - set(names))
    if unknown:
        raise RefusedError(f"The extension does not know of the properties {unknown}")
