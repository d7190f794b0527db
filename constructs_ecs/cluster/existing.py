"""A cluster that exists: named, and what it has stated."""

from collections.abc import Sequence

from constructs import Construct, DependencyGroup

from constructs_ecs.capacity import (
    CapacityProvider,
    CapacityShare,
    ExistingCapacity,
    FargateProvider,
    render_strategy,
    shown_provider,
)
from constructs_ecs.cluster.base import Cluster
from constructs_ecs.cluster.imported import import_cluster
from constructs_ecs.errors import Code, ConflictError
from constructs_ecs.exec import ExecConfiguration, UnknownExec
from constructs_ecs.exec.configuration import check_stated
from constructs_ecs.facts.limits import check_cluster_name, check_kind, is_token
from constructs_ecs.network import Network
from constructs_ecs.network.base import check_network


class ExistingCluster(Cluster):
    """A cluster that somebody else made, of the stack's account and Region, as a place for services.

    Nothing of it is changed. What is stated is what ``aws ecs describe-clusters --include CONFIGURATIONS`` shows: from
    it follow what services may run on, and what their task roles are granted for ECS Exec, which is never more.

    Args:
        scope: the parent construct.
        construct_id: the id of this construct in its scope.
        cluster_name: the cluster's name, not its ARN.
        network: where the services' tasks run.
        exec_configuration: how the cluster records and encrypts ECS Exec sessions: `ExecConfiguration()` for one that
            was told nothing, or ``"unknown"``, with which services with ECS Exec are refused.
        capacity_providers: what the cluster has beside the launch types: Fargate's providers and EC2 capacity. Those
            of the default strategy are among them without being said.
        default_strategy: the cluster's default capacity provider strategy, as far as it is known.

    Raises:
        InvalidValueError: ECS030, `network` or `exec_configuration` is none; ECS034, a provider is none or is capacity
            of an EcsCluster, or the strategy's figures; ECS035, the name.
        ConflictError: ECS042, mixed capacity in the default strategy.

    Source: ECS API reference, ``Cluster``.
    """

    capacity_providers: tuple[CapacityProvider, ...]
    """What services may name in a strategy."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        cluster_name: str,
        network: Network,
        exec_configuration: ExecConfiguration | UnknownExec,
        capacity_providers: Sequence[FargateProvider | ExistingCapacity] = (),
        default_strategy: Sequence[CapacityShare] | None = None,
    ) -> None:
        check_cluster_name(cluster_name)
        check_network(network)
        check_stated(exec_configuration)
        providers = _stated_providers(capacity_providers, default_strategy)
        super().__init__(scope, construct_id)
        self.network = network
        self.exec_configuration = exec_configuration
        self.ready = DependencyGroup()
        self.capacity_providers = providers
        self._add_fargate_providers(providers)
        self.has_fargate_spot = FargateProvider.FARGATE_SPOT in providers
        self.default_strategy = () if default_strategy is None else tuple(default_strategy)
        self.cluster = import_cluster(
            self,
            cluster_name=cluster_name,
            network=network,
            exec_configuration=self.exec_configuration,
        )

    def _check_providers(self, providers: Sequence[CapacityProvider]) -> None:
        for provider in providers:
            if not self._has(provider):
                raise ConflictError(
                    Code.FARGATE_SPOT if provider is FargateProvider.FARGATE_SPOT else Code.CAPACITY,
                    f"{shown_provider(provider)} is not among the stated providers of the cluster {self.node.path}.",
                    "Name it in the cluster's capacity_providers, if the cluster has it, or use what is named there.",
                )

    def _has(self, provider: CapacityProvider) -> bool:
        is_known_later = isinstance(provider, ExistingCapacity) and is_token(provider.name)
        return is_known_later or provider in self.capacity_providers


def _stated_providers(
    providers: Sequence[CapacityProvider], default_strategy: Sequence[CapacityShare] | None
) -> tuple[CapacityProvider, ...]:
    """Check what is stated, and add up the providers; ECS takes none into a default that the cluster has not.

    Raises:
        InvalidValueError: ECS034.
        ConflictError: ECS042.
    """
    check_kind(providers, Sequence, code=Code.CAPACITY_STRATEGY, name="capacity_providers")
    stated = list(providers)
    if default_strategy is not None:
        render_strategy(default_strategy)
        stated.extend(share.provider for share in default_strategy)
    for provider in stated:
        kinds = (FargateProvider, ExistingCapacity)
        check_kind(provider, *kinds, code=Code.CAPACITY_STRATEGY, name="A capacity provider of an existing cluster")
    return tuple(dict.fromkeys(stated))
