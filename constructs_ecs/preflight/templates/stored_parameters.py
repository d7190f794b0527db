"""Parameters of Systems Manager that templates of the set create: what one app publishes and another one reads."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from constructs_ecs.facts.published import SCHEMA_VERSION_PARAMETER
from constructs_ecs.preflight.templates.environments import Environment
from constructs_ecs.preflight.templates.intrinsics import is_text
from constructs_ecs.preflight.templates.reader import Template
from constructs_ecs.preflight.values import PSEUDO, Symbol, Ternary, Text, Unknown, is_stable, same, text

PARAMETER: Final = "AWS::SSM::Parameter"
_SHOWN: Final = 100
"""Characters of a name that a sentence repeats."""

_LONGEST: Final = 2048
"""Characters of a name at most, with the ARN in front of it."""
_MAX_NAMED: Final = 3
"""Templates that a sentence names."""
_PUBLIC: Final = "/aws/"
"""Beginning of the names of what AWS itself stores."""

Place = tuple[Template, str]
"""A resource: its template and its logical id."""
_Region = tuple[Text, Text]
"""Of one account: the account and the Region."""


class StoredParameters:
    """Finds what CloudFormation will read under a name.

    A name that no template of the set creates, or that several do in one account and Region, is unknown, with the
    name as identity. Where one of the two stacks has no fixed environment, they are taken to share it, and that is
    noted.

    Args:
        templates: the set, by name.
        environment: where a template's stack is deployed.
        named: what a template calls a resource; None where it does not say.
        stored: the value that a resource stores.
    """

    def __init__(
        self,
        templates: Mapping[str, Template],
        *,
        environment: Callable[[Template], Environment],
        named: Callable[[Template, str], Text | None],
        stored: Callable[[Template, str], Any],
    ) -> None:
        self._templates = templates
        self._environment = environment
        self._named = named
        self._stored = stored
        self._places: dict[Text, dict[_Region, list[Place]]] | None = None
        self._known: dict[tuple[str, Text], Any] = {}
        self.assumed: dict[str, None] = {}

    def read(self, reader: Template, name: Text) -> Any:  # noqa: ANN401 - any resolved value
        """Return what a template's stack reads under a name when it is deployed."""
        key = (reader.name, name)
        if key not in self._known:
            self._known[key] = self._read(reader, name)
        return self._known[key]

    def lacking(self, reader: Template, name: str) -> str:
        """Say that what is published under a path lacks a name that a template's stack reads; else nothing."""
        makers = "" if self._nearest(reader, name) else self._makers_beside(reader, name)
        if not makers:
            return ""
        return (
            f"CloudFormation refuses to deploy {reader.name} unless something else creates the parameter "
            f"{name[:_SHOWN]} of Systems Manager: no template that was given does, while {makers}"
        )

    def _makers_beside(self, reader: Template, name: Text) -> str:
        """Say who publishes under a path that a name is under; nothing if no template does."""
        path = name if isinstance(name, str) and len(name) <= _LONGEST else ""
        while "/" in path:
            path = path.rpartition("/")[0]
            found = self._nearest(reader, f"{path}/{SCHEMA_VERSION_PARAMETER}")
            if found:
                makers = ", ".join(dict.fromkeys(template.name for template, _ in found[:_MAX_NAMED]))
                return f"{path[:_SHOWN]}/... are created in {makers}"
        return ""

    def _read(self, reader: Template, name: Text) -> Any:  # noqa: ANN401 - any resolved value
        found = self._nearest(reader, name)
        shown = f"the parameter {str(name)[:_SHOWN]} of Systems Manager"
        identity = Symbol(PSEUDO, "", f"ssm:{name}") if is_stable(name) else None
        if not found:
            hint = "" if str(name).startswith(_PUBLIC) else ", and no template that was given creates it"
            makers = self._makers_beside(reader, name)
            hint += f", while {makers}" if makers else ""
            return Unknown(f"CloudFormation reads {shown} when it deploys{hint}", identity)
        if len(found) > 1:
            makers = ", ".join(dict.fromkeys(template.name for template, _ in found[:_MAX_NAMED]))
            return Unknown(f"{shown} is created more than once: by {makers}", identity)
        ((maker, logical_id),) = found
        if self._region(reader) != self._region(maker):
            self.assumed[f"{maker.name} creates {shown} that {reader.name} reads"] = None
        value = self._stored(maker, logical_id)
        if not is_text(value):
            return Unknown(f"{logical_id} of {maker.name} stores no text", identity)
        return text(value) if isinstance(value, int | float) else value

    def _by_name(self) -> Mapping[Text, Mapping[_Region, list[Place]]]:
        if self._places is None:
            self._places = {}  # for a name that is itself read
            places: dict[Text, dict[_Region, list[Place]]] = {}
            for name, place in self._find():
                places.setdefault(name, {}).setdefault(self._region(place[0]), []).append(place)
            self._places = places
        return self._places

    def _find(self) -> Iterator[tuple[Text, Place]]:
        for template in self._templates.values():
            for logical_id, raw in template.resources.items():
                if raw.get("Type") == PARAMETER:
                    name = self._named(template, logical_id)
                    if name is not None:
                        yield name, (template, logical_id)

    def _nearest(self, reader: Template, name: Text) -> list[Place]:
        """The resources that may be meant: those of the reader's environment, else those that may share it."""
        places = self._by_name().get(name, {})
        here = self._region(reader)
        if here in places:
            return places[here]
        return [place for there, of_region in places.items() if _may_be_one(here, there) for place in of_region]

    def _region(self, template: Template) -> _Region:
        here = self._environment(template)
        return here.account, here.region


def _may_be_one(here: _Region, there: _Region) -> bool:
    return Ternary.NO not in map(same, here, there)
