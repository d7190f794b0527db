"""What tasks run on: Fargate and Fargate Spot, EC2 instances, and how a strategy shares tasks among them."""

from constructs_ecs.capacity.ec2 import Ec2Capacity
from constructs_ecs.capacity.strategy import CapacityShare, FargateProvider, render_strategy

__all__ = ["CapacityShare", "Ec2Capacity", "FargateProvider", "render_strategy"]
