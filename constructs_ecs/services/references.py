"""What refers to what between stacks, read from their resources before the CDK resolves any of it.

What is read is what the CDK makes dependencies of: references in the properties of resources and in outputs, and what
was said with ``add_dependency``. The CDK does not show property overrides, nor what ``Stack.consume_reference`` is
given; where a stack refers to another in these alone, ``stack.add_dependency(other)`` says so.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import aws_cdk as cdk
from constructs import IConstruct

Dependency = tuple[str, str]
"""The paths of what waits, and of what it waits for."""

Pair = tuple[IConstruct, IConstruct]

_RESOLVED: Final = {"Ref": "Reference"}
_PLACES: Final = ("AWS::AccountId", "AWS::Partition", "AWS::Region", "AWS::URLSuffix")


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a construct is.

    Args:
        stack: the outermost stack around it.
        environment: of the innermost one, as the CDK spells account and Region.
        steps: the paths of all the stacks around it, from the outermost, and its own.
    """

    stack: cdk.Stack
    environment: str
    steps: tuple[str, ...]

    def is_in(self, other: "Place") -> bool:
        """Whether it is in the same stack as another, or in one that is nested in that."""
        return self.steps[: len(other.steps) - 1] == other.steps[:-1]


def beside(waits: Place, awaited: Place) -> Dependency:
    """What is deployed after what if one of two constructs waits for the other.

    Two stacks side by side, or two nested in the same one, of which either may be a resource of that one instead.
    """
    for one, other in zip(waits.steps, awaited.steps, strict=False):
        if one != other:
            return one, other
    return waits.steps[-1], awaited.steps[-1]


class StackReferences:
    """Reads stacks, each once and only when it is asked for: that takes a few milliseconds for each resource."""

    def __init__(self) -> None:
        self._collector = _Collector(self)
        self._outermost: dict[str, cdk.Stack] = {}
        self._done: set[str] = set()
        self._nested: dict[str, str] = {}
        self._around: dict[str, Place] = {}
        self._places: dict[str, Place] = {}
        self._resources: dict[str, list[IConstruct]] = {}

    def place(self, construct: IConstruct) -> Place:
        """Say where a construct is."""
        key = _key(construct)
        if key not in self._places:
            around, path = self.around(construct), construct.node.path
            place = replace(around, steps=(*around.steps, self._nested.get(path, path)))
            self._places[key] = place
            self._outermost.update(dict.fromkeys(place.steps, place.stack))
        return self._places[key]

    def around(self, construct: IConstruct) -> Place:
        """Say where a construct is, but for its own path."""
        key = _key(construct)
        if key not in self._around:
            stack = cdk.Stack.of(construct)
            self._around[key] = self._of_stack(stack) if _key(stack) == key else self.around(stack)
        return self._around[key]

    def _of_stack(self, stack: cdk.Stack) -> Place:
        outer = stack.nested_stack_parent
        around = Place(stack=stack, environment="", steps=()) if outer is None else self.around(outer)
        return replace(around, environment=stack.environment, steps=(*around.steps, stack.node.path))

    def dependencies(self, path: str) -> Iterator[Dependency]:
        """Read the outermost stack around something whose place is known: what in it waits for what.

        Nothing the second time.
        """
        stack = self._outermost.get(path)
        if stack is None or (path := stack.node.path) in self._done:
            return
        self._done.add(path)
        for other in stack.dependencies:
            yield beside(self.place(stack), self.place(other))
        constructs = stack.node.find_all()
        nested = [each for each in constructs if isinstance(each, cdk.NestedStack)]
        self._nested |= {_resource_path(each): each.node.path for each in nested}
        for construct in constructs:
            for source, target in (*self._said(construct), *self._referred(construct)):
                # What is in one stack matters for those that are nested in it.
                if nested or self.around(target).steps[0] != path:
                    yield beside(self.place(source), self.place(target))

    def _said(self, construct: IConstruct) -> Iterator[Pair]:
        """Which resources wait for which because a construct depends on another."""
        for dependency in construct.node.dependencies:
            for source in self._below(construct):
                yield from ((source, target) for target in self._below(dependency))
        if isinstance(construct, cdk.CfnResource) and self._nested:
            yield from ((construct, target) for target in construct.obtain_dependencies())

    def _referred(self, construct: IConstruct) -> Iterator[Pair]:
        """What a resource or an output refers to."""
        if isinstance(construct, cdk.CfnResource):
            # What the CDK renders; it shows that to subclasses alone.
            values = construct._cfn_properties  # noqa: SLF001 - as above
        elif isinstance(construct, cdk.CfnOutput):
            values = {"Value": construct.value}
        else:
            return
        for target in self._collector.targets(construct, values):
            yield construct, target

    def _below(self, construct: IConstruct) -> list[IConstruct]:
        """The resources of a construct."""
        key = _key(construct)
        if key not in self._resources:
            self._resources[key] = [each for each in construct.node.find_all() if isinstance(each, cdk.CfnResource)]
        return self._resources[key]


class _Collector(cdk.DefaultTokenResolver):
    """Resolves values as the CDK does, and keeps what the references in them are to."""

    def __init__(self, references: StackReferences) -> None:
        super().__init__(cdk.StringConcat())
        self._references = references
        self._environment = ""
        self._targets: list[IConstruct] = []
        self._seen: dict[str, IConstruct] = {}

    def targets(self, scope: IConstruct, values: Mapping[str, object]) -> list[IConstruct]:
        """Return what some values of a construct refer to."""
        around = self._references.around(scope)
        self._environment, self._targets = around.environment, []
        try:
            # First without this class, which costs a message to and fro for each token, and most refer to nothing.
            resolved = around.stack.resolve(values)
            values = {name: values[name] for name, value in resolved.items() if _refers(value)}
            if values:
                cdk.Tokenization.resolve(values, scope=scope, resolver=self, preparing=True)
        except RuntimeError:
            # What cannot be resolved, the CDK is about to find itself, and says it in its own words.
            return []
        return self._targets

    def resolve_token(
        self, t: cdk.IResolvable, context: cdk.IResolveContext, post_processor: cdk.IPostProcessor
    ) -> Any:  # noqa: ANN401 - the CDK's signature
        """Called by the CDK for each token."""
        if not isinstance(t, cdk.Reference):
            return super().resolve_token(t, context, post_processor)
        key = _key(t)
        if key not in self._seen:
            self._seen[key] = t.target
        target = self._seen[key]
        if self._references.around(target).environment == self._environment:
            self._targets.append(target)
            return _RESOLVED
        # To another account or Region, a name that is fixed is written instead, and nothing waits for it.
        resolved = super().resolve_token(t, context, post_processor)
        if isinstance(resolved, dict):
            self._targets.append(target)
        return resolved


def _key(jsii_object: object) -> str:
    """What jsii calls an object; in Python it may be several, which are told apart by nothing else in no time."""
    return str(jsii_object.__jsii_ref__.ref)  # type: ignore[attr-defined]  # what jsii gives each


def _refers(value: object) -> bool:
    """Whether a resolved value may refer to a resource."""
    match value:
        case {"Ref": str(name)}:
            return name not in _PLACES
        case {"Fn::GetAtt": _} | {"Fn::ImportValue": _} | {"Fn::GetStackOutput": _} | {"Fn::Sub": _}:
            return True
        case Mapping():
            return any(map(_refers, value.values()))
        case list():
            return any(map(_refers, value))
    return False


def _resource_path(nested: cdk.NestedStack) -> str:
    """The path of the resource that stands for a nested stack in the one around it."""
    resource = nested.nested_stack_resource
    assert resource is not None  # noqa: S101 - tells mypy what every nested stack has
    return resource.node.path
