"""C09: a capacity provider for what is no Auto Scaling group."""

import re
from collections.abc import Iterator
from typing import Any, Final

from constructs_ecs.preflight.findings import Finding, Severity
from constructs_ecs.preflight.launch_sites.instances import GROUP
from constructs_ecs.preflight.launch_sites.reading import as_text
from constructs_ecs.preflight.rules.base import Context, Rule
from constructs_ecs.preflight.rules.wrong_types import other_resource
from constructs_ecs.preflight.task_definition import below
from constructs_ecs.preflight.templates.graph import Graph

_PATH: Final = ("AutoScalingGroupProvider", "AutoScalingGroupArn")
_ARN: Final = re.compile(
    r"arn:[^:]+:autoscaling:[a-z0-9-]+:[0-9]{12}:autoScalingGroup:[^:]+:autoScalingGroupName/.+", re.DOTALL
)


class NoGroup(Rule):
    """A capacity provider names an Auto Scaling group by a malformed ARN, or something else instead of one."""

    id = "C09"
    severity = Severity.DEPLOY
    statement = "A capacity provider's Auto Scaling group is a malformed ARN, or a resource of another type."
    symptom = "ClientException: The specified Auto Scaling group ARN is invalid. Specify a valid ARN and try again."
    decided_by = (
        "AutoScalingGroupArn of the capacity provider, an ARN or a name. A well-formed ARN, or a name, that is not in "
        "the templates is open."
    )
    fix = "Refer to an Auto Scaling group in the AutoScalingGroupArn of {the capacity provider}."
    source = "AWS CloudFormation, AWS::ECS::CapacityProvider; Service Authorization Reference, Amazon EC2 Auto Scaling"

    def check(self, context: Context) -> Iterator[Finding]:
        """Look at each capacity provider."""
        for provider in context.graph.resources("AWS::ECS::CapacityProvider"):
            why = _wrong(context.graph, provider.get(*_PATH))
            if why:
                yield self.finding(below(provider.where, *_PATH), f"The Auto Scaling group is {why}.")


def _wrong(graph: Graph, value: Any) -> str:  # noqa: ANN401 - any resolved value
    found = other_resource(graph, as_text(value), GROUP)
    if found is not None:
        return f"{found.logical_id}, of the type {found.type}"
    malformed = isinstance(value, str) and value.startswith("arn:") and _ARN.fullmatch(value) is None
    return f"{value}, which is no ARN of a group" if malformed else ""
