"""A cluster that is made here."""

from collections.abc import Sequence

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct, DependencyGroup

from constructs_ecs.capacity import (
    CapacityProvider,
    CapacityShare,
    Ec2Capacity,
    FargateProvider,
    render_strategy,
    shown_provider,
)
from constructs_ecs.cluster.base import Cluster
from constructs_ecs.errors import Code, ConflictError, InvalidValueError
from constructs_ecs.exec import ExecAudit, ExecConfiguration
from constructs_ecs.facts.limits import check_cluster_name, check_kind, shown
from constructs_ecs.facts.task_sizes import CpuArchitecture
from constructs_ecs.network import Network
from constructs_ecs.network.base import check_network


class EcsCluster(Cluster):
    """A cluster in a private network, with Container Insights and enhanced observability.

    Args:
        scope: the parent construct.
        construct_id: the id of this construct in its scope.
        network: where its tasks and instances run.
        exec_audit: where ECS Exec sessions are recorded, and with which key they are encrypted. Without one, ECS
            records them in each task's own log group.
        fargate_spot: whether services may run on Fargate Spot. Off by default.
        default_strategy: what Fargate services run on that name no capacity, and what ECS uses for tasks that are
            started by others without any; EC2 capacity is added later, and then :meth:`set_default_strategy` says so.
            None by default.
        cluster_name: by default CloudFormation makes one; a fixed name cannot be replaced without downtime.

    Raises:
        InvalidValueError: ECS035, the name has other characters or is too long; ECS034, a strategy's figures; ECS030,
            `network` or `exec_audit` is none, or `fargate_spot` is no bool.
        ConflictError: ECS040, FARGATE_SPOT in the strategy of a cluster without it; ECS042, mixed capacity; ECS044,
            EC2 capacity of another cluster.

    Source: ECS developer guide, "Amazon ECS clusters"; ECS API reference, ``CreateCluster``.
    """

    cluster: ecs.Cluster
    """The CDK's cluster."""
    exec_audit: ExecAudit | None
    exec_configuration: ExecConfiguration
    """How ECS Exec sessions are recorded and encrypted."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        network: Network,
        exec_audit: ExecAudit | None = None,
        fargate_spot: bool = False,
        default_strategy: Sequence[CapacityShare] | None = None,
        cluster_name: str | None = None,
    ) -> None:
        check_network(network)
        _check_audit(exec_audit)
        check_kind(fargate_spot, bool, code=Code.SETTING, name="fargate_spot")
        if cluster_name is not None:
            check_cluster_name(cluster_name)
        super().__init__(scope, construct_id)
        self.network = network
        self.exec_audit = exec_audit
        self.exec_configuration = ExecConfiguration() if exec_audit is None else exec_audit.exec_configuration
        self.has_fargate_spot = fargate_spot
        self._ec2_capacities: list[Ec2Capacity] = []
        self.cluster = ecs.Cluster(
            self,
            "Cluster",
            vpc=network.vpc,
            cluster_name=cluster_name,
            container_insights_v2=ecs.ContainerInsights.ENHANCED,
            execute_command_configuration=None if exec_audit is None else exec_audit.configuration,
            enable_fargate_capacity_providers=fargate_spot,
        )
        if fargate_spot:
            self._add_fargate_providers(FargateProvider)
        # With what is below it: the CDK adds the association of capacity providers there, when it synthesizes.
        self.ready = DependencyGroup(self.cluster)
        if default_strategy is not None:
            self.set_default_strategy(default_strategy)

    @property
    def ec2_capacities(self) -> tuple[Ec2Capacity, ...]:
        """The EC2 capacity added so far."""
        return tuple(self._ec2_capacities)

    def add_ec2_capacity(
        self,
        construct_id: str,
        *,
        instance_type: ec2.InstanceType | str,
        min_capacity: int = 0,
        max_capacity: int = 4,
        cpu_architecture: CpuArchitecture | None = None,
        root_volume_gib: int = 30,
        encryption_key: kms.IKey | None = None,
        role: iam.IRole | None = None,
        key_pair: ec2.IKeyPair | None = None,
        ssh_from_cidr: str | None = None,
        internet: bool = False,
        target_capacity_percent: int = 100,
        managed_termination_protection: bool = True,
    ) -> Ec2Capacity:
        """Add EC2 instances, in the cluster's own stack: in two stacks each would wait for the other (aws-cdk 35210).

        Args:
            construct_id: the id of the capacity in this construct.
            instance_type: such as ``m7i.large``, as text or as the CDK's type.
            min_capacity: how many instances there are at least; by default none until a task needs one.
            max_capacity: how many instances there are at most.
            cpu_architecture: x86-64 or Arm; by default what the instance type's name says.
            root_volume_gib: size of the encrypted root volume, 30 or more, in GiB.
            encryption_key: encrypts the root volume; by default the account's default key for EBS.
            role: an existing role for the instances, which EC2 may assume, to use and grant to; by default an own one.
            key_pair: a key pair for SSH; none by default.
            ssh_from_cidr: a block of addresses from which SSH is let in, not every address. Off by default.
            internet: whether instances may call any address on 443, for images of registries on the internet.
            target_capacity_percent: how full ECS keeps the group, 1 to 100.
            managed_termination_protection: whether instances with tasks are protected from scale-in.

        Raises:
            InvalidValueError: ECS028, a figure or the instance type; ECS017, the block is malformed; ECS030, the key,
                the role or the key pair is not the CDK's.
            UnsafeError: ECS081, the block is every address.
            UnreachableError: ECS062, `internet` in a network without egress.
        """
        capacity = Ec2Capacity(
            self,
            construct_id,
            cluster=self.cluster,
            network=self.network,
            instance_type=instance_type,
            min_capacity=min_capacity,
            max_capacity=max_capacity,
            cpu_architecture=cpu_architecture,
            root_volume_gib=root_volume_gib,
            encryption_key=encryption_key,
            role=role,
            key_pair=key_pair,
            ssh_from_cidr=ssh_from_cidr,
            internet=internet,
            target_capacity_percent=target_capacity_percent,
            managed_termination_protection=managed_termination_protection,
        )
        self._ec2_capacities.append(capacity)
        return capacity

    def set_default_strategy(self, shares: Sequence[CapacityShare]) -> None:
        """Say what is used where no capacity is named, once, and before the services that are meant.

        Raises:
            InvalidValueError: ECS034, the strategy's figures.
            ConflictError: ECS044, there is a default strategy already, or EC2 capacity is another cluster's; ECS040,
                FARGATE_SPOT on a cluster without it; ECS042, mixed capacity.
        """
        if self.default_strategy:
            raise ConflictError(
                Code.CAPACITY,
                f"A cluster has one default strategy; {self.node.path} has it already.",
                "Set it once, or give capacity to each service.",
            )
        self.check_strategy(shares)
        self.cluster.add_default_capacity_provider_strategy(render_strategy(shares))
        self.default_strategy = tuple(shares)

    def _check_providers(self, providers: Sequence[CapacityProvider]) -> None:
        if FargateProvider.FARGATE_SPOT in providers and not self.has_fargate_spot:
            raise ConflictError(
                Code.FARGATE_SPOT,
                f"FARGATE_SPOT runs on a cluster that has it; {self.node.path} has not.",
                "Set fargate_spot=True on the cluster, or use FARGATE.",
            )
        for provider in providers:
            if not isinstance(provider, FargateProvider) and provider not in self._ec2_capacities:
                raise ConflictError(
                    Code.CAPACITY,
                    f"{shown_provider(provider)} is not capacity of the cluster {self.node.path}.",
                    "Use what this cluster's add_ec2_capacity() returned, or the other cluster.",
                )
        if any(isinstance(provider, FargateProvider) for provider in providers):
            # The CDK associates both or neither; whether Spot may be used stays this cluster's own word.
            self.cluster.enable_fargate_capacity_providers()
            self._add_fargate_providers(providers)


def _check_audit(exec_audit: object) -> None:
    if exec_audit is not None and not isinstance(exec_audit, ExecAudit):
        raise InvalidValueError(
            Code.SETTING,
            f"exec_audit is an ExecAudit; got {shown(exec_audit)}.",
            "Make an ExecAudit, which takes the same choices; an ExecConfiguration states what an ExistingCluster has.",
        )
