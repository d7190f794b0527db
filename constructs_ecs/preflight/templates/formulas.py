"""Conditions as formulas over what parameters can be."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, TypeAlias

from constructs_ecs.preflight.templates.intrinsics import is_text
from constructs_ecs.preflight.templates.reader import Template
from constructs_ecs.preflight.templates.resolver import Resolver
from constructs_ecs.preflight.values import Pattern, Symbol, Ternary, Text, Unknown, is_stable, text

Variable: TypeAlias = Symbol | Pattern | Unknown | tuple[Text, Text]
"""What a condition asks for: a value that is not known, or whether two of them are equal."""
OTHER: Final = None
"""A variable's value that is none of those it is compared with."""
Values: TypeAlias = Mapping[Variable, str | None]
Key: TypeAlias = tuple[str, str]
"""Template and condition."""

Formula: TypeAlias = "Callable[[Case], Ternary]"
"""Says whether a condition holds in a case."""

_EQUAL: Final = "equal"
_MAX_DEPTH: Final = 60


class Formulas:
    """The conditions of a set of templates.

    Args:
        templates: the set.
        resolver: resolves what conditions compare, with parameters left open.
    """

    def __init__(self, templates: Sequence[Template], resolver: Resolver) -> None:
        self._templates = {template.name: template for template in templates}
        self._resolver = resolver
        self._formulas: dict[Key, Formula] = {}
        self._names: dict[Key, list[Key]] = {}
        self._variables: dict[Key, list[Variable]] = {}
        self.compared: dict[Variable, dict[str, None]] = {}
        self.size = 0

    def formula(self, key: Key) -> "Formula":
        """Return a condition's formula, read when it is first asked for."""
        if key not in self._formulas:
            self._names[key], self._variables[key] = [], []
            template = self._templates[key[0]]
            raw = template.section("Conditions").get(key[1])
            self._formulas[key] = self._read(template, key, raw, 0)
        return self._formulas[key]

    def variables(self, key: Key) -> list[Variable]:
        """Return what a condition asks for, by way of other conditions too, each once."""
        seen = {key: None}
        pending = [key]
        while pending:
            name = pending.pop()
            self.formula(name)
            new = [other for other in self._names[name] if other not in seen]
            seen.update(dict.fromkeys(new))
            pending.extend(new)
        return list(dict.fromkeys(variable for name in seen for variable in self._variables[name]))

    def _read(self, template: Template, key: Key, raw: Any, depth: int) -> "Formula":  # noqa: ANN401
        self.size += 1
        if not isinstance(raw, dict) or len(raw) != 1 or depth > _MAX_DEPTH:
            return _open
        match next(iter(raw.items())):
            case "Condition", str() as name:
                self._names[key].append((template.name, name))
                return lambda case: case.holds((template.name, name))
            case "Fn::Equals", [one, other]:
                return self._equals(key, self._resolver.value(template, one), self._resolver.value(template, other))
            case "Fn::And" | "Fn::Or" | "Fn::Not" as function, [*arguments]:
                parts = [self._read(template, key, argument, depth + 1) for argument in arguments]
                return _combined(function, parts)
        return _open

    def _equals(self, key: Key, one: Any, other: Any) -> "Formula":  # noqa: ANN401
        if not (is_text(one) and is_text(other) and is_stable(one) and is_stable(other)):
            return _open
        left, right = text(one), text(other)
        if isinstance(left, str):
            left, right = right, left
        if isinstance(left, str) or left == right:
            answer = Ternary.YES if left == right else Ternary.NO
            return lambda _: answer
        if isinstance(right, str):
            self._variables[key].append(left)
            self.compared.setdefault(left, {})[right] = None
            return lambda case: case.equals(left, right)
        pair = (left, right) if str(left) <= str(right) else (right, left)
        self._variables[key].append(pair)
        self.compared[pair] = {_EQUAL: None}
        return lambda case: case.equals(pair, _EQUAL)


class Case:
    """What conditions are for some values of variables; open where it depends on one that has no value here.

    Args:
        formulas: the conditions.
        values: variable -> its value.
    """

    def __init__(self, formulas: Formulas, values: Values) -> None:
        self._formulas = formulas
        self._values = values
        self._known: dict[Key, Ternary] = {}
        self._depth = 0

    def holds(self, key: Key) -> Ternary:
        """Whether a condition holds; open for one that leads back to itself."""
        if key not in self._known:
            self._known[key] = Ternary.UNKNOWN
            if self._depth <= _MAX_DEPTH:
                self._depth += 1
                self._known[key] = self._formulas.formula(key)(self)
                self._depth -= 1
        return self._known[key]

    def equals(self, variable: Variable, value: str) -> Ternary:
        """Whether a variable has a value."""
        if variable not in self._values:
            return Ternary.UNKNOWN
        return Ternary.YES if self._values[variable] == value else Ternary.NO


def _open(_: Case) -> Ternary:
    return Ternary.UNKNOWN


def _combined(function: str, parts: list[Formula]) -> Formula:
    if function == "Fn::And":
        return lambda case: _all(part(case) for part in parts)
    if function == "Fn::Or":
        return lambda case: ~_all(~part(case) for part in parts)
    return (lambda case: ~parts[0](case)) if len(parts) == 1 else _open


def _all(parts: Iterator[Ternary]) -> Ternary:
    found = set(parts)
    return Ternary.NO if Ternary.NO in found else Ternary.UNKNOWN if Ternary.UNKNOWN in found else Ternary.YES
