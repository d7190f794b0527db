"""T05: a reference to a secret that does not parse."""

from collections.abc import Iterator
from typing import Final

from constructs_ecs.preflight.findings import Finding, Severity
from constructs_ecs.preflight.rules.base import Context, Rule
from constructs_ecs.preflight.rules.fargate import runs_on_fargate
from constructs_ecs.preflight.rules.t04_secret_key import references
from constructs_ecs.preflight.secret_references import SECRET_FIELDS, SecretReference, SecretSource
from constructs_ecs.preflight.values import is_known

_ON_FARGATE: Final = (
    "ResourceInitializationError: unable to pull secrets or registry auth: the secret's ARN is malformed."
)


class SecretReferenceForm(Rule):
    """What follows a secret's ARN is not a JSON key, a version stage and a version id, or names both versions."""

    id = "T05"
    severity = Severity.START
    statement = (
        "ValueFrom has something after a secret's ARN that is not exactly :key:stage:id, each of which may be empty, "
        "or names a version stage and a version id at once."
    )
    symptom = (
        "an invalid ARN format for the AWS Secrets Manager secret was specified. Specify a valid ARN and try again."
    )
    decided_by = "ValueFrom of Secrets and SecretOptions, once it is joined; a part that is not known leaves it open."
    fix = "Write the ARN alone, or the ARN followed by :key:stage:id with all three colons, in {the task definition}."
    source = "ECS developer guide, Pass Secrets Manager secrets; amazon-ecs-agent, agent/taskresource/asmsecret"

    def check(self, context: Context) -> Iterator[Finding]:
        """Look at what follows the ARNs."""
        for task in context.task_definitions:
            for container in task.containers:
                for reference in references(container):
                    problem = _problem(reference)
                    if problem:
                        yield self.finding(
                            reference.where,
                            f"{reference.name} of container {container.name} {problem}: {reference.value_from}.",
                            launch_sites=context.launch_sites_of(task.resource),
                            symptom=_ON_FARGATE if runs_on_fargate(task, context) else None,
                        )


def _problem(reference: SecretReference) -> str | None:
    if reference.source is not SecretSource.SECRETS_MANAGER or not is_known(reference.value_from):
        return None
    fields = reference.fields
    if fields and len(fields) != SECRET_FIELDS:
        return f"has {len(fields)} fields after the secret's ARN in place of {SECRET_FIELDS}"
    return "names a version stage and a version id" if fields and fields[1] and fields[2] else None
