"""Targets of EventBridge rules that start tasks: ``AWS::Events::Rule``."""

from collections.abc import Iterator
from typing import Any, Final

from constructs_ecs.preflight.launch_sites.building import Launch, launch_site, overrides
from constructs_ecs.preflight.launch_sites.capacity import Capacities
from constructs_ecs.preflight.launch_sites.reading import as_mapping, as_text, items, role, walk
from constructs_ecs.preflight.launch_sites.site import Launcher, LaunchKind, LaunchSite
from constructs_ecs.preflight.stand_ins import structured
from constructs_ecs.preflight.templates.graph import Graph, Resource
from constructs_ecs.preflight.values import Text, Unknown, text

TYPE: Final = "AWS::Events::Rule"


def find(graph: Graph, capacities: Capacities) -> Iterator[LaunchSite]:
    """Find the targets with ECS parameters."""
    for resource in graph.resources(TYPE):
        for index, target in items(resource.get("Targets")):
            if walk(target, "EcsParameters") is not None and not isinstance(target, Unknown):
                yield launch_site(graph, capacities, _launch(graph, resource, index, target))


def _launch(graph: Graph, resource: Resource, index: int, target: Any) -> Launch:  # noqa: ANN401 - any resolved value
    parameters = as_mapping(walk(target, "EcsParameters"))
    given = as_text(walk(target, "Input"))
    if given is None and any(walk(target, key) is not None for key in ("InputPath", "InputTransformer")):
        given = Unknown("the target's input is made from the event")
    return Launch(
        kind=LaunchKind.EVENT_RULE,
        resource=resource,
        at=("Targets", index),
        properties=parameters,
        cluster=walk(target, "Arn"),
        task_definition=parameters.get("TaskDefinitionArn"),
        enable_exec=parameters.get("EnableExecuteCommand"),
        launcher=Launcher(
            role=role(graph, walk(target, "RoleArn")),
            service="events.amazonaws.com",
            source=rule_arn(graph, resource),
        ),
        overrides=overrides(None if given is None else structured(given)),
    )


def rule_arn(graph: Graph, rule: Resource) -> Text:
    """Return a rule's ARN; of one on another bus than the default, what AWS will say."""
    place, name = graph.environment(rule.template), graph.value(rule.template, {"Ref": rule.logical_id})
    if rule.get("EventBusName") is not None:
        return Unknown(f"the ARN of {rule.where}, which is on a bus of its own")
    return text("arn:", place.partition, ":events:", place.region, ":", place.account, ":rule/", name)
