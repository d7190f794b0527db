"""What a feature needs before it can work, as values: endpoints, permissions for each role, the internet.

A feature says what it needs (:mod:`constructs_ecs.facts.features`), a service adds it up, the network, the roles and
the preflight act on it. Strings may hold CDK tokens: nothing here compares or parses them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from constructs_ecs.errors import Code, InvalidValueError
from constructs_ecs.facts.endpoints import Endpoint
from constructs_ecs.facts.limits import check_kind

_T = TypeVar("_T")

Conditions = Mapping[str, Mapping[str, str | tuple[str, ...]]]
"""IAM conditions: operator -> key -> value or values."""


@dataclass(frozen=True, kw_only=True)
class Permission:
    """Actions that a role may take on resources, and why.

    Args:
        actions: IAM actions, ``service:Name``, without wildcards.
        resources: ARNs; ``*`` only where AWS has no resource level, and then with a reason.
        reason: why it is needed, in words a reviewer accepts. Shown when a wildcard is acknowledged.
        conditions: further limits; none by default.

    Raises:
        InvalidValueError: ECS027, an action or resource is a bare wildcard without a reason, or a list is empty.
    """

    actions: tuple[str, ...]
    resources: tuple[str, ...]
    reason: str = ""
    conditions: Conditions = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        if not self.actions or not self.resources:
            raise InvalidValueError(
                Code.WILDCARD,
                f"A permission names at least one action and one resource; got {self.actions!r} on {self.resources!r}.",
                "Name both.",
            )
        if any("*" in action for action in self.actions):
            raise InvalidValueError(
                Code.WILDCARD,
                f"A permission names each action in full; got {', '.join(self.actions)}.",
                "Spell out the actions.",
            )
        if "*" in self.resources and not self.reason:
            raise InvalidValueError(
                Code.WILDCARD,
                f"A permission on every resource ('*') states its reason; {', '.join(self.actions)} has none.",
                "Name the resource, or give the reason why AWS has no resource level for it.",
            )


@dataclass(frozen=True, kw_only=True)
class Needs:
    """What has to be there before a feature works.

    Args:
        endpoints: AWS services that must be reachable from the task's or the instance's network interfaces.
        reasons: what each endpoint is called for, in words that complete "to ..."; for the message where there is none.
        execution_role: what the agent does before the containers start: pull, fetch secrets, write logs.
        task_role: what the containers, and the exec agent in them, do.
        instance_role: what a container instance does.
        s3_gateway: what the account's own buckets are used for, for the policy of the S3 gateway endpoint.
        registries: hosts, with the port if it is another than 443, of registries that no endpoint serves.
        internet: other purposes that no endpoint serves, each in words.

    Raises:
        InvalidValueError: ECS030, an endpoint is none.
    """

    endpoints: frozenset[Endpoint] = frozenset()
    reasons: tuple[tuple[Endpoint, str], ...] = ()
    execution_role: tuple[Permission, ...] = ()
    task_role: tuple[Permission, ...] = ()
    instance_role: tuple[Permission, ...] = ()
    s3_gateway: tuple[str, ...] = ()
    registries: tuple[str, ...] = ()
    internet: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for endpoint in self.endpoints:
            check_kind(endpoint, Endpoint, code=Code.SETTING, name="Each of endpoints")

    @property
    def leaves_network(self) -> bool:
        """Whether something is needed that no endpoint serves."""
        return bool(self.registries or self.internet)

    def why(self, endpoint: Endpoint) -> str:
        """Say what an endpoint is needed for, to complete "needs it to ...": the reasons of all features that do."""
        reasons = dict.fromkeys(reason for needed, reason in self.reasons if needed is endpoint)
        return " and to ".join(reasons) or f"call {endpoint.value}"

    def __or__(self, other: "Needs") -> "Needs":
        """Add up two needs; what both have is kept once, in the order of first mention."""
        return Needs(
            endpoints=self.endpoints | other.endpoints,
            reasons=_union(self.reasons, other.reasons),
            execution_role=_union(self.execution_role, other.execution_role),
            task_role=_union(self.task_role, other.task_role),
            instance_role=_union(self.instance_role, other.instance_role),
            s3_gateway=_union(self.s3_gateway, other.s3_gateway),
            registries=_union(self.registries, other.registries),
            internet=_union(self.internet, other.internet),
        )


def _union(first: tuple[_T, ...], second: tuple[_T, ...]) -> tuple[_T, ...]:
    return tuple(dict.fromkeys((*first, *second)))
