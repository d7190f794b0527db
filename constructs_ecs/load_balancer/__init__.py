"""A load balancer inside the network, in front of services."""

from constructs_ecs.load_balancer.balancer import InternalLoadBalancer
from constructs_ecs.load_balancer.health_check import TargetHealthCheck
from constructs_ecs.load_balancer.target import LoadBalancerTarget

__all__ = ["InternalLoadBalancer", "LoadBalancerTarget", "TargetHealthCheck"]
