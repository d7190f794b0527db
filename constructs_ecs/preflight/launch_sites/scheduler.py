"""Targets of EventBridge Scheduler that start tasks: ``AWS::Scheduler::Schedule``."""

from collections.abc import Iterator
from typing import Final

from constructs_ecs.preflight.launch_sites.building import Launch, launch_site, overrides
from constructs_ecs.preflight.launch_sites.capacity import Capacities
from constructs_ecs.preflight.launch_sites.reading import as_mapping, as_text, role
from constructs_ecs.preflight.launch_sites.site import Launcher, LaunchKind, LaunchSite
from constructs_ecs.preflight.stand_ins import structured
from constructs_ecs.preflight.templates.graph import Graph, Resource
from constructs_ecs.preflight.values import Text, text

TYPE: Final = "AWS::Scheduler::Schedule"


def find(graph: Graph, capacities: Capacities) -> Iterator[LaunchSite]:
    """Find the schedules whose target has ECS parameters."""
    for resource in graph.resources(TYPE):
        if as_mapping(resource.get("Target", "EcsParameters")):
            yield launch_site(graph, capacities, _launch(graph, resource))


def _launch(graph: Graph, resource: Resource) -> Launch:
    parameters = as_mapping(resource.get("Target", "EcsParameters"))
    given = as_text(resource.get("Target", "Input"))
    return Launch(
        kind=LaunchKind.SCHEDULE,
        resource=resource,
        at=("Target",),
        properties=parameters,
        cluster=resource.get("Target", "Arn"),
        task_definition=parameters.get("TaskDefinitionArn"),
        enable_exec=parameters.get("EnableExecuteCommand"),
        launcher=Launcher(
            role=role(graph, resource.get("Target", "RoleArn")),
            service="scheduler.amazonaws.com",
            source=schedule_group_arn(graph, resource),
        ),
        overrides=overrides(None if given is None else structured(given)),
    )


def schedule_group_arn(graph: Graph, schedule: Resource) -> Text:
    """Return what Scheduler says it acts for: the schedule's group. Source: Scheduler user guide, "Confused deputy"."""
    place = graph.environment(schedule.template)
    group = schedule.get("GroupName", default="default")
    return text("arn:", place.partition, ":scheduler:", place.region, ":", place.account, ":schedule-group/", group)
