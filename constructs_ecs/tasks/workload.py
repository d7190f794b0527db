"""What services and jobs share: a task definition, a closed security group, and the network's promise."""

from collections.abc import Sequence
from typing import Final

import jsii
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from constructs import Construct, IConstruct

from constructs_ecs.cluster import Cluster
from constructs_ecs.facts.cdk_types import CdkType, check_cdk
from constructs_ecs.facts.endpoints import HTTPS_PORT
from constructs_ecs.facts.images import registry_port
from constructs_ecs.facts.needs import Needs
from constructs_ecs.facts.task_sizes import TaskSize
from constructs_ecs.known import Part
from constructs_ecs.network.security_groups import allow_egress_to_internet, closed_security_group
from constructs_ecs.tasks.container import Container
from constructs_ecs.tasks.definition import TaskDefinition
from constructs_ecs.tasks.logging import Logging

INTERNET: Final = Needs(internet=("what its containers call",))
"""What a workload needs that calls any address."""


@jsii.implements(ec2.IConnectable)
class Workload(Part):
    """What services and jobs share: tasks of one definition, with a security group of their own. Make one of these.

    Args:
        scope: the parent construct.
        construct_id: the id of this construct in its scope.
        kind: what it is called, such as "service".
        cluster: where it runs; its network, exec audit and capacity are the workload's too.
        containers: the containers of the task.
        size: the task's size on Fargate; None on EC2.
        enable_execute_command: whether containers can be opened with ECS Exec.
        logging: where output goes.
        internet: whether the containers may call any address on 443.
        family: the task definition's family; by default the workload's own.
        execution_role: an existing execution role.
        task_role: an existing task role.
    """

    cluster: Cluster
    """Where it runs."""
    task: TaskDefinition
    """The task definition with its roles and log group."""
    security_group: ec2.SecurityGroup
    """The workload's own group: no ingress, and no egress, until allowed."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        kind: str,
        cluster: Cluster,
        containers: Sequence[Container],
        size: TaskSize | None,
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
        self.task = TaskDefinition(
            self,
            "Task",
            containers=containers,
            size=size,
            enable_execute_command=enable_execute_command,
            exec_configuration=cluster.exec_configuration_for(self, enabled=enable_execute_command),
            logging=logging,
            family=self._own_family() if family is None else family,
            existing_execution_role=execution_role,
            existing_task_role=task_role,
        )
        cluster.network.require(self.task.needs, needed_by=self)
        self.security_group = closed_security_group(
            self, "SecurityGroup", vpc=cluster.network.vpc, description=f"One ECS {kind}: closed until allowed"
        )
        if internet:
            self.allow_internet()

    @property
    def connections(self) -> ec2.Connections:
        """For the CDK's own ``connections``: the workload's own group, never the shared endpoint-client group.

        The CDK puts rules into the stack of whoever it is asked through; to talk across stacks in both directions, use
        the ``allow_from`` and ``allow_to`` of services.
        """
        return self.security_group.connections

    @property
    def execution_role(self) -> iam.IRole:
        """What ECS uses before the containers start."""
        return self.task.execution_role.role

    @property
    def task_role(self) -> iam.IRole:
        """What the containers use: grant to it."""
        return self.task.task_role.role

    def allow_internet(self, needs: Needs = INTERNET) -> None:
        """Let the tasks call any address on 443, and on the ports of the registries that are needed.

        Args:
            needs: what for; by default whatever the containers call.

        Raises:
            UnreachableError: ECS060 or ECS062, the network has no egress.
        """
        self.cluster.network.require(needs, needed_by=self)
        allow_egress_to_internet(self.security_group, ports=(HTTPS_PORT, *map(registry_port, needs.registries)))

    def _own_family(self) -> str | None:
        """The family where none is given; None for what the CDK makes of the construct's path."""
        return None

    def _start_when_ready(self, what: IConstruct) -> None:
        """Let tasks start only when every call they make can be made, and end before that is taken away.

        Args:
            what: starts tasks, or whatever starts them waits for it.
        """
        task = self.task
        what.node.add_dependency(
            self.cluster.network.ready, self.cluster.ready, task.execution_role.ready, task.task_role.ready
        )
