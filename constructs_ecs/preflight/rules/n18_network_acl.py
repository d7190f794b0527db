"""N18: a network ACL that does not let a connection or its replies through."""

from collections.abc import Sequence
from typing import ClassVar

from constructs_ecs.preflight.calls import Purpose
from constructs_ecs.preflight.findings import Fault
from constructs_ecs.preflight.rules.base import Failure
from constructs_ecs.preflight.rules.network_rule import NetworkRule


class NetworkAcl(NetworkRule):
    """A network ACL on the way drops the request or what comes back."""

    id = "N18"
    purposes = frozenset(Purpose)
    faults: ClassVar[frozenset[Fault]] = frozenset({Fault.ACL_CLOSED})
    statement = "A network ACL of a subnet on the way does not let the request out, or its replies in."
    symptom = "A timeout of the call: the task's error for it, or TargetNotConnectedException for ECS Exec."
    decided_by = (
        "NetworkAclEntry by RuleNumber, first match, in both directions at both ends: the request on its port, the "
        "replies on the caller's port. A rule that covers them in part, or is not known, leaves it open."
    )
    fix = (
        "Let the port out and the replies, tcp/1024 to 65535, in, and the reverse at the other end, in {the resource}."
    )
    source = "Amazon VPC user guide, Network ACLs; ECS developer guide, Verify stopped task connectivity"

    def fix_of(self, failures: Sequence[Failure]) -> str:
        """A rule that denies has to go; otherwise one is missing."""
        place = failures[0].link.where
        decided = len(place) > 1  # the rule, then its ACL
        if decided:
            return "Take out or narrow {the rule}, which decides about the connection or its replies."
        return (
            "Let the request's port out and tcp/1024 to 65535 in, and the reverse at the other end, in "
            "{the network ACL}."
        )
