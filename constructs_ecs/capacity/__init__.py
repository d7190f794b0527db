"""What tasks run on: Fargate and Fargate Spot, EC2 instances, and how a strategy shares tasks among them."""

from constructs_ecs.capacity.ec2 import Ec2Capacity
from constructs_ecs.capacity.existing import ExistingCapacity
from constructs_ecs.capacity.strategy import (
    CapacityProvider,
    CapacityShare,
    ClusterDefault,
    FargateProvider,
    is_fargate,
    leave_to_cluster,
    render_strategy,
    shown_provider,
)

__all__ = [
    "CapacityProvider",
    "CapacityShare",
    "ClusterDefault",
    "Ec2Capacity",
    "ExistingCapacity",
    "FargateProvider",
    "is_fargate",
    "leave_to_cluster",
    "render_strategy",
    "shown_provider",
]
