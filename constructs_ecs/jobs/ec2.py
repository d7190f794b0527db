"""Jobs on EC2 instances."""

from collections.abc import Sequence
from typing import Any

from aws_cdk import aws_iam as iam
from constructs import Construct

from constructs_ecs.capacity import CapacityShare, ClusterDefault, Ec2Capacity, ExistingCapacity
from constructs_ecs.cluster import Cluster
from constructs_ecs.cluster.base import check_cluster
from constructs_ecs.jobs.base import Job
from constructs_ecs.tasks import Container, Logging
from constructs_ecs.tasks.capacity import ec2_shares, open_instances


class Ec2Job(Job):
    """A task on the cluster's EC2 capacity that runs to its end when a state machine runs it.

    It has a network interface and security groups of its own. Images are pulled by the instances, so a registry on the
    internet gives the instances egress, and not the task.

    Args:
        scope: the parent construct.
        construct_id: the id of this construct in its scope.
        cluster: where it runs; its network and exec audit are the job's too.
        containers: the containers of the task; each has a memory limit or reservation.
        capacity: the EC2 capacity to run on, one or several in proportion, or ClusterDefault.STRATEGY to name nothing
            and follow the cluster.
        enable_execute_command: whether containers can be opened with ECS Exec, which the cluster's exec audit then
            records. On by default.
        logging: where output goes; by default to a CloudWatch log group of the job's own.
        internet: whether the containers may call any address on 443. Off by default.
        family: the task definition's family, which no other job has, since its latest revision runs; by default made
            of the stack's name and the construct's path.
        execution_role: an existing role to use and grant to; by default an own one.
        task_role: as above.

    Raises:
        InvalidValueError: ECS013 to ECS026, a value that ECS does not take; ECS030, `cluster` or a role is none;
            ECS034, the strategy's figures.
        ConflictError: ECS042, mixed capacity; ECS043, ECS046; ECS044, the capacity is not EC2 capacity of the
            cluster, or it has no such default; ECS049, ECS Exec on a cluster of which is not known how it records
            sessions.
        UnreachableError: ECS060 to ECS062, a call that could not be made from the cluster's network.
    """

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
        internet: bool = False,
        family: str | None = None,
        execution_role: iam.IRole | None = None,
        task_role: iam.IRole | None = None,
    ) -> None:
        check_cluster(cluster)
        shares = ec2_shares(cluster, capacity, kind="An Ec2Job", other="a FargateJob")
        super().__init__(
            scope,
            construct_id,
            cluster=cluster,
            containers=containers,
            size=None,
            shares=None if isinstance(capacity, ClusterDefault) else shares,
            enable_execute_command=enable_execute_command,
            logging=logging,
            internet=internet,
            family=family,
            execution_role=execution_role,
            task_role=task_role,
        )
        open_instances(shares, self.task.needs)

    def capacity_parameters(self, capacity: Sequence[CapacityShare] | None) -> dict[str, Any]:
        """Name the capacity to run on, as RunTask takes it: another than the job's own, or the job's own."""
        if capacity is not None:
            shares = ec2_shares(self.cluster, capacity, kind="An Ec2Job", other="a FargateJob")
            open_instances(shares, self.task.needs)
            return self._strategy(shares)
        return {} if self.shares is None else self._strategy(self.shares)
