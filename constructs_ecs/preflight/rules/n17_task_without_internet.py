"""N17: a task on an instance, in a subnet that leads to an internet gateway only."""

from collections.abc import Iterator, Sequence
from typing import ClassVar

from constructs_ecs.preflight.findings import Fault, Finding, Severity, Where
from constructs_ecs.preflight.launch_sites import Capacity, LaunchSite
from constructs_ecs.preflight.rules.base import Context, Failure
from constructs_ecs.preflight.rules.network_rule import Cause, WayOutRule, is_own_of_task_on_instance
from constructs_ecs.preflight.topology import NetworkInterface
from constructs_ecs.preflight.topology.routes import Way


class TaskWithoutInternet(WayOutRule):
    """A task on an instance has a network interface of its own, which never gets a public address."""

    id = "N17"
    severity = Severity.EXEC
    cause = Cause.PUBLIC_ADDRESS
    faults: ClassVar[frozenset[Fault]] = frozenset({Fault.NO_PUBLIC_IP})
    statement = (
        "An awsvpc task on an EC2 instance runs in a subnet that leads to an internet gateway only. Its network "
        "interface never gets a public address, so its containers have no internet; the instance may have it."
    )
    symptom = "TargetNotConnectedException, and timeouts of FireLens and of the containers; pulls still work."
    decided_by = (
        "Launch type or capacity provider, NetworkMode awsvpc, and the default routes of the subnets in "
        "AwsvpcConfiguration. With an endpoint for all that ECS calls it is a warning."
    )
    fix = "Run {the launch} in subnets that lead to a NAT gateway, or add endpoints for what its containers call."
    source = "ECS developer guide, Allocate a network interface for an Amazon ECS task"

    def explains(self, failure: Failure, context: Context) -> bool:
        """Only the task's own interface."""
        return is_own_of_task_on_instance(failure) and super().explains(failure, context)

    def symptom_of(self, failures: Sequence[Failure]) -> str:  # noqa: ARG002 - the signature of the base class
        """The same for all calls."""
        return self.symptom

    def check(self, context: Context) -> Iterator[Finding]:
        """Look at calls that fail, then at tasks whose own calls may need the way out."""
        failing: set[Where] = set()
        for found in super().check(context):
            failing.update(found.launch_sites)
            yield found
        for proof in context.proofs:
            site = proof.site
            if site.where not in failing and _is_cut_off(site, context):
                yield self.finding(
                    site.where,
                    "The tasks' subnets lead to an internet gateway only, which needs a public address, and a task "
                    "on an instance gets none.",
                    launch_sites=(site.where,),
                    severity=Severity.WARNING,
                    symptom="Calls of the containers to the internet time out.",
                )


def _is_cut_off(site: LaunchSite, context: Context) -> bool:
    """Whether all subnets of a task on an instance lead to an internet gateway."""
    interface = site.task_interface
    if site.capacity is not Capacity.EC2 or not isinstance(interface, NetworkInterface) or not interface.subnets:
        return False
    ways = {context.topology.route(subnet).way for subnet in interface.subnets}
    return ways == {Way.INTERNET_GATEWAY}
