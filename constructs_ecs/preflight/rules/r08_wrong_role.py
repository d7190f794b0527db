"""R08: the right grant on the wrong role."""

from collections.abc import Iterator
from typing import Final

from constructs_ecs.preflight.calls import Purpose
from constructs_ecs.preflight.calls.scene import EXECUTION_ROLE, TASK_ROLE, Scene
from constructs_ecs.preflight.findings import Fault, Finding, Severity, Verdict, Where
from constructs_ecs.preflight.rules.base import Context, Failure, Rule, sentence
from constructs_ecs.preflight.task_definition import read_task_definition
from constructs_ecs.preflight.templates.graph import Resource
from constructs_ecs.preflight.values import Unknown

_PURPOSES: Final = frozenset(
    {
        Purpose.ECR_TOKEN,
        Purpose.PULL_IMAGE,
        Purpose.READ_REGISTRY_CREDENTIALS,
        Purpose.READ_SECRET,
        Purpose.READ_PARAMETER,
        Purpose.READ_FILE,
        Purpose.CREATE_LOG_GROUP,
        Purpose.WRITE_LOGS,
        Purpose.OPEN_EXEC_CHANNEL,
        Purpose.DECRYPT_EXEC_SESSION,
        Purpose.WRITE_EXEC_LOG,
        Purpose.WRITE_EXEC_OBJECT,
    }
)


class WrongRole(Rule):
    """What the execution role needs is granted to the task role, or the other way round."""

    id = "R08"
    severity = Severity.WARNING
    statement = "The task role has what the execution role needs, or the execution role what the task role needs."
    symptom = "AccessDeniedException, though the grant is in the template: see the finding on the role that lacks it."
    decided_by = "The calls that one of the two roles is not allowed, and the policies of the other."
    fix = "Move the grant from {the role} to the other one."
    source = "ECS developer guide, Amazon ECS task execution IAM role; Amazon ECS task IAM role"

    def check(self, context: Context) -> Iterator[Finding]:
        """Ask the other role about each call that fails for want of a grant."""
        said: dict[Where, list[tuple[str, Where]]] = {}
        scenes: dict[Where, Scene] = {}
        for failure in context.failures(_PURPOSES, {Fault.NO_ROLE, Fault.NOT_ALLOWED}):
            call = failure.call
            other = _other_role(context, failure, scenes)
            links = () if other is None else context.authority.access(other, call.actions, call.resource, call.owner)
            if other is not None and all(link.verdict is Verdict.PASS for link in links):
                granted = f"{other.logical_id} may do {', '.join(call.actions)} on {call.resource}"
                text = f"{granted}, but the {call.caller} makes the call"
                said.setdefault(other.where, []).append((text, failure.launch_site))
        for where, found in said.items():
            yield self.finding(where, sentence(text for text, _ in found), launch_sites=(site for _, site in found))


def _other_role(context: Context, failure: Failure, scenes: dict[Where, Scene]) -> Resource | None:
    """Return the role that the call is not made with, if the templates have it."""
    site, caller = failure.site.site, failure.call.caller
    if isinstance(site.task_definition, Unknown) or caller not in (EXECUTION_ROLE, TASK_ROLE):
        return None
    if site.where not in scenes:
        task = read_task_definition(context.graph, site.task_definition)
        scenes[site.where] = Scene(context.graph, site, task)
    scene = scenes[site.where]
    other = scene.task_role if caller == EXECUTION_ROLE else scene.execution_role
    return None if other is None or isinstance(other, Unknown) or other is failure.call.role else other
