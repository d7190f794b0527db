"""What is known at synth about a load balancer, the network that it is in, and the services behind it."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_ec2 as ec2

from constructs_ecs.errors import Code, ConflictError, InvalidValueError
from constructs_ecs.facts.cdk_types import CdkType, check_cdk
from constructs_ecs.facts.cidrs import check_ingress_cidr, prefix_length
from constructs_ecs.facts.limits import check_kind, is_token, shown
from constructs_ecs.facts.load_balancing import SMALLEST_SUBNET_PREFIX, TARGET_GROUPS_PER_SERVICE
from constructs_ecs.network import Network, PrivateNetwork
from constructs_ecs.network.base import check_network
from constructs_ecs.network.existing_subnets import zone_of
from constructs_ecs.network.identity import identities
from constructs_ecs.network.security_groups import check_peer, internet_block
from constructs_ecs.services import Service
from constructs_ecs.tasks import Container

_FEWEST_ZONES: Final = 2


def check_protocol(
    certificate: acm.ICertificate | Sequence[acm.ICertificate] | None, *, plain_http: bool
) -> tuple[acm.ICertificate, ...]:
    """Check that clients are served over HTTPS or over plain HTTP, and return the certificates.

    Raises:
        InvalidValueError: ECS030, `plain_http` is no bool, or a certificate is not the CDK's.
        ConflictError: ECS050, they are served over neither, or both.
    """
    check_kind(plain_http, bool, code=Code.SETTING, name="plain_http")
    certificates = () if certificate is None else _listed(certificate)
    for each in certificates:
        check_cdk(each, CdkType.CERTIFICATE, name="certificate")
    if bool(certificates) is plain_http:
        given = "both" if plain_http else "neither"
        raise ConflictError(
            Code.LOAD_BALANCER_CHOICE,
            f"A load balancer serves HTTPS with a certificate, or plain HTTP; got {given}.",
            "Give certificate=, or plain_http=True for traffic that may be read inside the network.",
        )
    return certificates


def check_peers(peers: Iterable[ec2.IConnectable | str]) -> tuple[ec2.IConnectable | str, ...]:
    """Check who may connect, before anything is made.

    Raises:
        InvalidValueError: ECS030, there is no list, or something in it is no peer; ECS017, a block is malformed.
        UnsafeError: ECS081, a peer is every address.
    """
    if isinstance(peers, str) or not isinstance(peers, Iterable):
        raise InvalidValueError(
            Code.SETTING, f"allow_from is a list of peers; got {shown(peers)}.", "Write it like ['10.1.0.0/16']."
        )
    given = tuple(peers)
    for peer in given:
        check_ingress_peer(peer)
    return given


def check_ingress_peer(peer: ec2.IConnectable | str) -> None:
    """Check who may connect.

    Raises:
        InvalidValueError: ECS030, no peer, or one that does not tell whom it means; ECS017, the block is malformed.
        UnsafeError: ECS081, it is every address, or too many, also as the CDK's ``ec2.Peer``.
    """
    if isinstance(peer, str):
        check_ingress_cidr(peer)
        return
    check_peer(peer)
    everyone = internet_block(peer)
    if everyone is not None:
        check_ingress_cidr(everyone)


def zonal_subnets(network: Network) -> list[ec2.ISubnet]:
    """Return where a load balancer is: one task subnet of each Availability Zone, as it takes no second one.

    Source: user guide, "Availability Zones and subnets for your Application Load Balancer".

    Raises:
        InvalidValueError: ECS030, there is no network.
        ConflictError: ECS050, its task subnets are known to be in one Availability Zone, or one of them is known to be
            too small.
    """
    check_network(network)
    subnets = network.selected_task_subnets()
    zones = _zones(network, subnets)
    first_of_each = [subnet for index, subnet in enumerate(subnets) if zones.index(zones[index]) == index]
    if len(first_of_each) < _FEWEST_ZONES:
        raise ConflictError(
            Code.LOAD_BALANCER_CHOICE,
            f"A load balancer is in {_FEWEST_ZONES} Availability Zones or more; the task subnets of "
            f"{network.node.path} are in one.",
            "Use a network of two zones (max_azs=2).",
        )
    for subnet in first_of_each:
        _check_size(subnet)
    return first_of_each


def check_same_vpc(network: Network, service: Service) -> None:
    """Check that a service is where its load balancer is, as far as it is known.

    Raises:
        ConflictError: ECS050, they are known to be in two VPCs.
    """
    other = service.cluster.network
    ids = (network.vpc.vpc_id, other.vpc.vpc_id)
    made_here = isinstance(network, PrivateNetwork) and isinstance(other, PrivateNetwork)
    literal = not any(map(is_token, ids)) and ids[0] != ids[1]
    if network is not other and (made_here or literal):
        raise ConflictError(
            Code.LOAD_BALANCER_CHOICE,
            f"A load balancer and what is behind it are in one VPC; {service.node.path} is in {other.node.path}, the "
            f"load balancer in {network.node.path}.",
            "Add the service to a load balancer of its own network.",
        )


def check_room(service: Service, target_id: str) -> None:
    """Check that a service can have one more target.

    Raises:
        InvalidValueError: ECS030, the id is no text that is known at synth.
        ConflictError: ECS050, the service has as many targets as ECS takes, or something of that id.
    """
    if not isinstance(target_id, str) or not target_id or is_token(target_id):
        raise InvalidValueError(
            Code.SETTING,
            f"target_id is the id of a construct, known at synth; got {shown(target_id)}.",
            "Write it like 'Admin'.",
        )
    if service.node.try_find_child(target_id) is not None:
        raise ConflictError(
            Code.LOAD_BALANCER_CHOICE,
            f"{service.node.path} has a {target_id} already.",
            "Give the second target a target_id of its own.",
        )
    if len(service.load_balancer_targets) >= TARGET_GROUPS_PER_SERVICE:
        raise ConflictError(
            Code.LOAD_BALANCER_CHOICE,
            f"A service has at most {TARGET_GROUPS_PER_SERVICE} targets on load balancers; {service.node.path} has.",
            "Put several hosts or paths into one target.",
        )


def served_container(service: Service, name: str | None) -> Container:
    """Return the container that gets requests: the named one, or the first with a port.

    Raises:
        InvalidValueError: ECS016, there is none with a port; ECS022, there is none of that name.
    """
    containers = service.task.containers
    if name is not None:
        containers = tuple(container for container in containers if container.name == name)
        if not containers:
            raise InvalidValueError(
                Code.CONTAINER_NAME,
                f"A container is named as in its task; {service.node.path} has none named {shown(name)}.",
                f"Use one of {', '.join(each.name for each in service.task.containers)}.",
            )
    for container in containers:
        if container.port is not None:
            return container
    raise InvalidValueError(
        Code.PORT,
        f"A load balancer sends requests to the port of a container; {service.node.path} has none.",
        "Give the container a port.",
    )


def _listed(certificate: Any) -> tuple[acm.ICertificate, ...]:  # noqa: ANN401 - what text would be is told later
    """Return one certificate, or several, as a tuple; a text is one of what it should not be."""
    several = isinstance(certificate, Sequence) and not isinstance(certificate, str)
    return tuple(certificate) if several else (certificate,)


def _check_size(subnet: ec2.ISubnet) -> None:
    try:
        block = subnet.ipv4_cidr_block
    except RuntimeError:  # how a missing value arrives from the CDK
        return
    prefix = prefix_length(block)
    if prefix is not None and prefix > SMALLEST_SUBNET_PREFIX:
        raise ConflictError(
            Code.LOAD_BALANCER_CHOICE,
            f"A load balancer takes subnets of /{SMALLEST_SUBNET_PREFIX} or larger, with eight addresses free; "
            f"{subnet.node.path} is {block}.",
            "Use a network of larger task subnets: each is a sixteenth of a PrivateNetwork's cidr.",
        )


def _zones(network: Network, subnets: Sequence[ec2.ISubnet]) -> list[str]:
    """Tell the zones of subnets apart; subnets of which they are not known are taken to be in one each."""
    known = [zone_of(subnet) for subnet in subnets]
    zones = [zone for zone in known if zone is not None]
    return identities(network, zones) if len(zones) == len(known) else [subnet.node.path for subnet in subnets]
