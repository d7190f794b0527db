"""The cluster: Container Insights, exec audit, and the capacity that tasks run on."""

from constructs_ecs.cluster.base import Cluster
from constructs_ecs.cluster.ecs_cluster import EcsCluster
from constructs_ecs.cluster.existing import ExistingCluster
from constructs_ecs.cluster.published import PublishedCluster
from constructs_ecs.cluster.published_exec import PublishedExec

__all__ = ["Cluster", "EcsCluster", "ExistingCluster", "PublishedCluster", "PublishedExec"]
