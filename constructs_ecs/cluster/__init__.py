"""The cluster: Container Insights, exec audit, and the capacity that tasks run on."""

from constructs_ecs.cluster.base import Cluster
from constructs_ecs.cluster.ecs_cluster import EcsCluster

__all__ = ["Cluster", "EcsCluster"]
