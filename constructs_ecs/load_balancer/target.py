"""One service behind a load balancer: target group and listener rule, both in the service's stack."""

import aws_cdk as cdk
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from constructs import Construct

from constructs_ecs.facts.limits import is_token
from constructs_ecs.load_balancer.health_check import TargetHealthCheck
from constructs_ecs.services import Service
from constructs_ecs.tasks import Container


class LoadBalancerTarget(Construct):
    """A service behind a load balancer. Made by `add_target()` of the load balancer.

    It is below the service, so that references go from the service's stack to the load balancer's and never back,
    whatever is served by it from how many stacks.

    Args:
        service: what is served; the target group, the rule and both security group rules are in its stack.
        construct_id: the id of this construct in the service.
        listener: the listener of the load balancer.
        container: the container that gets the requests, which has a port.
        hosts: the host names of the rule; none for all.
        paths: the paths of the rule; none for all.
        priority: the rule's place among all rules of the listener.
        health_check: how the load balancer tells whether a task is healthy.
        deregistration_delay_seconds: for how long requests to a task that leaves may end.
        grace_period_seconds: for how long ECS does not count the health checks of a new task.
    """

    target_group: elbv2.ApplicationTargetGroup
    """The tasks of the service; its metrics tell how they answer."""
    rule: elbv2.ApplicationListenerRule
    """What is asked of the service."""

    def __init__(
        self,
        service: Service,
        construct_id: str,
        *,
        listener: elbv2.ApplicationListener,
        container: Container,
        hosts: tuple[str, ...],
        paths: tuple[str, ...],
        priority: int,
        health_check: TargetHealthCheck,
        deregistration_delay_seconds: int,
        grace_period_seconds: int,
    ) -> None:
        super().__init__(service, construct_id)
        self.grace_period_seconds = grace_period_seconds
        service.load_balancer_targets = (*service.load_balancer_targets, self)
        self.target_group = self._new_target_group(service, container, health_check, deregistration_delay_seconds)
        self.rule = elbv2.ApplicationListenerRule(
            self,
            "Rule",
            listener=listener,
            priority=priority,
            conditions=_conditions(hosts, paths),
            action=elbv2.ListenerAction.forward([self.target_group]),
        )
        # The rule is there before the service: ECS refuses a target group that no load balancer sends requests to.
        self.target_group.add_target(
            service.service.load_balancer_target(container_name=container.name, container_port=container.port)
        )
        _wait_for_health(service, grace_period_seconds)

    def _new_target_group(
        self, service: Service, container: Container, check: TargetHealthCheck, deregistration_delay_seconds: int
    ) -> elbv2.ApplicationTargetGroup:
        group = elbv2.ApplicationTargetGroup(
            self,
            "TargetGroup",
            vpc=service.cluster.network.vpc,
            target_type=elbv2.TargetType.IP,
            protocol=elbv2.ApplicationProtocol.HTTP,
            port=container.port,
            deregistration_delay=cdk.Duration.seconds(deregistration_delay_seconds),
            health_check=elbv2.HealthCheck(
                protocol=elbv2.Protocol.HTTP, path=check.path, healthy_http_codes=check.healthy_codes
            ),
        )
        resource = group.node.default_child
        assert isinstance(resource, elbv2.CfnTargetGroup)  # noqa: S101 - tells mypy what the CDK made
        # Not by the L2, which compares the figures without asking whether they are tokens.
        resource.health_check_interval_seconds = check.interval_seconds
        resource.health_check_timeout_seconds = check.timeout_seconds
        resource.healthy_threshold_count = check.healthy_threshold
        resource.unhealthy_threshold_count = check.unhealthy_threshold
        return group


def _wait_for_health(service: Service, grace_period_seconds: int) -> None:
    """Let ECS wait for the slowest of the service's targets: it has one grace period for all of them."""
    periods = [target.grace_period_seconds for target in _targets(service)]
    resource = service.service.node.default_child
    assert isinstance(resource, ecs.CfnService)  # noqa: S101 - tells mypy what the CDK made
    known = not any(map(is_token, periods))
    resource.health_check_grace_period_seconds = max(periods) if known else grace_period_seconds


def _targets(service: Service) -> list[LoadBalancerTarget]:
    return [target for target in service.load_balancer_targets if isinstance(target, LoadBalancerTarget)]


def _conditions(hosts: tuple[str, ...], paths: tuple[str, ...]) -> list[elbv2.ListenerCondition]:
    conditions = []
    if hosts:
        conditions.append(elbv2.ListenerCondition.host_headers(list(hosts)))
    if paths or not hosts:  # a rule has a condition; every path begins with a slash
        conditions.append(elbv2.ListenerCondition.path_patterns(list(paths) if paths else ["/*"]))
    return conditions
