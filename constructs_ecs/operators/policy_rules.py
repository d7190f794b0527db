"""What a policy on ECS Exec says, as values: each is one or more of the statements of AWS's page on it."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import aws_cdk as cdk

from constructs_ecs.cluster import Cluster
from constructs_ecs.errors import Code, InvalidValueError
from constructs_ecs.facts import exec_access
from constructs_ecs.facts.exec_access import AccessStatement, Tags
from constructs_ecs.facts.limits import check_container_name
from constructs_ecs.operators.policy_clusters import (
    NamedCluster,
    check_cluster,
    check_exact,
    locate,
    session_key_arn,
)


class ExecRule(ABC):
    """One thing that an :class:`ExecPolicy` says."""

    @abstractmethod
    def statements(self, stack: cdk.Stack) -> tuple[AccessStatement, ...]:
        """Return the statements.

        Args:
            stack: where the policy is; its account and Region are meant where the rule names none.
        """


@dataclass(frozen=True, kw_only=True)
class AllowExec(ExecRule):
    """Lets people open sessions in a cluster's containers, and find its tasks; narrowed by what is given.

    ECS authorizes a session on the cluster and on the task. Tags of the task and names of containers are asked of the
    task, tags of the cluster of the cluster. So where somebody has two of these for one cluster, `cluster_tags` hold
    only if both have them. Whoever may tag tasks (``ecs:TagResource``) may bring them into reach.

    Args:
        cluster: the cluster; its own session key may then be used to encrypt sessions.
        containers: the names of the containers. Sessions then have to say their container, also in a task with one.
        task_ids: the ids of the tasks, the last part of their ARNs; no others are then described or listed.
        task_tags: what the task is tagged with: all of the keys, each with the value or one of the values. A service
            of this package tags its tasks with its own tags and with ``aws:ecs:serviceName``.
        cluster_tags: the same for the cluster.

    Raises:
        InvalidValueError: ECS039, a list is empty, or a tag or an id is malformed; ECS035, the cluster's name has a
            wildcard; ECS022, a container's name is malformed; ECS030, the cluster is none.
        ConflictError: ECS049, it is not known how the cluster encrypts its sessions.

    Source: ECS developer guide, "Using IAM policies to limit access to ECS Exec".
    """

    cluster: Cluster | NamedCluster
    containers: Sequence[str] | None = None
    task_ids: Sequence[str] | None = None
    task_tags: Tags | None = field(default=None, hash=False)
    cluster_tags: Tags | None = field(default=None, hash=False)

    def __post_init__(self) -> None:
        check_cluster(self.cluster)
        check_exact(self.cluster)
        session_key_arn(self.cluster)
        _freeze_list(self, "containers", check_container_name)
        _freeze_list(self, "task_ids", exec_access.check_task_id)
        _freeze_tags(self, "task_tags")
        _freeze_tags(self, "cluster_tags")

    def statements(self, stack: cdk.Stack) -> tuple[AccessStatement, ...]:
        """Return the statements."""
        found = exec_access.allow_exec(
            locate(self.cluster, stack),
            containers=self.containers,
            task_ids=self.task_ids,
            task_tags=self.task_tags,
            cluster_tags=self.cluster_tags,
        )
        key_arn = session_key_arn(self.cluster, stack)
        return found if key_arn is None else (*found, exec_access.allow_session_key(key_arn))


@dataclass(frozen=True, kw_only=True)
class DenyExec(ExecRule):
    """Keeps people out of containers by their names, in every cluster and whatever else allows it.

    Args:
        containers: the names of the containers.
        require_container_name: whether a session that names no container is denied, too. On by default: ECS takes the
            only container of a task without its name, which the denial by name might then miss.

    Raises:
        InvalidValueError: ECS039, the list is empty; ECS022, a name is malformed.

    Source: as for :class:`AllowExec`.
    """

    containers: Sequence[str]
    require_container_name: bool = True

    def __post_init__(self) -> None:
        exec_access.check_list(self.containers, name="containers")
        _freeze_list(self, "containers", check_container_name)

    def statements(self, stack: cdk.Stack) -> tuple[AccessStatement, ...]:
        """Return the statements."""
        named = exec_access.deny_containers(self.containers)
        return (
            (named, exec_access.deny_unnamed_containers(stack.partition)) if self.require_container_name else (named,)
        )


@dataclass(frozen=True, kw_only=True)
class DenyStartSession(ExecRule):
    """Keeps people from opening sessions past ECS Exec, which does not record those.

    Sessions of ECS Exec are not affected: ECS opens them itself.

    Args:
        cluster: the cluster, or all that a pattern names; its tasks in every Region of its account are meant.
        task_tags: what is tagged with one of these is meant, in every Region: each key is enough, with the value or
            one of the values. EC2 instances with the tag are meant as well.

    Raises:
        InvalidValueError: ECS039, neither is given, or a tag is malformed; ECS030, the cluster is none.

    Source: ECS developer guide, "Limiting access to the Start Session action".
    """

    cluster: Cluster | NamedCluster | None = None
    task_tags: Tags | None = field(default=None, hash=False)

    def __post_init__(self) -> None:
        if self.cluster is None and self.task_tags is None:
            raise InvalidValueError(
                Code.EXEC_ACCESS,
                "Sessions are denied by cluster, by tag or both; got neither.",
                "Give a cluster; for every one of them, NamedCluster(name='*').",
            )
        if self.cluster is not None:
            check_cluster(self.cluster)
        _freeze_tags(self, "task_tags")

    def statements(self, stack: cdk.Stack) -> tuple[AccessStatement, ...]:
        """Return the statements."""
        by_cluster = () if self.cluster is None else (locate(self.cluster, stack).tasks_in_all_regions,)
        by_tag = () if self.task_tags is None else exec_access.deny_start_session_by_tag(self.task_tags)
        return (*map(exec_access.deny_start_session, by_cluster), *by_tag)


@dataclass(frozen=True, kw_only=True)
class AllowLaunchWithoutExec(ExecRule):
    """Lets people launch tasks and services where the request says that ECS Exec is off, and not otherwise.

    ``RunTask``, ``StartTask``, ``CreateService`` and ``UpdateService`` are meant. Whom the tasks may act as is
    ``iam:PassRole``, which this does not give.

    Args:
        cluster: where; in every cluster by default.

    Raises:
        InvalidValueError: ECS030, the cluster is none; ECS035, its name has a wildcard.

    Source: as for :class:`AllowExec`.
    """

    cluster: Cluster | NamedCluster | None = None

    def __post_init__(self) -> None:
        _check_optional(self.cluster)

    def statements(self, stack: cdk.Stack) -> tuple[AccessStatement, ...]:
        """Return the statements."""
        return (exec_access.allow_launch_without_exec(_optional_arn(self.cluster, stack)),)


@dataclass(frozen=True, kw_only=True)
class DenyLaunchWithExec(ExecRule):
    """Keeps people from launching tasks and services, unless the request says that ECS Exec is off.

    ``RunTask``, ``StartTask``, ``CreateService``, ``UpdateService``, ``CreateDaemon`` and ``UpdateDaemon`` are meant.
    A request that says nothing is denied. So each of them, also an update that only starts a new deployment, needs
    ``--no-enable-execute-command`` in the CLI, and each service of a template ``EnableExecuteCommand: false``.

    Args:
        cluster: where; in every cluster by default.

    Raises:
        InvalidValueError: ECS030, the cluster is none; ECS035, its name has a wildcard.

    Source: as for :class:`AllowExec`; Service Authorization Reference, for the condition key and who has it.
    """

    cluster: Cluster | NamedCluster | None = None

    def __post_init__(self) -> None:
        _check_optional(self.cluster)

    def statements(self, stack: cdk.Stack) -> tuple[AccessStatement, ...]:
        """Return the statements."""
        return (exec_access.deny_launch_with_exec(_optional_arn(self.cluster, stack)),)


def _optional_arn(cluster: Cluster | NamedCluster | None, stack: cdk.Stack) -> str | None:
    return None if cluster is None else locate(cluster, stack).arn


def _check_optional(cluster: object) -> None:
    if cluster is not None:
        check_cluster(cluster)
        check_exact(cluster)


def _freeze_list(rule: ExecRule, name: str, check: Callable[[str], None]) -> None:
    """Check what a rule lists, and keep it from being changed afterwards."""
    values = getattr(rule, name)
    if values is None:
        return
    exec_access.check_list(values, name=name)
    for value in values:
        check(value)
    object.__setattr__(rule, name, tuple(values))


def _freeze_tags(rule: ExecRule, name: str) -> None:
    tags = getattr(rule, name)
    if tags is None:
        return
    exec_access.check_tags(tags, name=name)
    object.__setattr__(
        rule, name, {key: value if isinstance(value, str) else tuple(value) for key, value in tags.items()}
    )
