"""The calls that a launch site must make, derived from its task definition, cluster and capacity."""

from collections.abc import Iterator

from constructs_ecs.facts.endpoints import Endpoint
from constructs_ecs.preflight.calls.call import EXEC, RUN, START, Call, KeyUse, Purpose
from constructs_ecs.preflight.calls.exec import sessions
from constructs_ecs.preflight.calls.images import pulls, unknown_pulls
from constructs_ecs.preflight.calls.instances import registrations
from constructs_ecs.preflight.calls.logs import logging
from constructs_ecs.preflight.calls.making import Maker, aws_service
from constructs_ecs.preflight.calls.roles import assumed_roles, launches, reports
from constructs_ecs.preflight.calls.scene import Scene
from constructs_ecs.preflight.calls.secrets import fetches
from constructs_ecs.preflight.calls.volumes import mounts
from constructs_ecs.preflight.launch_sites import LaunchSite
from constructs_ecs.preflight.launch_sites.reading import walk
from constructs_ecs.preflight.task_definition import below, read_log, read_task_definition
from constructs_ecs.preflight.templates.graph import Graph
from constructs_ecs.preflight.values import Ternary, Unknown, boolean

__all__ = ["EXEC", "RUN", "START", "Call", "KeyUse", "Purpose", "derive"]

_PROXY = "Service Connect proxy"
_PROXY_ADVISORY = "the task starts all the same, and its proxy may stay without its configuration"


def derive(site: LaunchSite, graph: Graph) -> tuple[Call, ...]:
    """Return the calls that a launch site must make, in the order in which they are made.

    A launch of a task definition that the templates do not have makes calls that nobody knows: the result is empty.
    """
    if isinstance(site.task_definition, Unknown):
        return ()
    scene = Scene(graph, site, read_task_definition(graph, site.task_definition))
    return tuple(_calls(scene))


def _calls(scene: Scene) -> Iterator[Call]:
    yield from registrations(scene)
    yield from launches(scene)
    yield from assumed_roles(scene)
    if scene.task.unknown is not None:
        yield from unknown_pulls(scene, scene.task.unknown)
    for container in scene.task.containers:
        yield from pulls(scene, container)
        yield from fetches(scene, container)
        if container.log is not None:
            yield from logging(scene, container.log, container.name)
    for volume in scene.task.volumes:
        yield from mounts(scene, volume)
    yield from _service_connect(scene)
    yield from reports(scene)
    yield from sessions(scene)


def _service_connect(scene: Scene) -> Iterator[Call]:
    """Yield what a Service Connect proxy needs. Source: ECS developer guide, "Service Connect"."""
    configuration = scene.site.properties.get("ServiceConnectConfiguration")
    if configuration is None or boolean(walk(configuration, "Enabled")) is Ternary.NO:
        return
    where = below(scene.site.where, "ServiceConnectConfiguration")
    log = read_log(scene.graph, walk(configuration, "LogConfiguration"), below(where, "LogConfiguration"))
    if log is not None:
        yield from logging(scene, log, _PROXY)
    party = next(iter(scene.containers()))
    service = aws_service(scene, Endpoint.ECS_AGENT)
    maker = Maker(party=party, container=_PROXY, stage=RUN, advisory=_PROXY_ADVISORY)
    yield maker.unsigned(Purpose.MANAGE_PROXY, "ecs-agent", where, destination=service, caller=_PROXY)
