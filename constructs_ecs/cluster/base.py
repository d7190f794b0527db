"""What every cluster of this package is to the services in it, whoever made it."""

from abc import abstractmethod
from collections.abc import Sequence

import jsii
from aws_cdk import aws_ecs as ecs
from constructs import Construct, DependencyGroup

from constructs_ecs.capacity import CapacityShare, Ec2Capacity, FargateProvider, render_strategy
from constructs_ecs.errors import Code, ConflictError
from constructs_ecs.exec import ExecConfiguration
from constructs_ecs.network import Network


class Cluster(Construct, metaclass=jsii.JSIIAbstractClass):
    """Where services run: an EcsCluster, or what stands for a cluster that exists."""

    cluster: ecs.ICluster
    """The CDK's cluster."""
    network: Network
    """Where its tasks and instances run."""
    exec_configuration: ExecConfiguration
    """How ECS Exec sessions are recorded and encrypted."""
    has_fargate_spot: bool
    """Whether services may run on Fargate Spot."""
    ready: DependencyGroup
    """What a service depends on: the cluster has its capacity before the service starts, and until it is gone."""
    default_strategy: tuple[CapacityShare, ...] = ()
    """What is used where no capacity is named; empty until it is said."""

    def check_strategy(self, shares: Sequence[CapacityShare]) -> None:
        """Check that this cluster can run a strategy; the Fargate providers that it names are then associated.

        Raises:
            InvalidValueError: ECS034, the strategy's figures.
            ConflictError: ECS040, FARGATE_SPOT on a cluster without it; ECS042, mixed capacity; ECS044, capacity of
                another cluster.
        """
        render_strategy(shares)
        providers = [share.provider for share in shares]
        if FargateProvider.FARGATE_SPOT in providers and not self.has_fargate_spot:
            raise ConflictError(
                Code.FARGATE_SPOT,
                f"FARGATE_SPOT runs on a cluster that has it; {self.node.path} has not.",
                "Set fargate_spot=True on the cluster, or use FARGATE.",
            )
        self._check_providers(providers)

    @abstractmethod
    def _check_providers(self, providers: Sequence[FargateProvider | Ec2Capacity]) -> None:
        """Check that the capacity is this cluster's, and see to it."""
