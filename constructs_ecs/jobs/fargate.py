"""Jobs on Fargate."""

from collections.abc import Sequence
from typing import Any

from aws_cdk import aws_iam as iam
from constructs import Construct

from constructs_ecs.capacity import CapacityShare, ClusterDefault
from constructs_ecs.cluster import Cluster
from constructs_ecs.cluster.base import check_cluster
from constructs_ecs.errors import Code
from constructs_ecs.facts.limits import check_kind
from constructs_ecs.facts.task_sizes import TaskSize
from constructs_ecs.jobs.base import Job
from constructs_ecs.tasks import Container, Logging
from constructs_ecs.tasks.capacity import fargate_shares


class FargateJob(Job):
    """A task on Fargate that runs to its end when a state machine runs it, in the network's task subnets.

    What its containers need follows from them: endpoints, permissions, and egress to a registry on the internet. A
    RunTask runs it; without one, the job is a task definition that costs nothing.

    Args:
        scope: the parent construct.
        construct_id: the id of this construct in its scope.
        cluster: where it runs; its network, exec audit and capacity are the job's too.
        containers: the containers of the task.
        size: CPU, memory, ephemeral storage and platform of the task.
        capacity: Fargate and Fargate Spot in proportion, or ClusterDefault.STRATEGY to name nothing and follow the
            cluster; by default as for a FargateService.
        enable_execute_command: whether containers can be opened with ECS Exec, which the cluster's exec audit then
            records. On by default.
        logging: where output goes; by default to a CloudWatch log group of the job's own.
        internet: whether the containers may call any address on 443. Off by default.
        family: the task definition's family, which no other job has, since its latest revision runs; by default made
            of the stack's name and the construct's path.
        execution_role: an existing role to use and grant to; by default an own one.
        task_role: as above.

    Raises:
        InvalidValueError: ECS010 to ECS026, a value that ECS does not take; ECS030, `cluster` or a role is none;
            ECS034, the strategy's figures.
        ConflictError: ECS040, FARGATE_SPOT on a cluster without it, or for Windows; ECS042, mixed capacity; ECS043,
            ECS046; ECS044, the capacity is not Fargate's, or the cluster has no such default; ECS049, ECS Exec on a
            cluster of which is not known how it records sessions.
        UnreachableError: ECS060 to ECS062, a call that could not be made from the cluster's network.
    """

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
        internet: bool = False,
        family: str | None = None,
        execution_role: iam.IRole | None = None,
        task_role: iam.IRole | None = None,
    ) -> None:
        check_cluster(cluster)
        check_kind(size, TaskSize, code=Code.TASK_SIZE, name="size")
        self._follows_cluster = isinstance(capacity, ClusterDefault)
        self._system = size.operating_system
        shares = self._checked(cluster, capacity)
        super().__init__(
            scope,
            construct_id,
            cluster=cluster,
            containers=containers,
            size=size,
            shares=shares,
            enable_execute_command=enable_execute_command,
            logging=logging,
            internet=internet,
            family=family,
            execution_role=execution_role,
            task_role=task_role,
        )
        if self.task.needs.leaves_network:
            # On Fargate images are pulled and secrets read through the task's own network interface.
            self.allow_internet(self.task.needs)

    def capacity_parameters(self, capacity: Sequence[CapacityShare] | None) -> dict[str, Any]:
        """Name the capacity to run on, as RunTask takes it: another than the job's own, or the job's own."""
        if capacity is not None:
            capacity = fargate_shares(
                self.cluster, capacity, system=self._system, kind="A FargateJob", other="an Ec2Job"
            )
        shares = self.shares if capacity is None else capacity
        if shares is None:
            return {} if self._follows_cluster else {"LaunchType": "FARGATE"}
        return self._strategy(shares)

    def _checked(
        self, cluster: Cluster, capacity: Sequence[CapacityShare] | ClusterDefault | None
    ) -> Sequence[CapacityShare] | None:
        return fargate_shares(cluster, capacity, system=self._system, kind="A FargateJob", other="an Ec2Job")
