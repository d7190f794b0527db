"""X05: access keys in the environment of a container that is to be exec'd into."""

from collections.abc import Iterator
from typing import Final

from constructs_ecs.facts.features import EXEC_CREDENTIAL_VARIABLES
from constructs_ecs.preflight.calls import Purpose
from constructs_ecs.preflight.findings import Finding, Severity, Where
from constructs_ecs.preflight.launch_sites.reading import items, walk
from constructs_ecs.preflight.rules.base import Context, Rule
from constructs_ecs.preflight.rules.exec_sites import exec_sites
from constructs_ecs.preflight.rules.symptoms import symptom
from constructs_ecs.preflight.task_definition import Container, below
from constructs_ecs.preflight.values import Ternary, Unknown

_KEYS: Final = frozenset(EXEC_CREDENTIAL_VARIABLES)


class AccessKeys(Rule):
    """ECS Exec is on, and a container's environment has access keys, which the exec agent then uses."""

    id = "X05"
    severity = Severity.WARNING
    statement = (
        f"ECS Exec is on, and the environment of a container sets one of {', '.join(sorted(_KEYS))}, which the exec "
        "agent uses in place of the task role."
    )
    symptom = symptom(Purpose.OPEN_EXEC_CHANNEL)
    decided_by = "Names in Environment, Secrets and the launch's overrides. What an environment file sets is not known."
    fix = "Rename the variables in {the resource}, and let the container use the task role."
    source = "aws-containers/amazon-ecs-exec-checker, issue 49"

    def check(self, context: Context) -> Iterator[Finding]:
        """Look at the names of the variables."""
        for task in context.task_definitions:
            sites = exec_sites(context, task.resource)
            for container in task.containers if sites else ():
                for where, name in _names(container):
                    if name in _KEYS:
                        yield self.finding(where, f"Container {container.name} sets {name}.", launch_sites=sites)
        yield from self._overridden(context)

    def _overridden(self, context: Context) -> Iterator[Finding]:
        for proof in context.proofs:
            site = proof.site
            environment = site.overrides.environment
            if site.exec_enabled is not Ternary.YES or isinstance(environment, Unknown):
                continue
            for container, variables in environment.items():
                for name in sorted(_KEYS & set(variables)):
                    says = f"The launch sets {name} of container {container}."
                    yield self.finding(site.where, says, launch_sites=(site.where,))


def _names(container: Container) -> Iterator[tuple[Where, object]]:
    for path in ("Environment", "Secrets"):
        for index, item in items(container.properties.get(path)):
            name = walk(item, "Name")
            if isinstance(name, str):
                yield below(container.where, path, index), name
