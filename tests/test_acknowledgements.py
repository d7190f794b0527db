import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_secretsmanager as secretsmanager

from constructs_ecs.acknowledgements import acknowledge, acknowledge_wildcards
from constructs_ecs.facts.needs import Permission
from tests import support
from tests.nag import Finding, findings, suppressed

EVERYTHING = "Listing has no resource level."
OBJECTS = "Each object has a name of its own."
WEAK = {"@aws-cdk/core:defaultCrossStackReferences": "weak"}
VARIANTS = [
    pytest.param(False, {}, id="no flags"),
    pytest.param(True, {}, id="all flags"),
    pytest.param(True, WEAK, id="all flags, weak references"),
]


def bucket(stack: cdk.Stack) -> s3.Bucket:
    return s3.Bucket(stack, "Bucket")


def policy(stack: cdk.Stack, permissions: dict[Permission, None]) -> iam.ManagedPolicy:
    """A managed policy with the permissions' statements, as a role makes it."""
    return iam.ManagedPolicy(
        stack,
        "Policy",
        statements=[
            iam.PolicyStatement(actions=list(permission.actions), resources=list(permission.resources))
            for permission in permissions
        ],
    )


def app_of(stack: cdk.Stack) -> cdk.App:
    root = stack.node.root
    assert isinstance(root, cdk.App)
    return root


def wildcards(found: list[Finding]) -> list[Finding]:
    return [finding for finding in found if finding.rule.startswith("AwsSolutions-IAM5")]


def permission(*resources: str, action: str = "s3:GetObject", reason: str = OBJECTS) -> Permission:
    return Permission(actions=(action,), resources=resources, reason=reason)


@pytest.mark.parametrize(("flags", "context"), VARIANTS)
def test_each_wildcard_of_a_policy_is_acknowledged_with_its_own_reason(flags: bool, context: dict[str, str]) -> None:
    app = support.app(flags=flags, context=context)
    stack, other = cdk.Stack(app, "Policies"), cdk.Stack(app, "Buckets")
    permissions = dict.fromkeys(
        [
            permission("*", action="s3:ListAllMyBuckets", reason=EVERYTHING),
            permission(f"{bucket(stack).bucket_arn}/*"),
            permission(f"{bucket(other).bucket_arn}/prefix/*"),
            permission(f"arn:{stack.partition}:logs:{stack.region}:{stack.account}:log-group:g:*"),
            permission("arn:aws:s3:::a-bucket-of-another/${aws:username}/*"),
            permission("arn:aws:s3:::a-bucket-of-another/key"),
        ]
    )
    acknowledge_wildcards(stack, policy(stack, permissions), permissions)

    assert wildcards(findings(app)) == []
    found = wildcards(suppressed(app))
    assert any("Fn::GetStackOutput" in finding.rule for finding in found) is (context == WEAK)
    assert {finding.path for finding in found} == {"Policies/Policy/Resource"}
    assert sorted(finding.text for finding in found) == sorted([EVERYTHING, *[OBJECTS] * 4])


def test_wildcards_are_findings_without_an_acknowledgement() -> None:
    stack = support.stack()
    policy(stack, {permission("*", reason=EVERYTHING): None})

    assert [finding.rule for finding in wildcards(findings(app_of(stack)))] == ["AwsSolutions-IAM5[Resource::*]"]


def test_a_wildcard_behind_a_token_is_acknowledged_too() -> None:
    stack = support.stack()
    objects = cdk.Fn.join("", [bucket(stack).bucket_arn, "/*"])
    permissions = {permission(objects): None}
    acknowledge_wildcards(stack, policy(stack, permissions), permissions)

    assert wildcards(findings(app_of(stack))) == []


def test_a_permission_that_comes_later_is_acknowledged_too() -> None:
    stack = support.stack()
    permissions = {permission("arn:aws:s3:::bucket/key"): None}
    made = policy(stack, permissions)
    acknowledge_wildcards(stack, made, permissions)

    made.add_statements(iam.PolicyStatement(actions=["s3:GetObject"], resources=["arn:aws:s3:::bucket/*"]))
    permissions[permission("arn:aws:s3:::bucket/*")] = None

    assert wildcards(findings(app_of(stack))) == []


def test_reasons_for_the_same_resource_are_given_together_and_once() -> None:
    stack = support.stack()
    permissions = dict.fromkeys(
        [
            permission("arn:aws:s3:::bucket/*"),
            permission("arn:aws:s3:::bucket/*", action="s3:PutObject"),
            permission("arn:aws:s3:::bucket/*", action="s3:DeleteObject", reason="Objects expire."),
        ]
    )
    acknowledge_wildcards(stack, policy(stack, permissions), permissions)

    (found,) = wildcards(suppressed(app_of(stack)))
    assert found.text == f"{OBJECTS} Objects expire."


def test_a_wildcard_without_a_reason_stays_a_finding() -> None:
    stack = support.stack()
    permissions = {permission("arn:aws:s3:::bucket/*", reason=""): None}
    acknowledge_wildcards(stack, policy(stack, permissions), permissions)

    assert len(wildcards(findings(app_of(stack)))) == 1


def test_another_policy_s_wildcard_is_not_acknowledged() -> None:
    stack = support.stack()
    permissions = {permission("*", reason=EVERYTHING): None}
    acknowledge_wildcards(stack, policy(stack, permissions), permissions)
    iam.ManagedPolicy(
        stack, "Other", statements=[iam.PolicyStatement(actions=["s3:ListAllMyBuckets"], resources=["*"])]
    )

    assert [finding.path for finding in wildcards(findings(app_of(stack)))] == ["Test/Other/Resource"]


def test_what_was_not_permitted_is_not_acknowledged() -> None:
    stack = support.stack()
    permissions = {permission("arn:aws:s3:::bucket/*"): None}
    made = policy(stack, permissions)
    acknowledge_wildcards(stack, made, permissions)

    made.add_statements(iam.PolicyStatement(actions=["s3:*"], resources=["*"]))

    assert [finding.rule for finding in wildcards(findings(app_of(stack)))] == [
        "AwsSolutions-IAM5[Action::s3:*]",
        "AwsSolutions-IAM5[Resource::*]",
    ]


def test_rules_of_several_packs_are_acknowledged_on_one_resource_and_leave_a_trace() -> None:
    stack = support.stack()
    secrets = [secretsmanager.Secret(stack, name) for name in ("Known", "Unknown")]
    rules = ("AwsSolutions-SMG4", "NIST.800.53.R5-SecretsManagerRotationEnabled")

    acknowledge(secrets[0], "The owner of the registry rotates it.", *rules)

    app = app_of(stack)
    acknowledged = [finding for finding in suppressed(app) if finding.rule in rules]
    left = [finding for finding in findings(app) if finding.rule in rules]
    assert [(finding.rule, finding.path, finding.text) for finding in acknowledged] == [
        (rule, "Test/Known/Resource", "The owner of the registry rotates it.") for rule in rules
    ]
    assert [(finding.rule, finding.path) for finding in left] == [(rule, "Test/Unknown/Resource") for rule in rules]
