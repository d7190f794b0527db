"""Services on EC2 instances."""

from collections.abc import Sequence

from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from constructs import Construct

from constructs_ecs.capacity import (
    CapacityShare,
    ClusterDefault,
    Ec2Capacity,
    ExistingCapacity,
    leave_to_cluster,
    render_strategy,
)
from constructs_ecs.cluster import Cluster
from constructs_ecs.cluster.base import check_cluster
from constructs_ecs.services.base import Service
from constructs_ecs.services.deployment import Deployment
from constructs_ecs.tasks import Container, Logging
from constructs_ecs.tasks.capacity import ec2_shares, open_instances


class Ec2Service(Service):
    """A service on the cluster's EC2 capacity, each task with a network interface and security groups of its own.

    What its containers need follows from them: endpoints and permissions. Images are pulled by the instances, so a
    registry on the internet gives the instances egress, and not the tasks.

    Args:
        scope: the parent construct.
        construct_id: the id of this construct in its scope.
        cluster: where it runs; its network and exec audit are the service's too.
        containers: the containers of each task; each has a memory limit or reservation.
        capacity: the EC2 capacity to run on, one or several in proportion, or ClusterDefault.STRATEGY to name nothing
            and follow the cluster.
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

    Raises:
        InvalidValueError: ECS013 to ECS026, a value that ECS does not take; ECS030, `cluster` or a role is none;
            ECS034, the strategy's figures; ECS036, the service's name.
        ConflictError: ECS042, mixed capacity; ECS043, ECS046; ECS044, the capacity is not EC2 capacity of the
            cluster, or it has no such default; ECS049, ECS Exec on a cluster of which is not known how it records
            sessions.
        UnreachableError: ECS060 to ECS062, a call that could not be made from the cluster's network.
    """

    service: ecs.Ec2Service
    """The CDK's service."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        cluster: Cluster,
        containers: Sequence[Container],
        capacity: Sequence[CapacityShare] | Ec2Capacity | ExistingCapacity | ClusterDefault,
        enable_execute_command: bool = True,
        logging: Logging | None = None,
        desired_count: int | None = None,
        deployment: Deployment | None = None,
        internet: bool = False,
        service_name: str | None = None,
        family: str | None = None,
        execution_role: iam.IRole | None = None,
        task_role: iam.IRole | None = None,
    ) -> None:
        check_cluster(cluster)
        shares = ec2_shares(cluster, capacity, kind="An Ec2Service", other="a FargateService")
        super().__init__(
            scope,
            construct_id,
            cluster=cluster,
            containers=containers,
            size=None,
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
        open_instances(shares, self.task.needs)
        named = None if isinstance(capacity, ClusterDefault) else shares
        self.service = self._service(named, desired_count, service_name)
        if named is None:
            leave_to_cluster(self.service)

    def _service(
        self, shares: Sequence[CapacityShare] | None, desired_count: int | None, service_name: str | None
    ) -> ecs.Ec2Service:
        service = ecs.Ec2Service(
            self,
            "Service",
            cluster=self.cluster.cluster,
            task_definition=self.task.task_definition,
            capacity_provider_strategies=None if shares is None else render_strategy(shares),
            desired_count=desired_count,
            service_name=service_name,
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
