"""A cluster as parameters of Systems Manager, for apps that are deployed apart."""

from typing import TYPE_CHECKING

import aws_cdk as cdk
import jsii
from aws_cdk import aws_kms as kms

from constructs_ecs.capacity import FargateProvider
from constructs_ecs.exec import ExecConfiguration
from constructs_ecs.facts import features
from constructs_ecs.facts.published import (
    AVAILABLE,
    ClusterParameter,
    capacity_provider_parameter,
    check_path,
    exec_words,
)
from constructs_ecs.publishing import Publication

if TYPE_CHECKING:
    from constructs_ecs.cluster.base import Cluster


def publish_cluster(cluster: "Cluster", path: str, *, enable_execute_command: bool) -> Publication:
    """Publish a cluster, and see to what ECS Exec needs in its network.

    Raises:
        InvalidValueError: ECS037, the path.
        ConflictError: ECS037, something is published under the path already, or it is read in the same stack.
        UnreachableError: ECS061, an endpoint that ECS Exec needs is not there and may not be made.
    """
    check_path(path)
    known = cluster.exec_configuration
    if enable_execute_command and isinstance(known, ExecConfiguration):
        needs = features.exec_session() | known.needs(region=cdk.Stack.of(cluster).region)
        cluster.network.require(needs, needed_by=cluster)
    publication = Publication(cluster, path=path, after=cluster.ready)
    publication.add(ClusterParameter.NAME, cluster.cluster.cluster_name)
    publication.add(ClusterParameter.ARN, cluster.cluster.cluster_arn)
    publication.add(ClusterParameter.DEFAULT_STRATEGY, cdk.Lazy.string(_DefaultStrategy(cluster)))
    cluster.on_fargate_provider(lambda each: _publish_provider(publication, each))
    if isinstance(known, ExecConfiguration):
        _publish_exec(publication, known)
    else:
        publication.add(ClusterParameter.EXEC, known)
    return publication


def _publish_provider(publication: Publication, provider: FargateProvider) -> None:
    publication.add(capacity_provider_parameter(provider.value), AVAILABLE)


def _publish_exec(publication: Publication, known: ExecConfiguration) -> None:
    words = exec_words(
        known.logging.value,
        session_key=known.session_key is not None,
        log_group=known.log_group is not None,
        log_group_key=known.log_group_key is not None,
        bucket=known.bucket is not None,
        bucket_key=known.bucket_key is not None,
        key_prefix=known.key_prefix is not None,
    )
    parts = {
        ClusterParameter.EXEC: words,
        ClusterParameter.EXEC_SESSION_KEY_ARN: _arn(known.session_key),
        ClusterParameter.EXEC_LOG_GROUP_NAME: None if known.log_group is None else known.log_group.log_group_name,
        ClusterParameter.EXEC_LOG_GROUP_KEY_ARN: _arn(known.log_group_key),
        ClusterParameter.EXEC_BUCKET_NAME: None if known.bucket is None else known.bucket.bucket_name,
        ClusterParameter.EXEC_BUCKET_KEY_ARN: _arn(known.bucket_key),
        ClusterParameter.EXEC_KEY_PREFIX: known.key_prefix,
    }
    for name, value in parts.items():
        if value is not None:
            publication.add(name, value)


def _arn(key: kms.IKey | None) -> str | None:
    return None if key is None else key.key_arn


@jsii.implements(cdk.IStableStringProducer)
class _DefaultStrategy:
    """What the default strategy is of when the app is synthesized: EC2 capacity is added, and named in it, later."""

    def __init__(self, cluster: "Cluster") -> None:
        self._cluster = cluster

    def produce(self) -> str:
        return self._cluster.default_strategy_kind.value
