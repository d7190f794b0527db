"""What parameters are: chosen, bound by the parent stack, or their defaults."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from constructs_ecs.preflight.templates import intrinsics
from constructs_ecs.preflight.templates.choice import Choice
from constructs_ecs.preflight.templates.reader import Template
from constructs_ecs.preflight.values import Pattern, Symbol, Text, Unknown, integer, text

SSM: Final = "AWS::SSM::Parameter::Value<"
"""Beginning of the types whose values CloudFormation reads from Systems Manager."""
_SHOWN: Final = 100
"""Characters of a default that a sentence repeats."""


class Parameters:
    """Resolves parameters.

    A parameter without a value is unknown, with its own symbol as identity: two mentions of it are one value.

    Args:
        templates: the set, by name.
        choice: the assignment.
        value: resolves a value in a template.
        read: returns what a template's stack reads from Systems Manager under a name.
    """

    def __init__(
        self,
        templates: Mapping[str, Template],
        choice: Choice,
        value: Callable[[Template, Any], Any],
        read: Callable[[Template, Text], Any],
    ) -> None:
        self._templates = templates
        self._choice = choice
        self._value = value
        self._read = read
        self.assumed: dict[str, None] = {}

    def value(self, template: Template, name: str) -> Any:  # noqa: ANN401 - any resolved value
        """Return the value of a parameter that the template declares."""
        raw = template.section("Parameters")[name]
        declared = raw if isinstance(raw, dict) else {}
        symbol = Symbol(template.name, name, "Ref")
        kind, given = str(declared.get("Type", "String")), self._given(template, declared, symbol)
        if kind.startswith(SSM):
            kind, given = kind.removeprefix(SSM).removesuffix(">"), self._read_later(template, given, symbol)
        return _typed(kind, given, symbol)

    def read_by(self, template: Template) -> Iterator[str]:
        """Yield the names that CloudFormation reads from Systems Manager before it deploys, used or not."""
        for name, declared in template.section("Parameters").items():
            if isinstance(declared, dict) and str(declared.get("Type")).startswith(SSM) and template.parent is None:
                chosen = self._choice.parameters.get(Symbol(template.name, name, "Ref"), declared.get("Default"))
                if isinstance(chosen, str):
                    yield chosen

    def _read_later(self, template: Template, name: Any, symbol: Symbol) -> Any:  # noqa: ANN401
        """Return what is stored under a name; where the name is not known, the parameter itself is the identity."""
        if isinstance(name, str):
            return self._read(template, name)
        return Unknown(f"CloudFormation reads the parameter {text(name)} of Systems Manager when it deploys", symbol)

    def _given(self, template: Template, declared: dict[str, Any], symbol: Symbol) -> Any:  # noqa: ANN401
        if symbol in self._choice.parameters:
            return self._choice.parameters[symbol]
        bound = self._bound(template, symbol.logical_id)
        if bound is not None:
            return bound
        default = declared.get("Default")
        if default is None:
            return Unknown(f"parameter {symbol.logical_id} of {template.name} has no default", symbol)
        if self._choice.leave_open:
            return Unknown(f"parameter {symbol.logical_id} of {template.name}", symbol)
        shown = "" if declared.get("NoEcho") in (True, "true") else f", {str(default)[:_SHOWN]!r}"
        self.assumed[f"parameter {symbol.logical_id} of {template.name} has its default{shown}"] = None
        return default

    def _bound(self, template: Template, name: str) -> Any:  # noqa: ANN401 - any resolved value
        """What the parent's ``AWS::CloudFormation::Stack`` gives a parameter; None if it gives nothing."""
        if template.parent is None or template.parent[0] not in self._templates:
            return None
        parent = self._templates[template.parent[0]]
        properties = parent.resources.get(template.parent[1], {}).get("Properties")
        given = properties.get("Parameters") if isinstance(properties, dict) else None
        if isinstance(given, dict) and name in given:
            return self._value(parent, given[name])
        return None


def _typed(kind: str, value: Any, symbol: Symbol) -> Any:  # noqa: ANN401 - any resolved value
    """Return a parameter's value as its type has it."""
    if kind == "CommaDelimitedList" or kind.startswith("List<"):
        return _listed(value)
    if isinstance(value, Unknown | Symbol | Pattern):
        return value
    if not isinstance(value, str | int | float):
        return Unknown(f"parameter {symbol.logical_id} of {symbol.template} has a value that is no text", symbol)
    number = integer(value) if kind == "Number" else None
    if number is not None:
        return number
    return value if isinstance(value, str) else text(value)


def _listed(value: Any) -> Any:  # noqa: ANN401 - any resolved value
    if isinstance(value, list):
        return [item if intrinsics.is_text(item) else text(item) for item in value]
    if isinstance(value, str):
        return [item.strip() for item in value.split(",", intrinsics.MAX_PARTS)] if value else []
    if isinstance(value, Symbol) and value.attribute == "Ref":
        return [value]  # what a resource is called is one element
    if isinstance(value, Unknown | Symbol):
        return intrinsics.derived(value, ".split(,)", intrinsics.why(value)) if isinstance(value, Symbol) else value
    return intrinsics.split(",", text(value), lambda _symbol, _delimiter: True)
