"""With aws_ecs_patterns, which has no service without a load balancer: each service here brings one of its own."""

from collections.abc import Sequence
from typing import ClassVar

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_ecs_patterns as patterns
from aws_cdk import aws_logs as logs

from benchmarks.ways.platform import platform


class Patterns:
    """The platform is the one made by hand; permissions are what the pattern grants."""

    per_stack: ClassVar = 25
    """50 services of the pattern are more than the 500 resources of a stack."""

    def __init__(self, stack: cdk.Stack) -> None:
        self._platform = platform(stack)
        network = self._platform.network
        # The balancers' rules would make a cycle of the stacks if the services carried the clients' group.
        network.endpoints.add_ingress_rule(ec2.Peer.ipv4(network.vpc.vpc_cidr_block), ec2.Port.tcp(443))
        self._image = ecs.ContainerImage.from_ecr_repository(self._platform.repository, "1.4.2")

    def add_services(self, stack: cdk.Stack, construct_ids: Sequence[str]) -> None:
        """Each service is one call, and a log group for the key."""
        for construct_id in construct_ids:
            group = logs.LogGroup(
                stack,
                f"{construct_id}Logs",
                retention=logs.RetentionDays.ONE_YEAR,
                encryption_key=self._platform.log_key,
            )
            patterns.ApplicationLoadBalancedFargateService(
                stack,
                construct_id,
                cluster=self._platform.cluster,
                cpu=512,
                memory_limit_mib=1024,
                public_load_balancer=False,
                open_listener=False,
                enable_execute_command=True,
                min_healthy_percent=100,
                circuit_breaker=ecs.DeploymentCircuitBreaker(rollback=True),
                propagate_tags=ecs.PropagatedTagSource.SERVICE,
                enable_ecs_managed_tags=True,
                task_image_options=patterns.ApplicationLoadBalancedTaskImageOptions(
                    image=self._image,
                    container_port=8080,
                    log_driver=ecs.LogDrivers.aws_logs(stream_prefix="app", log_group=group),
                ),
            )
