"""What ``Ref`` and ``Fn::GetAtt`` refer to."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from constructs_ecs.preflight.templates.choice import Choice
from constructs_ecs.preflight.templates.environments import Environment, environment
from constructs_ecs.preflight.templates.naming import Names, is_atomic
from constructs_ecs.preflight.templates.outputs import Outputs
from constructs_ecs.preflight.templates.parameters import Parameters
from constructs_ecs.preflight.templates.reader import Template
from constructs_ecs.preflight.templates.stored_parameters import StoredParameters
from constructs_ecs.preflight.values import Symbol, Ternary, Text, Unknown

_OUTPUT: Final = "Outputs."


class _NoValue:
    """What ``AWS::NoValue`` is: the key that has it is removed."""


NO_VALUE: Final = _NoValue()


class References:
    """Resolves what refers to something in the set of templates, each reference once.

    Args:
        templates: the set.
        choice: the assignment of conditions.
        value: resolves a value in a template.
    """

    def __init__(self, templates: Sequence[Template], choice: Choice, value: Callable[[Template, Any], Any]) -> None:
        self._templates = {template.name: template for template in templates}
        self._children = {template.parent: template for template in templates if template.parent is not None}
        self._choice = choice
        self._value = value
        self._known: dict[tuple[str, ...], Any] = {}
        self._active: set[tuple[str, ...]] = set()
        self._environments: dict[str, Environment] = {}
        self.names = Names(value, self.environment)
        self.stored = StoredParameters(
            self._templates, environment=self.environment, named=self._named, stored=self._stored
        )
        self.parameters = Parameters(self._templates, choice, value, self.stored.read)
        self.outputs = Outputs(self._templates, choice, value)

    @property
    def assumed(self) -> tuple[str, ...]:
        """What was taken for granted, each said once."""
        return (*self.parameters.assumed, *self.outputs.assumed, *self.stored.assumed)

    def lacking(self, template: Template) -> Iterator[str]:
        """Yield what keeps a template's stack from being deployed: names that the one who publishes lacks."""
        for name in self.parameters.read_by(template):
            lack = self.stored.lacking(template, name)
            if lack:
                yield lack

    def environment(self, template: Template) -> Environment:
        """Return where a template's stack is deployed."""
        if template.name not in self._environments:
            self._environments[template.name] = environment(template, self._choice.parameters)
        return self._environments[template.name]

    def presence(self, template: Template, logical_id: str) -> Ternary:
        """Whether a resource is created under this assignment."""
        condition = template.resources[logical_id].get("Condition")
        return self._choice.holds(template.name, condition) if isinstance(condition, str) else Ternary.YES

    def is_atomic(self, symbol: Symbol, delimiter: str) -> bool:
        """Whether a delimiter cannot occur in what a symbol will be."""
        return is_atomic(self._templates.get(symbol.template), symbol, delimiter)

    def ref(self, template: Template, name: str) -> Any:  # noqa: ANN401 - any resolved value
        """``Ref``."""
        if name.startswith("AWS::"):
            return self._pseudo(template, name)
        if name in template.section("Parameters"):
            return self._once(lambda: self.parameters.value(template, name), template, name, "parameter")
        return self._of_resource(template, name, lambda: self.names.ref(template, name), "Ref")

    def attribute(self, template: Template, raw: Any) -> Any:  # noqa: ANN401 - any resolved value
        """``Fn::GetAtt``, with a list or with ``Resource.Attribute``."""
        parts = raw.split(".", 1) if isinstance(raw, str) else raw
        if not isinstance(parts, list) or len(parts) < 2 or not isinstance(parts[0], str):  # noqa: PLR2004
            return Unknown(f"in {template.name}, Fn::GetAtt with arguments that it does not take")
        rest = [self._value(template, part) for part in parts[1:]]
        if not all(isinstance(part, str) for part in rest):
            return Unknown(f"in {template.name}, an attribute of {parts[0]} whose name is not known")
        logical_id, attribute = parts[0], ".".join(rest)
        child = self._children.get((template.name, logical_id))
        if child is not None and attribute.startswith(_OUTPUT):
            output = attribute.removeprefix(_OUTPUT)
            return self._of_resource(template, logical_id, lambda: self.outputs.value(child, output), attribute)
        return self._of_resource(
            template, logical_id, lambda: self.names.attribute(template, logical_id, attribute), attribute
        )

    def imported(self, template: Template, raw: Any) -> Any:  # noqa: ANN401 - any resolved value
        """``Fn::ImportValue``."""
        name = self._value(template, raw)
        return self._once(lambda: self.outputs.imported(template, name), template, str(name), "import")

    def stack_output(self, template: Template, raw: Any) -> Any:  # noqa: ANN401 - any resolved value
        """``Fn::GetStackOutput``."""
        return self.outputs.of_stack(template, raw)

    def _named(self, template: Template, logical_id: str) -> Text | None:
        """The name that a template gives a resource which may be created."""
        return None if self.presence(template, logical_id) is Ternary.NO else self.names.given(template, logical_id)

    def _stored(self, template: Template, logical_id: str) -> Any:  # noqa: ANN401 - any resolved value
        """What a parameter of Systems Manager holds."""
        if self.presence(template, logical_id) is Ternary.UNKNOWN:
            condition = template.resources[logical_id]["Condition"]
            return Unknown(f"whether {logical_id} of {template.name} is created: condition {condition} is open")
        return self.attribute(template, [logical_id, "Value"])

    def _of_resource(self, template: Template, name: str, make: Callable[[], Any], attribute: str) -> Any:  # noqa: ANN401
        raw = template.resources.get(name)
        if raw is None:
            hint = ", unless its transform makes it" if "Transform" in template.body else ""
            return Unknown(f"{template.name} has no resource or parameter {name}{hint}")
        if self.presence(template, name) is Ternary.NO:
            return Unknown(f"{name} of {template.name} is not created: condition {raw['Condition']} does not hold")
        return self._once(make, template, name, attribute)

    def _once(self, make: Callable[[], Any], template: Template, *key: str) -> Any:  # noqa: ANN401 - any resolved value
        """Resolve each reference once; one that leads back to itself is unknown."""
        full = (template.name, *key)
        if full in self._known:
            return self._known[full]
        if full in self._active:
            return Unknown(f"{key[0]} of {template.name} refers to itself")
        self._active.add(full)
        try:
            self._known[full] = make()
        finally:
            self._active.remove(full)
        return self._known[full]

    def _pseudo(self, template: Template, name: str) -> Any:  # noqa: ANN401 - any resolved value
        here = self.environment(template)
        symbol = Symbol(template.name, name, "Ref")
        known = {
            "AWS::NoValue": NO_VALUE,
            "AWS::Partition": here.partition,
            "AWS::AccountId": here.account,
            "AWS::Region": here.region,
            "AWS::URLSuffix": here.dns_suffix,
            "AWS::StackId": symbol,
            "AWS::StackName": symbol if template.stack_name is None else template.stack_name,
            "AWS::NotificationARNs": Unknown(f"the notification topics of {template.name}", symbol),
        }
        return known.get(name, Unknown(f"{name}, which is no pseudo parameter that the preflight knows"))
