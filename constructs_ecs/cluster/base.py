"""What every cluster of this package is to the services in it, whoever made it."""

from abc import abstractmethod
from collections.abc import Callable, Iterable, Sequence

import jsii
from aws_cdk import aws_ecs as ecs
from constructs import Construct, DependencyGroup

from constructs_ecs.capacity import CapacityProvider, CapacityShare, FargateProvider, is_fargate, render_strategy
from constructs_ecs.cluster.publication import publish_cluster
from constructs_ecs.errors import Code, ConflictError, InvalidValueError
from constructs_ecs.exec import ExecConfiguration, ExecLogging, UnknownExec
from constructs_ecs.facts.limits import shown
from constructs_ecs.facts.published import StrategyKind
from constructs_ecs.known import Part
from constructs_ecs.network import Network
from constructs_ecs.publishing import Publication


class Cluster(Part, metaclass=jsii.JSIIAbstractClass):
    """Where services run: an EcsCluster, or an ExistingCluster for one that exists."""

    cluster: ecs.ICluster
    """The CDK's cluster."""
    network: Network
    """Where its tasks and instances run."""
    exec_configuration: ExecConfiguration | UnknownExec
    """How ECS Exec sessions are recorded and encrypted, where it is known."""
    has_fargate_spot: bool
    """Whether services may run on Fargate Spot."""
    ready: DependencyGroup
    """What a service depends on: the cluster has its capacity before the service starts, and until it is gone."""
    default_strategy: tuple[CapacityShare, ...] = ()
    """What is used where no capacity is named; empty until it is said."""

    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id)
        self._fargate_providers: dict[FargateProvider, None] = {}
        self._provider_listeners: list[Callable[[FargateProvider], None]] = []

    @property
    def default_strategy_kind(self) -> StrategyKind:
        """What the default strategy is of."""
        if not self.default_strategy:
            return StrategyKind.NONE
        return StrategyKind.FARGATE if is_fargate(self.default_strategy) else StrategyKind.EC2

    @property
    def fargate_providers(self) -> tuple[FargateProvider, ...]:
        """The providers of Fargate that services may name in a strategy, as far as the cluster has them by now."""
        return tuple(self._fargate_providers)

    def on_fargate_provider(self, tell: Callable[[FargateProvider], None]) -> None:
        """Tell of each provider of Fargate: of those there are at once, of later ones when they are associated."""
        self._provider_listeners.append(tell)
        for provider in self._fargate_providers:
            tell(provider)

    def publish(self, path: str, *, enable_execute_command: bool = True) -> Publication:
        """Publish the cluster for apps that are deployed apart, as parameters of Systems Manager under a path.

        They read it as a PublishedCluster, in the same account and Region; parameters shared from another account are
        not read. What is published are names and ARNs, which are no secret, under names of a versioned schema. It may
        be published under several paths, for as long as readers move from one to another. EC2 capacity is not
        published, but for a default strategy that is of it.

        Args:
            path: where the parameters are, such as ``/platform/cluster``, known at synth and this cluster's alone.
            enable_execute_command: whether services of those apps may have ECS Exec. What its sessions need of the
                network here is then seen to at once, because they cannot ask for it: endpoints, and what the S3
                gateway lets through where a bucket records them.

        Raises:
            InvalidValueError: ECS037, the path is a token, or not one that Systems Manager takes.
            ConflictError: ECS037, something is published under the path already, or it is read in the same stack.
            UnreachableError: ECS061, an endpoint that ECS Exec needs is not there and may not be made.
        """
        return publish_cluster(self, path, enable_execute_command=enable_execute_command)

    def exec_configuration_for(self, service: str | Part, *, enabled: bool) -> ExecConfiguration:
        """Tell how the ECS Exec sessions of a service are recorded.

        Args:
            service: the service or its name, for the message.
            enabled: whether it has ECS Exec; without it, nothing is recorded.

        Raises:
            ConflictError: ECS049, the service has ECS Exec, and what its task role needs for it is not known.
        """
        if isinstance(self.exec_configuration, ExecConfiguration):
            return self.exec_configuration
        if enabled:
            raise ConflictError(
                Code.EXEC_UNKNOWN,
                f"{service} has ECS Exec, whose grants follow from the key and the destinations of its cluster's "
                f"sessions; for {self.node.path} they are said to be unknown.",
                "State the cluster's exec_configuration, which 'aws ecs describe-clusters --include CONFIGURATIONS' "
                "shows, or set enable_execute_command=False on the service.",
            )
        return ExecConfiguration(logging=ExecLogging.NONE)

    def check_strategy(self, shares: Sequence[CapacityShare]) -> None:
        """Check that this cluster can run a strategy; the Fargate providers that it names are then associated.

        Raises:
            InvalidValueError: ECS034, the strategy's figures.
            ConflictError: ECS040, FARGATE_SPOT on a cluster without it; ECS042, mixed capacity; ECS044, capacity that
                is not this cluster's.
        """
        render_strategy(shares)
        self._check_providers([share.provider for share in shares])

    def check_default_strategy(self, *, fargate: bool) -> None:
        """Check that there is a default strategy, and that tasks of a kind run on it.

        Args:
            fargate: whether the tasks are for Fargate, or for EC2 instances.

        Raises:
            ConflictError: ECS044, there is none, or it is of the other kind.
        """
        wanted = "Fargate" if fargate else "EC2 capacity"
        kind = self.default_strategy_kind
        if kind is StrategyKind.NONE:
            raise ConflictError(
                Code.CAPACITY,
                f"ClusterDefault.STRATEGY is for a cluster with a default strategy of {wanted}; none is known of "
                f"{self.node.path}.",
                "Say default_strategy on the cluster before the service is made, or give capacity to the service.",
            )
        if (kind is StrategyKind.FARGATE) is not fargate:
            raise ConflictError(
                Code.CAPACITY,
                f"A service for {wanted} runs on a default strategy of {wanted}; that of {self.node.path} is of "
                f"{'EC2 capacity' if fargate else 'Fargate'}.",
                "Give capacity to the service, or use the other kind of service.",
            )

    def _add_fargate_providers(self, providers: Iterable[CapacityProvider]) -> None:
        """Note the providers of Fargate among those that the cluster has, and tell of new ones."""
        for provider in providers:
            if isinstance(provider, FargateProvider) and provider not in self._fargate_providers:
                self._fargate_providers[provider] = None
                for tell in self._provider_listeners:
                    tell(provider)

    @abstractmethod
    def _check_providers(self, providers: Sequence[CapacityProvider]) -> None:
        """Check that the capacity is this cluster's, and see to it."""


def check_cluster(cluster: object) -> None:
    """Check that an argument is a cluster of this package, and not its name or the CDK's.

    Raises:
        InvalidValueError: ECS030.
    """
    if not isinstance(cluster, Cluster):
        raise InvalidValueError(
            Code.SETTING,
            f"cluster is an EcsCluster, an ExistingCluster or a PublishedCluster; got {shown(cluster)}.",
            "For a cluster that exists, give ExistingCluster(scope, 'Cluster', cluster_name=..., ...).",
        )
