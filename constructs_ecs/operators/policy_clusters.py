"""The clusters that policies speak of: those of the app, and those that it knows by name."""

import re
from dataclasses import dataclass
from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_ecs as ecs
from constructs import IConstruct

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
    """Say where a cluster is, for a policy in a stack; a cluster of the app is referred to by its name alone.

    Raises:
        ConflictError: ECS039, a cluster of the app is in another account or Region than the stack, as far as the CDK
            knows, and has no fixed name.
    """
    if isinstance(cluster, NamedCluster):
        account = stack.account if cluster.account is None else cluster.account
        region = stack.region if cluster.region is None else cluster.region
        return ClusterLocation(partition=stack.partition, region=region, account=account, name=cluster.name)
    name = cluster.cluster.cluster_name
    if not _can_name(stack, name, of=cluster):
        raise ConflictError(
            Code.EXEC_ACCESS,
            f"In another account or Region, a cluster is known by a fixed name; {cluster.node.path} has none, and "
            f"{stack.node.path} is for another environment ({stack.environment}).",
            "Give the cluster a cluster_name, name it with NamedCluster(name=...), or give both stacks the same env.",
        )
    arn = cluster.cluster.cluster_arn
    if is_token(arn):
        account, region = cluster.cluster.env.account, cluster.cluster.env.region
    else:
        _, _, _, region, account, _ = arn.split(":", 5)
    return ClusterLocation(partition=stack.partition, region=region, account=account, name=name)


def session_key_arn(cluster: Cluster | NamedCluster, stack: cdk.Stack | None = None) -> str | None:
    """Return the ARN of the key that encrypts a cluster's sessions; none if TLS alone does.

    Args:
        cluster: the cluster.
        stack: where the ARN is used, if that is known.

    Raises:
        ConflictError: ECS049, it is not known; ECS039, the key is in another account or Region than the stack, as far
            as the CDK knows.
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
    key = configuration.session_key
    if key is None:
        return None
    if stack is not None and not _can_name(stack, key.key_arn, of=key):
        raise ConflictError(
            Code.EXEC_ACCESS,
            f"In another account or Region, a key is known by its ARN, which is known once it is deployed; the session "
            f"key of {cluster.node.path} is of this app, and {stack.node.path} is for another environment "
            f"({stack.environment}).",
            "Name the cluster there with NamedCluster(name=..., account=..., region=..., session_key_arn=...), or make "
            "the policy in a stack beside the key.",
        )
    return key.key_arn


def known_name(cluster: Cluster | NamedCluster) -> str | None:
    """Return the name that a cluster is known by at synth; none if CloudFormation makes one, or it is a token."""
    if isinstance(cluster, NamedCluster):
        name: str | None = cluster.name
    else:
        resource = cluster.cluster.node.default_child
        name = resource.cluster_name if isinstance(resource, ecs.CfnCluster) else cluster.cluster.cluster_name
    return None if name is None or is_token(name) else name


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


def _can_name(stack: cdk.Stack, text: str, *, of: IConstruct) -> bool:
    """Whether a stack can say what a construct is called: beside it by a reference, elsewhere if it is known.

    For elsewhere, the CDK would make custom resources and roles that nobody asked for, or give up.
    """
    if not is_token(text) or cdk.Stack.of(of).environment == stack.environment:
        return True
    try:
        return isinstance(stack.resolve(text), str)
    except RuntimeError:  # how the CDK says that it gives up
        return False


def _check_text(value: object, pattern: re.Pattern[str], rule: str) -> None:
    if not (isinstance(value, str) and is_token(value)) and full_match(pattern, value) is None:
        raise InvalidValueError(Code.EXEC_ACCESS, f"{rule}; got {shown(value)}.", "Write it as AWS shows it.")
