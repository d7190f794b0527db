"""N21: subnets without IPv4, and what needs it."""

from collections.abc import Iterator
from typing import Final

from constructs_ecs.facts.endpoints import Endpoint
from constructs_ecs.preflight.findings import Finding, Severity
from constructs_ecs.preflight.image_location import EcrImage, locate
from constructs_ecs.preflight.launch_sites import LaunchSite
from constructs_ecs.preflight.rules.base import Context, Rule
from constructs_ecs.preflight.task_definition import Container, below
from constructs_ecs.preflight.templates.graph import Resource
from constructs_ecs.preflight.topology import NetworkInterface
from constructs_ecs.preflight.values import Ternary, Unknown, boolean

_IPV4_ONLY: Final = ".dkr.ecr."
"""In the host of an ECR registry that has IPv4 addresses only; the dual-stack one is of another form."""


class Ipv6Only(Rule):
    """A task runs in a subnet without IPv4, where ECS Exec does not work and ECR's usual host has no address."""

    id = "N21"
    severity = Severity.EXEC
    statement = (
        "A task runs in a subnet without IPv4 and has ECS Exec on, which does not work there, or pulls from Amazon "
        "ECR by a host that has IPv4 addresses only."
    )
    symptom = "ECS Exec is refused for tasks without IPv4."
    decided_by = (
        "Ipv6Native of the subnets, EnableExecuteCommand, and the host in Image. A subnet with DNS64, and a VPC with "
        "an endpoint for ecr.dkr, leave the pull open."
    )
    fix = "Run {the launch} in subnets with IPv4."
    source = "ECS developer guide, Monitor Amazon ECS containers with ECS Exec; Fargate task networking"

    def check(self, context: Context) -> Iterator[Finding]:
        """Look at launches in subnets without IPv4."""
        for proof in context.proofs:
            site = proof.site
            subnets = list(_without_ipv4(site))
            if subnets and site.exec_enabled is Ternary.YES:
                message = f"{site.where.logical_id} has ECS Exec on, and {subnets[0].logical_id} has no IPv4."
                yield self.finding(site.where, message, launch_sites=(site.where,))
        for task in context.task_definitions:
            sites = [site for site in context.sites_of(task.resource) if _is_cut_off(site, context)]
            for container in task.containers if sites else ():
                yield from self._image(context, container, sites)

    def _image(self, context: Context, container: Container, sites: list[LaunchSite]) -> Iterator[Finding]:
        if container.image is None:
            return
        location = locate(container.image, context.graph.environment(container.where.template))
        if isinstance(location, EcrImage) and _IPV4_ONLY in str(location.host):
            yield self.finding(
                below(container.where, "Image"),
                f"The image of {container.name} is on {location.host}, which has no IPv6 address.",
                launch_sites=(site.where for site in sites),
                severity=Severity.START,
                symptom="CannotPullContainerError: the registry is not reached.",
                fix="Write the registry's dual-stack host, ACCOUNT.dkr-ecr.REGION.on.aws, in {the task definition}.",
            )


def _without_ipv4(site: LaunchSite) -> Iterator[Resource]:
    if isinstance(site.task_interface, NetworkInterface):
        for subnet in site.task_interface.subnets:
            if not isinstance(subnet, Unknown) and boolean(subnet.get("Ipv6Native"), default=False) is Ternary.YES:
                yield subnet


def _is_cut_off(site: LaunchSite, context: Context) -> bool:
    """Whether a pull is sure not to reach IPv4: from the task, without DNS64, and without an endpoint with IPv6."""
    return not site.capacity.has_instances and any(
        boolean(subnet.get("EnableDns64"), default=False) is Ternary.NO
        and not context.topology.candidates(context.topology.vpc(subnet), Endpoint.ECR_DOCKER)
        for subnet in _without_ipv4(site)
    )
