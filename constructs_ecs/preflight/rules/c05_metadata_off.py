"""C05: container instances without instance metadata."""

from collections.abc import Iterator
from typing import Any

from constructs_ecs.preflight.findings import Finding, Severity, Where
from constructs_ecs.preflight.launch_sites import Capacity, Instances
from constructs_ecs.preflight.rules.base import Context, Rule
from constructs_ecs.preflight.templates.graph import Graph, Resource

_LAUNCH_TEMPLATE = "AWS::EC2::LaunchTemplate"


class MetadataOff(Rule):
    """The metadata service of container instances is off, from which the agent has credentials and Region."""

    id = "C05"
    severity = Severity.WARNING
    statement = "Container instances have their metadata service off, so the ECS agent gets no credentials from it."
    symptom = "The agent has no credentials and no Region; the instance does not register."
    decided_by = "HttpEndpoint in MetadataOptions of the launch template, launch configuration or instance."
    fix = "Set HttpEndpoint in the MetadataOptions of {the resource} to enabled."
    source = "Amazon ECS container agent, README; Amazon EC2 user guide, Configure the instance metadata options"

    def check(self, context: Context) -> Iterator[Finding]:
        """Look at the instances of each launch."""
        found: dict[Where, list[Where]] = {}
        for proof in context.proofs:
            for instances in proof.site.instances if proof.site.capacity is Capacity.EC2 else ():
                for source in _sources(instances, context.graph):
                    if _options(source) == "disabled":
                        found.setdefault(source.where, []).append(proof.site.where)
        for where, sites in found.items():
            message = f"The instances of {where.logical_id} have no metadata service."
            yield self.finding(where, message, launch_sites=sites)


def _sources(instances: Instances, graph: Graph) -> Iterator[Resource]:
    own = graph.resource(instances.where.template, instances.where.logical_id)
    if own is not None and own.type == "AWS::EC2::Instance":
        yield own
    if isinstance(instances.launch_template, Resource):
        yield instances.launch_template


def _options(resource: Resource) -> Any:  # noqa: ANN401 - any resolved value
    data = ("LaunchTemplateData",) if resource.type == _LAUNCH_TEMPLATE else ()
    return resource.get(*data, "MetadataOptions", "HttpEndpoint")
