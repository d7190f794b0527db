"""A cluster that another app published."""

from collections.abc import Sequence
from typing import Literal

from constructs import Construct, DependencyGroup

from constructs_ecs.capacity import CapacityProvider, FargateProvider, shown_provider
from constructs_ecs.cluster.base import Cluster
from constructs_ecs.cluster.imported import import_cluster
from constructs_ecs.cluster.published_exec import PublishedExec
from constructs_ecs.errors import Code, ConflictError, InvalidValueError
from constructs_ecs.exec import UnknownExec
from constructs_ecs.facts.limits import check_kind, shown
from constructs_ecs.facts.published import (
    ClusterParameter,
    StrategyKind,
    capacity_provider_parameter,
    check_path,
)
from constructs_ecs.network import Network
from constructs_ecs.network.base import check_network
from constructs_ecs.publishing import PublishedValues


class PublishedCluster(Cluster):
    """A cluster that an app deployed apart has published in the same account and Region, with ``cluster.publish()``.

    Nothing is looked up at synth: CloudFormation reads the values when it deploys. So what the cluster has is declared
    here. A service that needs more is refused at synth; a cluster that has something else, or is published in another
    version of the schema, is refused by CloudFormation before anything is made, with the name of what differs.

    CloudFormation reads per stack, so make one in each stack with services on the cluster. It
    reads at each deployment and not between; who deploys may call ``ssm:GetParameters`` on the path.

    Args:
        scope: the parent construct.
        construct_id: the id of this construct in its scope.
        path: where the cluster is published, such as ``/platform/cluster``.
        network: where the services' tasks run; often a PublishedNetwork.
        exec_configuration: how the cluster records ECS Exec sessions, or ``"unknown"``, with which services with ECS
            Exec are refused. It is compared in all parts: what is declared too little would be lacking in a task role.
        capacity_providers: what services may name in a strategy; none by default, which leaves the launch type FARGATE.
        default_strategy: what the cluster's default strategy is of, for services that leave their capacity to it with
            ClusterDefault.STRATEGY; ``"none"``, by default, refuses those.

    Raises:
        InvalidValueError: ECS030, `network`, `exec_configuration` or `default_strategy` is none; ECS034, a provider is
            none of Fargate's; ECS037, `path` is a token, or not one that Systems Manager takes.
        ConflictError: ECS037, `path` is published in the same stack.
    """

    capacity_providers: tuple[FargateProvider, ...]
    """What services may name in a strategy."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        path: str,
        network: Network,
        exec_configuration: PublishedExec | UnknownExec,
        capacity_providers: Sequence[FargateProvider] = (),
        default_strategy: StrategyKind | Literal["none", "fargate", "ec2"] = StrategyKind.NONE,
    ) -> None:
        check_path(path)
        check_network(network)
        _check_declared(exec_configuration)
        providers, kind = _checked_providers(capacity_providers), _checked_kind(default_strategy)
        super().__init__(scope, construct_id)
        self.path = path
        self.network = network
        self.ready = DependencyGroup()
        self.capacity_providers = providers
        self._add_fargate_providers(providers)
        self.has_fargate_spot = FargateProvider.FARGATE_SPOT in providers
        self._default_strategy_kind = kind
        published = PublishedValues(self, path)
        for provider in providers:
            published.expect_available(capacity_provider_parameter(provider.value))
        if kind is not StrategyKind.NONE:
            remedy = "declare default_strategy as it is published"
            published.expect(ClusterParameter.DEFAULT_STRATEGY, kind.value, remedy)
        self.exec_configuration = (
            exec_configuration.read(self, published)
            if isinstance(exec_configuration, PublishedExec)
            else exec_configuration
        )
        self.cluster = import_cluster(
            self,
            cluster_name=published.value(ClusterParameter.NAME),
            network=network,
            exec_configuration=self.exec_configuration,
        )

    @property
    def default_strategy_kind(self) -> StrategyKind:
        """What the cluster's default strategy is declared to be of."""
        return self._default_strategy_kind

    def _check_providers(self, providers: Sequence[CapacityProvider]) -> None:
        for provider in providers:
            if provider not in self.capacity_providers:
                raise ConflictError(
                    Code.FARGATE_SPOT if provider is FargateProvider.FARGATE_SPOT else Code.CAPACITY,
                    f"{shown_provider(provider)} is not declared of the cluster published under {self.path}.",
                    f"Name it in capacity_providers of {self.node.path}, if the cluster has it, or use what is named "
                    "there.",
                )


def _check_declared(exec_configuration: object) -> None:
    if not isinstance(exec_configuration, PublishedExec) and exec_configuration != "unknown":
        raise InvalidValueError(
            Code.SETTING,
            f"exec_configuration of a published cluster is a PublishedExec, or 'unknown'; got "
            f"{shown(exec_configuration)}.",
            "Declare what its parameter exec/configuration says.",
        )


def _checked_providers(providers: Sequence[FargateProvider]) -> tuple[FargateProvider, ...]:
    check_kind(providers, Sequence, code=Code.CAPACITY_STRATEGY, name="capacity_providers")
    for provider in providers:
        check_kind(provider, FargateProvider, code=Code.CAPACITY_STRATEGY, name="Each of capacity_providers")
    return tuple(dict.fromkeys(providers))


def _checked_kind(kind: str) -> StrategyKind:
    if kind not in list(StrategyKind):
        raise InvalidValueError(
            Code.SETTING,
            f"default_strategy is one of {', '.join(map(repr, map(str, StrategyKind)))}; got {shown(kind)}.",
            "Use what the cluster's parameter default-strategy says.",
        )
    return StrategyKind(kind)
