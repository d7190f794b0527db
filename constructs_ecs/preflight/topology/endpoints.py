"""VPC endpoints: which service each serves, in which VPC, and whether the service's name leads to it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from constructs_ecs.facts.endpoints import Endpoint, service_name
from constructs_ecs.preflight.templates.graph import Graph, Resource
from constructs_ecs.preflight.topology.things import ROUTE_TABLE, VPC, Thing, same_thing, thing
from constructs_ecs.preflight.values import Pattern, Symbol, Ternary, Text, Unknown, boolean, parts_of, same, text

_FIPS: Final = {
    endpoint: endpoint.value.replace("ecr.", "ecr-fips.") for endpoint in Endpoint if "ecr." in endpoint.value
}
_TYPE: Final = "AWS::EC2::VPCEndpoint"
_GATEWAY: Final = "Gateway"
_INTERFACE: Final = "Interface"
_INBOUND_ONLY: Final = "OnlyInboundResolver"


@dataclass(frozen=True)
class Candidate:
    """A VPC endpoint that serves, or may serve, a service in a VPC.

    Args:
        endpoint: the resource.
        serves: whether it does.
        gateway: whether it is a gateway, which needs routes instead of names.
        private_dns: whether the service's public name leads to it.
        why: why one of the answers is unknown.
    """

    endpoint: Resource
    serves: Ternary
    gateway: bool
    private_dns: Ternary
    why: str = ""


@dataclass(frozen=True)
class _Entry:
    endpoint: Resource
    vpc: Thing
    service: str | None
    region: Text
    prefix: str


class Endpoints:
    """The VPC endpoints of a graph.

    Args:
        graph: the resources.
    """

    generated: str
    """What may make further endpoints, which are not known; empty if nothing does."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self.generated = next(_generators(graph), "")
        self._by_service: dict[str | None, list[_Entry]] = {}
        for endpoint in graph.resources(_TYPE):
            entry = self._read(endpoint)
            self._by_service.setdefault(entry.service, []).append(entry)

    def serving(self, vpc: Thing, service: Endpoint, region: Text) -> tuple[Candidate, ...]:
        """Return the endpoints that serve, or may serve, a service of a Region in a VPC; the sure ones first."""
        entries = [
            *self._by_service.get(service.value, ()),
            *self._by_service.get(_FIPS.get(service, f"{service.value}-fips"), ()),
            *self._by_service.get(None, ()),
        ]
        found = [_candidate(entry, vpc, service, region) for entry in entries]
        return tuple(
            candidate for wanted in (Ternary.YES, Ternary.UNKNOWN) for candidate in found if candidate.serves is wanted
        )

    def on_table(self, endpoint: Resource, table: Thing | None) -> Ternary:
        """Whether a gateway's route is in a route table; the main table is nothing that a template can name."""
        values = endpoint.get("RouteTableIds", default=[])
        if isinstance(values, Unknown):
            return Ternary.UNKNOWN
        tables = [thing(self._graph, value, ROUTE_TABLE) for value in values] if isinstance(values, list) else []
        if table is None:
            return Ternary.UNKNOWN if any(isinstance(each, Unknown) for each in tables) else Ternary.NO
        answer = Ternary.NO
        for each in tables:
            answer = answer | same_thing(each, table)
        return answer

    def _read(self, endpoint: Resource) -> _Entry:
        vpc = thing(self._graph, endpoint.get("VpcId"), VPC)
        prefix, region, service = _split(endpoint.get("ServiceName"))
        return _Entry(endpoint, vpc, service, region, prefix)


def _is_service(prefix: str, place: Text, found: str, service: Endpoint, region: Text) -> Ternary:
    if found != service.value:
        return Ternary.UNKNOWN if found in (_FIPS.get(service), f"{service.value}-fips") else Ternary.NO
    answer = same(place, region)
    if isinstance(place, str) and isinstance(region, Symbol):
        answer = Ternary.YES  # a template that names a Region is meant for that Region
    if answer is Ternary.YES and isinstance(place, str):
        wanted = service_name(service, place)
        return Ternary.YES if wanted == f"{prefix}.{place}.{found}" else Ternary.NO
    if answer is Ternary.YES and prefix != "com.amazonaws":
        return Ternary.UNKNOWN  # right in some Regions only
    return answer


def _candidate(entry: _Entry, vpc: Thing, service: Endpoint, region: Text) -> Candidate:
    endpoint = entry.endpoint
    named = (
        Ternary.UNKNOWN
        if entry.service is None
        else _is_service(entry.prefix, entry.region, entry.service, service, region)
    )
    here = same_thing(entry.vpc, vpc)
    gateway, usable = _kind(endpoint, service)
    private = Ternary.NO if gateway else _private_dns(endpoint, service)
    why = ""
    if named is Ternary.UNKNOWN:
        why = f"whether {endpoint.logical_id} serves {service.value} is not known"
    elif here is Ternary.UNKNOWN:
        why = f"whether {endpoint.logical_id} is in the VPC is not known"
    elif usable is Ternary.UNKNOWN:
        why = f"whether {endpoint.logical_id} serves IPv4 in the VPC is not known"
    elif private is Ternary.UNKNOWN:
        why = f"whether names in the VPC lead to {endpoint.logical_id} is not known"
    return Candidate(endpoint, named & here & usable, gateway, private, why)


def _generators(graph: Graph) -> Iterator[str]:
    for template in graph.templates:
        for name in template.generators:
            if _TYPE in json.dumps(template.section("Resources")[name], default=str):
                yield f"{template.name} has {name}, which makes endpoints that are not known"


def _kind(endpoint: Resource, service: Endpoint) -> tuple[bool, Ternary]:
    """Whether an endpoint is a gateway, and whether an endpoint of its kind serves the service."""
    kind = endpoint.get("VpcEndpointType", default=_GATEWAY)
    if kind == _GATEWAY:
        return True, Ternary.YES if service is Endpoint.S3 else Ternary.NO  # the default, whatever the service
    if kind != _INTERFACE:
        return False, Ternary.UNKNOWN
    return False, Ternary.UNKNOWN if endpoint.get("IpAddressType") not in (None, "ipv4", "dualstack") else Ternary.YES


def _private_dns(endpoint: Resource, service: Endpoint) -> Ternary:
    """Whether private DNS is on for calls from the VPC; CloudFormation leaves it off unless asked."""
    enabled = boolean(endpoint.get("PrivateDnsEnabled"), default=False)
    if service is not Endpoint.S3 or enabled is Ternary.NO:
        return enabled
    # Calls to S3 from the VPC may keep to the gateway while the names are there for other networks only.
    inbound = endpoint.get("DnsOptions", "PrivateDnsOnlyForInboundResolverEndpoint")
    return Ternary.NO if inbound == _INBOUND_ONLY else Ternary.UNKNOWN


def _split(name: Any) -> tuple[str, Text, str | None]:  # noqa: ANN401 - any resolved value
    """Cut the name of an endpoint service into prefix, Region and service; no service if it cannot be told."""
    if isinstance(name, str):
        return _split_literal(name)
    if not isinstance(name, Pattern):
        return "", Unknown("no service name"), None
    parts = parts_of(name)
    first, last = parts[0], parts[-1]
    if not isinstance(first, str) or not isinstance(last, str) or not first.endswith(".") or not last.startswith("."):
        return "", Unknown("no service name"), None
    return first.removesuffix("."), text(*parts[1:-1]), last.removeprefix(".")


def _split_literal(name: str) -> tuple[str, Text, str | None]:
    for service in Endpoint:
        for suffix in (service.value, _FIPS.get(service, f"{service.value}-fips")):
            if name.endswith(f".{suffix}"):
                prefix, _, region = name.removesuffix(f".{suffix}").rpartition(".")
                if prefix and _is_region(region):
                    return prefix, region, suffix
    return "", "", name


def _is_region(name: str) -> bool:
    return "-" in name and name[-1:].isdigit()
