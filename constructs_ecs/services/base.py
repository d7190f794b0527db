"""What Fargate and EC2 services share: a task definition, a closed security group, and the network's promise."""

from collections.abc import Sequence
from typing import Final

import jsii
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from constructs import Construct

from constructs_ecs.cluster import Cluster
from constructs_ecs.errors import Code, InvalidValueError
from constructs_ecs.facts.cidrs import check_ingress_cidr
from constructs_ecs.facts.endpoints import HTTPS_PORT
from constructs_ecs.facts.images import registry_port
from constructs_ecs.facts.limits import check_desired_count, check_kind, check_port, check_service_name
from constructs_ecs.facts.needs import Needs
from constructs_ecs.facts.task_sizes import TaskSize
from constructs_ecs.network.security_groups import (
    allow_egress_to_internet,
    allow_ingress_from_cidr,
    check_peer,
    closed_security_group,
    every_address,
)
from constructs_ecs.services.deployment import Deployment
from constructs_ecs.tasks import Container, Logging, TaskDefinition

_INTERNET: Final = Needs(internet=("what its containers call",))


@jsii.implements(ec2.IConnectable)
class Service(Construct):
    """What Fargate and EC2 services share. Make a FargateService or an Ec2Service.

    Args:
        scope: the parent construct.
        construct_id: the id of this construct in its scope.
        cluster: where the service runs; its network, exec audit and capacity are the service's too.
        containers: the containers of the task.
        size: the task's size on Fargate; None on EC2.
        enable_execute_command: whether containers can be opened with ECS Exec.
        logging: where output goes.
        desired_count: how many tasks run.
        deployment: how tasks are replaced.
        service_name: the service's name.
        family: the task definition's family.
        execution_role: an existing execution role.
        task_role: an existing task role.
        internet: whether the containers may call any address on 443.
    """

    task: TaskDefinition
    """The task definition with its roles and log group."""
    security_group: ec2.SecurityGroup
    """The service's own group: no ingress, and no egress, until allowed."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        cluster: Cluster,
        containers: Sequence[Container],
        size: TaskSize | None,
        enable_execute_command: bool,
        logging: Logging | None,
        desired_count: int | None,
        deployment: Deployment | None,
        service_name: str | None,
        family: str | None,
        execution_role: iam.IRole | None,
        task_role: iam.IRole | None,
        internet: bool,
    ) -> None:
        if desired_count is not None:
            check_desired_count(desired_count)
        if service_name is not None:
            check_service_name(service_name)
        if deployment is not None:
            check_kind(deployment, Deployment, code=Code.SERVICE_COUNT, name="deployment")
        super().__init__(scope, construct_id)
        self.cluster = cluster
        self.deployment = Deployment() if deployment is None else deployment
        self.task = TaskDefinition(
            self,
            "Task",
            containers=containers,
            size=size,
            enable_execute_command=enable_execute_command,
            exec_configuration=cluster.exec_configuration,
            logging=logging,
            family=family,
            existing_execution_role=execution_role,
            existing_task_role=task_role,
        )
        cluster.network.require(self.task.needs, needed_by=self.node.path)
        self.security_group = closed_security_group(
            self, "SecurityGroup", vpc=cluster.network.vpc, description="One ECS service: closed until allowed"
        )
        if internet:
            self.allow_internet()

    @property
    def connections(self) -> ec2.Connections:
        """For the CDK's own ``connections``: the service's own group, never the shared endpoint-client group."""
        return self.security_group.connections

    @property
    def execution_role(self) -> iam.IRole:
        """What ECS uses before the containers start."""
        return self.task.execution_role.role

    @property
    def task_role(self) -> iam.IRole:
        """What the containers use: grant to it."""
        return self.task.task_role.role

    def allow_from(self, peer: "ec2.IConnectable | str", *, port: int | None = None) -> None:
        """Let a peer connect to this service.

        Args:
            peer: another service, anything with CDK ``connections``, or a CIDR block.
            port: a TCP port; by default the first that a container listens on.

        Raises:
            InvalidValueError: ECS016, there is no port; ECS017, the block is malformed; ECS030, no peer.
            UnsafeError: ECS081, the block is every address, also as the CDK's ``ec2.Peer``.
        """
        port = self._port(port)
        description = f"to {self.node.id} on {port}"
        if isinstance(peer, str):
            allow_ingress_from_cidr(self.security_group, peer, port, description)
        else:
            check_peer(peer)
            everyone = every_address(peer)
            if everyone is not None:
                check_ingress_cidr(everyone)
            self.security_group.connections.allow_from(_own_group(peer), ec2.Port.tcp(port), description)

    def allow_to(self, peer: ec2.IConnectable, *, port: int | None = None) -> None:
        """Let this service connect to a peer, on both sides.

        Args:
            peer: another service, or anything with CDK ``connections``.
            port: a TCP port; by default the first that a container of the other service listens on.

        Raises:
            InvalidValueError: ECS016, the port is not given and cannot be told; ECS030, no peer.
            UnreachableError: ECS062, the peer is every address, and the network has no egress.
        """
        if isinstance(peer, Service):
            peer.allow_from(self, port=port)
            return
        check_peer(peer)
        if port is None:
            raise InvalidValueError(
                Code.PORT, "The port of a peer that is not a service of this library is not known.", "Give port=."
            )
        check_port(port)
        if every_address(peer) is not None:
            self.cluster.network.require(_INTERNET, needed_by=self.node.path)
        self.security_group.connections.allow_to(peer, ec2.Port.tcp(port), f"from {self.node.id} on {port}")

    def allow_internet(self, needs: Needs = _INTERNET) -> None:
        """Let the tasks call any address on 443, and on the ports of the registries that are needed.

        Args:
            needs: what for; by default whatever the containers call.

        Raises:
            UnreachableError: ECS060 or ECS062, the network has no egress.
        """
        self.cluster.network.require(needs, needed_by=self.node.path)
        allow_egress_to_internet(self.security_group, ports=(HTTPS_PORT, *map(registry_port, needs.registries)))

    def _join_network(self, service: ecs.BaseService) -> None:
        """Let ECS start tasks only when every call they make can be made, and end them before that is taken away."""
        self._carry_endpoint_client_group(service)
        service.node.add_dependency(self.cluster.network.ready, self.cluster.ready)
        service.node.add_dependency(self.task.execution_role.ready, self.task.task_role.ready)

    def _carry_endpoint_client_group(self, service: ecs.BaseService) -> None:
        """Put the shared group on the tasks, but not among the connections of the CDK's service.

        There, a load balancer's target group would open the shared group, and so every task, to the load balancer.
        """
        resource = service.node.default_child
        assert isinstance(resource, ecs.CfnService)  # noqa: S101 - tells mypy what the CDK made
        groups = (self.security_group, self.cluster.network.endpoint_client_security_group)
        resource.add_property_override(
            "NetworkConfiguration.AwsvpcConfiguration.SecurityGroups", [group.security_group_id for group in groups]
        )

    def _port(self, port: int | None) -> int:
        if port is not None:
            check_port(port)
            return port
        for container in self.task.containers:
            if container.port is not None:
                return container.port
        raise InvalidValueError(
            Code.PORT, f"No container of {self.node.path} listens on a port.", "Give port= here, or on a container."
        )


def _own_group(peer: ec2.IConnectable) -> ec2.IConnectable:
    return peer.security_group if isinstance(peer, Service) else peer
