"""The role of a workflow: what every one needs in a policy of its own, and what its steps add beside it."""

from collections.abc import Iterable
from typing import Final

from aws_cdk import aws_iam as iam
from constructs import Construct

from constructs_ecs.acknowledgements import acknowledge, acknowledge_wildcards
from constructs_ecs.facts.needs import Permission
from constructs_ecs.facts.triggers import LOG_DELIVERY_ACTIONS, STATES_PRINCIPAL, TRACE_ACTIONS
from constructs_ecs.jobs.rendering import RunsJob
from constructs_ecs.known import place_of
from constructs_ecs.roles import LeastPrivilegeRole

_WATCHED: Final = (
    Permission(
        actions=LOG_DELIVERY_ACTIONS,
        resources=("*",),
        reason="Step Functions sets up the delivery of its log with actions that have no resource level in IAM.",
    ),
    Permission(
        actions=TRACE_ACTIONS,
        resources=("*",),
        reason="X-Ray's actions to send traces and to read sampling rules have no resource level in IAM.",
    ),
)
_OF_THE_STEPS: Final = (
    "The CDK's states write what they need into the policy of the one role that runs them; it is used nowhere else."
)
_NO_INLINE_POLICY: Final = (
    "NIST.800.53.R5-IAMNoInlinePolicy",
    "HIPAA.Security-IAMNoInlinePolicy",
    "PCI.DSS.321-IAMNoInlinePolicy",
)
_DEFAULT_POLICY: Final = "DefaultPolicy"
"""Where the CDK puts what is granted to a role of the app."""


def workflow_role(scope: Construct, construct_id: str) -> LeastPrivilegeRole:
    """Make the role of a state machine; its `role` takes what states and grants add.

    Step Functions assumes it for state machines of this account and Region alone. Which one cannot be said: its name is
    made when it is created, after the role.
    """
    place = place_of(scope)
    made = LeastPrivilegeRole(
        scope,
        construct_id,
        assumed_by=iam.ServicePrincipal(
            STATES_PRINCIPAL,
            conditions={
                "StringEquals": {"aws:SourceAccount": place.account},
                "ArnLike": {
                    "aws:SourceArn": f"arn:{place.partition}:states:{place.region}:{place.account}:stateMachine:*"
                },
            },
        ),
        description="Runs the steps of one state machine.",
    )
    made.allow(_WATCHED)
    acknowledge(made.role, _OF_THE_STEPS, *_NO_INLINE_POLICY)
    return made


def acknowledge_steps(scope: Construct, role: iam.IRole, steps: Iterable[RunsJob]) -> None:
    """Acknowledge the wildcards that steps which run jobs need, with their reasons; others' stay findings."""
    permissions = dict.fromkeys(permission for step in steps for permission in step.permissions)
    policy = role.node.try_find_child(_DEFAULT_POLICY) if permissions else None
    if isinstance(policy, iam.Policy):
        acknowledge_wildcards(scope, policy, permissions, shared=True)
