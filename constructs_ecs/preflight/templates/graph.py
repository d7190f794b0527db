"""All templates as one graph of resources with resolved properties, under one assignment of conditions."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from constructs_ecs.preflight.findings import Where
from constructs_ecs.preflight.templates.canonical import STANDS_FOR
from constructs_ecs.preflight.templates.choice import Choice
from constructs_ecs.preflight.templates.conditions import choices
from constructs_ecs.preflight.templates.dependencies import referred
from constructs_ecs.preflight.templates.environments import Environment
from constructs_ecs.preflight.templates.naming import Name
from constructs_ecs.preflight.templates.reader import NESTED, Template
from constructs_ecs.preflight.templates.resolver import Resolver
from constructs_ecs.preflight.values import Pattern, Symbol, Ternary, Unknown

_SHOWN = 100
"""Characters of a name that a sentence repeats."""
_LANGUAGE_EXTENSIONS = "AWS::LanguageExtensions"
"""A transform that adds functions only; those that the preflight does not know are said where they stand."""

__all__ = ["Environment", "Graph", "Resource", "graphs"]


class Resource:
    """A resource of a template, with its properties resolved when they are first asked for.

    Args:
        template: the template.
        logical_id: its logical id.
        raw: its data in the template.
        presence: whether it is created; unknown where its condition is open, and then so are its properties.
        resolver: resolves its properties.
    """

    def __init__(
        self, template: Template, logical_id: str, raw: Mapping[str, Any], presence: Ternary, resolver: Resolver
    ) -> None:
        self.template = template.name
        self.logical_id = logical_id
        self.raw = raw
        self.type = str(raw.get("Type"))
        self.presence = presence
        self.where = Where(template.name, logical_id)
        self.construct_path = template.construct_paths.get(logical_id)
        self._template = template
        self._resolver = resolver

    def __repr__(self) -> str:
        return f"Resource({self.where}, {self.type})"

    @cached_property
    def properties(self) -> dict[str, Any]:
        """The properties; empty where the template has none, or no mapping."""
        properties = self._resolved
        return properties if isinstance(properties, dict) else {}

    @cached_property
    def depends_on(self) -> frozenset[tuple[str, str]]:
        """What CloudFormation creates before it: what it names with ``DependsOn``, or refers to in its template."""
        named = self.raw.get("DependsOn")
        names = {name for name in (named if isinstance(named, list) else [named]) if isinstance(name, str)}
        names.update(referred(self.raw.get("Properties"), self._resolver.holds(self._template)))
        return frozenset((self.template, name) for name in names & self._template.resources.keys())

    def get(self, *path: str | int, default: Any = None) -> Any:  # noqa: ANN401 - any resolved value
        """Return the value at a path below the properties, the default if it is not there.

        Where a value on the way is unknown, or of another shape, the answer is an :class:`Unknown`.
        """
        value = self._resolved
        for key in path:
            if isinstance(value, Unknown):
                return value
            if isinstance(value, dict):
                value = value.get(str(key))
            elif isinstance(value, list) and isinstance(key, int):
                value = value[key] if 0 <= key < len(value) else None
            else:
                return Unknown(f"{self.where} has another shape at {key}")
            if value is None:
                return default
        return value

    @cached_property
    def _resolved(self) -> Any:  # noqa: ANN401 - any resolved value
        if self.presence is Ternary.UNKNOWN:
            return Unknown(f"whether {self.where} is created: condition {self.raw.get('Condition')} is open")
        properties = self.raw.get("Properties")
        return {} if properties is None else self._resolver.value(self._template, properties)


class Graph:
    """The resources of all templates under one assignment.

    Args:
        templates: the templates.
        choice: the assignment.
    """

    def __init__(self, templates: Sequence[Template], choice: Choice | None = None) -> None:
        self.templates = tuple(templates)
        self._choice = Choice() if choice is None else choice
        self.assignment = self._choice.varying
        self._resolver = Resolver(self.templates, self._choice)
        self._by_name = {template.name: template for template in self.templates}
        self._nested = {template.parent for template in self.templates}
        self._by_place = {(found.template, found.logical_id): found for found in self._find()}
        self._by_type: dict[str, list[Resource]] = {}
        for found in self._by_place.values():
            self._by_type.setdefault(found.type, []).append(found)

    @property
    def unknowns(self) -> tuple[str, ...]:
        """What of the templates cannot be known, each said once."""
        unread = (note for template in self.templates for note in self._unread(template))
        lacking = (note for template in self.templates for note in self._resolver.references.lacking(template))
        return tuple(dict.fromkeys((*self._choice.notes, *unread, *lacking, *self._resolver.notes)))

    @property
    def assumed(self) -> tuple[str, ...]:
        """What was taken for granted to resolve values: parameters' defaults, each said once."""
        return self._resolver.references.assumed

    def resources(self, *types: str) -> tuple[Resource, ...]:
        """Return the resources of some types, or all; the templates' order."""
        if not types:
            return tuple(self._by_place.values())
        return tuple(found for type_ in types for found in self._by_type.get(type_, ()))

    def resource(self, template: str, logical_id: str) -> Resource | None:
        """Return a resource; None if there is none or its condition does not hold."""
        return self._by_place.get((template, logical_id))

    def template(self, name: str) -> Template:
        """Return a template by its name."""
        return self._by_name[name]

    def target(self, value: Any, *types: str) -> Resource | None:  # noqa: ANN401 - any resolved value
        """Return the resource that a value names: with its ``Ref``, its ARN, its id or its name.

        Give the types where a name may be meant: a role and a cluster can have the same one. None if it names no
        resource of these templates, or several.
        """
        if isinstance(value, Name):
            value = value.origin
        if isinstance(value, Symbol):
            named = self.resource(value.template, value.logical_id)
            candidates = [named] if named is not None and _is_identity(named, value) else []
        else:
            candidates = self._targets.get(value, []) if isinstance(value, str | Pattern) else []
        wanted = [found for found in candidates if not types or found.type in types]
        return wanted[0] if len(wanted) == 1 else None

    def waits_for(self, later: Resource, earlier: Resource) -> bool:
        """Whether CloudFormation creates a resource only after another of its template, by way of others too."""
        seen = {later.where}
        pending = [later]
        while pending:
            for place in pending.pop().depends_on:
                found = self._by_place.get(place)
                if found is earlier:
                    return True
                if found is not None and found.where not in seen:
                    seen.add(found.where)
                    pending.append(found)
        return False

    def environment(self, template: str) -> Environment:
        """Return where a template's stack is deployed."""
        return self._resolver.references.environment(self._by_name[template])

    def value(self, template: str, raw: Any) -> Any:  # noqa: ANN401 - a template's data
        """Resolve a value in the context of a template."""
        return self._resolver.value(self._by_name[template], raw)

    def _find(self) -> Iterator[Resource]:
        for template in self.templates:
            for logical_id, raw in template.resources.items():
                presence = self._resolver.references.presence(template, logical_id)
                if presence is not Ternary.NO:
                    yield Resource(template, logical_id, raw, presence, self._resolver)

    def _unread(self, template: Template) -> Iterator[str]:
        """What a template says of resources that are not in it."""
        transforms = template.body.get("Transform", [])
        for name in transforms if isinstance(transforms, list) else [transforms]:
            if name != _LANGUAGE_EXTENSIONS:
                yield f"{template.name} uses the transform {str(name)[:_SHOWN]}, and what that generates is unknown"
        for name in template.generators:
            yield f"{template.name} has {name[:_SHOWN]} among its resources, and what that generates is unknown"
        for found in self._by_type.get(NESTED, ()):
            if found.template == template.name and (template.name, found.logical_id) not in self._nested:
                yield f"{found.where} is a nested stack whose template was not found"

    @cached_property
    def _targets(self) -> dict[Any, list[Resource]]:
        """Each way to write a resource -> the resources."""
        targets: dict[Any, list[Resource]] = {}
        for found in self._by_place.values():
            if found.type in STANDS_FOR:
                continue
            template = self._by_name[found.template]
            names = self._resolver.references.names
            ways = (
                names.ref(template, found.logical_id),
                names.arn(template, found.logical_id),
                names.given(template, found.logical_id),
                *names.also(template, found.logical_id),
            )
            for way in dict.fromkeys(way for way in ways if isinstance(way, str | Pattern)):
                targets.setdefault(way, []).append(found)
        return targets


def _is_identity(resource: Resource, symbol: Symbol) -> bool:
    """Whether a symbol stands for the resource itself, and not for another one that belongs to it."""
    thing = resource.type.rpartition("::")[2]
    return symbol.attribute in ("Ref", "Arn", "Id", "Name", f"{thing}Arn", f"{thing}ARN", f"{thing}Id", f"{thing}Name")


def graphs(templates: Sequence[Template], assume: Mapping[str, str] | None = None) -> list[Graph]:
    """Return one graph for each feasible assignment of the conditions that matter, that of the defaults first.

    Args:
        templates: the templates.
        assume: parameters' values by name: ``Parameter``, or ``Template#Parameter``.
    """
    return [Graph(templates, choice) for choice in choices(templates, {} if assume is None else assume)]
