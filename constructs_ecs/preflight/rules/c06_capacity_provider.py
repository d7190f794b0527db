"""C06: a capacity provider that the cluster does not have."""

from collections.abc import Iterator
from typing import Any, Final

from constructs_ecs.preflight.findings import Finding, Severity, Where
from constructs_ecs.preflight.launch_sites.capacity import CLUSTER
from constructs_ecs.preflight.launch_sites.reading import items, walk
from constructs_ecs.preflight.rules.base import Context, Rule
from constructs_ecs.preflight.task_definition import below
from constructs_ecs.preflight.templates.graph import Graph, Resource
from constructs_ecs.preflight.topology.things import thing
from constructs_ecs.preflight.values import Ternary, Unknown, is_known, same

_ASSOCIATIONS: Final = "AWS::ECS::ClusterCapacityProviderAssociations"
_PROVIDER: Final = "AWS::ECS::CapacityProvider"
_STRATEGY: Final = "CapacityProviderStrategy"
_DEFAULT: Final = "DefaultCapacityProviderStrategy"


class CapacityProvider(Rule):
    """A launch, or a cluster's default, names a capacity provider that the cluster is not associated with."""

    id = "C06"
    severity = Severity.WARNING
    statement = "A launch names a capacity provider, such as FARGATE, that its cluster is not associated with."
    symptom = "InvalidParameterException: the capacity provider is not associated with the cluster."
    decided_by = (
        "CapacityProviderStrategy of the launch and DefaultCapacityProviderStrategy of the cluster, against "
        "CapacityProviders of the cluster and of its ClusterCapacityProviderAssociations. A cluster that is not in the "
        "templates leaves it open."
    )
    fix = "Name the provider in the CapacityProviders of the cluster of {the resource}."
    source = "AWS CloudFormation, AWS::ECS::ClusterCapacityProviderAssociations"

    def check(self, context: Context) -> Iterator[Finding]:
        """Compare the strategies of clusters and launches with what the clusters have."""
        providers = {cluster.where: _Providers(cluster, context.graph) for cluster in context.graph.resources(CLUSTER)}
        for known in providers.values():
            for source in known.sources:
                sites = context.launch_sites_in(known.cluster)
                yield from self._compared(known, source.get(_DEFAULT), below(source.where, _DEFAULT), sites)
        for proof in context.proofs:
            site = proof.site
            if isinstance(site.cluster, Resource):
                strategy, where = site.properties.get(_STRATEGY), below(site.where, _STRATEGY)
                yield from self._compared(providers[site.cluster.where], strategy, where, (site.where,))

    def _compared(
        self,
        known: "_Providers",
        strategy: Any,  # noqa: ANN401 - any resolved value
        where: Where,
        sites: tuple[Where, ...],
    ) -> Iterator[Finding]:
        for _, item in items(strategy):
            name = walk(item, "CapacityProvider")
            if name is not None and known.lack(name):
                message = f"The cluster {known.cluster.logical_id} is not associated with the capacity provider {name}."
                yield self.finding(where, message, launch_sites=sites)


class _Providers:
    """What a cluster is associated with."""

    def __init__(self, cluster: Resource, graph: Graph) -> None:
        self.cluster = cluster
        self.sources = [cluster]
        self._graph = graph
        self._names: list[Any] = []
        for association in graph.resources(_ASSOCIATIONS):
            other = thing(graph, association.get("Cluster"), CLUSTER)
            if other is cluster:
                self.sources.append(association)
            elif isinstance(other, Unknown):
                self._names.append(other)  # it may be this one
        self._names += (name for source in self.sources for _, name in items(source.get("CapacityProviders")))

    def lack(self, name: Any) -> bool:  # noqa: ANN401 - any resolved value
        """Whether a capacity provider is sure not to be among them."""
        return is_known(name) and all(self._differ(name, other) for other in self._names)

    def _differ(self, name: Any, other: Any) -> bool:  # noqa: ANN401 - any resolved values
        if not is_known(other):
            return False
        found, associated = self._graph.target(name, _PROVIDER), self._graph.target(other, _PROVIDER)
        if found is not None and associated is not None:
            return found is not associated
        return same(name, other) is Ternary.NO or (found is None) != (associated is None)
