"""Services on Fargate."""

from collections.abc import Sequence

from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from constructs import Construct

from constructs_ecs.capacity import CapacityShare, FargateProvider, render_strategy
from constructs_ecs.cluster import Cluster
from constructs_ecs.errors import Code, UnsafeError
from constructs_ecs.facts.limits import check_kind
from constructs_ecs.facts.task_sizes import TaskSize
from constructs_ecs.services.base import Service
from constructs_ecs.services.deployment import Deployment
from constructs_ecs.tasks import Container, Logging


class FargateService(Service):
    """A service on Fargate, in the network's task subnets, that can be reached by nobody until it is allowed.

    What its containers need follows from them: endpoints, permissions, and egress to a registry on the internet.

    Args:
        scope: the parent construct.
        construct_id: the id of this construct in its scope.
        cluster: where it runs; its network, exec audit and capacity are the service's too.
        containers: the containers of each task.
        size: CPU, memory, ephemeral storage and platform of each task.
        capacity: Fargate and Fargate Spot in proportion; by default the cluster's default strategy where that is of
            Fargate, else all on Fargate.
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
        InvalidValueError: ECS010 to ECS026, a value that ECS does not take; ECS034, the strategy's figures; ECS036,
            the service's name.
        ConflictError: ECS040, FARGATE_SPOT on a cluster without it; ECS042, mixed capacity; ECS043, ECS046.
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
        capacity: Sequence[CapacityShare] | None = None,
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
        check_kind(size, TaskSize, code=Code.TASK_SIZE, name="size")
        if capacity is not None:
            cluster.check_strategy(capacity)
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
        shares = _fargate_default(cluster) if capacity is None else capacity
        self.service = self._service(shares, desired_count, service_name)

    def _service(
        self, capacity: Sequence[CapacityShare] | None, desired_count: int | None, service_name: str | None
    ) -> ecs.FargateService:
        service = ecs.FargateService(
            self,
            "Service",
            cluster=self.cluster.cluster,
            task_definition=self.task.task_definition,
            capacity_provider_strategies=None if capacity is None else render_strategy(capacity),
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


def _fargate_default(cluster: Cluster) -> Sequence[CapacityShare] | None:
    """The cluster's default strategy. Named, because the CDK's service would name the launch type, which overrules it.

    None where the cluster has none, or has one of EC2 capacity, on which no Fargate task runs.
    """
    shares = cluster.default_strategy
    return shares if shares and isinstance(shares[0].provider, FargateProvider) else None
