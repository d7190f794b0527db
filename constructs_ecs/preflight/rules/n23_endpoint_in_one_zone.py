"""N23: an endpoint in one Availability Zone, for tasks in several."""

from collections.abc import Iterator

from constructs_ecs.preflight.findings import Finding, Severity, Where
from constructs_ecs.preflight.rules.base import Context, Rule
from constructs_ecs.preflight.rules.network_rule import endpoints_used, passing
from constructs_ecs.preflight.templates.graph import Resource
from constructs_ecs.preflight.topology import NetworkInterface


class EndpointInOneZone(Rule):
    """An endpoint that tasks in several subnets use has a network interface in one only."""

    id = "N23"
    severity = Severity.NOTE
    statement = (
        "An interface endpoint is in one subnet, and tasks in several use it. It serves all Availability Zones, until "
        "its own fails."
    )
    symptom = "None, until that Availability Zone fails; then calls from the others time out as well."
    decided_by = "SubnetIds of the endpoint, against the subnets of the tasks and instances that use it."
    fix = "Name a subnet of each Availability Zone in SubnetIds of {the endpoint}."
    source = "AWS PrivateLink guide, Access an AWS service using an interface VPC endpoint, Subnets and zones"

    def check(self, context: Context) -> Iterator[Finding]:
        """Look at the endpoints that calls go through."""
        used: dict[Where, list[Where]] = {}
        for site, proof in passing(context):
            interface = proof.call.interface
            if isinstance(interface, NetworkInterface) and len(interface.subnets) > 1:
                for endpoint in endpoints_used(proof, context):
                    if _is_in_one_subnet(endpoint):
                        used.setdefault(endpoint.where, []).append(site.where)
        for where, sites in used.items():
            message = f"{where.logical_id} is in one subnet, and tasks in several use it."
            yield self.finding(where, message, launch_sites=sites)


def _is_in_one_subnet(endpoint: Resource) -> bool:
    subnets = endpoint.get("SubnetIds")
    return endpoint.get("VpcEndpointType") == "Interface" and isinstance(subnets, list) and len(subnets) == 1
