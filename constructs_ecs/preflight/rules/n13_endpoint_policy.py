"""N13: an endpoint's policy that does not let a call through."""

from collections.abc import Sequence
from typing import ClassVar

from constructs_ecs.preflight.calls import Purpose
from constructs_ecs.preflight.findings import Fault
from constructs_ecs.preflight.rules.base import Failure
from constructs_ecs.preflight.rules.network_rule import NETWORK_CALLS, NetworkRule
from constructs_ecs.preflight.rules.permission_rule import grants


class EndpointPolicy(NetworkRule):
    """The policy of the endpoint that a call goes through does not allow it to that principal."""

    id = "N13"
    purposes = NETWORK_CALLS - {Purpose.PULL_LAYERS}
    faults: ClassVar[frozenset[Fault]] = frozenset({Fault.ENDPOINT_POLICY})
    statement = (
        "The policy of an endpoint does not allow an action, a resource or a principal that a task needs. Private DNS "
        "leads all calls of the VPC to the endpoint, so a NAT gateway does not help."
    )
    symptom = "AccessDeniedException: no VPC endpoint policy allows the action."
    decided_by = (
        "PolicyDocument of the endpoint; without one, all is allowed. A policy on ecs-agent or ecs-telemetry, of "
        "which no page says that they take one, leaves it open."
    )
    fix = "Allow what the task calls in the PolicyDocument of {the endpoint}."
    source = "AWS PrivateLink guide, Endpoint policies; Amazon ECR user guide, Interface VPC endpoints"

    def symptom_of(self, failures: Sequence[Failure]) -> str:  # noqa: ARG002 - the signature of the base class
        """The same for all calls."""
        return self.symptom

    def fix_of(self, failures: Sequence[Failure]) -> str:
        """Name actions and resources."""
        return f"Allow {grants(failures)} in the PolicyDocument of {{the endpoint}}."
