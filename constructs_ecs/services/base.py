"""What Fargate and EC2 services share: whom they talk to, and how they join their network."""

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from constructs import Construct, IConstruct

from constructs_ecs.cluster import Cluster
from constructs_ecs.errors import Code, ConflictError, InvalidValueError
from constructs_ecs.facts.cidrs import check_ingress_cidr
from constructs_ecs.facts.limits import check_desired_count, check_kind, check_port, check_service_name
from constructs_ecs.facts.task_sizes import TaskSize
from constructs_ecs.known import place_of
from constructs_ecs.network.security_groups import (
    allow_ingress_from_cidr,
    check_peer,
    internet_block,
    security_group_id,
    tcp,
)
from constructs_ecs.services import stack_limits
from constructs_ecs.services.connections import Connection, rules_between_stacks
from constructs_ecs.services.deployment import Deployment
from constructs_ecs.services.exec_command import SHELL, WINDOWS_SHELL, check_command, check_container_of, exec_command
from constructs_ecs.tasks import Container, Logging, Workload
from constructs_ecs.tasks.workload import INTERNET


class Service(Workload):
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

    service: ecs.BaseService
    """The CDK's service."""
    load_balancer_targets: tuple[Construct, ...] = ()
    """What load balancers send requests to, one for each time that the service was added to one."""

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
        super().__init__(
            scope,
            construct_id,
            kind="service",
            cluster=cluster,
            containers=containers,
            size=size,
            enable_execute_command=enable_execute_command,
            logging=logging,
            internet=internet,
            family=family,
            execution_role=execution_role,
            task_role=task_role,
        )
        self.deployment = Deployment() if deployment is None else deployment
        rules_between_stacks(self).join(
            self, lambda: [security_group_id(cluster.network.endpoint_client_security_group)]
        )
        stack_limits.count_in(self)

    def allow_from(self, peer: "ec2.IConnectable | str", *, port: int | None = None) -> None:
        """Let a peer connect to this service, on both sides.

        Between two stacks, the rules are in the one that depends on the other, whatever makes it depend, now or later.
        Where neither does, it is the one whose first service was made later; ``stack.add_dependency(other)`` before or
        after the call decides otherwise. So any number of stacks may talk in any direction, and no two wait for each
        other. Only what a resource refers to in a property override is not seen: there, add the dependency.

        Args:
            peer: another service, anything with CDK ``connections``, or a CIDR block.
            port: a TCP port; by default the first that a container listens on.

        Raises:
            InvalidValueError: ECS016, there is no port; ECS017, the block is malformed; ECS030, no peer, or one that
                does not tell whom it means.
            UnsafeError: ECS081, the block is every address, or more than a /8 of IPv4 or a /16 of IPv6 that is not
                private; also as the CDK's ``ec2.Peer``.
            ConflictError: ECS051, the peer is in another Stage or app.
        """
        port = self._port(port)
        description = f"to {self.node.id} on {port}"
        if isinstance(peer, str):
            allow_ingress_from_cidr(self.security_group, peer, port, description)
        else:
            check_peer(peer)
            everyone = internet_block(peer)
            if everyone is not None:
                check_ingress_cidr(everyone)
            self._connect(peer, inward=True, port=tcp(port), description=description)

    def allow_to(self, peer: ec2.IConnectable, *, port: int | None = None) -> None:
        """Let this service connect to a peer, on both sides; where the rules are, :meth:`allow_from` says.

        Args:
            peer: another service, or anything with CDK ``connections``.
            port: a TCP port; by default the first that a container of the other service listens on, or the default
                port of the peer's ``connections``, which a load balancer has.

        Raises:
            InvalidValueError: ECS016, the port is not given and cannot be told; ECS030, as for :meth:`allow_from`.
            UnreachableError: ECS062, the peer is a block as large as :meth:`allow_from` refuses, and the network has no
                egress.
            ConflictError: ECS051, the peer is in another Stage or app.
        """
        if isinstance(peer, Service):
            peer.allow_from(self, port=port)
            return
        check_peer(peer)
        connection = _default_port(peer) if port is None else _tcp(port)
        if internet_block(peer) is not None:
            self.cluster.network.require(INTERNET, needed_by=self)
        where = connection.to_string() if port is None else port
        self._connect(peer, inward=False, port=connection, description=f"from {self.node.id} on {where}")

    def exec_command(self, *, container: str | None = None, command: str | None = None) -> str:
        """Write the AWS CLI command that opens a session in a running task, ready to paste into a POSIX shell.

        It needs the AWS CLI with the Session Manager plugin. With no running task, ECS answers that there is no task
        ``None``.

        Args:
            container: whose; by default the task's first.
            command: what is run in the container; by default a shell. What a token in it stands for has no single
                quote.

        Raises:
            ConflictError: ECS046, the service has no ECS Exec.
            InvalidValueError: ECS022 and ECS030, the task has no such container, or the command is empty.
        """
        if not self.task.enable_execute_command:
            raise ConflictError(
                Code.EXEC_UNSUPPORTED,
                f"A session is opened in a service with ECS Exec; {self.node.path} has it off.",
                "Leave out enable_execute_command=False on the service.",
            )
        names = [each.name for each in self.task.containers]
        if container is not None:
            check_container_of(names, container)
        if command is not None:
            check_command(command)
        size = self.task.size
        windows = size is not None and size.operating_system.is_windows
        shell = WINDOWS_SHELL if windows else SHELL
        return exec_command(
            region=place_of(self).region,
            cluster=self.cluster.cluster.cluster_name,
            service=self.service.service_name,
            container=names[0] if container is None else container,
            command=shell if command is None else command,
        )

    def output_exec_command(
        self, construct_id: str = "ExecCommand", *, container: str | None = None, command: str | None = None
    ) -> cdk.CfnOutput:
        """Let the stack print the command that opens a session.

        Args:
            construct_id: the id of the output in this construct; name another for a second output.
            container: as for :meth:`exec_command`.
            command: as for :meth:`exec_command`.

        Raises:
            ConflictError: as for :meth:`exec_command`.
            InvalidValueError: as for :meth:`exec_command`.
        """
        return cdk.CfnOutput(
            self,
            construct_id,
            value=self.exec_command(container=container, command=command),
            description=f"Opens an ECS Exec session in a running task of {self.node.id}",
        )

    def _join_network(self, service: ecs.BaseService) -> None:
        self._carry_endpoint_client_group(service.node.default_child)
        self._start_when_ready(service)

    def _carry_endpoint_client_group(self, resource: IConstruct | None) -> None:
        """Put the shared group on the tasks, but not among the connections of the CDK's service.

        There, a load balancer's target group would open the shared group, and so every task, to the load balancer.
        """
        assert isinstance(resource, ecs.CfnService)  # noqa: S101 - tells mypy what the CDK made
        shared = security_group_id(self.cluster.network.endpoint_client_security_group)
        # Behind the service's own group, the only one that the CDK knows of.
        resource.add_property_override("NetworkConfiguration.AwsvpcConfiguration.SecurityGroups.1", shared)

    def _connect(self, peer: ec2.IConnectable, *, inward: bool, port: ec2.Port, description: str) -> None:
        is_service = isinstance(peer, Service)
        Connection(
            own=self.security_group,
            peer=peer.security_group if isinstance(peer, Service) else peer,
            peer_is_service=is_service,
            inward=inward,
            port=port,
            description=description,
        ).allow()

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


def _tcp(port: int) -> ec2.Port:
    check_port(port)
    return tcp(port)


def _default_port(peer: ec2.IConnectable) -> ec2.Port:
    port = peer.connections.default_port
    if port is None:
        raise InvalidValueError(
            Code.PORT, "The port of a peer that is not a service of this library is not known.", "Give port=."
        )
    return port
