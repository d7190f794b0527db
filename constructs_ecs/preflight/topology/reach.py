"""Who reaches whom: the answers of the topology."""

from constructs_ecs.facts.endpoints import Endpoint
from constructs_ecs.preflight.findings import Link, LinkKind, Verdict
from constructs_ecs.preflight.templates.graph import Graph, Resource
from constructs_ecs.preflight.topology.assumptions import Assumptions
from constructs_ecs.preflight.topology.endpoints import Candidate
from constructs_ecs.preflight.topology.filters import Client
from constructs_ecs.preflight.topology.interfaces import AwsService, Destination, InternetHost, NetworkInterface, Reach
from constructs_ecs.preflight.topology.paths import Path, Paths
from constructs_ecs.preflight.topology.routes import Route
from constructs_ecs.preflight.topology.things import Thing, key
from constructs_ecs.preflight.values import Ternary, Text, Unknown, boolean

_NO_SUBNET = Unknown("no subnet is stated")
_BAD = (Verdict.FAIL, Verdict.UNKNOWN, Verdict.PASS)


class Topology:
    """The networks of a graph.

    Security groups filter neither the VPC's own resolver nor the metadata addresses of tasks and instances
    (169.254.0.0/16), so nothing here asks for rules about them.

    Args:
        graph: the resources.
        assumptions: what the user says about networks that the templates do not show.
    """

    def __init__(self, graph: Graph, assumptions: Assumptions | None = None) -> None:
        self.graph = graph
        self.assumptions = Assumptions() if assumptions is None else assumptions
        self._paths = Paths(graph, self.assumptions)
        self._cache: dict[tuple[NetworkInterface, Destination], Reach] = {}

    def reach(self, interface: NetworkInterface, destination: Destination) -> Reach:
        """Whether a destination can be reached from each of an interface's subnets; the worst of them decides."""
        if (interface, destination) not in self._cache:
            self._cache[interface, destination] = self._reach(interface, destination)
        return self._cache[interface, destination]

    def vpc(self, subnet: Thing, interface: NetworkInterface | None = None) -> Thing:
        """Return the VPC of a subnet; of a subnet outside of the templates, that of the interface's groups."""
        return self._paths.vpc(subnet, interface)

    def vpcs(self, interface: NetworkInterface) -> tuple[Thing, ...]:
        """Return the VPC of an interface, each one once if its subnets disagree."""
        found = {key(vpc): vpc for vpc in (self.vpc(subnet, interface) for subnet in interface.subnets)}
        return tuple(found.values())

    def table(self, subnet: Thing) -> Thing | None:
        """Return the route table of a subnet; None for the VPC's main one, which has the local route only."""
        return self._paths.routes.table(subnet)

    def route(self, subnet: Thing) -> Route:
        """Return where a subnet's packets to the internet go, over IPv4."""
        return self._paths.routes.default(subnet)

    def way_out(self, subnet: Thing, interface: NetworkInterface) -> Link:
        """Whether an interface in a subnet has a way to the internet, and back."""
        return self._paths.ways.out(subnet, interface)

    def isolated(self, interface: NetworkInterface) -> Ternary:
        """Whether an interface has no way to the internet from some subnet that it may be in."""
        verdicts = {self.way_out(subnet, interface).verdict for subnet in interface.subnets}
        if Verdict.FAIL in verdicts:
            return Ternary.YES
        return Ternary.UNKNOWN if Verdict.UNKNOWN in verdicts or not verdicts else Ternary.NO

    def candidates(self, vpc: Thing, service: Endpoint, region: Text | None = None) -> tuple[Candidate, ...]:
        """Return the endpoints that serve, or may serve, a service in a VPC; the sure ones first.

        Args:
            vpc: the VPC.
            service: the service.
            region: the Region that is called; the VPC's by default.
        """
        if region is None:
            region = (
                Unknown("the Region of a VPC outside")
                if isinstance(vpc, Unknown)
                else self.graph.environment(vpc.template).region
            )
        return self._paths.endpoints.serving(vpc, service, region)

    def usable_endpoint(self, vpc: Thing, service: Endpoint) -> Resource | None:
        """Return the endpoint that a service's name is sure to lead to in a VPC; of S3, a gateway."""
        return next(
            (
                each.endpoint
                for each in self.candidates(vpc, service)
                if each.serves is Ternary.YES and (each.gateway or each.private_dns is Ternary.YES)
            ),
            None,
        )

    def _reach(self, interface: NetworkInterface, destination: Destination) -> Reach:
        subnets = interface.subnets or (_NO_SUBNET,)
        paths = [(subnet, self._from(subnet, interface, destination)) for subnet in subnets]
        endpoints = tuple(dict.fromkeys(path.endpoint for _, path in paths if path.endpoint is not None))
        subnet, worst = min(paths, key=lambda found: _BAD.index(found[1].verdict))
        return Reach(worst.links, subnet, worst.endpoint, endpoints)

    def _from(self, subnet: Thing, interface: NetworkInterface, destination: Destination) -> Path:
        if not isinstance(subnet, Unknown) and boolean(subnet.get("Ipv6Native"), default=False) is not Ternary.NO:
            text = f"Whether IPv6 will do is not known: {subnet.logical_id} has no IPv4."
            return Path((Link(LinkKind.ROUTE, Verdict.UNKNOWN, text, (subnet.where,)),))
        vpc = self._paths.vpc(subnet, interface)
        outside = Unknown(f"the default group of a VPC: {vpc.reason}") if isinstance(vpc, Unknown) else vpc
        client = Client(subnet, vpc, interface.security_groups or (outside,))
        if isinstance(destination, AwsService):
            return self._paths.service(client, interface, destination)
        if isinstance(destination, InternetHost):
            return self._paths.host(client, interface, destination)
        return self._paths.peer(client, destination)
