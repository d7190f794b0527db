"""N20: an endpoint service's name that its Region does not have."""

from collections.abc import Iterator
from typing import Final

from constructs_ecs.facts.endpoints import Endpoint, service_name
from constructs_ecs.preflight.findings import Finding, Severity
from constructs_ecs.preflight.rules.base import Context, Rule
from constructs_ecs.preflight.templates.graph import Graph, Resource
from constructs_ecs.preflight.values import PSEUDO, Pattern, Symbol, Text, parts_of

_COMMON: Final = "com.amazonaws"
_INTERFACE_MAY_DIFFER: Final = frozenset({Endpoint.S3})
_REGION: Final = Symbol(PSEUDO, "", "Region")


class EndpointPrefix(Rule):
    """Some services have names of their own in China and in isolated Regions, and the template has the common one."""

    id = "N20"
    severity = Severity.DEPLOY
    statement = (
        "An endpoint's ServiceName has the prefix of other Regions: in China and in isolated Regions some services, "
        "those of Amazon ECR among them, have one of their own."
    )
    symptom = "InvalidServiceName: the VPC endpoint service does not exist."
    decided_by = (
        "ServiceName, with the Region in it or that of the stack. A stack without a fixed Region leaves it open."
    )
    fix = "Write the ServiceName that the service has in the stack's Region in {the endpoint}."
    source = "aws-cdk-lib, aws-ec2/lib/vpc-endpoint.ts"

    def check(self, context: Context) -> Iterator[Finding]:
        """Look at the names of all endpoint services whose Region is known."""
        for endpoint in context.graph.resources("AWS::EC2::VPCEndpoint"):
            name = _spelled(endpoint, context.graph)
            wanted = None if name is None else _wanted(name)
            if name is not None and wanted is not None:
                yield self.finding(
                    endpoint.where,
                    f"{endpoint.logical_id} asks for {name}, and the service is named {wanted}.",
                    fix=f"Write {wanted} as the ServiceName of {{the endpoint}}.",
                )


def _spelled(endpoint: Resource, graph: Graph) -> str | None:
    """Return the service's name with the stack's Region in it, if all of it is known."""
    name = endpoint.get("ServiceName")
    if not isinstance(name, str | Pattern):
        return None
    region = graph.environment(endpoint.template).region
    parts: list[Text] = [region if part == _REGION else part for part in parts_of(name)]
    return "".join(map(str, parts)) if all(isinstance(part, str) for part in parts) else None


def _wanted(name: str) -> str | None:
    """Return a service's name in the Region that is in another name of it; None if that is right, or not known."""
    service = next((each for each in Endpoint if name.endswith(f".{each.value}")), None)
    if service is None or service in _INTERFACE_MAY_DIFFER:
        return None
    prefix, _, region = name.removesuffix(f".{service.value}").rpartition(".")
    known = {service_name(each, region).removesuffix(f".{region}.{each.value}") for each in Endpoint}
    wanted = service_name(service, region)
    if wanted == name or not prefix or "-" not in region:
        return None
    # Where a Region has names of its own, the list of these is not known to be complete.
    has_own = known != {_COMMON}
    is_surely_wrong = prefix == _COMMON or not has_own
    return wanted if is_surely_wrong and _is_prefix(prefix) else None


def _is_prefix(prefix: str) -> bool:
    return prefix == _COMMON or prefix in _OWN


_OWN: Final = ("cn.com.amazonaws", "eu.amazonaws", "gov.ic.c2s", "gov.sgov.sc2s", "gov.ic.hci.csp", "uk.adc-e.cloud")
