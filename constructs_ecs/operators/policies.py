"""Policies on ECS Exec: managed policies for roles and groups, and documents for permission sets."""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import combinations
from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct, IConstruct

from constructs_ecs.acknowledgements import acknowledge_wildcards
from constructs_ecs.errors import Code, ConflictError, InvalidValueError
from constructs_ecs.facts.exec_access import (
    AccessStatement,
    Effect,
    check_list,
)
from constructs_ecs.facts.limits import check_kind, full_match, is_token, shown
from constructs_ecs.operators.policy_clusters import known_name, locate
from constructs_ecs.operators.policy_rules import AllowExec, ExecRule

_MANAGED_POLICY_CHARACTERS: Final = 6_144
_PERMISSION_SET_CHARACTERS: Final = 32_768
_POLICY_NAME: Final = re.compile(r"[A-Za-z0-9+=,.@_-]{1,128}", re.ASCII)
_TOKEN: Final = re.compile(r"\$\{Token\[[a-zA-Z0-9:._-]+\]\}")
_EFFECTS: Final = {Effect.ALLOW: iam.Effect.ALLOW, Effect.DENY: iam.Effect.DENY}


class ExecPolicy(Construct):
    """A managed policy on ECS Exec, for those who open sessions and for those who must not.

    Attach `managed_policy` to roles, groups or users, or let it stand alone: a permission set takes it by its name, a
    permissions boundary by its ARN. In a stack of its own it refers to a cluster by its name, and to its session key by
    the ARN; nothing refers back.

    Args:
        scope: the parent construct.
        construct_id: the id of this construct in its scope.
        rules: what the policy says: :class:`AllowExec`, :class:`DenyExec`, :class:`DenyStartSession`,
            :class:`AllowLaunchWithoutExec`, :class:`DenyLaunchWithExec`.
        managed_policy_name: the policy's name; by default CloudFormation makes one. A permission set needs a fixed one.

    Raises:
        InvalidValueError: ECS039, there are no rules, the name is malformed or the policy is too long for a managed
            policy; ECS030, a rule is none.
        ConflictError: ECS039, one rule allows a cluster that another one allows only with its tags; a cluster of this
            app without a fixed name, or its session key, is in another account or Region.

    Source: ECS developer guide, "ECS Exec"; IAM user guide, "Managed policies and inline policies".
    """

    managed_policy: iam.ManagedPolicy
    """The policy as other constructs take it; attach it with its own methods."""
    json: str
    """The policy's document as JSON text, for an output or a console."""

    def __init__(
        self, scope: Construct, construct_id: str, *, rules: Sequence[ExecRule], managed_policy_name: str | None = None
    ) -> None:
        _check_name(managed_policy_name)
        statements = _statements(scope, rules)
        _check_size(statements, maximum=_MANAGED_POLICY_CHARACTERS, name="A managed policy")
        super().__init__(scope, construct_id)
        self.managed_policy = iam.ManagedPolicy(
            self,
            "Policy",
            managed_policy_name=managed_policy_name,
            # A changed description replaces the policy, so it says nothing that could change.
            description="Who may open ECS Exec sessions.",
            statements=[_statement(statement) for statement in statements],
        )
        self.json = cdk.Stack.of(self).to_json_string(_document(statements))
        allowed = (statement.permission for statement in statements if statement.effect is Effect.ALLOW)
        acknowledge_wildcards(self, self.managed_policy, dict.fromkeys(allowed))


def exec_policy_document(scope: IConstruct, rules: Sequence[ExecRule]) -> dict[str, object]:
    """Return a policy on ECS Exec as a JSON object, for the inline policy of an IAM Identity Center permission set.

    A permission set is made in one account and used in others: name clusters with their account, or with ``*`` for it
    (:class:`NamedCluster`), where the rules would else mean the account of the stack. The CDK takes an object for
    ``inline_policy``; as text, ``Stack.to_json_string`` spells it with its references.

    Args:
        scope: where it is used; its stack's account and Region are meant where a rule names none.
        rules: as for an :class:`ExecPolicy`.

    Raises:
        InvalidValueError: ECS039, there are no rules, or the policy is too long for a permission set; ECS030, a rule
            is none.
        ConflictError: ECS039, as for an :class:`ExecPolicy`.

    Source: CloudFormation, ``AWS::SSO::PermissionSet``, ``InlinePolicy``.
    """
    statements = _statements(scope, rules)
    _check_size(statements, maximum=_PERMISSION_SET_CHARACTERS, name="A permission set's inline policy")
    return _document(statements)


def _statements(scope: IConstruct, rules: Sequence[ExecRule]) -> list[AccessStatement]:
    check_list(rules, name="rules")
    for rule in rules:
        check_kind(rule, ExecRule, code=Code.SETTING, name="Each of rules")
    stack = cdk.Stack.of(scope)
    _check_cluster_tags([rule for rule in rules if isinstance(rule, AllowExec)], stack)
    found: list[AccessStatement] = []
    for rule in rules:
        # Two rules for one cluster say some things twice.
        found += (statement for statement in rule.statements(stack) if statement not in found)
    return found


def _check_cluster_tags(rules: Iterable[AllowExec], stack: cdk.Stack) -> None:
    """Refuse a rule whose `cluster_tags` another rule undoes, since the cluster is authorized apart from the task."""
    located = []
    for rule in rules:
        location, name = locate(rule.cluster, stack), known_name(rule.cluster)
        located.append((location if name is None else replace(location, name=name), rule.cluster_tags))
    for (one, tags), (other, other_tags) in combinations(located, 2):
        if tags != other_tags and one.may_be(other):
            raise ConflictError(
                Code.EXEC_ACCESS,
                f"A cluster's tags are asked for in all rules for it or in none, since rules add up; for the cluster "
                f"{shown(one.name)} got {shown(tags)} and {shown(other_tags)}.",
                "Give both the same cluster_tags, or narrow them by task_tags; two clusters of one name are told apart "
                "by account and region.",
            )


def _check_size(statements: Iterable[AccessStatement], *, maximum: int, name: str) -> None:
    """Check that a policy is not too long, as far as its text is known: white space and tokens count nothing.

    Sources: IAM user guide, "IAM and AWS STS quotas"; ``PutInlinePolicyToPermissionSet``.
    """
    text = json.dumps(_document(statements), ensure_ascii=False)
    size = len("".join(_TOKEN.sub("", text).split()))
    if size > maximum:
        raise InvalidValueError(
            Code.EXEC_ACCESS,
            f"{name} has at most {maximum:,} characters without white space; got {size:,} or more.",
            "Make two policies of it, or narrow it by a tag instead of many names.",
        )


def _document(statements: Iterable[AccessStatement]) -> dict[str, object]:
    return {"Version": "2012-10-17", "Statement": [statement.document() for statement in statements]}


def _statement(statement: AccessStatement) -> iam.PolicyStatement:
    permission = statement.permission
    return iam.PolicyStatement(
        effect=_EFFECTS[statement.effect],
        actions=list(permission.actions),
        resources=list(permission.resources),
        conditions=statement.document().get("Condition"),
    )


def _check_name(name: object) -> None:
    if name is not None and not (isinstance(name, str) and is_token(name)) and full_match(_POLICY_NAME, name) is None:
        raise InvalidValueError(
            Code.EXEC_ACCESS,
            f"A policy's name is 1 to 128 letters, digits and +=,.@_-; got {shown(name)}.",
            "Leave out every other character.",
        )
