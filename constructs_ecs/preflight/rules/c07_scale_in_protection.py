"""C07: a capacity provider that protects instances of a group which does not."""

from collections.abc import Iterator
from functools import partial
from typing import Final

from constructs_ecs.preflight.findings import Finding, Severity
from constructs_ecs.preflight.launch_sites import LaunchSite
from constructs_ecs.preflight.launch_sites.instances import GROUP
from constructs_ecs.preflight.rules.base import Context, Rule
from constructs_ecs.preflight.task_definition import below
from constructs_ecs.preflight.templates.graph import Resource
from constructs_ecs.preflight.topology.things import thing
from constructs_ecs.preflight.values import Ternary, Unknown, boolean

_PROVIDER: Final = "AWS::ECS::CapacityProvider"
_SETTINGS: Final = "AutoScalingGroupProvider"
_PROTECTION: Final = "ManagedTerminationProtection"


class ScaleInProtection(Rule):
    """A capacity provider has managed termination protection, and its Auto Scaling group no protection to manage."""

    id = "C07"
    severity = Severity.DEPLOY
    statement = (
        "A capacity provider with managed termination protection is of an Auto Scaling group whose instances are not "
        "protected from scale in."
    )
    symptom = (
        "ClientException: The managed termination protection setting for the capacity provider is invalid. To enable "
        "managed termination protection for a capacity provider, the Auto Scaling group must have instance protection "
        "from scale in enabled."
    )
    decided_by = (
        "ManagedTerminationProtection of the capacity provider, NewInstancesProtectedFromScaleIn of the Auto Scaling "
        "group. A group that is not in the templates leaves it open."
    )
    fix = "Set NewInstancesProtectedFromScaleIn of the group, or disable the protection of {the resource}."
    source = "ECS API reference, AutoScalingGroupProvider; ECS developer guide, Control the instances ECS terminates"

    def check(self, context: Context) -> Iterator[Finding]:
        """Compare each capacity provider with its group."""
        for provider in context.graph.resources(_PROVIDER):
            if provider.get(_SETTINGS, _PROTECTION) != "ENABLED":
                continue
            group = thing(context.graph, provider.get(_SETTINGS, "AutoScalingGroupArn"), GROUP)
            if isinstance(group, Unknown):
                continue
            if boolean(group.get("NewInstancesProtectedFromScaleIn"), default=False) is Ternary.NO:
                yield self.finding(
                    below(provider.where, _SETTINGS, _PROTECTION),
                    f"{provider.logical_id} protects instances from scale in; {group.logical_id} does not.",
                    launch_sites=context.launch_sites(partial(_runs_on, group)),
                )


def _runs_on(group: Resource, site: LaunchSite) -> bool:
    return any(instances.where == group.where for instances in site.instances)
