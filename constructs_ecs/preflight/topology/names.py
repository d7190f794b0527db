"""How names are resolved in a VPC, and what may lead a service's name elsewhere."""

import re
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any, Final

from constructs_ecs.facts.endpoints import Endpoint
from constructs_ecs.preflight.findings import Fault, Link, LinkKind, Verdict
from constructs_ecs.preflight.templates.graph import Graph, Resource
from constructs_ecs.preflight.topology.things import VPC, Key, Thing, key, listed, same_thing, thing
from constructs_ecs.preflight.values import Ternary, Unknown, boolean, is_known

_HOSTS: Final = {
    Endpoint.ECS_AGENT: "ecs-a",
    Endpoint.ECS_TELEMETRY: "ecs-t",
    Endpoint.ECR_API: "api.ecr",
    Endpoint.ECR_DOCKER: "dkr.ecr",
}
"""Services whose names in DNS begin otherwise than their endpoint services' names end."""
_AWS_DOMAIN: Final = re.compile(r"(^|\.)(amazonaws\.|api\.aws|on\.aws|\$\{AWS::URLSuffix\})")
_ONLY_AWS: Final = re.compile(
    r"^(ecr\.)?([a-z]{2,4}(-[a-z]+)+-\d\.|\$\{AWS::Region\}\.)?(amazonaws\.|\$\{AWS::URLSuffix\})"
)
_PRIVATE_DOMAINS: Final = (".internal", ".local", ".localdomain", ".lan", ".corp", ".home.arpa")
_OWN_RESOLVER: Final = "AmazonProvidedDNS"


@dataclass(frozen=True)
class Resolver:
    """How a VPC resolves names.

    Args:
        support: whether the VPC's own resolver answers.
        hostnames: whether the VPC gives names to its addresses, which private DNS needs as well.
        why_other: why names may be resolved by something else; empty if they are not.
    """

    support: Ternary
    hostnames: Ternary
    why_other: str = ""


@dataclass(frozen=True)
class Detour:
    """What may lead a service's name to an address of someone's own.

    Args:
        why: what it is.
        sure: whether it is about that name without doubt.
    """

    why: str
    sure: bool


class Names:
    """Name resolution in a graph's VPCs.

    Args:
        graph: the resources.
        trusted: whether VPCs that the templates do not show resolve names as a VPC does unless told otherwise.
    """

    def __init__(self, graph: Graph, *, trusted: bool = False) -> None:
        self._graph, self._trusted = graph, trusted
        self._options: dict[Key | None, Resource] = {
            key(thing(graph, resource.get("VpcId"), VPC)): resource
            for resource in graph.resources("AWS::EC2::VPCDHCPOptionsAssociation")
        }
        self._zones = [
            (thing(graph, vpc.get("VPCId"), VPC) if isinstance(vpc, dict) else _unread(zone), zone)
            for zone in graph.resources("AWS::Route53::HostedZone")
            for vpc in listed(zone.get("VPCs"))
        ]
        self._rules = [
            (thing(graph, resource.get("VPCId"), VPC), resource)
            for resource in graph.resources("AWS::Route53Resolver::ResolverRuleAssociation")
        ]
        self._profiles = [
            (thing(graph, resource.get("ResourceId"), VPC), resource)
            for resource in graph.resources("AWS::Route53Profiles::ProfileAssociation")
        ]

    def resolver(self, vpc: Resource) -> Resolver:
        """Return how a VPC resolves names. CloudFormation turns DNS hostnames off unless they are asked for."""
        return Resolver(
            support=boolean(vpc.get("EnableDnsSupport"), default=True),
            hostnames=boolean(vpc.get("EnableDnsHostnames"), default=False),
            why_other=self._own_servers(vpc),
        )

    def resolved(self, vpc: Thing, *, private: bool) -> tuple[Link, ...]:
        """Whether names are resolved in a VPC. Security groups do not filter its own resolver.

        Args:
            vpc: the VPC.
            private: whether the private names of endpoints are needed.
        """
        if isinstance(vpc, Unknown):
            text = f"Whether private DNS works in the VPC is not known: {vpc.reason}."
            return () if not private or self._trusted else (Link(LinkKind.NAME, Verdict.UNKNOWN, text),)
        resolver, where, name = self.resolver(vpc), (vpc.where,), vpc.logical_id
        if resolver.why_other and not self._trusted:
            text = f"How {name} resolves names is not known: {resolver.why_other}."
            return (Link(LinkKind.NAME, Verdict.UNKNOWN, text, where),)
        answer = resolver.support & resolver.hostnames if private else resolver.support
        if answer is Ternary.YES:
            return (Link(LinkKind.NAME, Verdict.PASS, f"{name} resolves names.", where),)
        if answer is Ternary.UNKNOWN:
            return (Link(LinkKind.NAME, Verdict.UNKNOWN, f"Whether {name} resolves names is not known.", where),)
        off = "EnableDnsSupport" if resolver.support is Ternary.NO else "EnableDnsHostnames"
        text = f"{name} has {off} off" + (", which private DNS needs." if private else ", so it resolves no names.")
        return (Link(LinkKind.NAME, Verdict.FAIL, text, where, Fault.NO_VPC_DNS),)

    def detour(self, vpc: Thing, service: Endpoint) -> Detour | None:
        """Return what may lead a service's name to an address of someone's own."""
        for place, zone in self._zones:
            here, concerned = same_thing(place, vpc), _concerns(zone.get("Name"), service)
            if (here & concerned) is not Ternary.NO:
                sure = (here & concerned) is Ternary.YES
                return Detour(f"the private zone {zone.logical_id} may hold its name", sure)
        for place, association in self._rules:
            if same_thing(place, vpc) is not Ternary.NO and self._rule_concerns(association, service):
                return Detour(f"the resolver rule of {association.logical_id} may answer for its name", sure=False)
        for place, association in self._profiles:
            if same_thing(place, vpc) is not Ternary.NO:
                return Detour(f"the Route 53 profile of {association.logical_id} may answer for its name", sure=False)
        return None

    def detour_of_host(self, vpc: Thing, host: str) -> Detour | None:
        """Return what may lead the name of a host to a private address, which needs no way out."""
        if _is_private(host):
            return Detour(f"{host} may be a private address", sure=False)
        for place, zone in self._zones:
            name = zone.get("Name")
            holds = isinstance(name, str) and f".{host}".endswith(f".{name.rstrip('.')}")
            if same_thing(place, vpc) is not Ternary.NO and (holds or not isinstance(name, str)):
                return Detour(f"the private zone {zone.logical_id} may hold its name", sure=False)
        for place, association in (*self._rules, *self._profiles):
            if same_thing(place, vpc) is not Ternary.NO:
                return Detour(f"{association.logical_id} may answer for its name", sure=False)
        return None

    def _own_servers(self, vpc: Resource) -> str:
        association = self._options.get(key(vpc))
        if association is None:
            return ""
        options = thing(self._graph, association.get("DhcpOptionsId"), "AWS::EC2::DHCPOptions")
        if isinstance(options, Unknown):
            return f"its DHCP options are not known: {options.reason}"
        servers = options.get("DomainNameServers")
        if servers is None or listed(servers) == [_OWN_RESOLVER]:
            return ""
        return f"{options.logical_id} gives it DNS servers of its own"

    def _rule_concerns(self, association: Resource, service: Endpoint) -> bool:
        value = association.get("ResolverRuleId")
        rule = thing(self._graph, value, "AWS::Route53Resolver::ResolverRule")
        return isinstance(rule, Unknown) or _concerns(rule.get("DomainName"), service) is not Ternary.NO


def _is_private(host: str) -> bool:
    """Whether a host's name is no name of the internet, or is not known."""
    name = host.rsplit(":", 1)[0].lower()
    try:
        return not ip_address(name).is_global
    except ValueError:
        return "." not in name or "$" in name or name.startswith("internal-") or name.endswith(_PRIVATE_DOMAINS)


def _unread(zone: Resource) -> Unknown:
    return Unknown(f"a VPC of {zone.where} is not known")


def _concerns(name: Any, service: Endpoint) -> Ternary:  # noqa: ANN401 - any resolved value
    """Whether a zone's name is a service's, a host below it, or a domain around it."""
    if name is None or not is_known(name):
        return Ternary.UNKNOWN
    written = str(name).rstrip(".")
    if not written:
        return Ternary.UNKNOWN  # the root
    if not _AWS_DOMAIN.search(written):
        return Ternary.NO if isinstance(name, str) else Ternary.UNKNOWN
    host = _HOSTS.get(service, service.value)
    concerned = _ONLY_AWS.match(written) is not None or f".{host}." in f".{written}"
    return Ternary.YES if concerned else Ternary.NO
