"""Names and ARNs of resources, written in one way only."""

from collections.abc import Callable
from typing import Any

from constructs_ecs.preflight.templates.canonical import KINDS, STANDS_FOR, Kind, RefIs
from constructs_ecs.preflight.templates.environments import Environment
from constructs_ecs.preflight.templates.intrinsics import is_text
from constructs_ecs.preflight.templates.reader import Template
from constructs_ecs.preflight.values import PSEUDO, Symbol, Text, Unknown, is_known, parts_of, text

_SEPARATORS = ":/,| "
"""What a name that AWS makes up never contains."""
_FOREIGN = (
    "AWS::CloudFormation::CustomResource",
    "AWS::CloudFormation::Stack",
    "AWS::CloudFormation::Wait",
    "Custom::",
)
"""Resources whose attributes can be anything, another resource's id included."""
_PSEUDO = ("Partition", "Region", "AccountId", "URLSuffix", "AvailabilityZones(")


class Name(str):
    """A name that the template gives a resource, which remembers the resource.

    It equals the same name written out elsewhere; the resource tells it from a namesake in another stack.

    Args:
        name: the name.
        origin: the symbol of the resource's ``Ref``.
    """

    __slots__ = ("origin",)
    origin: Symbol

    def __new__(cls, name: str, origin: Symbol) -> "Name":  # noqa: PYI034 - nobody derives from it
        """Make the text, then attach its origin."""
        made = super().__new__(cls, name)
        made.origin = origin
        return made


class Names:
    """Says what ``Ref``, attributes, names and ARNs of resources are.

    Args:
        value: resolves a value in a template.
        environment: where a template's stack is deployed.
    """

    def __init__(self, value: Callable[[Template, Any], Any], environment: Callable[[Template], Environment]) -> None:
        self._value = value
        self._environment = environment
        self._given: dict[tuple[str, str], Text | None] = {}

    def ref(self, template: Template, logical_id: str) -> Any:  # noqa: ANN401 - any resolved value
        """Return what ``Ref`` of a resource is."""
        symbol = Symbol(template.name, logical_id, "Ref")
        kind = _kind(template, logical_id)
        other = STANDS_FOR.get(_type(template, logical_id))
        if other is not None:
            value = self._property(template, logical_id, other)
            return symbol if value is None else value
        if kind is None or kind.ref in (RefIs.ID, RefIs.URL):
            return symbol
        if kind.ref is RefIs.ARN:
            return self.arn(template, logical_id)
        name = self.given(template, logical_id)
        return Name(name, symbol) if isinstance(name, str) else symbol if name is None else name

    def attribute(self, template: Template, logical_id: str, attribute: str) -> Any:  # noqa: ANN401
        """Return what an attribute of a resource is."""
        symbol = Symbol(template.name, logical_id, attribute)
        kind = _kind(template, logical_id)
        if kind is None:
            foreign = _type(template, logical_id).startswith(_FOREIGN)
            return (
                Unknown(f"what {logical_id} of {template.name} answers for {attribute}", symbol) if foreign else symbol
            )
        if attribute in kind.arn_attributes:
            return self.arn(template, logical_id)
        if attribute in kind.ref_attributes:
            return self.ref(template, logical_id)
        if attribute in kind.also:
            return self._written(template, kind.also[attribute], self._name(template, logical_id, kind))
        value = self._property(template, logical_id, kind.echoes[attribute]) if attribute in kind.echoes else None
        return symbol if value is None else value

    def arn(self, template: Template, logical_id: str) -> Text | None:
        """Return a resource's ARN; None if the format of its type's is not known."""
        kind = _kind(template, logical_id)
        if kind is None or not kind.arn:
            return None
        name = self._name(template, logical_id, kind)
        if kind.has_path:
            path = self._property(template, logical_id, "Path")
            name = text("/" if path is None else path, name)
        elif kind.arn.endswith("/{name}"):
            first, *others = parts_of(name)
            name = text(first.removeprefix("/") if isinstance(first, str) else first, *others)
        if kind.suffix is not None:
            name = text(name, kind.suffix[0], Symbol(template.name, logical_id, kind.suffix[1]))
        return self._written(template, kind.arn, name)

    def given(self, template: Template, logical_id: str) -> Text | None:
        """Return the name that a template gives a resource; None where AWS makes it up, or it is no text of its own."""
        kind = _kind(template, logical_id)
        if kind is None or not kind.name:
            return None
        key = (template.name, logical_id)
        if key not in self._given:
            self._given[key] = None  # what a name that is made of itself finds
            value = self._property(template, logical_id, kind.name)
            # A name that is only another thing's symbol would make the two one.
            named = is_text(value) and value != "" and is_known(value) and not isinstance(value, Symbol)
            self._given[key] = text(value) if named else None
        return self._given[key]

    def also(self, template: Template, logical_id: str) -> tuple[Text, ...]:
        """Return other ways in which a resource is named: attributes, and ARNs without what AWS appends."""
        kind = _kind(template, logical_id)
        if kind is None:
            return ()
        name = self._name(template, logical_id, kind)
        ways = [self._written(template, written, name) for written in kind.also.values()]
        if kind.suffix is not None or kind.arn.endswith(":*"):
            ways.append(self._written(template, kind.arn.removesuffix(":*"), name))
        return tuple(ways)

    def _name(self, template: Template, logical_id: str, kind: Kind) -> Text:
        name = self.given(template, logical_id)
        return Symbol(template.name, logical_id, kind.unnamed) if name is None else name

    def _property(self, template: Template, logical_id: str, name: str) -> Any:  # noqa: ANN401
        properties = template.resources[logical_id].get("Properties")
        return self._value(template, properties[name]) if isinstance(properties, dict) and name in properties else None

    def _written(self, template: Template, written: str, name: Text) -> Text:
        here = self._environment(template)
        values = {
            "partition": here.partition,
            "account": here.account,
            "region": here.region,
            "suffix": here.dns_suffix,
            "name": name,
        }
        pieces = written.replace("}", "{").split("{")
        return text(*(values[piece] if place % 2 else piece for place, piece in enumerate(pieces)))


def is_atomic(template: Template | None, symbol: Symbol, delimiter: str) -> bool:
    """Whether a delimiter cannot occur in what a symbol will be.

    Args:
        template: the symbol's template; None for a pseudo parameter.
        symbol: the symbol.
        delimiter: what ``Fn::Split`` splits at.
    """
    if delimiter.strip(_SEPARATORS):
        return False
    if template is None:
        return symbol.template == PSEUDO and symbol.attribute.startswith(_PSEUDO)
    kind = _kind(template, symbol.logical_id)
    if kind is None:
        return symbol.attribute == "Ref" and _type(template, symbol.logical_id).startswith("AWS::EC2::")
    if kind.suffix is not None and symbol.attribute == kind.suffix[1]:
        return True
    properties = template.resources[symbol.logical_id].get("Properties")
    named = isinstance(properties, dict) and kind.name in properties
    made_up = kind.ref in (RefIs.NAME, RefIs.ID) and symbol.attribute == "Ref"
    # A name that is given but not known may be a path.
    return (made_up or symbol.attribute == kind.unnamed != "Ref") and not (named and "/" in delimiter)


def _type(template: Template, logical_id: str) -> str:
    return str(template.resources.get(logical_id, {}).get("Type"))


def _kind(template: Template, logical_id: str) -> Kind | None:
    return KINDS.get(_type(template, logical_id))
