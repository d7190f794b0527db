"""Acknowledge one cdk-nag finding on one resource, with the reason a reviewer reads in the validation report."""

import json
from collections.abc import Mapping
from typing import Any

import aws_cdk as cdk
import jsii
from aws_cdk import aws_iam as iam
from constructs import IConstruct, IValidation

from constructs_ecs.facts.needs import Permission

_NAMESPACES = {
    "AwsSolutions": "AwsSolutions",
    "NIST.800.53.R5": "NIST.800.53.R5",
    "HIPAA.Security": "HIPAA.Security",
    "PCI.DSS.321": "PCI.DSS.321",
}
"""Prefix of a rule -> the pack's name in front of ``::``. Only this spelling leaves a trace in the report."""


def acknowledge(scope: IConstruct, reason: str, *rules: str) -> None:
    """Acknowledge rules on a construct and what is below it.

    Args:
        scope: the construct; name the narrowest one.
        reason: why the finding is right to stay, in words a reviewer accepts.
        rules: full rule ids, ``AwsSolutions-SMG4`` or ``NIST.800.53.R5-SecretsManagerRotationEnabled``.
    """
    cdk.Validations.of(scope).acknowledge(
        *(cdk.Acknowledgment(id=f"{_NAMESPACES[rule.split('-', 1)[0]]}::{rule}", reason=reason) for rule in rules)
    )


def acknowledge_wildcards(policy: iam.ManagedPolicy, permissions: Mapping[Permission, None]) -> None:
    """Acknowledge, when the app is synthesized, each wildcard resource of a policy with its permission's reason.

    cdk-nag names such a finding after the resolved ARN, which is known only once references between stacks are.

    Args:
        policy: the policy that holds the permissions.
        permissions: read at synthesis, so later additions count.
    """
    policy.node.add_validation(_WildcardAcknowledgement(policy, permissions))


@jsii.implements(IValidation)
class _WildcardAcknowledgement:
    def __init__(self, policy: iam.ManagedPolicy, permissions: Mapping[Permission, None]) -> None:
        self._policy = policy
        self._permissions = permissions

    def validate(self) -> list[str]:
        reasons: dict[str, list[str]] = {}
        wild = [permission for permission in self._permissions if any("*" in arn for arn in permission.resources)]
        for permission, resources in zip(wild, self._resolve([p.resources for p in wild]), strict=True):
            for resource in resources:
                reasons.setdefault(_flatten(resource), []).append(permission.reason)
        for resource, why in reasons.items():
            if "*" in resource:
                reason = " ".join(dict.fromkeys(why))
                acknowledge(self._policy, reason, f"AwsSolutions-IAM5[Resource::{resource}]")
        return []

    def _resolve(self, resources: list[tuple[str, ...]]) -> list[list[Any]]:
        resolved: list[list[Any]] = cdk.Stack.of(self._policy).resolve([list(arns) for arns in resources])
        return resolved


def _flatten(value: Any) -> str:  # noqa: ANN401 - any resolved CloudFormation value
    """Spell a resolved value the way cdk-nag does in a granular finding id."""
    if isinstance(value, str):
        return value.replace("${", "<").replace("}", ">")
    if isinstance(value, Mapping) and len(value) == 1:
        ((function, argument),) = value.items()
        if function == "Fn::Join":
            delimiter, items = argument
            return str(delimiter).join(_flatten(item) for item in items)
        if function == "Fn::GetAtt":
            return f"<{_flatten(argument[0])}.{_flatten(argument[1])}>"
        if function in {"Fn::Sub", "Fn::ImportValue"}:
            return _flatten(argument)
        if function == "Ref":
            return f"<{_flatten(argument)}>"
    return json.dumps(value, separators=(",", ":"))
