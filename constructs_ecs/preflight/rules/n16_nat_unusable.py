"""N16: a NAT gateway that leads nowhere."""

from collections.abc import Iterator
from typing import ClassVar

from constructs_ecs.preflight.findings import Fault, Finding, Severity, Where
from constructs_ecs.preflight.rules.base import Context
from constructs_ecs.preflight.rules.network_rule import Cause, WayOutRule, interfaces
from constructs_ecs.preflight.topology.routes import Way
from constructs_ecs.preflight.topology.things import called
from constructs_ecs.preflight.values import Ternary


class NatUnusable(WayOutRule):
    """The default route of a subnet leads to a NAT gateway that has no way out itself."""

    id = "N16"
    cause = Cause.NAT_GATEWAY
    faults: ClassVar[frozenset[Fault]] = frozenset({Fault.NAT_UNUSABLE})
    statement = (
        "A NAT gateway is a private one, or its own subnet has no default route to an internet gateway, so what is "
        "behind it has no way out."
    )
    symptom = "As in isolated subnets: ResourceInitializationError or CannotPullContainerError, after a timeout."
    decided_by = (
        "ConnectivityType and SubnetId of the NAT gateway and the routes of that subnet. A regional NAT gateway has "
        "no subnet and is fine; a way on through a transit gateway and the like leaves it open."
    )
    fix = "Make {the NAT gateway} a public one, in a subnet whose default route leads to an attached internet gateway."
    source = "Amazon VPC user guide, NAT gateways; AWS CloudFormation, AWS::EC2::NatGateway"

    def check(self, context: Context) -> Iterator[Finding]:
        """Look at calls that fail, then at tasks whose own calls may need the way out."""
        failing = set()
        for found in super().check(context):
            failing.add(found.where)
            yield found
        for where, (why, sites) in _behind(context).items():
            if where not in failing:
                yield self.finding(
                    where,
                    f"{why}; what ECS calls has endpoints, what the containers call may have none.",
                    launch_sites=sites,
                    severity=Severity.WARNING,
                    symptom="Calls of the containers to the internet time out.",
                )


def _behind(context: Context) -> dict[Where, tuple[str, list[Where]]]:
    """Return NAT gateways that lead nowhere and why, with the launch sites behind them."""
    found: dict[Where, tuple[str, list[Where]]] = {}
    for proof in context.proofs:
        for interface in interfaces(proof.site):
            for subnet in interface.subnets:
                route = context.topology.route(subnet)
                if route.way is Way.NAT_GATEWAY and route.usable is Ternary.NO and route.gateway is not None:
                    why = f"{called(subnet, 'A subnet')} {route.why}"
                    found.setdefault(route.gateway.where, (why, []))[1].append(proof.site.where)
    return found
