"""V02: a file system without a mount target where the task runs."""

from collections.abc import Iterator
from typing import Any

from constructs_ecs.preflight.calls import Purpose
from constructs_ecs.preflight.findings import Fault, Finding, Severity, Where
from constructs_ecs.preflight.rules.base import CallRule, Context, Failure
from constructs_ecs.preflight.rules.file_systems import Mount, mounts
from constructs_ecs.preflight.rules.launches import Order, starts_with_its_stack
from constructs_ecs.preflight.rules.network_rule import logical_ids
from constructs_ecs.preflight.templates.graph import Graph, Resource
from constructs_ecs.preflight.topology.things import SUBNET, same_thing, thing
from constructs_ecs.preflight.values import PSEUDO, Symbol, Ternary, Unknown, same

_SYMPTOM = "ResourceInitializationError: failed to invoke EFS utils commands to set up EFS volumes: Failed to resolve"


class MountTargetMissing(CallRule):
    """A volume's file system has no mount target, none in the task's VPC or zone, or none that is waited for."""

    id = "V02"
    severity = Severity.START
    purposes = frozenset({Purpose.MOUNT_EFS})
    faults = frozenset({Fault.NO_MOUNT_TARGET})
    statement = (
        "A task mounts a file system that has no mount target in its VPC. It is a warning if there is none in an "
        "Availability Zone that the task may run in, or if the task may be started before there is one."
    )
    symptom = f"{_SYMPTOM} the file system's name."
    decided_by = (
        "AWS::EFS::MountTarget by FileSystemId and SubnetId, VpcId and AvailabilityZone of the subnets, and DependsOn "
        "of the service. A file system or subnets that are not in the templates leave it open."
    )
    fix = "Add a mount target of {the file system} to a subnet in each Availability Zone that its tasks run in."
    source = "EFS user guide, Managing network access; ECS developer guide, Use Amazon EFS volumes with Amazon ECS"

    def decisive(self, failure: Failure) -> Where:
        """The file system."""
        named = failure.call.resource
        return Where(named.template, named.logical_id) if isinstance(named, Symbol) else failure.where

    def check(self, context: Context) -> Iterator[Finding]:
        """Look at mounts that fail, then at each mount's VPC, zones and order."""
        yield from super().check(context)
        gaps: dict[tuple[Where, str, Severity], list[Where]] = {}
        for mount in mounts(context):
            for message, severity in _gaps(mount, context):
                gaps.setdefault((mount.file_system.where, message, severity), []).append(mount.site.where)
        for (where, message, severity), sites in gaps.items():
            yield self.finding(where, message, launch_sites=sites, severity=severity)
        for mount in mounts(context):
            yield from self._order(mount, context.graph)

    def _order(self, mount: Mount, graph: Graph) -> Iterator[Finding]:
        """Say that the first tasks may be started before the mount targets are there."""
        if not starts_with_its_stack(mount.site):
            return
        order = Order(mount.site, graph)
        late = [target.where for target in mount.targets if order.is_late(target.where)]
        if late:
            where = mount.site.where
            yield self.finding(
                where,
                f"{where.logical_id} does not wait for {logical_ids(late)}, so the first mounts may fail.",
                launch_sites=(where,),
                severity=Severity.WARNING,
                fix=f"Name {logical_ids(late)} in DependsOn of {{the launch}}.",
            )


def _gaps(mount: Mount, context: Context) -> Iterator[tuple[str, Severity]]:
    """Yield where a mount target is missing."""
    name = mount.file_system.logical_id
    places = [thing(context.graph, target.get("SubnetId"), SUBNET) for target in mount.targets]
    vpcs = [context.topology.vpc(place) for place in places]
    for vpc in context.topology.vpcs(mount.interface):
        elsewhere = all(same_thing(other, vpc) is Ternary.NO for other in vpcs)
        if elsewhere and not isinstance(vpc, Unknown) and not _has_zone_for_efs(context.graph):
            yield f"{name} has no mount target in {vpc.logical_id}.", Severity.START
            return
    for subnet in mount.interface.subnets:
        if not isinstance(subnet, Unknown) and all(_are_apart(subnet, place) for place in places):
            yield f"{name} has no mount target in the Availability Zone of {subnet.logical_id}.", Severity.WARNING


def _has_zone_for_efs(graph: Graph) -> bool:
    """Whether a private zone may name a file system in another VPC."""
    names = (zone.get("Name") for zone in graph.resources("AWS::Route53::HostedZone"))
    return any(not isinstance(name, str) or "efs" in name or "amazonaws" in name for name in names)


def _are_apart(subnet: Resource, other: Resource | Unknown) -> bool:
    """Whether two subnets are sure to be in different Availability Zones."""
    if isinstance(other, Unknown) or other is subnet:
        return False
    zone, its = subnet.get("AvailabilityZone"), other.get("AvailabilityZone")
    if zone is None or its is None:
        return False
    return same(zone, its) is Ternary.NO or _are_different_elements(zone, its)


def _are_different_elements(zone: Any, other: Any) -> bool:  # noqa: ANN401 - any resolved values
    """Whether two zones are different elements of one list of zones."""
    both = isinstance(zone, Symbol) and isinstance(other, Symbol)
    return both and zone.template == other.template == PSEUDO and zone != other
