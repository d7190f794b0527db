"""T03: a secret with registry credentials that ECS cannot use."""

from collections.abc import Iterator

from constructs_ecs.facts.secrets import REGISTRY_CREDENTIAL_KEYS
from constructs_ecs.preflight.findings import Finding, Severity
from constructs_ecs.preflight.rules.base import Context, Rule
from constructs_ecs.preflight.rules.secret_contents import SECRET, contents
from constructs_ecs.preflight.templates.graph import Resource
from constructs_ecs.preflight.values import Unknown


class RegistrySecret(Rule):
    """The secret with a registry's credentials has no user name, or no password, under the keys that ECS reads."""

    id = "T03"
    severity = Severity.START
    statement = (
        "The secret of RepositoryCredentials is no JSON object with "
        f"{' and '.join(REGISTRY_CREDENTIAL_KEYS)}, both not empty."
    )
    symptom = "CannotPullContainerAuthError: asm fetching username: AuthorizationData is malformed, empty field"
    decided_by = (
        "SecretString, or GenerateSecretString, of a secret in the templates. Not where the secret is created empty, "
        "filled from a parameter, rotated, or attached to a database."
    )
    fix = 'Put {"username": ..., "password": ...} into {the secret}.'
    source = "ECS developer guide, Using non-AWS container images; amazon-ecs-agent, agent/asm"

    def check(self, context: Context) -> Iterator[Finding]:
        """Look into the secrets that containers take their credentials from."""
        for task in context.task_definitions:
            for container in task.containers:
                secret = context.graph.target(container.credentials, SECRET)
                missing = [] if secret is None else _missing(context, secret)
                if secret is not None and missing:
                    yield self.finding(
                        secret.where,
                        f"The credentials of container {container.name} lack {' and '.join(missing)}.",
                        launch_sites=context.launch_sites_of(task.resource),
                    )


def _missing(context: Context, secret: Resource) -> list[str]:
    found = contents(context.graph, secret)
    if isinstance(found, Unknown):
        return []
    return [key for key in REGISTRY_CREDENTIAL_KEYS if not (found or {}).get(key)]
