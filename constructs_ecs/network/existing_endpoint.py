"""Endpoints that are there before the app is, as their user names them."""

from collections.abc import Mapping
from dataclasses import dataclass

from aws_cdk import aws_ec2 as ec2
from constructs import IDependable

from constructs_ecs.errors import Code, InvalidValueError
from constructs_ecs.facts.cdk_types import CdkType, check_cdk
from constructs_ecs.facts.cidrs import check_endpoint_cidr
from constructs_ecs.facts.endpoints import Endpoint
from constructs_ecs.facts.limits import check_kind, shown
from constructs_ecs.network.security_groups import is_immutable


@dataclass(frozen=True, kw_only=True)
class ExistingEndpoint:
    """An endpoint that there is, with private DNS, so that AWS's own names lead to it.

    An interface endpoint is named by the security group that it carries, or by the addresses that it has; the S3
    gateway by neither. An interface endpoint for S3 is named as any other.

    Args:
        security_group: what the endpoint carries. Clients are let out to it on 443, and it gets a rule that lets them
            in. Endpoints that share a group are given the same one. One that is imported with ``mutable=False`` gets no
            rule, so it is taken with `admits_clients` alone.
        cidrs: where the endpoint is, if that is another VPC behind a Transit Gateway or a peering, or if its group is
            not known: the blocks of its subnets. Clients are let out to these on 443; that they are let in there is for
            the endpoint's owner.
        admits_clients: whether the group lets the clients in already, such as all of the VPC, and is not to be touched.
        wait_for: the endpoint's construct, if the same app makes it: workloads are deployed after it.

    Raises:
        InvalidValueError: ECS017, one of `cidrs` is no block or every address; ECS030, both or an argument of another
            type are given, or `admits_clients` of no group.
    """

    security_group: ec2.ISecurityGroup | None = None
    cidrs: tuple[str, ...] = ()
    admits_clients: bool = False
    wait_for: IDependable | None = None

    def __post_init__(self) -> None:
        check_kind(self.cidrs, tuple, code=Code.SETTING, name="cidrs")
        check_kind(self.admits_clients, bool, code=Code.SETTING, name="admits_clients")
        for cidr in self.cidrs:
            check_endpoint_cidr(cidr)
        check_cdk(self.security_group, CdkType.SECURITY_GROUP, name="security_group", optional=True)
        _check_wait_for(self.wait_for)
        if self.security_group is not None and self.cidrs:
            raise InvalidValueError(
                Code.SETTING,
                "An endpoint is named by its security group or by its addresses; got both.",
                "Leave out cidrs: the group leads to all of its addresses.",
            )
        if self.admits_clients and self.security_group is None:
            raise InvalidValueError(
                Code.SETTING,
                "admits_clients is about the rules of a security group; got none.",
                "Name the group as well, or leave it out: nothing but a group is touched.",
            )

    @property
    def is_gateway(self) -> bool:
        """Whether it is named as the S3 gateway is: by a route, not by an address."""
        return self.security_group is None and not self.cidrs


def _check_wait_for(wait_for: object) -> None:
    # What can be depended on has nothing in common but that the CDK made it, or takes it.
    if wait_for is not None and not any(hasattr(wait_for, each) for each in ("__jsii_ref__", "__jsii_ifaces__")):
        raise InvalidValueError(
            Code.SETTING,
            f"wait_for is a construct, or a group of them (DependencyGroup); got {shown(wait_for)}.",
            "Give the endpoint's construct, or leave it out if another app makes the endpoint.",
        )


def checked_existing(endpoints: Mapping[Endpoint, ExistingEndpoint]) -> dict[Endpoint, ExistingEndpoint]:
    """Read `existing_endpoints`.

    Raises:
        InvalidValueError: ECS030, it is no mapping of endpoints, an interface endpoint is named by nothing, or its
            group is to let the clients in and cannot be changed.
    """
    check_kind(endpoints, Mapping, code=Code.SETTING, name="existing_endpoints")
    immutable: dict[str, bool] = {}
    for endpoint, existing in endpoints.items():
        check_kind(endpoint, Endpoint, code=Code.SETTING, name="Each key of existing_endpoints")
        check_kind(existing, ExistingEndpoint, code=Code.SETTING, name="Each value of existing_endpoints")
        if existing.is_gateway and endpoint is not Endpoint.S3:
            raise InvalidValueError(
                Code.SETTING,
                f"An interface endpoint is named by its security group or its addresses; {endpoint.name} by neither.",
                "Give security_group, or cidrs for one in another VPC.",
            )
        group = existing.security_group
        if group is None or existing.admits_clients:
            continue
        path = group.node.path
        if path not in immutable:
            immutable[path] = is_immutable(group)
        if immutable[path]:
            raise InvalidValueError(
                Code.SETTING,
                f"The security group of an endpoint gets a rule that lets the clients in; {path}, that of "
                f"{endpoint.name}, is imported as one that is not changed.",
                "Say admits_clients=True if it lets them in already, or import it without mutable=False.",
            )
    return dict(endpoints)
