"""Registries: credentials for private ones, repositories in ECR, and the images that use them."""

from constructs_ecs.registry.credentials import RegistryCredentials
from constructs_ecs.registry.image import Image
from constructs_ecs.registry.pull import BoundImage
from constructs_ecs.registry.repository import EcrRepository

__all__ = ["BoundImage", "EcrRepository", "Image", "RegistryCredentials"]
