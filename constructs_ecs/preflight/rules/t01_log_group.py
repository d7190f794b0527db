"""T01: a container's log group that nothing creates."""

from collections.abc import Iterator

from constructs_ecs.preflight.findings import Finding, Severity
from constructs_ecs.preflight.launch_sites.reading import as_text
from constructs_ecs.preflight.rules.base import Context, Rule
from constructs_ecs.preflight.rules.fargate import runs_on_fargate
from constructs_ecs.preflight.task_definition import LogConfiguration, TaskDefinition, below
from constructs_ecs.preflight.templates.graph import Graph
from constructs_ecs.preflight.values import PSEUDO, Symbol, Ternary, Text, Unknown, boolean, is_known, parts_of

_MAKERS = ("AWS::Logs::LogGroup", "Custom::LogRetention")
"""Resource types that make a log group of the name in their property ``LogGroupName``."""
_OWN_NAME = "AWS::ECS::"
"""What is named after these is not there before them."""
_MADE_BY_AWS = "/aws/"
_ON_EC2 = "failed to initialize logging driver: ResourceNotFoundException: The specified log group does not exist."


class LogGroup(Rule):
    """A container writes to a log group that is in no template, and is not told to create it."""

    id = "T01"
    severity = Severity.START
    statement = "A container's log group is in no template, and awslogs-create-group is off."
    symptom = (
        "ResourceInitializationError: failed to validate logger args: failed to create Cloudwatch log stream: "
        "ResourceNotFoundException: The specified log group does not exist."
    )
    decided_by = (
        "awslogs-group and awslogs-create-group in Options of LogConfiguration, and the log groups of all templates. "
        "A name that may be there already, which is any that is not made of this deployment's own, gives a warning."
    )
    fix = (
        "Create the log group in the template and refer to it from {the task definition}, or set awslogs-create-group."
    )
    source = "ECS developer guide, ResourceInitializationError; Send Amazon ECS logs to CloudWatch"

    def check(self, context: Context) -> Iterator[Finding]:
        """Look at the log groups that containers name."""
        made = list(_made(context.graph))
        for task in context.task_definitions:
            for container in task.containers:
                group = None if container.log is None else _group(container.log)
                if container.log is None or group is None or _exists(group, made, context.graph):
                    continue
                yield self.finding(
                    below(container.log.where, "Options", "awslogs-group"),
                    f"The log group {group} of container {container.name} is in no template.",
                    launch_sites=context.launch_sites_of(task.resource),
                    severity=Severity.START if _is_new(group, context.graph) else Severity.WARNING,
                    symptom=self.symptom if _may_be_on_fargate(task, context) else _ON_EC2,
                )


def _group(log: LogConfiguration) -> Text | None:
    """Return the name of a log group that has to be there."""
    if log.driver != "awslogs" or boolean(log.options.get("awslogs-create-group"), default=False) is not Ternary.NO:
        return None
    return as_text(log.options.get("awslogs-group"))


def _made(graph: Graph) -> Iterator[Text]:
    for resource in graph.resources(*_MAKERS):
        name = as_text(resource.get("LogGroupName"))
        if name is not None:
            yield name
    for template in graph.templates:
        for name in template.generators:
            yield Unknown(f"what {name} of {template.name} generates")


def _exists(group: Text, made: list[Text], graph: Graph) -> bool:
    """Whether a log group is made here, or might be for all that is known."""
    if not is_known(group) or isinstance(group, Symbol) or graph.target(group, _MAKERS[0]) is not None:
        return True
    return any(name == group if is_known(name) else _begin_alike(name, group) for name in made)


def _begin_alike(name: Text, other: Text) -> bool:
    """Whether two names may be the same, by the text that both begin with."""
    first, second = (part if isinstance(part, str) else "" for part in (parts_of(name)[0], parts_of(other)[0]))
    return first.startswith(second) or second.startswith(first)


def _is_new(group: Text, graph: Graph) -> bool:
    """Whether a name contains that of a resource of this deployment, so that nobody has made the group before."""
    parts = parts_of(group)
    symbols = [part for part in parts if isinstance(part, Symbol) and part.template != PSEUDO]
    if not symbols or str(parts[0]).startswith(_MADE_BY_AWS) or any(isinstance(part, Unknown) for part in parts):
        return False
    resources = [graph.resource(symbol.template, symbol.logical_id) for symbol in symbols]
    return any(resource is not None and resource.type.startswith(_OWN_NAME) for resource in resources)


def _may_be_on_fargate(task: TaskDefinition, context: Context) -> bool:
    return runs_on_fargate(task, context) or not task.compatibilities
