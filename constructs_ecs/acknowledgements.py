"""Acknowledge one cdk-nag finding on one resource, with the reason a reviewer reads in the validation report."""

import json
from collections.abc import Mapping
from typing import Any

import aws_cdk as cdk
import jsii
from aws_cdk import aws_iam as iam
from constructs import IConstruct, IValidation

from constructs_ecs.facts.limits import is_token
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


def acknowledge_wildcards(policy: iam.ManagedPolicy | iam.Policy, permissions: Mapping[Permission, None]) -> None:
    """Acknowledge, when the app is synthesized, each wildcard resource of a policy with its permission's reason.

    cdk-nag names such a finding after the resolved ARN, which is known only once references between stacks are. A
    wildcard whose permission states no reason stays a finding.

    Args:
        policy: the policy that holds the permissions.
        permissions: read at synthesis, so later additions count.
    """
    policy.node.add_validation(_WildcardAcknowledgement(policy, permissions))


@jsii.implements(IValidation)
class _WildcardAcknowledgement:
    def __init__(self, policy: iam.ManagedPolicy | iam.Policy, permissions: Mapping[Permission, None]) -> None:
        self._policy = policy
        self._permissions = permissions

    def validate(self) -> list[str]:
        reasons: dict[str, dict[str, None]] = {}
        # Behind a token there may be a wildcard, too.
        wild = [p for p in self._permissions if p.reason and any("*" in arn or is_token(arn) for arn in p.resources)]
        for permission, resources in zip(wild, self._resolve([p.resources for p in wild]), strict=True):
            for resource in map(_flatten, resources):
                if "*" in resource:
                    reasons.setdefault(resource, {})[permission.reason] = None
        for resource, why in reasons.items():
            self._acknowledge(resource, " ".join(why))
        return []

    def _acknowledge(self, resource: str, reason: str) -> None:
        try:
            acknowledge(self._policy, reason, f"AwsSolutions-IAM5[Resource::{resource}]")
        except RuntimeError as error:
            # The oldest versions of aws-cdk-lib that are supported take no such id. No pack of cdk-nag 3 runs on them.
            if "InvalidValidationId" not in str(error):
                raise

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
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)  # as JavaScript does
