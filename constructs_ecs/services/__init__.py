"""ECS services: what all share in ``base``, then one file for each launch type."""

from constructs_ecs.services.base import Service
from constructs_ecs.services.deployment import Deployment
from constructs_ecs.services.ec2 import Ec2Service
from constructs_ecs.services.fargate import FargateService

__all__ = ["Deployment", "Ec2Service", "FargateService", "Service"]
