"""IAM roles that hold exactly the permissions they were given.

The CDK's own grants differ with feature flags and versions, so its L2s receive a sealed view of each role
(:attr:`LeastPrivilegeRole.sealed`) that they cannot widen; the permissions come from the facts alone. They live in a
managed policy that the role names, so whatever names the role waits for its permissions too.
"""

import json
from collections.abc import Iterable
from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct, DependencyGroup

from constructs_ecs.acknowledgements import acknowledge, acknowledge_wildcards
from constructs_ecs.facts.limits import is_token
from constructs_ecs.facts.needs import Permission

_NO_INLINE_POLICY: Final = (
    "NIST.800.53.R5-IAMNoInlinePolicy",
    "HIPAA.Security-IAMNoInlinePolicy",
    "PCI.DSS.321-IAMNoInlinePolicy",
)
_INLINE: Final = (
    "The role is kept elsewhere; an inline policy leaves with this stack and takes none of the role's few managed ones."
)
_POLICY_NAME_LENGTH: Final = 128 - len("-ap-southeast-99")


class LeastPrivilegeRole(Construct):
    """A role with nothing but what :meth:`allow` gives it.

    Args:
        scope: the parent construct.
        construct_id: the id of this construct in its scope.
        assumed_by: who may assume the role; not used with an existing one.
        description: what the role is for.
        existing: a role to give the permissions to instead of a new one: of this app or imported, which then gets an
            inline policy of this stack. Where it cannot be changed, because it was imported so or is another account's,
            what it needs is said as a warning at synth, statement by statement, ready to paste.
    """

    role: iam.IRole
    """The role; grant to it whatever the workload itself needs."""
    sealed: iam.IRole
    """The same role as the CDK's L2s may see it: none of their grants reaches it."""
    ready: DependencyGroup
    """What whoever uses the role depends on: that it has its permissions."""

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
        self._policy: iam.ManagedPolicy | iam.Policy | None = None
        self._permissions: dict[Permission, None] = {}
        self.ready = DependencyGroup()
        if existing is None:
            role = iam.Role(self, "Role", assumed_by=assumed_by, description=description)
            self.role, self.sealed, self._own = role, role.without_policy_updates(), True
            self.ready.add(role)
        else:
            self.role, self._own = existing, False
            self.sealed = iam.Role.from_role_arn(self, "Sealed", existing.role_arn, mutable=False)

    def allow(self, permissions: Iterable[Permission]) -> None:
        """Give permissions to the role; one that it has already is not given twice."""
        new = [permission for permission in dict.fromkeys(permissions) if permission not in self._permissions]
        if not new:
            return
        self._permissions.update(dict.fromkeys(new))
        statements = [_statement(permission) for permission in new]
        if self._policy is not None:
            self._policy.add_statements(*statements)
            return
        self._policy = self._new_policy(statements)
        if self._policy is None:
            self._say_what_is_lacking(new, statements)

    def _new_policy(self, statements: list[iam.PolicyStatement]) -> iam.ManagedPolicy | iam.Policy | None:
        """Make the role's policy; none where the role cannot be changed."""
        if not isinstance(self.role, iam.Role):
            return self._new_inline_policy(statements)
        return None if self._is_of_another_account(self.role) else self._new_managed_policy(self.role, statements)

    def _new_managed_policy(self, role: iam.Role, statements: list[iam.PolicyStatement]) -> iam.ManagedPolicy:
        policy = iam.ManagedPolicy(
            self,
            "Policy",
            # A changed description replaces the policy, so it says nothing that could change.
            description="The permissions of one role, and nothing else.",
            statements=statements,
        )
        if self._own:
            role.add_managed_policy(policy)
        else:
            # The other way round: the role may be in a stack that this one depends on.
            policy.attach_to_role(role)
        self.ready.add(policy)
        acknowledge_wildcards(policy, self._permissions)
        return policy

    def _new_inline_policy(self, statements: list[iam.PolicyStatement]) -> iam.Policy | None:
        # Not the CDK's default policy for an imported role: its name depends on a feature flag, without which two
        # stacks write over each other's, and it is in the stack that imported the role, which may not know this one.
        name = cdk.Names.unique_resource_name(self, max_length=_POLICY_NAME_LENGTH)
        policy = iam.Policy(self, "Policy", policy_name=f"{name}-{cdk.Stack.of(self).region}", statements=statements)
        self.role.attach_inline_policy(policy)
        if not _is_attached(policy):
            self.node.try_remove_child("Policy")
            return None
        self.ready.add(policy)
        acknowledge_wildcards(policy, self._permissions)
        acknowledge(policy, _INLINE, *_NO_INLINE_POLICY)
        return policy

    def _is_of_another_account(self, role: iam.Role) -> bool:
        if self._own:
            return False
        theirs, ours = role.env.account, cdk.Stack.of(self).account
        return not is_token(theirs) and not is_token(ours) and theirs != ours

    def _say_what_is_lacking(self, permissions: list[Permission], statements: list[iam.PolicyStatement]) -> None:
        stack = cdk.Stack.of(self)
        role, *documents = stack.resolve([self.role.role_arn, *(each.to_json() for each in statements)])
        paste = ",\n ".join(map(json.dumps, documents))
        reasons = [f"\n({number}) {each.reason}" for number, each in enumerate(permissions, start=1) if each.reason]
        cdk.Annotations.of(self).add_warning_v2(
            "constructs-ecs:immutable-role",
            f"{self.node.path} uses the role {role if isinstance(role, str) else json.dumps(role)}, which this app "
            f"cannot change. Unless it has them, add these statements:\n[{paste}]{''.join(reasons)}\n",
        )


def ecs_tasks_principal(scope: Construct) -> iam.IPrincipal:
    """Who assumes a task's roles: ECS, for tasks of this account and Region alone (no confused deputy).

    Source: ECS developer guide, "Task IAM role", which also says that the ARN cannot name a cluster.
    """
    stack = cdk.Stack.of(scope)
    return iam.ServicePrincipal(
        "ecs-tasks.amazonaws.com",
        conditions={
            "StringEquals": {"aws:SourceAccount": stack.account},
            "ArnLike": {"aws:SourceArn": f"arn:{stack.partition}:ecs:{stack.region}:{stack.account}:*"},
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


def _statement(permission: Permission) -> iam.PolicyStatement:
    return iam.PolicyStatement(
        actions=list(permission.actions),
        resources=list(permission.resources),
        conditions={
            operator: {key: value if isinstance(value, str) else list(value) for key, value in keys.items()}
            for operator, keys in permission.conditions.items()
        },
    )
