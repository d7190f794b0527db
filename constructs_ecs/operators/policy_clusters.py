"""The clusters that policies speak of: those of the app, and those that it knows by name."""

import re
from dataclasses import dataclass
from typing import Final

import aws_cdk as cdk

from constructs_ecs.cluster import Cluster
from constructs_ecs.errors import Code, ConflictError, InvalidValueError
from constructs_ecs.exec import ExecConfiguration
from constructs_ecs.facts.exec_access import ClusterLocation
from constructs_ecs.facts.limits import check_cluster_name, check_kind, full_match, is_token, shown

_NAME_PATTERN: Final = re.compile(r"[A-Za-z0-9_*?-]{1,255}", re.ASCII)
_ACCOUNT: Final = re.compile(r"\d{12}|\*", re.ASCII)
_REGION: Final = re.compile(r"[a-z]{2,6}(-[a-z]+)+-\d{1,2}", re.ASCII)
_KEY_ARN: Final = re.compile(r"arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key/[A-Za-z0-9-]+", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class NamedCluster:
    """A cluster that a policy knows by its name: one of another app, or one that is made later.

    Args:
        name: its name. For :class:`DenyStartSession` also a pattern of names, with ``*`` and ``?``.
        account: its account; by default the policy's. ``*`` for whichever account the policy is used in, as with a
            permission set that is assigned in many.
        region: its Region; by default the policy's stack's.
        session_key_arn: the key that encrypts its sessions, by the ARN; by default there is none, and TLS alone does.

    Raises:
        InvalidValueError: ECS039, something is malformed.
    """

    name: str
    account: str | None = None
    region: str | None = None
    session_key_arn: str | None = None

    def __post_init__(self) -> None:
        _check_text(self.name, _NAME_PATTERN, "name is a cluster's name, or a pattern of names")
        if self.account is not None:
            _check_text(self.account, _ACCOUNT, "account is 12 digits, or '*'")
        if self.region is not None:
            _check_text(self.region, _REGION, "region is a Region's name")
        if self.session_key_arn is not None:
            _check_text(self.session_key_arn, _KEY_ARN, "session_key_arn is a key's ARN, not its id or an alias")


def locate(cluster: Cluster | NamedCluster, stack: cdk.Stack) -> ClusterLocation:
    """Say where a cluster is, for a policy in a stack; a cluster of the app is referred to by its name alone."""
    if isinstance(cluster, NamedCluster):
        account = stack.account if cluster.account is None else cluster.account
        region = stack.region if cluster.region is None else cluster.region
        return ClusterLocation(partition=stack.partition, region=region, account=account, name=cluster.name)
    arn = cluster.cluster.cluster_arn
    if is_token(arn):
        account, region = cluster.cluster.env.account, cluster.cluster.env.region
    else:
        _, _, _, region, account, _ = arn.split(":", 5)
    name = cluster.cluster.cluster_name
    return ClusterLocation(partition=stack.partition, region=region, account=account, name=name)


def session_key_arn(cluster: Cluster | NamedCluster) -> str | None:
    """Return the ARN of the key that encrypts a cluster's sessions; none if TLS alone does.

    Raises:
        ConflictError: ECS049, it is not known.
    """
    if isinstance(cluster, NamedCluster):
        return cluster.session_key_arn
    configuration = cluster.exec_configuration
    if not isinstance(configuration, ExecConfiguration):
        raise ConflictError(
            Code.EXEC_UNKNOWN,
            f"Whoever opens sessions needs the key that encrypts them; that of {cluster.node.path} is said to be "
            "unknown.",
            "Give the cluster its exec_configuration, as 'aws ecs describe-clusters --include CONFIGURATIONS' shows "
            "it, or name the cluster with NamedCluster and its session_key_arn.",
        )
    return None if configuration.session_key is None else configuration.session_key.key_arn


def check_cluster(cluster: object) -> None:
    """Check that a rule's cluster is one.

    Raises:
        InvalidValueError: ECS030.
    """
    check_kind(cluster, Cluster, NamedCluster, code=Code.SETTING, name="cluster")


def check_exact(cluster: object) -> None:
    """Check that a rule's cluster is a single one.

    Raises:
        InvalidValueError: ECS035, its name has a wildcard.
    """
    if isinstance(cluster, NamedCluster):
        check_cluster_name(cluster.name)


def _check_text(value: object, pattern: re.Pattern[str], rule: str) -> None:
    if not (isinstance(value, str) and is_token(value)) and full_match(pattern, value) is None:
        raise InvalidValueError(Code.EXEC_ACCESS, f"{rule}; got {shown(value)}.", "Write it as AWS shows it.")
