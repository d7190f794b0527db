"""Endpoints that are there before the app is, as their user names them."""

from collections.abc import Mapping
from dataclasses import dataclass

from aws_cdk import aws_ec2 as ec2
from constructs import IDependable

from constructs_ecs.errors import Code, InvalidValueError
from constructs_ecs.facts.cidrs import check_endpoint_cidr
from constructs_ecs.facts.endpoints import Endpoint
from constructs_ecs.facts.limits import check_kind, shown


@dataclass(frozen=True, kw_only=True)
class ExistingEndpoint:
    """An endpoint that there is, with private DNS, so that AWS's own names lead to it.

    An interface endpoint is named by the security group that it carries, or by the addresses that it has; the S3
    gateway by neither. An interface endpoint for S3 is named as any other.

    Args:
        security_group: what the endpoint carries. Clients are let out to it on 443, and it gets a rule that lets them
            in. Endpoints that share a group are given the same one.
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
        if self.security_group is not None and not hasattr(self.security_group, "security_group_id"):
            raise InvalidValueError(
                Code.SETTING,
                f"security_group is a security group of the CDK; got {shown(self.security_group)}.",
                "Use ec2.SecurityGroup.from_security_group_id(...) for one that is known by its id.",
            )
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


def checked_existing(endpoints: Mapping[Endpoint, ExistingEndpoint]) -> dict[Endpoint, ExistingEndpoint]:
    """Read `existing_endpoints`.

    Raises:
        InvalidValueError: ECS030, it is no mapping of endpoints, or an interface endpoint is named by nothing.
    """
    check_kind(endpoints, Mapping, code=Code.SETTING, name="existing_endpoints")
    for endpoint, existing in endpoints.items():
        check_kind(endpoint, Endpoint, code=Code.SETTING, name="Each key of existing_endpoints")
        check_kind(existing, ExistingEndpoint, code=Code.SETTING, name="Each value of existing_endpoints")
        if existing.is_gateway and endpoint is not Endpoint.S3:
            raise InvalidValueError(
                Code.SETTING,
                f"An interface endpoint is named by its security group or its addresses; {endpoint.name} by neither.",
                "Give security_group, or cidrs for one in another VPC.",
            )
    return dict(endpoints)
