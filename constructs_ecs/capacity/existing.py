"""EC2 capacity of a cluster that exists, as a value.

Source: ECS API reference, ``CreateCapacityProvider``.
"""

import re
from dataclasses import dataclass
from typing import Final

from constructs_ecs.errors import Code, InvalidValueError
from constructs_ecs.facts.limits import full_match, is_token, shown

_NAME: Final = re.compile(r"(?!aws|ecs|fargate|FARGATE(_SPOT)?$)[A-Za-z0-9_-]{1,255}", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class ExistingCapacity:
    """A capacity provider of an Auto Scaling group that exists, named by an ExistingCluster that has it.

    The instances are whose group they are: nothing here changes them. For a task with a network interface of its own,
    the agent on the instance pulls the images, reads the secrets and opens the log streams. So the instances, and not
    the tasks alone, must reach the endpoints of ``ecs``, ``ecs-agent`` and ``ecs-telemetry``, those of what their tasks
    use, and a registry on the internet where images come from one. Endpoints that the network here makes or has made
    let in those alone that carry its `endpoint_client_security_group`, so add that to the instances' launch template.

    Args:
        name: the capacity provider's name.

    Raises:
        InvalidValueError: ECS034, the name is not one that ECS takes, or is Fargate's.
    """

    name: str

    def __post_init__(self) -> None:
        if isinstance(self.name, str) and is_token(self.name):
            return
        if full_match(_NAME, self.name) is None:
            raise InvalidValueError(
                Code.CAPACITY_STRATEGY,
                "A capacity provider's name is 1 to 255 letters, digits, hyphens and underscores, and does not begin "
                f"with aws, ecs or fargate; got {shown(self.name)}.",
                "Name a provider of an Auto Scaling group; Fargate's own are FargateProvider.FARGATE and FARGATE_SPOT.",
            )
