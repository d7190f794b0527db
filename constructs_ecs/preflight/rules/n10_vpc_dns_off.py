"""N10: a VPC without the DNS attributes that private DNS needs."""

from collections.abc import Iterator, Sequence
from typing import ClassVar

from constructs_ecs.preflight.calls import Purpose
from constructs_ecs.preflight.findings import Fault, Finding, Severity
from constructs_ecs.preflight.rules.base import AT_STAGE, Context, Failure
from constructs_ecs.preflight.rules.network_rule import NETWORK_CALLS, NetworkRule, launch_sites_in, logical_ids
from constructs_ecs.preflight.templates.graph import Resource
from constructs_ecs.preflight.topology.things import VPC, thing
from constructs_ecs.preflight.values import Ternary, Unknown, boolean

_ATTRIBUTES = {"EnableDnsSupport": True, "EnableDnsHostnames": False}
"""The attributes, and what CloudFormation takes where they are absent."""


class VpcDnsOff(NetworkRule):
    """An endpoint has private DNS in a VPC that has one of its two DNS attributes off, or names are not resolved."""

    id = "N10"
    severity = Severity.DEPLOY
    purposes = NETWORK_CALLS | {Purpose.MOUNT_EFS}
    faults: ClassVar[frozenset[Fault]] = frozenset({Fault.NO_VPC_DNS})
    statement = (
        "A VPC has EnableDnsSupport or EnableDnsHostnames off: no endpoint with private DNS can be created in it, and "
        "without the first no name is resolved."
    )
    symptom = "Enabling private DNS requires both enableDnsSupport and enableDnsHostnames VPC attributes set to true."
    decided_by = (
        "EnableDnsSupport and EnableDnsHostnames of the VPC, of which CloudFormation takes the second for false where "
        "it is absent, and PrivateDnsEnabled of its endpoints. DNS servers of one's own leave it open."
    )
    fix = "Set EnableDnsSupport and EnableDnsHostnames to true on {the VPC}."
    source = "AWS CloudFormation, AWS::EC2::VPCEndpoint"

    def severity_at(self, stage: str) -> Severity:
        """Calls fail where no endpoint keeps the stack from being deployed."""
        return AT_STAGE.get(stage, Severity.WARNING)

    def symptom_of(self, failures: Sequence[Failure]) -> str:  # noqa: ARG002 - the signature of the base class
        """As every name that is not resolved."""
        return "Names are not resolved in the VPC: every call times out."

    def check(self, context: Context) -> Iterator[Finding]:
        """Look at endpoints that cannot be created, and at calls that fail for it."""
        refused = _refused(context)
        for found in super().check(context):
            if (found.where.template, found.where.logical_id) not in refused:
                yield found
        for (template, name), endpoints in refused.items():
            vpc = context.graph.resource(template, name)
            if vpc is not None:
                named = logical_ids(endpoint.where for endpoint in endpoints)
                yield self.finding(
                    vpc.where,
                    f"{name} has {' and '.join(_off(vpc))} off, which private DNS of {named} needs.",
                    launch_sites=launch_sites_in(vpc, context),
                )


def _refused(context: Context) -> dict[tuple[str, str], list[Resource]]:
    """Return the VPCs in which endpoints with private DNS cannot be created, with these."""
    found: dict[tuple[str, str], list[Resource]] = {}
    for endpoint in context.graph.resources("AWS::EC2::VPCEndpoint"):
        vpc = thing(context.graph, endpoint.get("VpcId"), VPC)
        private = boolean(endpoint.get("PrivateDnsEnabled"), default=False)
        if not isinstance(vpc, Unknown) and private is Ternary.YES and _off(vpc):
            found.setdefault((vpc.template, vpc.logical_id), []).append(endpoint)
    return found


def _off(vpc: Resource) -> list[str]:
    return [name for name, default in _ATTRIBUTES.items() if boolean(vpc.get(name), default=default) is Ternary.NO]
