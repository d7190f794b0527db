"""Who calls from where, and what is called: the questions that the topology answers."""

from dataclasses import dataclass
from typing import Final

from constructs_ecs.facts.endpoints import HTTPS_PORT, Endpoint
from constructs_ecs.preflight.findings import Link, Verdict, Where
from constructs_ecs.preflight.templates.graph import Resource
from constructs_ecs.preflight.topology.things import Thing
from constructs_ecs.preflight.values import Ternary, Text


@dataclass(frozen=True)
class NetworkInterface:
    """The network interface that a call leaves by, in whichever of its subnets it is placed.

    What is not in the templates is an :class:`Unknown` as :func:`~constructs_ecs.preflight.topology.things.thing`
    makes it.

    Args:
        subnets: where it may be placed.
        security_groups: those that it carries; a VPC stands for its default group, and so does an empty list.
        public_ip: whether it has a public IPv4 address.
        where: the resource and property that state this.
    """

    subnets: tuple[Thing, ...]
    security_groups: tuple[Thing, ...]
    public_ip: Ternary
    where: Where


@dataclass(frozen=True)
class AwsService:
    """An AWS service by its public name, on port 443.

    Args:
        endpoint: the service.
        region: the Region that is called; the VPC's by default.
    """

    endpoint: Endpoint
    region: Text | None = None


@dataclass(frozen=True)
class InternetHost:
    """A host that no VPC endpoint serves.

    Args:
        host: its name.
        port: the TCP port.
    """

    host: str
    port: int = HTTPS_PORT


@dataclass(frozen=True)
class Peer:
    """A network interface in the same VPC, such as a mount target's.

    Args:
        name: what to call it.
        security_groups: those that it carries; a VPC stands for its default group, and so does an empty list.
        port: the TCP port.
        where: the resource that it belongs to.
        subnets: where it is, if that is known.
    """

    name: str
    security_groups: tuple[Thing, ...]
    port: int
    where: Where
    subnets: tuple[Thing, ...] = ()


Destination = AwsService | InternetHost | Peer

_WORST: Final = (Verdict.FAIL, Verdict.UNKNOWN)


@dataclass(frozen=True)
class Reach:
    """Whether a destination can be reached, and why.

    Args:
        links: the chain from the subnet that decides: the worst of the interface's.
        subnet: that subnet; None for an interface without subnets.
        endpoint: the VPC endpoint that the chain passes, if it is sure to.
        endpoints: those that the chains from all subnets are sure to pass.
    """

    links: tuple[Link, ...]
    subnet: Thing | None = None
    endpoint: Resource | None = None
    endpoints: tuple[Resource, ...] = ()

    @property
    def verdict(self) -> Verdict:
        """PASS if every link holds."""
        return worst(self.links)


def worst(links: tuple[Link, ...]) -> Verdict:
    """The verdict on a chain."""
    found = {link.verdict for link in links}
    return next((verdict for verdict in _WORST if verdict in found), Verdict.PASS)
