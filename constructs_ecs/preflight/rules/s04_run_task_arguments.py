"""S04: a launch without the network that its task needs, or a state in the wrong language."""

import re
from collections.abc import Iterator
from typing import Final

from constructs_ecs.preflight.findings import Finding, Severity
from constructs_ecs.preflight.launch_sites import Capacity, LaunchKind, LaunchSite, RunTask
from constructs_ecs.preflight.launch_sites.step_functions import JSON_PATH, JSONATA
from constructs_ecs.preflight.rules.base import Context, Rule
from constructs_ecs.preflight.rules.nested import keys, texts
from constructs_ecs.preflight.values import Unknown

_EXPRESSION: Final = re.compile(r"\s*\{%.*\$.*%\}\s*", re.DOTALL)
_ITSELF: Final = frozenset({LaunchKind.EXPRESS_SERVICE, LaunchKind.DAEMON})
"""These see to the network by themselves."""
_BY_STACK: Final = frozenset({LaunchKind.SERVICE, LaunchKind.TASK_SET})


class RunTaskArguments(Rule):
    """A task with its own network interface is started without a network, or a state mixes two query languages."""

    id = "S04"
    severity = Severity.START
    statement = (
        "A task with the network mode awsvpc is started without a NetworkConfiguration; or a state has Arguments or "
        "{% %} without QueryLanguage JSONata, or Parameters or keys in .$ with it."
    )
    symptom = "AmazonECS.InvalidParameterException: the task needs a network configuration."
    decided_by = (
        "NetworkConfiguration of the launch and NetworkMode of the task definition; QueryLanguage of the state or of "
        "the state machine. What is filled in at run time, or from a bucket, is not known."
    )
    fix = "Set it in {the launch}."
    source = "Step Functions developer guide, Run Amazon ECS or Fargate tasks; Transforming data with JSONata"

    def check(self, context: Context) -> Iterator[Finding]:
        """Look at the network of each launch, and at the language of each state."""
        for proof in context.proofs:
            site = proof.site
            if _lacks_network(site):
                yield self.finding(
                    site.where,
                    "It starts a task with the network mode awsvpc without a NetworkConfiguration.",
                    launch_sites=(site.where,),
                    severity=Severity.DEPLOY if site.kind in _BY_STACK else Severity.START,
                    fix="Set NetworkConfiguration, with subnets and security groups, in {the launch}.",
                )
            for says in () if site.state is None else _mixed(site.state):
                yield self.finding(
                    site.where,
                    f"State {site.state.name if site.state else ''} {says}.",
                    launch_sites=(site.where,),
                    severity=Severity.DEPLOY,
                    symptom="SCHEMA_VALIDATION_FAILED: the state machine's definition is refused.",
                    fix="Use one query language in {the state machine}.",
                )


def _lacks_network(site: LaunchSite) -> bool:
    # Without any properties, they are not known.
    if site.kind in _ITSELF or not site.properties or "NetworkConfiguration" in site.properties:
        return False
    if isinstance(site.task_definition, Unknown):
        return site.capacity is Capacity.FARGATE and site.state is None
    return site.capacity is Capacity.FARGATE or site.task_definition.get("NetworkMode") == "awsvpc"


def _mixed(run: RunTask) -> Iterator[str]:
    if run.language == JSONATA:
        if "Parameters" in run.state:
            yield "has Parameters, which JSONata does not have: it has Arguments"
        if any(key.endswith(".$") for key in keys(run.state.get("Arguments"))):
            yield "has a key in .$, which JSONata takes for a name"
    elif run.language == JSON_PATH:
        if "Arguments" in run.state:
            yield "has Arguments without QueryLanguage JSONata"
        elif any(_EXPRESSION.fullmatch(text) for text in texts(run.state.get("Parameters"))):
            yield "has an expression in {% %}, which is plain text without QueryLanguage JSONata"
