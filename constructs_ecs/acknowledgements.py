"""Acknowledge one cdk-nag finding on one resource, with the reason a reviewer reads in the validation report."""

import json
from collections.abc import Mapping
from typing import Any, TypeAlias

import aws_cdk as cdk
import jsii
from aws_cdk import aws_iam as iam
from constructs import IConstruct, IValidation

from constructs_ecs.facts.limits import is_token
from constructs_ecs.facts.needs import Permission
from constructs_ecs.known import once, place_of

_NAMESPACES = {
    "AwsSolutions": "AwsSolutions",
    "NIST.800.53.R5": "NIST.800.53.R5",
    "HIPAA.Security": "HIPAA.Security",
    "PCI.DSS.321": "PCI.DSS.321",
}
"""Prefix of a rule -> the pack's name in front of ``::``. Only this spelling leaves a trace in the report."""

_Policy: TypeAlias = iam.ManagedPolicy | iam.Policy


def acknowledge(scope: IConstruct, reason: str, *rules: str) -> None:
    """Acknowledge rules on a construct and what is below it.

    Args:
        scope: the construct; name the narrowest one.
        reason: why the finding is right to stay, in words a reviewer accepts.
        rules: full rule ids, ``AwsSolutions-SMG4`` or ``NIST.800.53.R5-SecretsManagerRotationEnabled``.
    """
    _acknowledge_each(scope, dict.fromkeys(rules, reason))


def _acknowledge_each(scope: IConstruct, reasons: Mapping[str, str]) -> None:
    """Acknowledge rules, each with its own reason."""
    cdk.Validations.of(scope).acknowledge(
        *(
            cdk.Acknowledgment(id=f"{_NAMESPACES[rule.split('-', 1)[0]]}::{rule}", reason=reason)
            for rule, reason in reasons.items()
        )
    )


def acknowledge_wildcards(
    scope: IConstruct, policy: _Policy, permissions: Mapping[Permission, None], *, shared: bool = False
) -> None:
    """Acknowledge, when the app is synthesized, each wildcard resource of a policy with its permission's reason.

    cdk-nag names such a finding after the resolved ARN, which is known only once references between stacks are. A
    wildcard whose permission states no reason stays a finding.

    Args:
        scope: what the policy is in.
        policy: the policy that holds the permissions.
        permissions: read at synthesis, so later additions count.
        shared: whether others write into the policy, too. What they say of a wildcard stays a finding.
    """
    wildcards = _wildcards_in(place_of(scope).stack)
    wildcards.policies.append((policy, permissions))
    if shared:
        wildcards.shared.append(policy)


_Saying = tuple[str, str, str]
"""An action, a resource and a condition, all resolved."""


@jsii.implements(IValidation)
class _Wildcards:
    """The policies of one stack; what the CDK calls a validation is called when it synthesizes."""

    def __init__(self, stack: cdk.Stack) -> None:
        self._stack = stack
        self.policies: list[tuple[_Policy, Mapping[Permission, None]]] = []
        self.shared: list[_Policy] = []

    def validate(self) -> list[str]:
        wild = [(policy, each) for policy, permissions in self.policies for each in permissions if _may_be_wild(each)]
        reasons: dict[_Policy, dict[str, dict[str, None]]] = {}
        resolved = self._stack.resolve([list(permission.resources) for _, permission in wild])
        for (policy, permission), resources in zip(wild, resolved, strict=True):
            for resource in map(_flatten, resources):
                if "*" in resource:
                    reasons.setdefault(policy, {}).setdefault(resource, {})[permission.reason] = None
        for policy in self.shared:
            for resource in self._wild_of_others(policy):
                reasons.get(policy, {}).pop(resource, None)
        for policy, of_resources in reasons.items():
            _acknowledge_resources(policy, {resource: " ".join(each) for resource, each in of_resources.items()})
        return []

    def _wild_of_others(self, policy: _Policy) -> set[str]:
        """The wildcards of which a policy says more than the permissions that are known."""
        known = [each for of, permissions in self.policies if of is policy for each in permissions]
        document, *ours = self._stack.resolve([policy.document, *map(_json, known)])
        more = _sayings(document["Statement"]) - _sayings(ours)
        return {resource for _, resource, _ in more if "*" in resource}


@once
def _wildcards_in(stack: cdk.Stack) -> _Wildcards:
    wildcards = _Wildcards(stack)
    stack.node.add_validation(wildcards)
    return wildcards


def _may_be_wild(permission: Permission) -> bool:
    """Whether a wildcard may have to be acknowledged; behind a token there may be one, too."""
    return bool(permission.reason) and any("*" in arn or is_token(arn) for arn in permission.resources)


def _acknowledge_resources(policy: IConstruct, reasons: Mapping[str, str]) -> None:
    try:
        _acknowledge_each(
            policy, {f"AwsSolutions-IAM5[Resource::{resource}]": reason for resource, reason in reasons.items()}
        )
    except RuntimeError as error:
        # The oldest versions of aws-cdk-lib that are supported take no such id. No pack of cdk-nag 3 runs on them.
        if "InvalidValidationId" not in str(error):
            raise


def _json(permission: Permission) -> dict[str, Any]:
    return {
        "Action": list(permission.actions),
        "Resource": list(permission.resources),
        "Condition": {operator: {**keys} for operator, keys in permission.conditions.items()},
    }


def _sayings(statements: list[dict[str, Any]]) -> set[_Saying]:
    """All that statements say, each thing apart."""
    return {
        (_flatten(action), _flatten(resource), json.dumps(statement.get("Condition", {}), sort_keys=True))
        for statement in statements
        for action in _listed(statement.get("Action", []))
        for resource in _listed(statement.get("Resource", []))
    }


def _listed(value: Any) -> list[Any]:  # noqa: ANN401 - any resolved CloudFormation value
    return value if isinstance(value, list) else [value]


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
