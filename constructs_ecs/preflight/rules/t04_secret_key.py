"""T04: a JSON key that is not in the secret."""

from collections.abc import Iterable, Iterator

from constructs_ecs.preflight.findings import Finding, Severity, Where
from constructs_ecs.preflight.rules.base import Context, Rule
from constructs_ecs.preflight.rules.secret_contents import SECRET, contents
from constructs_ecs.preflight.secret_references import SecretReference
from constructs_ecs.preflight.task_definition import Container
from constructs_ecs.preflight.values import Unknown

_SAYS = "retrieved secret from Secrets Manager did not contain json key"


class SecretJsonKey(Rule):
    """A container reads a JSON key of a secret that the template makes without it."""

    id = "T04"
    severity = Severity.START
    statement = "A container reads a JSON key that the secret, as the template makes it, does not have."
    symptom = f"{_SAYS} ..."
    decided_by = (
        "The JSON key in ValueFrom, and SecretString or GenerateSecretString of the secret. Not where the secret is "
        "created empty, filled from a parameter, rotated, or attached to a database, and not for an older version."
    )
    fix = "Add the key to {the secret}, or read one that it has."
    source = "ECS developer guide, Pass Secrets Manager secrets; amazon-ecs-agent, agent/taskresource/asmsecret"

    def check(self, context: Context) -> Iterator[Finding]:
        """Look into the secrets that containers read a key of."""
        for task in context.task_definitions:
            for container in task.containers:
                for reference in references(container):
                    yield from self._check(context, reference, context.launch_sites_of(task.resource))

    def _check(self, context: Context, reference: SecretReference, launch_sites: Iterable[Where]) -> Iterator[Finding]:
        key, *version = reference.fields or ("",)
        secret = context.graph.target(reference.secret, SECRET)
        if secret is None or not isinstance(key, str) or not key or any(version):
            return
        found = contents(context.graph, secret)
        if isinstance(found, Unknown) or key in (found or {}):
            return
        has = f"has {', '.join(found)}" if found else "is no JSON object"
        yield self.finding(
            secret.where,
            f"{reference.name} reads the key {key} of {secret.logical_id}, which {has}.",
            launch_sites=launch_sites,
            symptom=f"{_SAYS} {key}",
        )


def references(container: Container) -> Iterator[SecretReference]:
    """Go through what the agent fetches for a container."""
    yield from container.secrets
    if container.log is not None:
        yield from container.log.secrets
