"""Statements in the policies of what may be imported: added where this app can, else said, ready to paste."""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import IConstruct

from constructs_ecs.facts.pasting import pasted
from constructs_ecs.known import place_of


def allow_in_key_policy(
    key: kms.IKey, *statements: iam.PolicyStatement, warning: str = "constructs-ecs:imported-key"
) -> None:
    """Add statements to a key's policy; warn of those that an imported key's policy needs.

    Args:
        key: the key.
        statements: what it is to allow.
        warning: the id of the warning.
    """
    # The CDK's positional flag: no error for an imported key.
    refused = [each for each in statements if not key.add_to_resource_policy(each, True).statement_added]  # noqa: FBT003 - as above
    if refused:
        say_what_is_lacking(key, warning, key, *refused)


def say_what_is_lacking(at: IConstruct, warning: str, imported: IConstruct, *statements: iam.PolicyStatement) -> None:
    """Warn that statements are needed in a policy that this app cannot change.

    Args:
        at: what the warning is on.
        warning: its id.
        imported: whose policy it is.
        statements: what it needs.
    """
    place = place_of(at)
    documents = [place.stack.resolve(statement.to_json()) for statement in statements]
    paste = pasted(documents, account=place.account, region=place.region)
    cdk.Annotations.of(at).add_warning_v2(
        warning,
        f"{imported.node.path} is imported, and this app cannot change its policy. Unless it has it, add: {paste}",
    )
