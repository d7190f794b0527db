"""R11: what is named as a task's role is no role."""

from collections.abc import Iterator
from typing import Final

from constructs_ecs.preflight.findings import Finding, Severity, Where
from constructs_ecs.preflight.launch_sites.reading import as_text
from constructs_ecs.preflight.rules.base import Context, Rule
from constructs_ecs.preflight.rules.wrong_types import other_resource
from constructs_ecs.preflight.task_definition import below
from constructs_ecs.preflight.templates.graph import Graph
from constructs_ecs.preflight.values import Text

_ROLES: Final = ("AWS::IAM::Role", "AWS::IAM::ServiceLinkedRole")
_PROPERTIES: Final = {"ExecutionRoleArn": "execution role", "TaskRoleArn": "task role"}


class NoRole(Rule):
    """A task definition or a launch names a resource of another type as its execution or task role."""

    id = "R11"
    severity = Severity.DEPLOY
    statement = "What is named as an execution role or a task role is a resource of another type, such as a policy."
    symptom = "ClientException: Role is not valid."
    decided_by = (
        "ExecutionRoleArn and TaskRoleArn of the task definition, or of the launch's overrides, against the type of "
        "the resource that they refer to. What is not in the templates, or is named without an ARN, is open."
    )
    fix = "Name a role that ecs-tasks.amazonaws.com may assume in {the resource}."
    source = "ECS API reference, RegisterTaskDefinition"

    def check(self, context: Context) -> Iterator[Finding]:
        """Look at the roles of each task definition, then at those that launches replace."""
        for task in context.task_definitions:
            sites = context.launch_sites_of(task.resource)
            for name in _PROPERTIES:
                value = as_text(task.resource.get(name))
                yield from self._named(context.graph, name, value, below(task.where, name), sites)
        for proof in context.proofs:
            where, given = proof.site.where, proof.site.overrides
            for name, value in (("ExecutionRoleArn", given.execution_role), ("TaskRoleArn", given.task_role)):
                yield from self._named(context.graph, name, value, where, (where,))

    def _named(
        self, graph: Graph, name: str, value: Text | None, where: Where, sites: tuple[Where, ...]
    ) -> Iterator[Finding]:
        found = other_resource(graph, value, *_ROLES)
        if found is not None:
            says = f"The {_PROPERTIES[name]} is {found.logical_id}, of the type {found.type}, which is no role."
            yield self.finding(where, says, launch_sites=sites)
