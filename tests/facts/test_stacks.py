"""What CloudFormation takes of one template, against the tools that know it too."""

from cfnlint.helpers import LIMITS

from constructs_ecs.facts.stacks import MAX_RESOURCES, MAX_TEMPLATE_BYTES


def test_the_limits_are_those_that_cfn_lint_knows() -> None:
    assert LIMITS["Resources"]["number"] == MAX_RESOURCES
    assert LIMITS["template"]["body"] == MAX_TEMPLATE_BYTES
