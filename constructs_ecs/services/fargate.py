"""Services on Fargate."""

from collections.abc import Sequence

from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from constructs import Construct

from constructs_ecs.capacity import CapacityShare, ClusterDefault, leave_to_cluster, render_strategy
from constructs_ecs.cluster import Cluster
from constructs_ecs.cluster.base import check_cluster
from constructs_ecs.errors import Code, UnsafeError
from constructs_ecs.facts.limits import check_kind
from constructs_ecs.facts.task_sizes import TaskSize
from constructs_ecs.services.base import Service
from constructs_ecs.services.deployment import Deployment
from constructs_ecs.tasks import Container, Logging
from constructs_ecs.tasks.capacity import fargate_shares


class FargateService(Service):
    """A service on Fargate, in the network's task subnets, that can be reached by nobody until it is allowed.

    What its containers need follows from them: endpoints, permissions, and egress to a registry on the internet.

    Args:
        scope: the parent construct.
        construct_id: the id of this construct in its scope.
        cluster: where it runs; its network, exec audit and capacity are the service's too.
        containers: the containers of each task.
        size: CPU, memory, ephemeral storage and platform of each task.
        capacity: Fargate and Fargate Spot in proportion, or ClusterDefault.STRATEGY to name nothing and follow the
            cluster; by default the shares of the cluster's default strategy as they are now, where that is of Fargate,
            else all on Fargate. The shares of a PublishedCluster are not known here: there the default is all on
            Fargate, whatever is declared of its default strategy.
        enable_execute_command: whether containers can be opened with ECS Exec, which the cluster's exec audit then
            records. On by default.
        logging: where output goes; by default to a CloudWatch log group of the service's own.
        desired_count: how many tasks run. By default one at first, and later deployments leave the number alone.
        deployment: how tasks are replaced; by default with none missing and a circuit breaker that rolls back.
        internet: whether the containers may call any address on 443. Off by default.
        service_name: by default CloudFormation makes one; a fixed name cannot be replaced without downtime.
        family: the task definition's family; by default made from the construct's path.
        execution_role: an existing role to use and grant to; by default an own one.
        task_role: as above.
        assign_public_ip: refused: a private network gives no public addresses.

    Raises:
        InvalidValueError: ECS010 to ECS026, a value that ECS does not take; ECS030, `cluster` or a role is none;
            ECS034, the strategy's figures; ECS036, the service's name.
        ConflictError: ECS040, FARGATE_SPOT on a cluster without it, or for Windows; ECS042, mixed capacity; ECS043,
            ECS046; ECS044, the capacity is not Fargate's, or the cluster has no such default; ECS049, ECS Exec on a
            cluster of which is not known how it records sessions.
        UnreachableError: ECS060 to ECS062, a call that could not be made from the cluster's network.
        UnsafeError: ECS082, a public address.
    """

    service: ecs.FargateService
    """The CDK's service."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        cluster: Cluster,
        containers: Sequence[Container],
        size: TaskSize,
        capacity: Sequence[CapacityShare] | ClusterDefault | None = None,
        enable_execute_command: bool = True,
        logging: Logging | None = None,
        desired_count: int | None = None,
        deployment: Deployment | None = None,
        internet: bool = False,
        service_name: str | None = None,
        family: str | None = None,
        execution_role: iam.IRole | None = None,
        task_role: iam.IRole | None = None,
        assign_public_ip: bool = False,
    ) -> None:
        if assign_public_ip:
            raise UnsafeError(
                Code.PUBLIC_IP,
                "A task in a private network has no public IP address; got assign_public_ip=True.",
                "Leave it out, and put a load balancer in front of the service.",
            )
        check_cluster(cluster)
        check_kind(size, TaskSize, code=Code.TASK_SIZE, name="size")
        shares = fargate_shares(
            cluster, capacity, system=size.operating_system, kind="A FargateService", other="an Ec2Service"
        )
        super().__init__(
            scope,
            construct_id,
            cluster=cluster,
            containers=containers,
            size=size,
            enable_execute_command=enable_execute_command,
            logging=logging,
            desired_count=desired_count,
            deployment=deployment,
            service_name=service_name,
            internet=internet,
            family=family,
            execution_role=execution_role,
            task_role=task_role,
        )
        if self.task.needs.leaves_network:
            # On Fargate images are pulled and secrets read through the task's own network interface.
            self.allow_internet(self.task.needs)
        self.service = self._service(shares, desired_count, service_name)
        if isinstance(capacity, ClusterDefault):
            leave_to_cluster(self.service)

    def _service(
        self, shares: Sequence[CapacityShare] | None, desired_count: int | None, service_name: str | None
    ) -> ecs.FargateService:
        service = ecs.FargateService(
            self,
            "Service",
            cluster=self.cluster.cluster,
            task_definition=self.task.task_definition,
            capacity_provider_strategies=None if shares is None else render_strategy(shares),
            desired_count=desired_count,
            service_name=service_name,
            assign_public_ip=False,
            vpc_subnets=self.cluster.network.task_subnets,
            security_groups=[self.security_group],
            enable_execute_command=self.task.enable_execute_command,
            min_healthy_percent=self.deployment.minimum_healthy_percent,
            max_healthy_percent=self.deployment.maximum_healthy_percent,
            circuit_breaker=self.deployment.cdk_circuit_breaker,
            deployment_controller=ecs.DeploymentController(type=ecs.DeploymentControllerType.ECS),
            propagate_tags=ecs.PropagatedTagSource.SERVICE,
            enable_ecs_managed_tags=True,
        )
        self._join_network(service)
        return service
