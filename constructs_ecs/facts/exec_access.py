"""Who may open ECS Exec sessions: the statements of AWS's page on it, as values. ARNs may be CDK tokens.

What AWS authorizes each call on, and with which condition keys:

==============  ======================================  =======================================================
Action          Resource                                Condition keys
==============  ======================================  =======================================================
ExecuteCommand  the cluster, and the task: both         the resource's tags, ecs:cluster, ecs:container-name
DescribeTasks   the task                                the task's tags, ecs:cluster
ListTasks       the container instance, or * without    ecs:cluster
RunTask, ...    what is launched                        ecs:enable-execute-command, ecs:cluster
==============  ======================================  =======================================================

Sources: ECS developer guide, "ECS Exec", for the statements; Service Authorization Reference, "Amazon Elastic Container
Service", for the table; cdklabs/construct-hub pull request 1207 for ListTasks without an instance.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final, TypeAlias

from constructs_ecs.errors import Code, InvalidValueError
from constructs_ecs.facts.limits import contains_token, full_match, is_token, shown
from constructs_ecs.facts.needs import Conditions, Permission

Tags: TypeAlias = Mapping[str, str | Sequence[str]]
"""Tag key -> its value, or the values of which it has one."""

LAUNCH_ACTIONS: Final = ("ecs:RunTask", "ecs:StartTask", "ecs:CreateService", "ecs:UpdateService")
"""The launches that AWS's page names."""
DAEMON_ACTIONS: Final = ("ecs:CreateDaemon", "ecs:UpdateDaemon")
"""Those that came later, with the same condition key; no other action has it."""

_TASK_ID: Final = re.compile(r"[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
_TAG_SIGNS: Final = frozenset("_.:/=+-@")
_TAG_KEY_LENGTH: Final = 128
_TAG_VALUE_LENGTH: Final = 256

_TASKS: Final = "A task is named when it starts; its cluster is named."
_CLUSTER: Final = "The account is whichever one the policy is used in; the cluster is named."
_LISTED: Final = "Listing a cluster's tasks has no resource level; the cluster is fixed by a condition."
_LAUNCHED: Final = "What may be launched, and with which role, is for iam:PassRole to say; here, only ECS Exec is off."


class Effect(Enum):
    """What a statement does; the values are IAM's."""

    ALLOW = "Allow"
    DENY = "Deny"


@dataclass(frozen=True, kw_only=True)
class AccessStatement:
    """One statement of a policy for people.

    Args:
        effect: whether it allows or denies.
        permission: what it allows or denies.
    """

    effect: Effect
    permission: Permission

    def document(self) -> dict[str, Any]:
        """Return the statement as IAM takes it."""
        element: dict[str, Any] = {
            "Effect": self.effect.value,
            "Action": _one_or_all(self.permission.actions),
            "Resource": _one_or_all(self.permission.resources),
        }
        if self.permission.conditions:
            element["Condition"] = {
                operator: {key: value if isinstance(value, str) else _one_or_all(value) for key, value in keys.items()}
                for operator, keys in self.permission.conditions.items()
            }
        return element


@dataclass(frozen=True, kw_only=True)
class ClusterLocation:
    """Where a cluster is, for the ARNs in a policy.

    Args:
        partition: of the policy; its identities reach no other.
        region: of the cluster.
        account: of the cluster.
        name: its name, or a pattern of names.
    """

    partition: str
    region: str
    account: str
    name: str

    @property
    def arn(self) -> str:
        """The cluster's ARN."""
        return f"arn:{self.partition}:ecs:{self.region}:{self.account}:cluster/{self.name}"

    @property
    def tasks_in_all_regions(self) -> str:
        """The pattern of the tasks of all clusters with this name in the account."""
        return f"arn:{self.partition}:ecs:*:{self.account}:task/{self.name}/*"

    def may_be(self, other: "ClusterLocation") -> bool:
        """Whether it may be the same cluster as another: the name is, account and Region are not known to differ."""
        same_place = _may_be_one(self.account, other.account) and _may_be_one(self.region, other.region)
        return self.name == other.name and same_place

    def tasks(self, task_ids: Sequence[str] | None = None) -> tuple[str, ...]:
        """Return the ARNs of some of its tasks, or the pattern of all."""
        prefix = f"arn:{self.partition}:ecs:{self.region}:{self.account}:task/{self.name}"
        return tuple(f"{prefix}/{task_id}" for task_id in (("*",) if task_ids is None else task_ids))


def allow_exec(
    cluster: ClusterLocation,
    *,
    containers: Sequence[str] | None = None,
    task_ids: Sequence[str] | None = None,
    task_tags: Tags | None = None,
    cluster_tags: Tags | None = None,
) -> tuple[AccessStatement, ...]:
    """Allow to open sessions in a cluster, narrowed by what is given, and to find its tasks.

    A session must be allowed on the cluster and on the task, and each is looked at with its own tags. So tags of tasks
    and names of containers stand with the tasks, tags of the cluster with the cluster: neither statement opens anything
    without the other. The name of the container stands in one statement with the tags of its task, so that two policies
    for one person never mix one's containers with the other's tasks.

    Tasks are described without regard to their tags, which who looks for a tagged task has to read. They are listed,
    unless the tasks are named.
    """
    equals = _tag_keys("ecs", task_tags) | ({} if containers is None else {"ecs:container-name": tuple(containers)})
    tasks = cluster.tasks(task_ids)
    found = [
        _allow("ecs:ExecuteCommand", resources=tasks, reason=_TASKS, conditions=_equals(equals)),
        _allow(
            "ecs:ExecuteCommand",
            resources=(cluster.arn,),
            reason=_CLUSTER,
            conditions=_equals(_tag_keys("ecs", cluster_tags)),
        ),
        _allow("ecs:DescribeTasks", resources=tasks, reason=_TASKS),
    ]
    if task_ids is None:
        found.append(_allow("ecs:ListTasks", resources=("*",), reason=_LISTED, conditions=_in_cluster(cluster.arn)))
    return tuple(found)


def allow_session_key(key_arn: str) -> AccessStatement:
    """Allow to encrypt sessions with the cluster's own key: the caller's end of a session asks for a data key."""
    return _allow("kms:GenerateDataKey", resources=(key_arn,))


def deny_containers(containers: Sequence[str]) -> AccessStatement:
    """Deny sessions in containers of these names, in every cluster."""
    return _deny("ecs:ExecuteCommand", resource="*", conditions=_equals({"ecs:container-name": tuple(containers)}))


def deny_unnamed_containers(partition: str) -> AccessStatement:
    """Deny sessions that name no container.

    ECS takes the only container of a task without its name, and AWS does not say whether the condition key is filled
    in then. On tasks alone: a session that is denied on its task is denied.
    """
    resource = f"arn:{partition}:ecs:*:*:task/*"
    return _deny("ecs:ExecuteCommand", resource=resource, conditions={"Null": {"ecs:container-name": "true"}})


def deny_start_session(tasks: str) -> AccessStatement:
    """Deny sessions on tasks that are opened past ECS Exec, which does not record them."""
    return _deny("ssm:StartSession", resource=tasks)


def deny_start_session_by_tag(tags: Tags) -> tuple[AccessStatement, ...]:
    """Deny sessions that are opened past ECS Exec on what has one of the tags; each tag is enough."""
    return tuple(
        _deny("ssm:StartSession", resource="*", conditions=_equals({key: value}))
        for key, value in _tag_keys("aws", tags).items()
    )


def allow_launch_without_exec(cluster_arn: str | None = None) -> AccessStatement:
    """Allow to launch tasks and services where the request says that ECS Exec is off."""
    conditions = {**_equals({"ecs:enable-execute-command": "false"}), **_in_cluster(cluster_arn)}
    return _allow(*LAUNCH_ACTIONS, resources=("*",), reason=_LAUNCHED, conditions=conditions)


def deny_launch_with_exec(cluster_arn: str | None = None) -> AccessStatement:
    """Deny to launch tasks and services unless the request says that ECS Exec is off.

    A negated operator holds where the key is missing (IAM user guide, "Condition operators"), so a request that says
    nothing is denied as well: an update that says nothing leaves ECS Exec as it is, which may be on.
    """
    conditions = {"StringNotEquals": {"ecs:enable-execute-command": "false"}, **_in_cluster(cluster_arn)}
    return _deny(*LAUNCH_ACTIONS, *DAEMON_ACTIONS, resource="*", conditions=conditions)


def check_list(values: object, *, name: str) -> None:
    """Check that what narrows a policy is a list with something in it: an empty one would not narrow it.

    Raises:
        InvalidValueError: ECS039.
    """
    if not isinstance(values, list | tuple) or not values:
        raise InvalidValueError(
            Code.EXEC_ACCESS, f"{name} is a list of one or more; got {shown(values)}.", "Fill it, or leave it out."
        )


def check_task_id(task_id: object) -> None:
    """Check a task's id. Source: ECS developer guide, "Amazon Resource Names (ARNs) and IDs".

    Raises:
        InvalidValueError: ECS039.
    """
    if not is_token(task_id) and full_match(_TASK_ID, task_id) is None:
        raise InvalidValueError(
            Code.EXEC_ACCESS,
            f"A task's id is 32 hexadecimal digits, or a UUID where it is old; got {shown(task_id)}.",
            "Give the last part of the task's ARN.",
        )


def check_tags(tags: object, *, name: str) -> None:
    """Check the tags that a policy asks for. Source: ECS developer guide, "Tag restrictions".

    They may be tags that AWS sets, such as ``aws:ecs:serviceName``. IAM ignores the case of a key in a condition.

    Raises:
        InvalidValueError: ECS039, there are none, a key or a value is malformed, or keys differ in their case alone.
    """
    if not isinstance(tags, Mapping) or not tags:
        raise InvalidValueError(
            Code.EXEC_ACCESS,
            f"{name} has one or more tag keys with their values; got {shown(tags)}.",
            "Write it like {'environment': 'development'}, or leave it out.",
        )
    for key, value in tags.items():
        _check_tag_text(key, minimum=1, maximum=_TAG_KEY_LENGTH, name=f"A key of {name}")
        if not isinstance(value, str):
            check_list(value, name=f"Each value of {name}, unless a text,")
        for each in [value] if isinstance(value, str) else value:
            _check_tag_text(each, minimum=0, maximum=_TAG_VALUE_LENGTH, name=f"A value of {name}")
    if len({key.lower() for key in tags}) < len(tags):
        raise InvalidValueError(
            Code.EXEC_ACCESS,
            f"IAM ignores the case of a tag's key; got keys that differ in it alone: {shown(list(tags))}.",
            f"Leave one of them out of {name}.",
        )


def _check_tag_text(text: object, *, minimum: int, maximum: int, name: str) -> None:
    if isinstance(text, str) and (contains_token(text) or _is_tag_text(text, minimum, maximum)):
        return
    raise InvalidValueError(
        Code.EXEC_ACCESS,
        f"{name} is {minimum} to {maximum} letters, digits, spaces and _.:/=+-@; got {shown(text)}.",
        "Write it as it is on the task or the cluster; a wildcard would not count as one.",
    )


def _is_tag_text(text: str, minimum: int, maximum: int) -> bool:
    return minimum <= len(text) <= maximum and all(
        sign in _TAG_SIGNS or unicodedata.category(sign)[0] in "LNZ" for sign in text
    )


def _allow(
    *actions: str, resources: tuple[str, ...], reason: str = "", conditions: Conditions | None = None
) -> AccessStatement:
    permission = Permission(
        actions=actions, resources=resources, reason=reason, conditions={} if conditions is None else conditions
    )
    return AccessStatement(effect=Effect.ALLOW, permission=permission)


def _deny(*actions: str, resource: str, conditions: Conditions | None = None) -> AccessStatement:
    permission = Permission(
        actions=actions,
        resources=(resource,),
        reason="A denial opens nothing.",
        conditions={} if conditions is None else conditions,
    )
    return AccessStatement(effect=Effect.DENY, permission=permission)


def _equals(keys: Mapping[str, str | tuple[str, ...]]) -> Conditions:
    return {"StringEquals": keys} if keys else {}


def _tag_keys(prefix: str, tags: Tags | None) -> dict[str, str | tuple[str, ...]]:
    return {
        f"{prefix}:ResourceTag/{key}": value if isinstance(value, str) else tuple(value)
        for key, value in ({} if tags is None else tags).items()
    }


def _in_cluster(cluster_arn: str | None) -> Conditions:
    return {} if cluster_arn is None else {"ArnEquals": {"ecs:cluster": cluster_arn}}


def _may_be_one(one: str, other: str) -> bool:
    return one == other or "*" in (one, other) or is_token(one) or is_token(other)


def _one_or_all(values: Sequence[str]) -> str | list[str]:
    return values[0] if len(values) == 1 else list(values)
