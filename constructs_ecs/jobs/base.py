"""What Fargate and EC2 jobs share: a task definition, a closed security group, and the network's promise."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, Final

import jsii
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from constructs import Construct

from constructs_ecs.capacity import CapacityShare, render_strategy
from constructs_ecs.cluster import Cluster
from constructs_ecs.facts.cdk_types import CdkType, check_cdk
from constructs_ecs.facts.endpoints import HTTPS_PORT
from constructs_ecs.facts.images import registry_port
from constructs_ecs.facts.needs import Needs
from constructs_ecs.facts.task_sizes import TaskSize
from constructs_ecs.known import Part, place_of
from constructs_ecs.network.security_groups import allow_egress_to_internet, closed_security_group, security_group_id
from constructs_ecs.tasks import Container, Logging, TaskDefinition

_INTERNET: Final = Needs(internet=("what its containers call",))


@jsii.implements(ec2.IConnectable)
class Job(Part, metaclass=jsii.JSIIAbstractClass):
    """What Fargate and EC2 jobs share. Make a FargateJob or an Ec2Job, and run it with RunTask.

    Args:
        scope: the parent construct.
        construct_id: the id of this construct in its scope.
        cluster: where the job runs; its network, exec audit and capacity are the job's too.
        containers: the containers of the task.
        size: the task's size on Fargate; None on EC2.
        shares: the capacity to run on; None to name none.
        enable_execute_command: whether containers can be opened with ECS Exec.
        logging: where output goes.
        internet: whether the containers may call any address on 443.
        family: the task definition's family.
        execution_role: an existing execution role.
        task_role: an existing task role.
    """

    cluster: Cluster
    """Where the job runs."""
    task: TaskDefinition
    """The task definition with its roles and log group."""
    security_group: ec2.SecurityGroup
    """The job's own group: no ingress, and no egress, until allowed."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        cluster: Cluster,
        containers: Sequence[Container],
        size: TaskSize | None,
        shares: Sequence[CapacityShare] | None,
        enable_execute_command: bool,
        logging: Logging | None,
        internet: bool,
        family: str | None,
        execution_role: iam.IRole | None,
        task_role: iam.IRole | None,
    ) -> None:
        check_cdk(execution_role, CdkType.ROLE, name="execution_role", optional=True)
        check_cdk(task_role, CdkType.ROLE, name="task_role", optional=True)
        super().__init__(scope, construct_id)
        self.cluster = cluster
        self.shares = None if shares is None else tuple(shares)
        self.task = TaskDefinition(
            self,
            "Task",
            containers=containers,
            size=size,
            enable_execute_command=enable_execute_command,
            exec_configuration=cluster.exec_configuration_for(self, enabled=enable_execute_command),
            logging=logging,
            family=family,
            existing_execution_role=execution_role,
            existing_task_role=task_role,
        )
        cluster.network.require(self.task.needs, needed_by=self)
        self.security_group = closed_security_group(
            self, "SecurityGroup", vpc=cluster.network.vpc, description="One ECS job: closed until allowed"
        )
        if internet:
            self.allow_internet()
        self._wait_for_network()

    @property
    def connections(self) -> ec2.Connections:
        """For the CDK's ``connections`` and ``allow_from`` of services: the job's own group, never the shared one."""
        return self.security_group.connections

    @property
    def execution_role(self) -> iam.IRole:
        """What ECS uses before the containers start."""
        return self.task.execution_role.role

    @property
    def task_role(self) -> iam.IRole:
        """What the containers use: grant to it."""
        return self.task.task_role.role

    def allow_internet(self, needs: Needs = _INTERNET) -> None:
        """Let the task call any address on 443, and on the ports of the registries that are needed.

        Args:
            needs: what for; by default whatever the containers call.

        Raises:
            UnreachableError: ECS060 or ECS062, the network has no egress.
        """
        self.cluster.network.require(needs, needed_by=self)
        allow_egress_to_internet(self.security_group, ports=(HTTPS_PORT, *map(registry_port, needs.registries)))

    def require(self, needs: Needs) -> None:
        """See to what a run of the job needs beyond the task definition: endpoints, and permissions of the task role.

        Args:
            needs: what is needed.

        Raises:
            UnreachableError: ECS061, an endpoint is needed that neither exists nor may be made.
        """
        self.cluster.network.require(needs, needed_by=self)
        self.task.task_role.allow(needs.task_role)

    @cached_property
    def family(self) -> str:
        """The task definition's family, whose latest revision runs."""
        return self.task.task_definition.family

    @cached_property
    def family_arn(self) -> str:
        """The ARN of the family, without a revision."""
        place = place_of(self)
        return f"arn:{place.partition}:ecs:{place.region}:{place.account}:task-definition/{self.family}"

    @cached_property
    def cluster_arn(self) -> str:
        """The ARN of the cluster that the job runs on."""
        return self.cluster.cluster.cluster_arn

    @cached_property
    def network_configuration(self) -> Mapping[str, Any]:
        """Where the task's network interface is, and which groups it has, as RunTask takes it."""
        network = self.cluster.network
        groups = (self.security_group, network.endpoint_client_security_group)
        return {
            "AwsvpcConfiguration": {
                "AssignPublicIp": "DISABLED",
                "SecurityGroups": list(map(security_group_id, groups)),
                "Subnets": [subnet.subnet_id for subnet in network.selected_task_subnets()],
            }
        }

    @abstractmethod
    def capacity_parameters(self, capacity: Sequence[CapacityShare] | None) -> dict[str, Any]:
        """Name the capacity to run on, as RunTask takes it: another than the job's own, or the job's own."""

    def _strategy(self, shares: Sequence[CapacityShare]) -> dict[str, Any]:
        return {
            "CapacityProviderStrategy": [
                {"CapacityProvider": each.capacity_provider, "Weight": each.weight}
                | ({} if each.base is None else {"Base": each.base})
                for each in render_strategy(shares)
            ]
        }

    def _wait_for_network(self) -> None:
        """Let whatever waits for the task definition start a task only when every call that it makes can be made."""
        task = self.task
        task.task_definition.node.add_dependency(
            self.cluster.network.ready, self.cluster.ready, task.execution_role.ready, task.task_role.ready
        )
