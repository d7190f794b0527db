"""The private network: VPC, isolated subnets, endpoints, flow logs, and NAT or none."""

from constructs_ecs.network.endpoints import EndpointSet
from constructs_ecs.network.subnets import Egress
from constructs_ecs.network.vpc import PrivateNetwork

__all__ = ["Egress", "EndpointSet", "PrivateNetwork"]
