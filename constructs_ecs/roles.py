"""IAM roles that hold exactly the permissions they were given.

The CDK's own grants differ with feature flags and versions, so its L2s receive a sealed view of each role
(:attr:`LeastPrivilegeRole.sealed`) that they cannot widen; the permissions come from the facts alone. They live in a
managed policy that the role names, so whatever names the role waits for its permissions too.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final
from weakref import WeakKeyDictionary

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct, DependencyGroup, IDependable

from constructs_ecs.acknowledgements import acknowledge, acknowledge_wildcards
from constructs_ecs.facts.limits import is_token
from constructs_ecs.facts.needs import Permission
from constructs_ecs.facts.pasting import filled_in, pasted
from constructs_ecs.facts.run_task import TASKS_PRINCIPAL
from constructs_ecs.known import Part, once, place_of

_NO_INLINE_POLICY: Final = (
    "NIST.800.53.R5-IAMNoInlinePolicy",
    "HIPAA.Security-IAMNoInlinePolicy",
    "PCI.DSS.321-IAMNoInlinePolicy",
)
_INLINE: Final = (
    "The role is kept elsewhere; an inline policy leaves with this stack and takes none of the role's few managed ones."
)
_POLICY_NAME_LENGTH: Final = 128 - len("-ap-southeast-99")
_MANAGED_POLICY_CHARACTERS: Final = 6_144
_STATEMENT_CHARACTERS: Final = 60
"""Of a statement, beside what a permission names."""
_TOKEN: Final = re.compile(r"\$\{Token\[[a-zA-Z0-9:._-]+\]\}")
_ARN: Final = "x" * 100
"""About as long as what a token stands for."""
_NAMES_A_RESOURCE: Final = re.compile(r"'Fn::GetAtt'|'Ref': '(?!AWS::)")


@dataclass(kw_only=True)
class _Grants:
    """A policy of a role, and what is in it."""

    policy: iam.ManagedPolicy | iam.Policy
    role: iam.IRole
    """The role that it was attached to."""
    permissions: dict[Permission, None]

    def add(self, permissions: Iterable[Permission]) -> None:
        """Put in those that are not there yet."""
        new = self._lacking(permissions)
        if new:
            self.permissions.update(dict.fromkeys(new))
            self.policy.add_statements(*map(policy_statement, new))

    def has_room(self, permissions: Iterable[Permission]) -> bool:
        """Whether they fit into a managed policy, as far as it is known at synth."""
        after = (*self.permissions, *self._lacking(permissions))
        return sum(map(_characters, after)) <= _MANAGED_POLICY_CHARACTERS

    def _lacking(self, permissions: Iterable[Permission]) -> list[Permission]:
        return [permission for permission in dict.fromkeys(permissions) if permission not in self.permissions]


_SHARED: Final[WeakKeyDictionary[cdk.Stack, dict[str, _Grants]]] = WeakKeyDictionary()
"""For each stack, the newest policy of each existing role, by what tells the role apart."""


class LeastPrivilegeRole(Part):
    """A role with nothing but what :meth:`allow` gives it.

    Args:
        scope: the parent construct.
        construct_id: the id of this construct in its scope.
        assumed_by: who may assume the role; not used with an existing one.
        description: what the role is for.
        existing: a role to give the permissions to instead of a new one: of this app, which then gets a managed policy
            of this stack, or imported, which gets an inline one. All that use the role in a stack share the policy,
            which is in the first of them: a role has 10 managed policies, and little room for inline ones. Where the
            role cannot be changed, because it was imported so or is another account's, what it needs is said as a
            warning at synth, statement by statement, ready to paste.
    """

    role: iam.IRole
    """The role; grant to it whatever the workload itself needs."""
    sealed: iam.IRole
    """The same role as the CDK's L2s may see it: none of their grants reaches it."""
    ready: IDependable
    """What whoever uses the role depends on: that it has its permissions, and what else it was granted in its stack.

    An existing role of another stack is granted more there, which is not waited for.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        assumed_by: iam.IPrincipal,
        description: str,
        existing: iam.IRole | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        self._grants: _Grants | None = None
        self._permissions: dict[Permission, None] = {}
        if existing is None:
            role = iam.Role(self, "Role", assumed_by=assumed_by, description=description)
            self.role, self.sealed, self._is_own = role, role.without_policy_updates(), True
            self.ready = self  # what is below it: the role, its policy, and the one that the CDK's grants make
        else:
            self.role, self._is_own = existing, False
            self.sealed = iam.Role.from_role_arn(self, "Sealed", existing.role_arn, mutable=False)
            self.ready = ready = DependencyGroup()
            # With the policy that grants make below it. In another stack, that one may name what is in this stack.
            if place_of(existing) is place_of(self):
                ready.add(existing)

    def allow(self, permissions: Iterable[Permission]) -> None:
        """Give permissions to the role; one that it has already is not given twice."""
        new = [permission for permission in dict.fromkeys(permissions) if permission not in self._permissions]
        if not new:
            return
        self._permissions.update(dict.fromkeys(new))
        if self._grants is None:
            self._grants = self._find_grants(new)
        if self._grants is None:
            self._say_what_is_lacking(new)
        else:
            self._grants.add(new)

    def _find_grants(self, new: list[Permission]) -> _Grants | None:
        """Find the role's policy, or make it; none where the role cannot be changed."""
        if not isinstance(self.role, iam.Role):
            found = self._inline_grants(new)
        elif self._is_of_another_account(self.role):
            found = None
        else:
            found = self._own_grants(self.role, new) if self._is_own else self._managed_grants(self.role, new)
        if found is not None and isinstance(self.ready, DependencyGroup):
            self.ready.add(found.policy)
        return found

    def _own_grants(self, role: iam.Role, new: list[Permission]) -> _Grants:
        made = self._new_managed_policy(new)
        role.add_managed_policy(made)
        return self._acknowledged(made, new)

    def _managed_grants(self, role: iam.Role, new: list[Permission]) -> _Grants:
        shared, path = self._shared(), role.node.path
        found = shared.get(path)
        if found is None or not found.has_room(new):
            made = self._new_managed_policy(new)
            # Not the other way round: the role may be in a stack that this one depends on.
            made.attach_to_role(role)
            found = shared[path] = self._acknowledged(made, new)
        return found

    def _new_managed_policy(self, permissions: list[Permission]) -> iam.ManagedPolicy:
        # A changed description replaces the policy, so it says nothing that could change.
        description = "The permissions of one role, and nothing else."
        return iam.ManagedPolicy(self, "Policy", description=description, document=_document(permissions))

    def _inline_grants(self, new: list[Permission]) -> _Grants | None:
        shared, identity = self._shared(), self._identity()
        found = shared.get(identity)
        if found is not None and found.role.node.path == self.role.node.path:
            return found
        made = self._new_inline_policy(new)
        if made is None:
            return None
        if found is not None:
            # The same role, imported again: this only told that it may be changed under that name, too.
            self.node.try_remove_child("Policy")
            return found
        acknowledge(made, _INLINE, *_NO_INLINE_POLICY)
        shared[identity] = self._acknowledged(made, new)
        return shared[identity]

    def _new_inline_policy(self, permissions: list[Permission]) -> iam.Policy | None:
        # Not the CDK's default policy for an imported role: its name depends on a feature flag, without which two
        # stacks write over each other's, and it is in the stack that imported the role, which may not know this one.
        name = cdk.Names.unique_resource_name(self, max_length=_POLICY_NAME_LENGTH)
        name = f"{name}-{place_of(self).region}"
        policy = iam.Policy(self, "Policy", policy_name=name, document=_document(permissions))
        self.role.attach_inline_policy(policy)
        if not _is_attached(policy):
            self.node.try_remove_child("Policy")
            return None
        return policy

    def _acknowledged(self, policy: iam.ManagedPolicy | iam.Policy, permissions: list[Permission]) -> _Grants:
        made = _Grants(policy=policy, role=self.role, permissions=dict.fromkeys(permissions))
        acknowledge_wildcards(self, policy, made.permissions)
        return made

    def _shared(self) -> dict[str, _Grants]:
        return _SHARED.setdefault(place_of(self).stack, {})

    def _identity(self) -> str:
        """What an imported role is told apart by: its ARN, or itself where that names a resource of some stack."""
        arn = str(place_of(self).stack.resolve(self.role.role_arn))
        return self.role.node.path if _NAMES_A_RESOURCE.search(arn) else arn

    def _is_of_another_account(self, role: iam.Role) -> bool:
        if self._is_own:
            return False
        theirs, ours = role.env.account, place_of(self).account
        return not is_token(theirs) and not is_token(ours) and theirs != ours

    def _say_what_is_lacking(self, permissions: list[Permission]) -> None:
        place = place_of(self)
        statements = [policy_statement(permission).to_json() for permission in permissions]
        role, *documents = place.stack.resolve([self.role.role_arn, *statements])
        account, region = place.account, place.region
        reasons = [f"\n({number}) {each.reason}" for number, each in enumerate(permissions, start=1) if each.reason]
        cdk.Annotations.of(self).add_warning_v2(
            "constructs-ecs:immutable-role",
            f"{self.node.path} uses the role {filled_in(role, account=account, region=region)}, which this app cannot "
            "change. Unless it has them, add these statements:\n"
            f"{pasted(documents, account=account, region=region)}{''.join(reasons)}\n",
        )


def ecs_tasks_principal(scope: Construct) -> iam.IPrincipal:
    """Who assumes a task's roles: ECS, for tasks of this account and Region alone (no confused deputy).

    Source: ECS developer guide, "Task IAM role", which also says that the ARN cannot name a cluster.
    """
    return _ecs_tasks_in(place_of(scope).stack)


@once
def _ecs_tasks_in(stack: cdk.Stack) -> iam.IPrincipal:
    place = place_of(stack)
    return iam.ServicePrincipal(
        TASKS_PRINCIPAL,
        conditions={
            "StringEquals": {"aws:SourceAccount": place.account},
            "ArnLike": {"aws:SourceArn": f"arn:{place.partition}:ecs:{place.region}:{place.account}:*"},
        },
    )


def execution_role(scope: Construct, construct_id: str, *, existing: iam.IRole | None = None) -> LeastPrivilegeRole:
    """Make the role that the ECS agent uses before a task's containers start."""
    return LeastPrivilegeRole(
        scope,
        construct_id,
        assumed_by=ecs_tasks_principal(scope),
        description="Pulls the images, reads the secrets and writes the logs of one task definition.",
        existing=existing,
    )


def task_role(scope: Construct, construct_id: str, *, existing: iam.IRole | None = None) -> LeastPrivilegeRole:
    """Make the role that a task's containers, and the exec agent in them, use."""
    return LeastPrivilegeRole(
        scope,
        construct_id,
        assumed_by=ecs_tasks_principal(scope),
        description="What the containers of one task definition may do.",
        existing=existing,
    )


def instance_role(scope: Construct, construct_id: str, *, existing: iam.IRole | None = None) -> LeastPrivilegeRole:
    """Make the role of container instances; EC2 sends no source account or ARN, so its trust has no condition."""
    return LeastPrivilegeRole(
        scope,
        construct_id,
        assumed_by=iam.ServicePrincipal("ec2.amazonaws.com"),
        description="Registers container instances with one cluster.",
        existing=existing,
    )


def _is_attached(policy: iam.Policy) -> bool:
    """Whether a role took a policy: one that cannot be changed says nothing, and does nothing."""
    resource = policy.node.default_child
    assert isinstance(resource, iam.CfnPolicy)  # noqa: S101 - tells mypy what the CDK made
    return bool(cdk.Stack.of(policy).resolve(resource.roles))


def _characters(permission: Permission) -> int:
    """About how long a permission is in a policy."""
    named = repr((permission.actions, permission.resources, permission.conditions))
    return len(_TOKEN.sub(_ARN, named)) + _STATEMENT_CHARACTERS


def _document(permissions: Iterable[Permission]) -> iam.PolicyDocument:
    return iam.PolicyDocument.from_json({"Statement": list(map(_json, permissions))})


def policy_statement(permission: Permission) -> iam.PolicyStatement:
    """Write a permission as the CDK's statement."""
    return iam.PolicyStatement.from_json(_json(permission))


def _json(permission: Permission) -> dict[str, Any]:
    return {
        "Effect": "Allow",
        "Action": list(permission.actions),
        "Resource": list(permission.resources),
        "Condition": {
            operator: {key: value if isinstance(value, str) else list(value) for key, value in keys.items()}
            for operator, keys in permission.conditions.items()
        },
    }
