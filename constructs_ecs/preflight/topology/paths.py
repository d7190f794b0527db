"""The path from one subnet to one destination, as links of a proof."""

from dataclasses import dataclass
from typing import Final

from constructs_ecs.facts.endpoints import HTTPS_PORT, Endpoint
from constructs_ecs.preflight.findings import Fault, Link, LinkKind, Verdict
from constructs_ecs.preflight.templates.graph import Graph, Resource
from constructs_ecs.preflight.topology import explanations
from constructs_ecs.preflight.topology.assumptions import Assumptions
from constructs_ecs.preflight.topology.endpoints import Candidate, Endpoints
from constructs_ecs.preflight.topology.filters import Client, Filters, doubtful
from constructs_ecs.preflight.topology.interfaces import AwsService, InternetHost, NetworkInterface, Peer, worst
from constructs_ecs.preflight.topology.names import Names
from constructs_ecs.preflight.topology.private_ways import PrivateWay, PrivateWays
from constructs_ecs.preflight.topology.routes import Routes
from constructs_ecs.preflight.topology.security_groups import Party
from constructs_ecs.preflight.topology.things import (
    SUBNET,
    VPC,
    Thing,
    called,
    listed,
    same_thing,
    security_group,
    thing,
)
from constructs_ecs.preflight.topology.ways import Target, Ways
from constructs_ecs.preflight.values import Ternary, Text, Unknown, same

_ENDPOINT: Final = LinkKind.ENDPOINT


@dataclass(frozen=True)
class Path:
    """A path from one subnet.

    Args:
        links: the chain.
        endpoint: the VPC endpoint that it is sure to pass.
    """

    links: tuple[Link, ...]
    endpoint: Resource | None = None

    @property
    def verdict(self) -> Verdict:
        """The verdict on the chain."""
        return worst(self.links)


@dataclass(frozen=True)
class _Call:
    """One call to an AWS service from one subnet."""

    client: Client
    interface: NetworkInterface
    service: Endpoint
    region: Text
    foreign: Ternary

    @property
    def public(self) -> Target:
        """The service by its public addresses."""
        if self.service is not Endpoint.S3:
            return Target(self.service.value, HTTPS_PORT)
        return Target("Amazon S3", HTTPS_PORT, Party(s3_region=self.region), Fault.PREFIX_LIST_CLOSED)


class Paths:
    """The paths of a graph.

    Args:
        graph: the resources.
        assumptions: what the user says about networks outside.
    """

    def __init__(self, graph: Graph, assumptions: Assumptions) -> None:
        self._graph, self._assumed = graph, assumptions
        self.routes, self.endpoints = Routes(graph), Endpoints(graph)
        self.names = Names(graph, trusted=assumptions.regular_vpcs)
        self.filters = Filters(graph, open_outside=assumptions.regular_vpcs)
        self.ways = Ways(self.routes, self.filters, assumptions.egress)
        self._private = PrivateWays(graph, self.routes, self.filters)

    def vpc(self, subnet: Thing, interface: NetworkInterface | None = None) -> Thing:
        """Return the VPC of a subnet; of a subnet outside, that of the interface's security groups."""
        if not isinstance(subnet, Unknown):
            return thing(self._graph, subnet.get("VpcId"), VPC)
        for group in () if interface is None else interface.security_groups:
            if not isinstance(group, Unknown):
                return group if group.type == VPC else thing(self._graph, group.get("VpcId"), VPC)
        return Unknown(f"the VPC of a subnet is not known: {subnet.reason}")

    def region(self, vpc: Thing, interface: NetworkInterface) -> Text:
        """Return the Region that a VPC is in."""
        template = interface.where.template if isinstance(vpc, Unknown) else vpc.template
        return self._graph.environment(template).region

    # -- destinations ----------------------------------------------------------------------------------------------

    def host(self, client: Client, interface: NetworkInterface, host: InternetHost) -> Path:
        """The path to a host that no endpoint serves."""
        links = self.ways.to(client, interface, Target(host.host, host.port))
        way = links[0].verdict
        fault = Fault.UNSERVED_HOST if way is Verdict.FAIL else None
        served = Link(_ENDPOINT, way, f"No VPC endpoint serves {host.host}.", (interface.where,), fault)
        chain = (*self.names.resolved(client.vpc, private=False), served, *links)
        detour = None if worst(chain) is Verdict.PASS else self.names.detour_of_host(client.vpc, host.host)
        if detour is None:
            return Path(chain)
        text = f"Where {host.host} leads is not known: {detour.why}."
        return _unknown(Link(LinkKind.NAME, Verdict.UNKNOWN, text), chain)

    def peer(self, client: Client, peer: Peer) -> Path:
        """The path to another network interface of the VPC."""
        groups = peer.security_groups or _default_group(client.vpc)
        places = [place for place in peer.subnets if not isinstance(place, Unknown)]
        foreign = [place for place in places if same_thing(self.vpc(place), client.vpc) is not Ternary.YES]
        local = _local(client.vpc, peer.name)
        if foreign:
            text = f"Whether {peer.name}'s subnet {foreign[0].logical_id} is in the VPC of the caller is not known."
            local = Link(LinkKind.ROUTE, Verdict.UNKNOWN, text, (foreign[0].where, peer.where))
        links = (*self.names.resolved(client.vpc, private=False), local)
        party = Party(groups, self.filters.blocks.of_subnets(peer.subnets or (Unknown("no subnet is stated"),)))
        links += (
            self.filters.egress(client, party, peer.port, peer.name, Fault.EGRESS_CLOSED),
            self.filters.ingress(client, groups, peer.port, peer.name),
        )
        if peer.subnets:
            links += (self.filters.acls_between(client.subnet, peer.subnets, peer.port, peer.name),)
        return Path(links)

    def service(self, client: Client, interface: NetworkInterface, service: AwsService) -> Path:
        """The path to an AWS service: a VPC endpoint that its name or its addresses lead to, else the way out."""
        here = self.region(client.vpc, interface)
        region = here if service.region is None else service.region
        call = _Call(client, interface, service.endpoint, region, ~same(region, here))
        candidates = self.endpoints.serving(client.vpc, service.endpoint, region)
        if service.endpoint is Endpoint.S3:
            return self._s3(call, candidates)
        named = [each for each in candidates if not each.gateway and each.private_dns is not Ternary.NO]
        sure = next((each for each in named if (each.serves & each.private_dns) is Ternary.YES), None)
        if sure is not None:
            return self._through_interface(call, sure)
        return self._without_endpoint(call, candidates, [self._through_interface(call, each) for each in named], named)

    # -- through an endpoint ---------------------------------------------------------------------------------------

    def _through_interface(self, call: _Call, candidate: Candidate) -> Path:
        """Through an interface endpoint that the service's name leads to, whatever other way there may be."""
        endpoint, client = candidate.endpoint, call.client
        groups = self._groups_of(endpoint, client.vpc)
        values = endpoint.get("SubnetIds")
        places = tuple(thing(self._graph, value, SUBNET) for value in listed(values))
        name = endpoint.logical_id
        found = f"{call.service.value} leads to {name}, by private DNS."
        local = _local(client.vpc, name)
        if not places:
            text = f"{name} states no subnets, so where it is is not known."
            local = Link(LinkKind.ROUTE, Verdict.UNKNOWN, text, (endpoint.where,))
        links = (
            *self.names.resolved(client.vpc, private=True),
            Link(_ENDPOINT, Verdict.PASS, found, (endpoint.where,)),
            local,
        )
        party = Party(groups, self.filters.blocks.of_subnets(places or (Unknown("no subnet is stated"),)))
        links += (
            self.filters.egress(client, party, HTTPS_PORT, name, Fault.EGRESS_CLOSED),
            self.filters.ingress(client, groups, HTTPS_PORT, name),
        )
        if places:
            links += (self.filters.acls_between(client.subnet, places, HTTPS_PORT, name),)
        return Path(links, endpoint)

    def _groups_of(self, endpoint: Resource, vpc: Thing) -> tuple[Thing, ...]:
        values = listed(endpoint.get("SecurityGroupIds"))
        return tuple(security_group(self._graph, value) for value in values) or _default_group(vpc)

    def _s3(self, call: _Call, candidates: tuple[Candidate, ...]) -> Path:
        """Through a gateway whose route is in the subnet's table, which goes before the default route."""
        table = self.routes.table(call.client.subnet)
        gateways = [each for each in candidates if each.gateway]
        routed = [(each, each.serves & self.endpoints.on_table(each.endpoint, table)) for each in gateways]
        sure = next((each for each, answer in routed if answer is Ternary.YES), None)
        named = [each for each in candidates if not each.gateway and each.private_dns is not Ternary.NO]
        others = [self._through_interface(call, each) for each in named]
        if sure is None:
            maybe = [each for each, answer in routed if answer is Ternary.UNKNOWN]
            others += [self._through_gateway(call, each) for each in maybe]
            return self._without_endpoint(call, candidates, others, [*named, *maybe])
        path = self._through_gateway(call, sure)
        if not others or all(other.verdict is Verdict.PASS for other in (path, *others)):
            return path
        return _unknown(_not_known(named[0], call.service), path.links)

    def _through_gateway(self, call: _Call, candidate: Candidate) -> Path:
        endpoint, subnet = candidate.endpoint, call.client.subnet
        name = endpoint.logical_id
        table = self.routes.table(subnet)
        way = f"The route table {called(table, 'of the subnet')} has the route of {name}."
        where = () if table is None or isinstance(table, Unknown) else (table.where,)
        links = (
            *self.names.resolved(call.client.vpc, private=False),
            Link(_ENDPOINT, Verdict.PASS, f"s3's addresses lead to the gateway {name}.", (endpoint.where,)),
            Link(LinkKind.ROUTE, Verdict.PASS, way, where),
            self.filters.egress(call.client, call.public.party, HTTPS_PORT, "Amazon S3", call.public.fault),
            self.filters.acls_to_internet(subnet, HTTPS_PORT, "Amazon S3"),
        )
        return Path(links, endpoint)

    # -- without one -----------------------------------------------------------------------------------------------

    def _without_endpoint(
        self, call: _Call, candidates: tuple[Candidate, ...], maybe: list[Path], doubted: list[Candidate]
    ) -> Path:
        """By the public addresses, or by an endpoint of which it is not known whether it is used."""
        private = self._private_way(call, candidates)
        if self._is_assumed(call, private):
            return self._assumed_endpoint(call, private)
        internet = self.ways.to(call.client, call.interface, call.public)
        name = self.names.resolved(call.client.vpc, private=False)
        missing = self._missing(call, candidates, internet[0].verdict)
        public = (*name, missing, *internet)
        if maybe:
            if all(path.verdict is Verdict.PASS for path in maybe) and worst(public) is Verdict.PASS:
                return Path(public)
            return _unknown(_not_known(doubted[0], call.service), public)
        why = self._doubt(call, worst(public), private)
        return _unknown(Link(_ENDPOINT, Verdict.UNKNOWN, why), public) if why else Path(public)

    def _private_way(self, call: _Call, candidates: tuple[Candidate, ...]) -> PrivateWay | None:
        """The way to private addresses where an endpoint may be, if the VPC has none and resolves names."""
        here = any(each.serves is Ternary.YES for each in candidates)
        names = worst(self.names.resolved(call.client.vpc, private=False))
        return None if here or names is Verdict.FAIL else self._private.of(call.client)

    def _doubt(self, call: _Call, verdict: Verdict, private: PrivateWay | None) -> str:
        """Why there may be an endpoint, or another address for the name, that the templates do not show."""
        if self._assumed.endpoints is not None:
            return ""
        detour = self.names.detour(call.client.vpc, call.service)
        if detour is not None and (detour.sure or verdict is not Verdict.PASS):
            return f"Where {call.service.value} leads is not known: {detour.why}."
        if isinstance(call.client.vpc, Unknown) and verdict is not Verdict.PASS:
            return (
                f"The VPC's endpoints are not known, {call.service.value} may be among them: {call.client.vpc.reason}."
            )
        if self.endpoints.generated and verdict is not Verdict.PASS:
            return f"The VPC may have an endpoint for {call.service.value}: {self.endpoints.generated}."
        shut = private is not None and private.is_default and self._assumed.egress == "none"
        if private is not None and not shut and verdict is not Verdict.PASS:
            return f"Where {call.service.value} leads is not known: {private.doubt}."
        return ""

    def _missing(self, call: _Call, candidates: tuple[Candidate, ...], way: Verdict) -> Link:
        """Say that no endpoint is used: a fault if there is no way out either."""
        vpc, service = call.client.vpc, call.service.value
        unused = next((each for each in candidates if each.serves is Ternary.YES), None)
        if unused is None:
            where = () if isinstance(vpc, Unknown) else (vpc.where,)
            text, fault = f"{called(vpc, 'The VPC')} has no endpoint for {service}", Fault.NO_ENDPOINT
        elif unused.gateway:
            where, fault = (unused.endpoint.where,), Fault.NO_GATEWAY_ROUTE
            table = called(self.routes.table(call.client.subnet), "the main route table")
            text = f"{unused.endpoint.logical_id} has no route in {table}"
        else:
            where, fault = (unused.endpoint.where,), Fault.NO_PRIVATE_DNS
            text = f"{unused.endpoint.logical_id} has no private DNS, so {service} does not lead to it"
        if way is Verdict.PASS:
            return Link(_ENDPOINT, way, f"{text}: its public addresses are called.", where)
        if way is Verdict.UNKNOWN:
            return Link(_ENDPOINT, way, f"{text}.", where)
        code = explanations.NO_ROUTE if fault is Fault.NO_GATEWAY_ROUTE else None
        return Link(_ENDPOINT, way, f"{text}.", where, fault, code)

    # -- assumed -----------------------------------------------------------------------------------------------------

    def _is_assumed(self, call: _Call, private: PrivateWay | None) -> bool:
        """Whether the user says that the VPC has a usable endpoint, or one elsewhere."""
        if call.service not in (self._assumed.endpoints or ()) or call.foreign is not Ternary.NO:
            return False
        if isinstance(call.client.vpc, Unknown) or private is not None:
            return True
        return self.names.detour(call.client.vpc, call.service) is not None

    def _assumed_endpoint(self, call: _Call, private: PrivateWay | None) -> Path:
        service = call.service.value
        if private is not None:
            return Path(self._private.assumed(call.client, private, service))
        text = f"It is assumed that the VPC has a usable endpoint for {service}."
        outside = Party((Unknown("the endpoint's group"),), (self.filters.blocks.of_subnet(call.client.subnet),))
        party = call.public.party if call.service is Endpoint.S3 else outside
        return Path(
            (
                Link(_ENDPOINT, Verdict.PASS, text),
                self.filters.egress(call.client, party, HTTPS_PORT, f"the endpoint for {service}", call.public.fault),
            )
        )


def _local(vpc: Thing, target: str) -> Link:
    where = () if isinstance(vpc, Unknown) else (vpc.where,)
    return Link(LinkKind.ROUTE, Verdict.PASS, f"The VPC's local route leads to {target}.", where)


def _default_group(vpc: Thing) -> tuple[Thing, ...]:
    """A VPC stands for its default group."""
    return (Unknown(f"the default group of a VPC: {vpc.reason}") if isinstance(vpc, Unknown) else vpc,)


def _not_known(candidate: Candidate, service: Endpoint) -> Link:
    name = candidate.endpoint.logical_id
    why = candidate.why or f"whether {name}'s routes are the subnet's is not known"
    text = f"Whether {service.value} is reached through {name} is not known: {why}."
    return Link(_ENDPOINT, Verdict.UNKNOWN, text, (candidate.endpoint.where,))


def _unknown(reason: Link, links: tuple[Link, ...]) -> Path:
    """A path of which it is not known whether it is taken: what breaks it proves nothing."""
    kept = tuple(doubtful(link) if link.verdict is Verdict.FAIL else link for link in links)
    return Path((reason, *kept))
