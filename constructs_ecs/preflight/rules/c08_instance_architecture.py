"""C08: container instances of one architecture, with a machine image for the other."""

from collections.abc import Iterator
from typing import Any, Final

from constructs_ecs.facts.instance_types import architecture_of_type
from constructs_ecs.preflight.findings import Finding, Severity, Where
from constructs_ecs.preflight.launch_sites import Instances
from constructs_ecs.preflight.launch_sites.reading import items, walk
from constructs_ecs.preflight.rules.base import Context, Rule
from constructs_ecs.preflight.rules.machine_images import image_architecture, sources, stated
from constructs_ecs.preflight.templates.graph import Graph
from constructs_ecs.preflight.values import Unknown

_OVERRIDES: Final = ("MixedInstancesPolicy", "LaunchTemplate", "Overrides")
_OTHER_IMAGE: Final = ("ImageId", "LaunchTemplateSpecification")
"""An override with one of these has an image of its own."""
_SYMPTOM: Final = (
    "The group starts no instance: The architecture '{}' of the specified instance type does not match the "
    "architecture '{}' of the specified AMI."
)


class InstanceArchitecture(Rule):
    """An instance type has another architecture than the machine image that its instances start from."""

    id = "C08"
    severity = Severity.START
    statement = "Container instances have a type for x86 and a machine image for Arm, or the other way round."
    symptom = _SYMPTOM.format("x86_64", "arm64")
    decided_by = (
        "The family in InstanceType of the launch template, launch configuration, instance or the group's overrides, "
        "and the name of the public parameter that ImageId is read from. An image by its id is open; where only some "
        "of a group's types do not fit, it is a warning."
    )
    fix = "Give {the resource} an instance type and a machine image of one architecture."
    source = "Amazon EC2 user guide, Instance type naming conventions; ECS developer guide, ECS-optimized Linux AMIs"

    def check(self, context: Context) -> Iterator[Finding]:
        """Look at the instances of each launch, each group once."""
        sites: dict[Where, list[Where]] = {}
        found: dict[Where, Instances] = {}
        for proof in context.proofs:
            for instances in proof.site.instances:
                found[instances.where] = instances
                sites.setdefault(instances.where, []).append(proof.site.where)
        for where, instances in found.items():
            yield from self._compared(instances, context.graph, sites[where])

    def _compared(self, instances: Instances, graph: Graph, sites: list[Where]) -> Iterator[Finding]:
        image = image_architecture(instances, graph)
        types = _types(instances, graph)
        named = [(where, name, architecture_of_type(name) if isinstance(name, str) else None) for where, name in types]
        wrong = [found for found in named if image is not None and found[2] not in (None, image)]
        for where, name, architecture in wrong:
            if image is not None and architecture is not None:
                yield self.finding(
                    where,
                    f"{name} is {architecture.value}, and the machine image is for {image.value}.",
                    launch_sites=sites,
                    severity=Severity.START if len(wrong) == len(named) else Severity.WARNING,
                    symptom=_SYMPTOM.format(architecture.value.lower(), image.value.lower()),
                )


def _types(instances: Instances, graph: Graph) -> list[tuple[Where, Any]]:
    """Return the types that instances with the image may have, and where they are named; unknown ones too."""
    own = graph.resource(instances.where.template, instances.where.logical_id)
    overrides = None if own is None else own.get(*_OVERRIDES)
    if overrides and own is not None:
        return [
            (Where(own.template, own.logical_id, (*_OVERRIDES, index, "InstanceType")), _named(override))
            for index, override in items(overrides)
        ]
    for source in sources(instances, graph):
        name = stated(source, "InstanceType")
        if name is not None:
            return [(source.where, name)]
    return []


def _named(override: Any) -> Any:  # noqa: ANN401 - any resolved value
    other = any(walk(override, name) is not None for name in _OTHER_IMAGE)
    return Unknown("the type of an image of its own") if other else walk(override, "InstanceType")
