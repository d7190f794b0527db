"""The policies of roles and of resources, wherever the templates define or attach them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final

from constructs_ecs.facts.managed_policies import managed_policy
from constructs_ecs.preflight.findings import Where
from constructs_ecs.preflight.iam.arns import components
from constructs_ecs.preflight.iam.documents import Statement, statements
from constructs_ecs.preflight.templates.graph import Graph, Resource
from constructs_ecs.preflight.values import Ternary, Unknown, is_known, reasons

_ROLE: Final = "AWS::IAM::Role"
_MANAGED: Final = "AWS::IAM::ManagedPolicy"
_ATTACHED: Final = {"AWS::IAM::Policy": "Roles", "AWS::IAM::RolePolicy": "RoleName", _MANAGED: "Roles"}
"""Resource type -> the property that names the roles it is attached to."""

_OWN_POLICIES: Final = {
    "AWS::ECR::RegistryPolicy": "PolicyText",
    "AWS::ECR::Repository": "RepositoryPolicyText",
    "AWS::EFS::FileSystem": "FileSystemPolicy",
    "AWS::KMS::Key": "KeyPolicy",
    "AWS::KMS::ReplicaKey": "KeyPolicy",
}
"""Resource type -> the property that is its policy."""
_SEPARATE_POLICIES: Final = {
    "AWS::S3::Bucket": ("AWS::S3::BucketPolicy", "Bucket", "PolicyDocument"),
    "AWS::SecretsManager::Secret": ("AWS::SecretsManager::ResourcePolicy", "SecretId", "ResourcePolicy"),
}
"""Resource type -> the type of its policies, the property that names the resource, and the policy's property."""

_MANY: Final = 200
"""So many statements that may belong to any role are looked at one by one."""

_Statements = tuple[Statement, ...]
_Key = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class RolePolicies:
    """What a role is allowed and denied.

    Args:
        statements: of all policies that are, or may be, attached to it.
        boundary: of its permissions boundary; None if it has none.
    """

    statements: _Statements
    boundary: _Statements | None


class Policies:
    """Finds the policies of a graph; each is read once.

    Args:
        graph: the templates' resources.
    """

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._roles: dict[_Key, RolePolicies] = {}
        self._resources: dict[_Key, _Statements | None] = {}

    def of_role(self, role: Resource) -> RolePolicies:
        """Return the policies of a role."""
        key = (role.template, role.logical_id)
        if key not in self._roles:
            boundary = role.get("PermissionsBoundary")
            self._roles[key] = RolePolicies(
                statements=(*self._inline(role), *self._named(role), *self._attached.get(key, ()), *self._loose),
                boundary=None
                if boundary is None
                else tuple(self._managed(boundary, _below(role.where, "PermissionsBoundary"))),
            )
        return self._roles[key]

    def of_resource(self, resource: Resource) -> _Statements | None:
        """Return the statements of a resource's own policy; None if the templates give it none."""
        key = (resource.template, resource.logical_id)
        if key not in self._resources:
            self._resources[key] = self._of_resource(resource)
        return self._resources[key]

    def _of_resource(self, resource: Resource) -> _Statements | None:
        if resource.type in _OWN_POLICIES:
            return document(resource, _OWN_POLICIES[resource.type])
        type_, _, name = _SEPARATE_POLICIES.get(resource.type, ("", "", ""))
        found = self._separate.get((type_, resource.template, resource.logical_id), ())
        policies = [document(policy, name) for policy in found]
        return tuple(each for policy in policies for each in policy or ()) if policies else None

    @cached_property
    def _separate(self) -> dict[tuple[str, str, str], list[Resource]]:
        """Policy type, template and logical id of a resource -> its policies."""
        found: dict[tuple[str, str, str], list[Resource]] = {}
        for owner_type, (type_, owner, _) in _SEPARATE_POLICIES.items():
            for policy in self._graph.resources(type_):
                target = self._graph.target(policy.get(owner), owner_type)
                if target is not None:
                    found.setdefault((type_, target.template, target.logical_id), []).append(policy)
        return found

    def _inline(self, role: Resource) -> Iterator[Statement]:
        policies = role.get("Policies", default=[])
        if not isinstance(policies, list):
            yield _unread(policies, _below(role.where, "Policies"))
            return
        for index, policy in enumerate(policies):
            where = _below(role.where, "Policies", index)
            if isinstance(policy, Mapping):
                name = policy.get("PolicyName")
                label = name if isinstance(name, str) else ""
                yield from statements(policy.get("PolicyDocument"), _below(where, "PolicyDocument"), label)
            else:
                yield _unread(policy, where)

    def _named(self, role: Resource) -> Iterator[Statement]:
        """The managed policies that a role names."""
        arns = role.get("ManagedPolicyArns", default=[])
        if not isinstance(arns, list):
            yield _unread(arns, _below(role.where, "ManagedPolicyArns"))
            return
        for index, arn in enumerate(arns):
            yield from self._managed(arn, _below(role.where, "ManagedPolicyArns", index))

    def _managed(self, arn: Any, where: Where) -> Iterator[Statement]:  # noqa: ANN401 - a resolved value
        policy = self._graph.target(arn, _MANAGED)
        if policy is not None:
            yield from self._of_policy(policy)
            return
        name = _aws_managed_name(arn)
        if name is None:
            why = "; ".join(reasons(arn)) or "the templates do not have it"
            yield _unread(Unknown(f"what the managed policy {arn} allows: {why}"), where)
            return
        yield from _aws_managed(name, where)

    @cached_property
    def _attached(self) -> dict[_Key, list[Statement]]:
        """Role -> the statements of the policies that name it."""
        return self._attachments[0]

    @cached_property
    def _loose(self) -> list[Statement]:
        """The statements of policies of which it is not known to which role they are attached."""
        loose = self._attachments[1]
        if len(loose) <= _MANY:
            return loose
        why = f"{len(loose)} statements of policies that may be attached to the role"
        return [Statement(where=loose[0].where, unknown=why)]

    @cached_property
    def _attachments(self) -> tuple[dict[_Key, list[Statement]], list[Statement]]:
        attached: dict[_Key, list[Statement]] = {}
        loose: list[Statement] = []
        for policy in self._graph.resources(*_ATTACHED):
            names = self._properties(policy).get(_ATTACHED[policy.type], [])
            for name in names if isinstance(names, list) else [names]:
                role = self._graph.target(name, _ROLE)
                if role is not None:
                    attached.setdefault((role.template, role.logical_id), []).extend(self._of_policy(policy))
                elif not is_known(name):
                    why = f"{policy.where} may be attached to the role: {'; '.join(reasons(name))}"
                    loose += (replace(each, maybe=why) for each in self._of_policy(policy))
        return attached, loose

    def _of_policy(self, policy: Resource) -> Iterator[Statement]:
        properties = self._properties(policy)
        name = properties.get("PolicyName")
        label = name if isinstance(name, str) else policy.logical_id
        found = statements(properties.get("PolicyDocument"), _below(policy.where, "PolicyDocument"), label)
        maybe = policy.presence is Ternary.UNKNOWN
        why = f"whether {policy.where} is created: its condition is open"
        return (replace(each, maybe=why) if maybe else each for each in found)

    def _properties(self, policy: Resource) -> Mapping[str, Any]:
        """Return the properties, also of a policy that may not be created: it is known to whom it would belong."""
        if policy.presence is not Ternary.UNKNOWN:
            return policy.properties
        properties = self._graph.value(policy.template, policy.raw.get("Properties"))
        return properties if isinstance(properties, Mapping) else {}


def document(resource: Resource, name: str) -> _Statements | None:
    """Return the statements of a policy that a property holds; None if there is none."""
    body = resource.get(name)
    return None if body is None else statements(body, _below(resource.where, name))


def _aws_managed_name(arn: Any) -> str | None:  # noqa: ANN401 - a resolved value
    """Return the path and name of one of AWS's own policies."""
    parts = components(arn) if not isinstance(arn, dict | list | bool | int | float) else None
    if parts is None or parts[2] != "iam" or parts[4] != "aws" or not isinstance(parts[5], str):
        return None
    return parts[5].removeprefix("policy/")


def _aws_managed(name: str, where: Where) -> Iterator[Statement]:
    known = managed_policy(name)
    label = name.rpartition("/")[2]
    if known is not None:
        found = statements({"Version": "2012-10-17", "Statement": list(known.statements)}, where, label)
        yield from (replace(each, where=where) for each in found)
        if known.complete:
            return
    # AWS's own policies allow; the few that deny say so in their name.
    effect = "" if "Deny" in name or "Quarantine" in name else "Allow"
    unknown = f"the preflight does not know all that AWS's policy {name} allows"
    yield Statement(where=where, policy=label, effect=effect, unknown=unknown)


def _unread(value: Any, where: Where) -> Statement:  # noqa: ANN401 - a resolved value
    return statements(value if isinstance(value, Unknown) else Unknown("; ".join(_why(value))), where)[0]


def _why(value: Any) -> Iterable[str]:  # noqa: ANN401 - a resolved value
    return reasons(value) or [f"a {type(value).__name__} in place of a policy"]


def _below(where: Where, *path: str | int) -> Where:
    return Where(where.template, where.logical_id, (*where.property_path, *path))
