"""K02: Service Connect without a way: for the proxy to Amazon ECS, or for clients to a server."""

from collections.abc import Iterator
from typing import ClassVar

from constructs_ecs.preflight.calls import Purpose
from constructs_ecs.preflight.findings import Fault, Finding, Severity, Verdict, Where
from constructs_ecs.preflight.rules.base import Context, Failure
from constructs_ecs.preflight.rules.network_rule import MissingEndpoint, with_group_named
from constructs_ecs.preflight.rules.service_connect import Participant, participants
from constructs_ecs.preflight.topology import NetworkInterface, Peer
from constructs_ecs.preflight.topology.things import key
from constructs_ecs.preflight.values import is_known


class ServiceConnectPaths(MissingEndpoint):
    """The proxy of Service Connect reaches no ecs-agent, or a server's group lets none of its clients in."""

    id = "K02"
    severity = Severity.WARNING
    purposes: ClassVar[frozenset[Purpose]] = frozenset({Purpose.MANAGE_PROXY})
    statement = (
        "A service uses Service Connect in isolated subnets, in a VPC without an endpoint for ecs-agent, which manages "
        "the proxy; or a server's security groups let no other service of the namespace in."
    )
    symptom = "The proxy is unhealthy, or clients get 503 Service Unavailable."
    decided_by = (
        "ServiceConnectConfiguration, the VPC's endpoints and the way out; IngressPortOverride, else ContainerPort, "
        "against the security groups of server and clients. One client that gets in is enough."
    )
    fix = "Add an interface endpoint for ecs-agent with private DNS to {the VPC}."
    source = "ECS developer guide, Service Connect concepts and deployment; Amazon ECS interface VPC endpoints"

    def failures(self, context: Context) -> Iterator[Failure]:
        """Yield what keeps the proxy from Amazon ECS; the task is started all the same."""
        for proof in context.proofs:
            for call in proof.calls:
                links = [link for link in call.evidence if link.verdict is not Verdict.PASS]
                if call.call.purpose in self.purposes and all(link.fault is not None for link in links):
                    yield from (Failure(proof, call, link) for link in links if link.fault in self.faults)

    def check(self, context: Context) -> Iterator[Finding]:
        """Look at the proxies, then at each server with its clients."""
        yield from super().check(context)
        for group in _namespaces(context):
            for server in group:
                clients = [client for client in group if client is not server]
                yield from self._ports(context, server, clients)

    def _ports(self, context: Context, server: Participant, clients: list[Participant]) -> Iterator[Finding]:
        for port in dict.fromkeys(server.ports):
            closed = _closed(context, server, clients, port)
            if closed is not None:
                where = server.site.where
                found = self.finding(
                    closed,
                    f"No other service of the namespace gets in to {where.logical_id} on tcp/{port}.",
                    launch_sites=(where,),
                    symptom="Clients get 503 Service Unavailable.",
                    fix=f"Let tcp/{port} from the clients' security groups into {{the security group}}.",
                )
                yield with_group_named(found, context)


def _namespaces(context: Context) -> Iterator[list[Participant]]:
    """Yield the services of each namespace; those whose namespace is not known are left out."""
    found: dict[tuple[str, object], list[Participant]] = {}
    for participant in participants(context):
        if participant.namespace is None:
            # The default of the cluster.
            found.setdefault(("cluster", _cluster(participant)), []).append(participant)
        elif is_known(participant.namespace):
            found.setdefault(("namespace", str(participant.namespace)), []).append(participant)
    yield from found.values()


def _cluster(participant: Participant) -> object:
    cluster = participant.site.cluster
    return None if cluster is None else key(cluster)


def _closed(context: Context, server: Participant, clients: list[Participant], port: int) -> Where | None:
    """Return the security group that keeps all clients out; None if one gets in, or that is not known."""
    target = server.site.task_interface
    if not isinstance(target, NetworkInterface) or not clients:
        return None
    name = f"the tasks of {server.site.where.logical_id}"
    peer = Peer(name, target.security_groups, port, server.site.where, target.subnets)
    places = [_refusing(context, client, peer) for client in clients]
    return places[0] if all(places) else None


def _refusing(context: Context, client: Participant, peer: Peer) -> Where | None:
    """Return the group of the peer that does not let a client in."""
    interface = client.site.task_interface
    if not isinstance(interface, NetworkInterface):
        return None
    reach = context.topology.reach(interface, peer)
    closed = (link for link in reach.links if link.fault is Fault.INGRESS_CLOSED and link.verdict is Verdict.FAIL)
    return next((link.where[0] for link in closed if link.where), None)
