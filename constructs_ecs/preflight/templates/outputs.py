"""Outputs of templates, and who uses them: imports, other stacks and parents."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from constructs_ecs.preflight.templates.choice import Choice
from constructs_ecs.preflight.templates.intrinsics import is_text
from constructs_ecs.preflight.templates.reader import Template
from constructs_ecs.preflight.values import Symbol, Ternary, Text, Unknown, is_stable, parts_of, text

_MAX_COMPARISONS: Final = 200_000
"""Of imports that no export's name equals, with exports."""


class Export(NamedTuple):
    """An output that has an export's name."""

    name: Text
    template: Template
    output: str


class Outputs:
    """Resolves outputs and imports.

    An import that no template of the set exports is unknown, with its name as identity. Templates read from files do
    not say what their stacks are called: where an export is named after its stack, one that ends alike is taken for
    it, and that is noted.

    Args:
        templates: the set, by name.
        choice: the assignment of conditions.
        value: resolves a value in a template.
    """

    def __init__(
        self, templates: Mapping[str, Template], choice: Choice, value: Callable[[Template, Any], Any]
    ) -> None:
        self._templates = templates
        self._choice = choice
        self._value = value
        self._exports: dict[Text, list[Export]] | None = None
        self._comparisons = 0
        self._stack_names: dict[str, Text] = {}
        self.assumed: dict[str, None] = {}

    def value(self, template: Template, name: str) -> Any:  # noqa: ANN401 - any resolved value
        """Return an output's value."""
        raw = template.section("Outputs").get(name)
        if not isinstance(raw, dict) or "Value" not in raw:
            return Unknown(f"{template.name} has no output {name}")
        if self._holds(template, raw) is not Ternary.YES:
            return Unknown(f"output {name} of {template.name} depends on condition {raw['Condition']}")
        value = self._value(template, raw["Value"])
        return value if is_text(value) else Unknown(f"output {name} of {template.name} is no text")

    def imported(self, template: Template, name: Any) -> Any:  # noqa: ANN401 - any resolved value
        """Return what a template imports under a name."""
        if not is_text(name):
            return Unknown(f"in {template.name}, Fn::ImportValue of something that is no text")
        wanted = text(name)
        export = self._nearest(template, self.exports().get(wanted, []))
        if export is None:
            export = self._alike(template, wanted)
        if export is None:
            identity = Symbol("Fn::ImportValue", str(wanted), "Value") if is_stable(wanted) else None
            return Unknown(f"no template that was given exports {wanted}, which {template.name} imports", identity)
        return self.value(export.template, export.output)

    def of_stack(self, template: Template, raw: Any) -> Any:  # noqa: ANN401 - any resolved value
        """``Fn::GetStackOutput``: an output of another stack, by the stack's name."""
        given = self._value(template, raw)
        stack, output = (given.get(key) if isinstance(given, dict) else None for key in ("StackName", "OutputName"))
        if not isinstance(stack, str) or not isinstance(output, str):
            return Unknown(f"in {template.name}, Fn::GetStackOutput with arguments that it does not take")
        region = given.get("Region")
        found = [
            other
            for other in self._templates.values()
            if stack == (other.name if other.stack_name is None else other.stack_name)
            and (region is None or other.region is None or region == other.region)
        ]
        if len(found) != 1:
            why = f"no template that was given is of stack {stack}, whose output {output} {template.name} reads"
            return Unknown(why, Symbol("Fn::GetStackOutput", f"{region}/{stack}", output))
        return self.value(found[0], output)

    def exports(self) -> Mapping[Text, list[Export]]:
        """Return all exports of the set, by name."""
        if self._exports is None:
            self._exports = {}  # for a name that itself imports
            found: dict[Text, list[Export]] = {}
            for export in self._find():
                found.setdefault(export.name, []).append(export)
            self._exports = found
        return self._exports

    def _find(self) -> Iterator[Export]:
        for template in self._templates.values():
            for name, raw in template.section("Outputs").items():
                export = raw.get("Export") if isinstance(raw, dict) else None
                if isinstance(export, dict) and "Name" in export and self._holds(template, raw) is not Ternary.NO:
                    yield Export(text(self._value(template, export["Name"])), template, name)

    def _holds(self, template: Template, raw: Mapping[str, Any]) -> Ternary:
        condition = raw.get("Condition")
        return self._choice.holds(template.name, condition) if isinstance(condition, str) else Ternary.YES

    def _nearest(self, template: Template, found: list[Export]) -> Export | None:
        """Return the export that a template means when stages of one app export the same name."""
        for near in (_same_environment, _same_folder):
            if len(found) > 1:
                found = [export for export in found if near(template, export.template)] or found
        return found[0] if len(found) == 1 else None

    def _alike(self, template: Template, wanted: Text) -> Export | None:
        """Return the one export that differs from what is wanted in the stack's name only."""
        self._comparisons += len(self.exports())
        if self._comparisons > _MAX_COMPARISONS:
            return None
        exports = [export for of_name in self.exports().values() for export in of_name]
        ends = {export: _common_end(export, wanted) for export in exports}
        longest = max(ends.values(), default=0)
        export = self._nearest(template, [export for export, length in ends.items() if length == longest > 0])
        if export is None:
            return None
        tail = str(export.name)[-longest:]
        stack = text(*parts_of(wanted)[:-1], str(parts_of(wanted)[-1]).removesuffix(tail))
        if self._stack_names.setdefault(export.template.name, stack) != stack:
            return None
        self.assumed[f"the stack of {export.template.name} is called {stack}"] = None
        return export


def _common_end(export: Export, wanted: Text) -> int:
    """How many characters an export's name and an import's end with alike; none if they cannot be the same."""
    *head, tail = parts_of(export.name)
    *wanted_head, wanted_tail = parts_of(wanted)
    if not isinstance(tail, str) or not isinstance(wanted_tail, str):
        return 0
    named_after_stack = head == [Symbol(export.template.name, "AWS::StackName", "Ref")]
    open_ = len(wanted_head) == 1 and isinstance(wanted_head[0], Unknown)
    if named_after_stack and (tail == wanted_tail if wanted_head else _ends(wanted_tail, tail)):
        return len(tail)
    return len(wanted_tail) if open_ and not head and _ends(tail, wanted_tail) else 0


def _ends(whole: str, tail: str) -> bool:
    return whole.endswith(tail) and len(whole) > len(tail)


def _same_environment(one: Template, other: Template) -> bool:
    return (one.account, one.region) == (other.account, other.region)


def _same_folder(one: Template, other: Template) -> bool:
    return one.path is not None and other.path is not None and one.path.parent == other.path.parent
