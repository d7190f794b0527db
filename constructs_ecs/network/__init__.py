"""The private network: VPC, isolated subnets, endpoints, flow logs, and NAT or none."""

from constructs_ecs.network.base import Network
from constructs_ecs.network.egress import Egress
from constructs_ecs.network.endpoints import EndpointSet
from constructs_ecs.network.existing import ExistingNetwork
from constructs_ecs.network.existing_endpoint import ExistingEndpoint
from constructs_ecs.network.published import PublishedNetwork
from constructs_ecs.network.vpc import PrivateNetwork

__all__ = [
    "Egress",
    "EndpointSet",
    "ExistingEndpoint",
    "ExistingNetwork",
    "Network",
    "PrivateNetwork",
    "PublishedNetwork",
]
