"""N12: a caller's security group that does not let it out."""

from collections.abc import Sequence
from typing import ClassVar

from constructs_ecs.preflight.findings import Fault
from constructs_ecs.preflight.rules.base import Failure
from constructs_ecs.preflight.rules.network_rule import GroupRule
from constructs_ecs.preflight.topology import AwsService, InternetHost


class ClientGroupClosed(GroupRule):
    """A task or an instance may not open the connection: its security groups have no rule for it."""

    id = "N12"
    faults: ClassVar[frozenset[Fault]] = frozenset({Fault.EGRESS_CLOSED, Fault.PREFIX_LIST_CLOSED})
    statement = (
        "No security group of a task or an instance lets it out to an endpoint, to the prefix list of Amazon S3, or "
        "to the registry."
    )
    symptom = "A timeout of the call: the task's error for it, or TargetNotConnectedException for ECS Exec."
    decided_by = (
        "SecurityGroupEgress within and beside the groups. A group without any egress rule lets all out; one with "
        "rules beside it only may keep that rule or not, which is left open."
    )
    fix = (
        "Let tcp/443 to the endpoint's security group, or to the prefix list of Amazon S3, out of {the security group}."
    )
    source = "AWS PrivateLink guide, Gateway endpoints; ECS developer guide, Verify stopped task connectivity"

    def fix_of(self, failures: Sequence[Failure]) -> str:
        """Name what has to be let out to."""
        services = dict.fromkeys(filter(None, map(_service, failures)))
        targets = [f"tcp/443 to the endpoint for {', '.join(services)}"] if services else []
        targets += dict.fromkeys(filter(None, map(_public, failures)))
        return f"Let {' and '.join(targets)} out of {{the security group}}."


def _service(failure: Failure) -> str | None:
    destination = failure.call.destination
    if isinstance(destination, AwsService) and failure.link.fault is not Fault.PREFIX_LIST_CLOSED:
        return destination.endpoint.value
    return None


def _public(failure: Failure) -> str | None:
    destination = failure.call.destination
    if failure.link.fault is Fault.PREFIX_LIST_CLOSED:
        return "tcp/443 to the prefix list of Amazon S3"
    return f"tcp/{destination.port} to {destination.host}" if isinstance(destination, InternetHost) else None
