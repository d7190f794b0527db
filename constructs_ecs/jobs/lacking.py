"""Warnings of what the policy of something imported lacks, ready to paste."""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import IConstruct

from constructs_ecs.facts.pasting import pasted
from constructs_ecs.known import place_of


def say_what_is_lacking(at: IConstruct, warning: str, imported: IConstruct, statement: iam.PolicyStatement) -> None:
    """Warn that a statement is needed in a policy that this app cannot change.

    Args:
        at: what the warning is on.
        warning: its id.
        imported: whose policy it is.
        statement: what it needs.
    """
    place = place_of(at)
    paste = pasted([place.stack.resolve(statement.to_json())], account=place.account, region=place.region)
    cdk.Annotations.of(at).add_warning_v2(
        warning,
        f"{imported.node.path} is imported, and this app cannot change its policy. Unless it has it, add: {paste}",
    )
