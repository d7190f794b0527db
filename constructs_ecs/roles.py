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
from constructs_ecs.facts.needs import Permission

_NO_INLINE_POLICY: Final = (
    "NIST.800.53.R5-IAMNoInlinePolicy",
    "HIPAA.Security-IAMNoInlinePolicy",
    "PCI.DSS.321-IAMNoInlinePolicy",
)
_INLINE: Final = (
    "The role is kept elsewhere; an inline policy leaves with this stack and takes none of the role's few managed ones."
)


class LeastPrivilegeRole(Construct):
    """A role with nothing but what :meth:`allow` gives it.

    Args:
        scope: the parent construct.
        construct_id: the id of this construct in its scope.
        assumed_by: who may assume the role; not used with an existing one.
        description: what the role is for.
        existing: a role to give the permissions to instead of a new one. Where it cannot be changed, what it lacks
            is said as a warning at synth, statement by statement, ready to paste.
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
        self._policy: iam.ManagedPolicy | None = None
        self._inline: iam.Policy | None = None
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
        if not isinstance(self.role, iam.Role):
            self._give_to_imported(new)
        elif self._policy is None:
            self._policy = self._new_policy(self.role, new)
        else:
            self._policy.add_statements(*map(_statement, new))

    def _new_policy(self, role: iam.Role, permissions: list[Permission]) -> iam.ManagedPolicy:
        policy = iam.ManagedPolicy(
            self,
            "Policy",
            # A changed description replaces the policy, so it says nothing that could change.
            description="The permissions of one role, and nothing else.",
            statements=[_statement(permission) for permission in permissions],
        )
        if self._own:
            role.add_managed_policy(policy)
        else:
            # The other way round: the role may be in a stack that this one depends on.
            policy.attach_to_role(role)
        self.ready.add(policy)
        acknowledge_wildcards(policy, self._permissions)
        return policy

    def _give_to_imported(self, permissions: list[Permission]) -> None:
        statements = [_statement(permission) for permission in permissions]
        lacking = [statement for statement in statements if not self._take(statement)]
        if lacking:
            stack = cdk.Stack.of(self)
            paste = json.dumps([stack.resolve(statement.to_json()) for statement in lacking])
            cdk.Annotations.of(self).add_warning_v2(
                "constructs-ecs:immutable-role",
                f"{self.node.path} uses a role that this app cannot change. Unless it has them, add: {paste}",
            )

    def _take(self, statement: iam.PolicyStatement) -> bool:
        """Whether the imported role took a statement; one that cannot be changed says yes, but names no policy."""
        result = self.role.add_to_principal_policy(statement)
        policy = result.policy_dependable
        if not result.statement_added or not isinstance(policy, iam.Policy):
            return False
        if self._inline is None:
            self._inline = policy
            self.ready.add(policy)
            acknowledge_wildcards(policy, self._permissions)
            acknowledge(policy, _INLINE, *_NO_INLINE_POLICY)
        return True


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


def _statement(permission: Permission) -> iam.PolicyStatement:
    return iam.PolicyStatement(
        actions=list(permission.actions),
        resources=list(permission.resources),
        conditions={
            operator: {key: value if isinstance(value, str) else list(value) for key, value in keys.items()}
            for operator, keys in permission.conditions.items()
        },
    )
