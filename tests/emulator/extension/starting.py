"""Whether ECS could start a task, as far as it shows without containers."""

import json

from ministack.services import iam

from tests.emulator.extension.resource import Properties, RefusedError


def require_startable(definition: Properties) -> None:
    """Refuse what ECS finds out when it starts a task, on which its circuit breaker then ends the deployment."""
    for name in ("executionRoleArn", "taskRoleArn"):
        arn = definition.get(name)
        if arn and not _is_assumable(arn):
            raise RefusedError(
                "Error occurred during operation 'ECS Deployment Circuit Breaker was triggered': "
                f"ECS was unable to assume the role '{arn}' that was provided for this task."
            )


def _is_assumable(arn: str) -> bool:
    role = iam._roles.get(arn.rpartition("/")[2])
    return role is not None and role["Arn"] == arn and "ecs-tasks.amazonaws.com" in json.dumps(role)
