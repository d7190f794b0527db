"""Container instances: registering with their cluster, so that there is something to place tasks on.

Sources: ECS developer guide, "Amazon ECS container instance IAM role", "Amazon ECS interface VPC endpoints".
"""

from collections.abc import Iterator
from typing import Final

from constructs_ecs.facts import features
from constructs_ecs.facts.endpoints import Endpoint
from constructs_ecs.preflight.calls.call import Call, Purpose
from constructs_ecs.preflight.calls.making import Maker, actions, aws_service, cluster_arn, in_cluster
from constructs_ecs.preflight.calls.scene import Scene
from constructs_ecs.preflight.values import text

_NEEDS: Final = features.container_instance("any")
_DISCOVER: Final = actions(_NEEDS)
# An instance that cannot deregister, or say that it drains, is still one that tasks run on.
_REGISTER: Final = tuple(action for action in actions(_NEEDS, 1) if "Deregister" not in action)
_POLL: Final = ("ecs:Poll",)
_TELEMETRY: Final = ("ecs:StartTelemetrySession",)


def registrations(scene: Scene) -> Iterator[Call]:
    """Yield how the instances that a task may land on register; nothing where there are none."""
    if not scene.site.capacity.has_instances:
        return
    arn = cluster_arn(scene)
    instance = text(in_cluster(arn, "container-instance"), "/*")
    for party, where in scene.hosts():
        for actions_, resource, endpoint in (
            (_DISCOVER, "*", Endpoint.ECS),
            (_REGISTER, arn, Endpoint.ECS),
            (_POLL, instance, Endpoint.ECS_AGENT),
            (_TELEMETRY, instance, Endpoint.ECS_TELEMETRY),
        ):
            maker, service = Maker(party=party), aws_service(scene, endpoint)
            context = {"ecs:cluster": arn}
            yield maker.call(Purpose.REGISTER_INSTANCE, actions_, resource, where, destination=service, context=context)
