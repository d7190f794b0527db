"""With the CDK's L2s, as somebody writes it who knows what the tasks need and counts the messages.

Whatever is the same for all services is made once: principal, image, ARNs. What is left is what the services need.
"""

from collections.abc import Sequence
from typing import ClassVar

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs

from benchmarks.ways.platform import platform
from benchmarks.ways.statements import allow, logs_service, of_this_account, through_logs

_SESSIONS = [
    "logs:DescribeLogGroups",
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
]


class ByHand:
    """The same resources and permissions as with this library."""

    per_stack: ClassVar = 50

    def __init__(self, stack: cdk.Stack) -> None:
        shared = platform(stack)
        self._network, self._cluster, self._log_key = shared.network, shared.cluster, shared.log_key
        self._log_key_arn, self._exec_key_arn = shared.log_key.key_arn, shared.exec_key.key_arn
        self._exec_logs_arn, self._repository_arn = shared.exec_logs.log_group_arn, shared.repository.repository_arn
        self._image = ecs.ContainerImage.from_registry(shared.repository.repository_uri_for_tag("1.4.2"))
        self._principal = of_this_account("ecs-tasks.amazonaws.com", "ecs", "*")
        self._logs_service = logs_service()
        self._buffer = cdk.Size.mebibytes(25)
        self._nobody = ec2.Peer.ipv4("255.255.255.255/32"), ec2.Port.icmp_type_and_code(252, 85)
        self._platform = ecs.RuntimePlatform(
            operating_system_family=ecs.OperatingSystemFamily.LINUX, cpu_architecture=ecs.CpuArchitecture.X86_64
        )

    def add_services(self, stack: cdk.Stack, construct_ids: Sequence[str]) -> None:
        """Make each service of what it consists of."""
        for construct_id in construct_ids:
            group = logs.LogGroup(
                stack, f"{construct_id}Logs", retention=logs.RetentionDays.ONE_YEAR, encryption_key=self._log_key
            )
            definition = ecs.FargateTaskDefinition(
                stack,
                f"{construct_id}Task",
                cpu=512,
                memory_limit_mib=1024,
                runtime_platform=self._platform,
                execution_role=self._execution_role(stack, construct_id, group.log_group_arn),
                task_role=self._task_role(stack, construct_id),
            )
            self._add_container(stack, construct_id, definition, group)
            self._add_service(stack, construct_id, definition)

    def _execution_role(self, stack: cdk.Stack, construct_id: str, log_group_arn: str) -> iam.IRole:
        return self._role(
            stack,
            f"{construct_id}ExecutionRole",
            allow(["ecr:GetAuthorizationToken"], "*"),
            allow(
                ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
                self._repository_arn,
            ),
            allow(["logs:CreateLogStream", "logs:PutLogEvents"], log_group_arn),
            through_logs(self._log_key_arn, self._logs_service),
        )

    def _task_role(self, stack: cdk.Stack, construct_id: str) -> iam.IRole:
        return self._role(
            stack,
            f"{construct_id}TaskRole",
            allow(_SESSIONS, "*"),
            allow(["kms:Decrypt"], self._exec_key_arn),
            allow(["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"], self._exec_logs_arn),
            through_logs(self._exec_key_arn, self._logs_service),
        )

    def _role(self, stack: cdk.Stack, construct_id: str, *statements: iam.PolicyStatement) -> iam.IRole:
        policy = iam.ManagedPolicy(stack, f"{construct_id}Policy", statements=list(statements))
        role = iam.Role(stack, construct_id, assumed_by=self._principal, managed_policies=[policy])
        # The CDK's grants would add inline policies to it.
        return role.without_policy_updates()

    def _add_container(
        self, stack: cdk.Stack, construct_id: str, definition: ecs.FargateTaskDefinition, group: logs.LogGroup
    ) -> None:
        definition.add_container(
            "app",
            image=self._image,
            port_mappings=[ecs.PortMapping(container_port=8080)],
            readonly_root_filesystem=False,
            linux_parameters=ecs.LinuxParameters(stack, f"{construct_id}Linux", init_process_enabled=True),
            logging=ecs.LogDrivers.aws_logs(
                log_group=group,
                stream_prefix="app",
                mode=ecs.AwsLogDriverMode.NON_BLOCKING,
                max_buffer_size=self._buffer,
            ),
        )

    def _add_service(self, stack: cdk.Stack, construct_id: str, definition: ecs.FargateTaskDefinition) -> None:
        own = ec2.SecurityGroup(stack, f"{construct_id}Group", vpc=self._network.vpc, allow_all_outbound=False)
        own.add_egress_rule(*self._nobody)  # keeps the group closed, as the CDK's own stand-in would not
        ecs.FargateService(
            stack,
            construct_id,
            cluster=self._cluster,
            task_definition=definition,
            security_groups=[own, self._network.clients],
            assign_public_ip=False,
            enable_execute_command=True,
            min_healthy_percent=100,
            max_healthy_percent=200,
            deployment_controller=ecs.DeploymentController(type=ecs.DeploymentControllerType.ECS),
            circuit_breaker=ecs.DeploymentCircuitBreaker(rollback=True),
            propagate_tags=ecs.PropagatedTagSource.SERVICE,
            enable_ecs_managed_tags=True,
        )
