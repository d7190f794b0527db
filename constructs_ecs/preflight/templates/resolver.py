"""Values of properties: what CloudFormation's functions give, as far as the templates say."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from constructs_ecs.preflight.templates import intrinsics
from constructs_ecs.preflight.templates.choice import Choice
from constructs_ecs.preflight.templates.reader import Template
from constructs_ecs.preflight.templates.references import NO_VALUE, References
from constructs_ecs.preflight.values import PSEUDO, Symbol, Ternary, Text, Unknown, is_stable

MAX_DEPTH: Final = 100
"""Values that nest, or refer to each other, more deeply than this are unknown: so Python's recursion limit holds."""
_REFERENCE: Final = 3
"""Levels that a reference counts as."""
MAX_WORK: Final = 50_000_000
"""Characters in all texts that are joined and split; what comes after that is unknown."""
_CIDR: Final = 20_000
_ENTRY: Final = 10
"""Work that is counted for a list of blocks, and for each entry of a mapping that is looked at."""
_SHOWN: Final = 100
"""Characters of a name that a sentence repeats."""
_WITH_VARIABLES: Final = 2
_IF: Final = 3


class Resolver:
    """Resolves values in the context of a template, under one assignment of conditions.

    Args:
        templates: the set.
        choice: the assignment.
    """

    def __init__(self, templates: Sequence[Template], choice: Choice) -> None:
        self.choice = choice
        self.notes: dict[str, None] = {}
        self.references = References(templates, choice, self.value)
        self._depth = 0
        self._work = MAX_WORK
        self._handlers: dict[str, Callable[[Template, Any], Any]] = {
            "Ref": self._ref,
            "Fn::Base64": self._argument,  # what matters is the text that is encoded: user data
            "Fn::Cidr": self._cidr,
            "Fn::FindInMap": self._find_in_map,
            "Fn::GetAZs": self._zones,
            "Fn::GetAtt": self.references.attribute,
            "Fn::GetStackOutput": self.references.stack_output,
            "Fn::If": self._if,
            "Fn::ImportValue": self.references.imported,
            "Fn::Join": self._join,
            "Fn::Length": self._length,
            "Fn::Select": self._select,
            "Fn::Split": self._split,
            "Fn::Sub": self._sub,
            "Fn::ToJsonString": self._json,
            "Fn::Transform": self._transform,
        }

    def value(self, template: Template, raw: Any) -> Any:  # noqa: ANN401 - a template's data
        """Resolve a value; None for ``AWS::NoValue``."""
        self._depth += _REFERENCE
        try:
            value = self._resolve(template, raw)
        finally:
            self._depth -= _REFERENCE
        return None if value is NO_VALUE else value

    def holds(self, template: Template) -> Callable[[str], Ternary]:
        """Return what says whether a condition of a template holds."""
        return lambda condition: self.choice.holds(template.name, condition)

    def _resolve(self, template: Template, raw: Any) -> Any:  # noqa: ANN401 - a template's data
        plain = "{{resolve:" not in raw if isinstance(raw, str) else not isinstance(raw, dict | list)
        if plain:
            return raw
        if self._depth >= MAX_DEPTH:
            return Unknown(f"in {template.name}, values nested or referring to each other too deeply")
        self._depth += 1
        try:
            if isinstance(raw, str):
                return self._text(template, lambda: raw, len(raw))
            return self._list(template, raw) if isinstance(raw, list) else self._mapping(template, raw)
        finally:
            self._depth -= 1

    def _list(self, template: Template, raw: list[Any]) -> list[Any]:
        values = [self._resolve(template, item) for item in raw]
        return [value for value in values if value is not NO_VALUE]

    def _mapping(self, template: Template, raw: dict[str, Any]) -> Any:  # noqa: ANN401 - any resolved value
        function = next((key for key in raw if isinstance(key, str) and key.startswith("Fn::")), None)
        if function is None and len(raw) == 1 and "Ref" in raw:
            function = "Ref"
        if function is None:
            values = {key: self._resolve(template, item) for key, item in raw.items()}
            return {key: value for key, value in values.items() if value is not NO_VALUE}
        handler = self._handlers.get(function)
        if handler is None:
            return self._note(f"{template.name} uses {function[:_SHOWN]}, which the preflight does not know")
        if len(raw) > 1 and function != "Fn::Transform":
            return Unknown(f"in {template.name}, {function} beside other keys")
        return handler(template, raw[function])

    def _argument(self, template: Template, raw: Any) -> Any:  # noqa: ANN401 - any resolved value
        value = self._resolve(template, raw)
        return (
            Unknown(f"in {template.name}, AWS::NoValue where a function wants a value") if value is NO_VALUE else value
        )

    def _arguments(self, template: Template, raw: Any, least: int, most: int) -> list[Any] | None:  # noqa: ANN401
        if not isinstance(raw, list) or not least <= len(raw) <= most:
            return None
        return [self._argument(template, item) for item in raw]

    def _note(self, text: str) -> Unknown:
        """Return an unknown that the report says once."""
        self.notes[text] = None
        return Unknown(text)

    def _wrong(self, template: Template, function: str) -> Unknown:
        return Unknown(f"in {template.name}, {function} with arguments that it does not take")

    def _spent(self, work: int) -> Unknown | None:
        """Count work, so that texts which double at each reference come to an end; say so when it is used up."""
        self._work -= work
        return None if self._work > 0 else self._note("the templates join more text than any that CloudFormation takes")

    def _text(self, template: Template, make: Callable[[], Text], work: int) -> Text:
        spent = self._spent(work)
        if spent is not None:
            return spent
        value = intrinsics.dynamic(make(), lambda name: self.references.stored.read(template, name))
        self._work -= intrinsics.length(value)
        return value

    def _ref(self, template: Template, raw: Any) -> Any:  # noqa: ANN401 - any resolved value
        return self.references.ref(template, raw) if isinstance(raw, str) else self._wrong(template, "Ref")

    def _join(self, template: Template, raw: Any) -> Text:  # noqa: ANN401 - a template's data
        arguments = self._arguments(template, raw, 2, 2)
        if arguments is None:
            return self._wrong(template, "Fn::Join")
        delimiter, values = arguments
        work = len(values) if isinstance(values, list) else 1
        return self._text(template, lambda: intrinsics.join(delimiter, values), work)

    def _split(self, template: Template, raw: Any) -> Any:  # noqa: ANN401 - any resolved value
        arguments = self._arguments(template, raw, 2, 2)
        if arguments is None:
            return self._wrong(template, "Fn::Split")
        spent = self._spent(intrinsics.length(arguments))
        delimiter, value = arguments
        return intrinsics.split(delimiter, value, self.references.is_atomic) if spent is None else spent

    def _select(self, template: Template, raw: Any) -> Any:  # noqa: ANN401 - any resolved value
        arguments = self._arguments(template, raw, 2, 2)
        return self._wrong(template, "Fn::Select") if arguments is None else intrinsics.select(*arguments)

    def _cidr(self, template: Template, raw: Any) -> Any:  # noqa: ANN401 - any resolved value
        arguments = self._arguments(template, raw, 2, 3)
        if arguments is None:
            return self._wrong(template, "Fn::Cidr")
        spent = self._spent(_CIDR)
        return intrinsics.cidr(*arguments) if spent is None else spent

    def _length(self, template: Template, raw: Any) -> int | Unknown:  # noqa: ANN401 - a template's data
        values = self._argument(template, raw)
        known = isinstance(values, list) and not any(isinstance(value, intrinsics.Rest) for value in values)
        return len(values) if known else Unknown("the length of a list that is not known")

    def _zones(self, template: Template, raw: Any) -> Symbol:  # noqa: ANN401 - a template's data
        """All zones of a Region, as one symbol: the n-th of them has a name that equals itself."""
        region = self._argument(template, raw)
        if region in ("", []):
            region = self.references.environment(template).region
        return Symbol(PSEUDO, "", f"AvailabilityZones({str(region)[:100]})")

    def _sub(self, template: Template, raw: Any) -> Text:  # noqa: ANN401 - a template's data
        written, variables = raw if isinstance(raw, list) and len(raw) == _WITH_VARIABLES else (raw, {})
        if not isinstance(written, str) or not isinstance(variables, dict):
            return self._wrong(template, "Fn::Sub")
        values = {name: self._argument(template, value) for name, value in variables.items()}

        def lookup(name: str) -> Any:  # noqa: ANN401 - any resolved value
            if name in values:
                return values[name]
            value = self.references.attribute(template, name) if "." in name else self.references.ref(template, name)
            return Unknown("AWS::NoValue in a text") if value is NO_VALUE else value

        return self._text(template, lambda: intrinsics.substituted(written, lookup), len(written))

    def _if(self, template: Template, raw: Any) -> Any:  # noqa: ANN401 - any resolved value
        if not isinstance(raw, list) or len(raw) != _IF or not isinstance(raw[0], str):
            return self._wrong(template, "Fn::If")
        holds = self.choice.holds(template.name, raw[0])
        if holds is not Ternary.UNKNOWN:
            return self._resolve(template, raw[1] if holds is Ternary.YES else raw[2])
        first, second = (self._resolve(template, branch) for branch in raw[1:])
        both = first is second or (first == second and is_stable(first))
        return first if both else Unknown(f"condition {raw[0]} of {template.name} is open")

    def _find_in_map(self, template: Template, raw: Any) -> Any:  # noqa: ANN401 - any resolved value
        arguments = self._arguments(template, raw, 3, 4)
        if arguments is None or not isinstance(arguments[0], str):
            return self._wrong(template, "Fn::FindInMap")
        name, *keys = arguments[:3]
        spent = self._spent(1)
        if spent is not None:
            return spent
        value, looked_at = intrinsics.found_in(template.section("Mappings").get(name), keys)
        self._work -= _ENTRY * looked_at
        if value is not None:
            return value
        options = arguments[3] if len(arguments) > len(("map", "first", "second")) else None
        default = options.get("DefaultValue") if isinstance(options, dict) else None
        return Unknown(f"mapping {name} of {template.name} has no {keys[0]}, {keys[1]}") if default is None else default

    def _json(self, template: Template, raw: Any) -> Text:  # noqa: ANN401 - a template's data
        value = self._argument(template, raw)
        return self._text(template, lambda: intrinsics.json_text(value), intrinsics.length(value))

    def _transform(self, template: Template, raw: Any) -> Unknown:  # noqa: ANN401 - a template's data
        name = raw.get("Name") if isinstance(raw, dict) else raw
        return self._note(f"{template.name} uses the transform {str(name)[:_SHOWN]}, whose output is unknown")
