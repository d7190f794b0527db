"""N09: an endpoint that no name leads to."""

from collections.abc import Iterator
from typing import ClassVar

from constructs_ecs.facts.endpoints import Endpoint
from constructs_ecs.preflight.calls import Purpose
from constructs_ecs.preflight.findings import Fault, Finding, LinkKind, Severity, Where
from constructs_ecs.preflight.rules.base import Context, Failure
from constructs_ecs.preflight.rules.network_rule import NetworkRule, passing
from constructs_ecs.preflight.templates.graph import Graph
from constructs_ecs.preflight.topology import AwsService
from constructs_ecs.preflight.values import Ternary, boolean


class PrivateDnsOff(NetworkRule):
    """An interface endpoint has private DNS off, so the calls that it is for go elsewhere."""

    id = "N09"
    faults: ClassVar[frozenset[Fault]] = frozenset({Fault.NO_PRIVATE_DNS})
    statement = (
        "An interface endpoint has private DNS off, so that the service's name does not lead to it. In isolated "
        "subnets the calls fail; with a NAT gateway the endpoint is paid for and not used."
    )
    symptom = "As without the endpoint: a timeout of the call, and the task's or the session's error for it."
    decided_by = (
        "PrivateDnsEnabled, which CloudFormation takes for false where it is absent. A private hosted zone of one's "
        "own for the service's name leaves it open."
    )
    fix = "Set PrivateDnsEnabled to true on {the endpoint}."
    source = "AWS CloudFormation, AWS::EC2::VPCEndpoint; AWS PrivateLink guide, Private DNS"

    def explains(self, failure: Failure, context: Context) -> bool:  # noqa: ARG002 - the signature of the base class
        """Not for Amazon S3, which a gateway serves."""
        destination = failure.call.destination
        layers = failure.call.purpose in (Purpose.PULL_LAYERS, Purpose.READ_FILE)
        return not (layers and isinstance(destination, AwsService) and destination.endpoint is Endpoint.S3)

    def check(self, context: Context) -> Iterator[Finding]:
        """Look at calls that fail, then for endpoints that calls pass by."""
        failing = set()
        for found in super().check(context):
            failing.add(found.where)
            yield found
        for endpoint, sites in _passed_by(context).items():
            if endpoint not in failing:
                yield self.finding(
                    endpoint,
                    f"{endpoint.logical_id} has no private DNS, so the calls that it is for leave the VPC without it.",
                    launch_sites=sites,
                    severity=Severity.NOTE,
                    symptom="None: the calls go through the NAT or internet gateway.",
                )


def _passed_by(context: Context) -> dict[Where, list[Where]]:
    """Return endpoints that are there for a call and not used, with the launch sites that call."""
    found: dict[Where, list[Where]] = {}
    for site, proof in passing(context):
        for link in proof.evidence:
            if link.kind is LinkKind.ENDPOINT and link.where and _is_nameless(link.where[0], context.graph):
                found.setdefault(link.where[0], []).append(site.where)
    return found


def _is_nameless(where: Where, graph: Graph) -> bool:
    resource = graph.resource(where.template, where.logical_id)
    if resource is None or resource.type != "AWS::EC2::VPCEndpoint" or resource.get("VpcEndpointType") != "Interface":
        return False
    return boolean(resource.get("PrivateDnsEnabled"), default=False) is Ternary.NO
