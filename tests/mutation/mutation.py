"""What a mutation is, and the templates that it breaks."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

from stacks.settings import Variant
from tests.preflight.mutating import Data, Sample


class Templates(Sample):
    """A copy of one variant's templates, to break; the stacks are in their order of deployment."""

    def of_type(self, resource_type: str) -> Data:
        """The first resource of a type, wherever it is."""
        return next(self.all_of(resource_type))

    def all_of(self, resource_type: str) -> Iterator[Data]:
        """All resources of a type."""
        return (each for each in self.resources() if each["Type"] == resource_type)

    @property
    def names(self) -> set[str]:
        """The logical ids of all stacks."""
        return {logical_id for body in self.bodies.values() for logical_id in body["Resources"]}

    def forget(self, gone: set[str]) -> None:
        """Let nothing wait for what was taken out."""
        for resource in self.resources():
            waits = resource.get("DependsOn", [])
            if isinstance(waits, list) and gone & set(waits):
                resource["DependsOn"] = [each for each in waits if each not in gone]

    def resources(self) -> Iterator[Data]:
        """All resources of all stacks."""
        for body in self.bodies.values():
            yield from body["Resources"].values()


Change = Callable[[Templates], object]
Mistake = Callable[[], object]


@dataclass(frozen=True, kw_only=True)
class Mutation:
    """One way in which templates are broken.

    Args:
        name: what is done, in words.
        variant: to the templates of which variant of the sample app.
        change: does it.
        symptom: what the user sees on AWS.
        in_python: the same mistake in Python, through the library's or the CDK's constructs, where they have words for
            it; it raises.
        reason: why nothing that runs in `make synth` can tell; None where something does.
    """

    name: str
    variant: Variant
    change: Change
    symptom: str
    in_python: Mistake | None = None
    reason: str | None = None

    def __str__(self) -> str:
        return f"{self.variant.value}: {self.name}"

    @cached_property
    def templates(self) -> Templates:
        """The broken templates."""
        templates = Templates(self.variant)
        before = templates.names
        self.change(templates)
        templates.forget(before - templates.names)
        return templates

    @cached_property
    def changed(self) -> dict[str, Data]:
        """The templates that are not what they were, by stack."""
        whole = Templates(self.variant).bodies
        return {name: body for name, body in self.templates.bodies.items() if body != whole[name]}
