"""What a launch runs on: by its launch type, its capacity providers, or what its cluster has by default.

Sources: ECS developer guide, "Amazon ECS launch types and capacity providers"; CloudFormation, ``AWS::ECS::Cluster``,
``AWS::ECS::ClusterCapacityProviderAssociations``, ``AWS::ECS::CapacityProvider``.
"""

from collections.abc import Iterator
from typing import Any, Final

from constructs_ecs.preflight.launch_sites.instances import GROUP, SINGLE, of_group, of_managed, of_single
from constructs_ecs.preflight.launch_sites.reading import items, walk
from constructs_ecs.preflight.launch_sites.site import Capacity, Instances
from constructs_ecs.preflight.launch_sites.user_data import cluster_names
from constructs_ecs.preflight.templates.graph import Graph, Resource
from constructs_ecs.preflight.topology.things import thing
from constructs_ecs.preflight.values import Unknown

CLUSTER: Final = "AWS::ECS::Cluster"
_PROVIDER: Final = "AWS::ECS::CapacityProvider"
_ASSOCIATIONS: Final = "AWS::ECS::ClusterCapacityProviderAssociations"
_FARGATE_PROVIDERS: Final = frozenset({"FARGATE", "FARGATE_SPOT"})
_LAUNCH_TYPES: Final = {
    "FARGATE": Capacity.FARGATE,
    "EC2": Capacity.EC2,
    "EXTERNAL": Capacity.EXTERNAL,
    "MANAGED_INSTANCES": Capacity.MANAGED_INSTANCES,
}

Resolved = tuple[Capacity, tuple[Instances, ...]]
_Key = tuple[str, str]


class Capacities:
    """Finds what launches run on; each group of instances is read once."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._associations: dict[_Key, list[Resource]] = {}
        for association in graph.resources(_ASSOCIATIONS):
            cluster = thing(graph, association.get("Cluster"), CLUSTER)
            if not isinstance(cluster, Unknown):
                self._associations.setdefault(_key(cluster), []).append(association)
        self._of_provider: dict[_Key, Resolved] = {}
        self._of_group: dict[_Key, tuple[Instances, ...]] = {}
        self._of_cluster: dict[tuple[str, ...], tuple[Instances, ...]] = {}
        self._scripted: dict[_Key, list[Instances]] | None = None

    def of(
        self,
        launch_type: Any,  # noqa: ANN401 - any resolved value
        strategy: Any,  # noqa: ANN401 - any resolved value
        cluster: Resource | Unknown | None,
        task_definition: Resource | Unknown,
    ) -> Resolved:
        """Find what a launch runs on.

        Args:
            launch_type: the launch's own launch type, if it has one.
            strategy: the launch's own capacity provider strategy, if it has one.
            cluster: where it runs.
            task_definition: what runs. What it is compatible with decides where nothing else does.
        """
        if strategy is None or strategy == []:
            if launch_type is not None:
                return self._of_launch_type(launch_type, cluster, task_definition)
            strategy = self._default_strategy(cluster)
        if strategy == []:
            return Capacity.EC2, self._instances_of(cluster, Capacity.EC2)
        providers = [self._of_strategy_item(item) for _, item in items(strategy)]
        found = {capacity for capacity, _ in providers} - {Capacity.UNKNOWN}
        if len(found) != 1:
            return self._by_compatibility(cluster, task_definition)
        return found.pop(), tuple(instances for _, group in providers for instances in group)

    def of_provider(self, provider: Resource) -> Resolved:
        """Find what a capacity provider provides."""
        key = _key(provider)
        if key not in self._of_provider:
            self._of_provider[key] = self._read_provider(provider)
        return self._of_provider[key]

    def _of_strategy_item(self, item: Any) -> Resolved:  # noqa: ANN401 - any resolved value
        return self._of_named_provider(walk(item, "CapacityProvider"))

    def _of_named_provider(self, name: Any) -> Resolved:  # noqa: ANN401 - any resolved value
        if isinstance(name, str) and name in _FARGATE_PROVIDERS:
            return Capacity.FARGATE, ()
        provider = thing(self._graph, name, _PROVIDER)
        return (Capacity.UNKNOWN, ()) if isinstance(provider, Unknown) else self.of_provider(provider)

    def _read_provider(self, provider: Resource) -> Resolved:
        if provider.get("ManagedInstancesProvider") is not None:
            return Capacity.MANAGED_INSTANCES, of_managed(self._graph, provider)
        group = thing(self._graph, provider.get("AutoScalingGroupProvider", "AutoScalingGroupArn"), GROUP)
        return Capacity.EC2, () if isinstance(group, Unknown) else self._of_one_group(group)

    def _of_one_group(self, group: Resource) -> tuple[Instances, ...]:
        key = _key(group)
        if key not in self._of_group:
            self._of_group[key] = of_group(self._graph, group)
        return self._of_group[key]

    def _of_launch_type(
        self,
        launch_type: Any,  # noqa: ANN401 - any resolved value
        cluster: Resource | Unknown | None,
        task_definition: Resource | Unknown,
    ) -> Resolved:
        capacity = _LAUNCH_TYPES.get(launch_type) if isinstance(launch_type, str) else None
        if capacity is None:
            return self._by_compatibility(cluster, task_definition)
        return capacity, self._instances_of(cluster, capacity)

    def _by_compatibility(self, cluster: Resource | Unknown | None, task_definition: Resource | Unknown) -> Resolved:
        """Decide by the single launch type that a task definition is made for: ECS runs it on no other."""
        if isinstance(task_definition, Unknown):
            return Capacity.UNKNOWN, ()
        values = [value for _, value in items(task_definition.get("RequiresCompatibilities"))]
        found = _LAUNCH_TYPES.get(values[0]) if len(values) == 1 and isinstance(values[0], str) else None
        if found is None:
            return Capacity.UNKNOWN, ()
        return found, self._instances_of(cluster, found)

    def _default_strategy(self, cluster: Resource | Unknown | None) -> Any:  # noqa: ANN401 - any resolved value
        """Return a cluster's default strategy; an empty list if it has none, unknown if that cannot be told."""
        if cluster is None or isinstance(cluster, Unknown):
            return cluster or Unknown("the cluster named default is not in the templates")
        for resource in (cluster, *self._associations.get(_key(cluster), ())):
            strategy = resource.get("DefaultCapacityProviderStrategy")
            if strategy:
                return strategy
        return []

    def _instances_of(self, cluster: Resource | Unknown | None, capacity: Capacity) -> tuple[Instances, ...]:
        """Return a cluster's instances of a kind: its providers', and on EC2 those whose start script names it."""
        if cluster is None or isinstance(cluster, Unknown) or not capacity.has_instances:
            return ()
        key = (*_key(cluster), capacity.name)
        if key not in self._of_cluster:
            providers = [self._of_named_provider(name) for name in self._providers_of(cluster)]
            provided = [instances for kind, group in providers if kind is capacity for instances in group]
            scripted = self._scripts().get(_key(cluster), []) if capacity is Capacity.EC2 else []
            # Each group is read once, so one and the same is one and the same object.
            self._of_cluster[key] = tuple({id(instances): instances for instances in (*provided, *scripted)}.values())
        return self._of_cluster[key]

    def _providers_of(self, cluster: Resource) -> Iterator[Any]:
        for resource in (cluster, *self._associations.get(_key(cluster), ())):
            for _, value in items(resource.get("CapacityProviders")):
                yield value

    def _scripts(self) -> dict[_Key, list[Instances]]:
        """Return the instances whose start script names a cluster of the templates, by that cluster."""
        if self._scripted is None:
            self._scripted = {}
            for instances in self._all_instances():
                for name in cluster_names(instances.user_data):
                    cluster = thing(self._graph, name, CLUSTER)
                    if not isinstance(cluster, Unknown):
                        self._scripted.setdefault(_key(cluster), []).append(instances)
        return self._scripted

    def _all_instances(self) -> Iterator[Instances]:
        for group in self._graph.resources(GROUP):
            yield from self._of_one_group(group)
        for instance in self._graph.resources(SINGLE):
            yield from of_single(self._graph, instance)


def _key(resource: Resource) -> _Key:
    return resource.template, resource.logical_id
