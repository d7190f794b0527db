"""The rules that lead to endpoints that are there already."""

from collections.abc import Mapping
from ipaddress import ip_network

from aws_cdk import aws_ec2 as ec2
from constructs import Construct, DependencyGroup

from constructs_ecs.errors import Code, InvalidValueError
from constructs_ecs.facts.endpoints import HTTPS_PORT, Endpoint
from constructs_ecs.facts.limits import contains_token, shown
from constructs_ecs.network.existing_endpoint import ExistingEndpoint
from constructs_ecs.network.identity import identities, place, spelled


class ExistingRules:
    """The rules between clients and the endpoints that there are, made as each is needed.

    EC2 takes a rule once, so endpoints that share a group or a block share the rule. Its id is made of what it leads
    to, and so stays the same whichever endpoint is named or needed first: a rule that got another id would be made
    before the old one is removed, and refused. A group that is given as several constructs goes by that of the first
    named endpoint, in the enum's order.

    Args:
        scope: the network, which holds the rules, also those of groups of others.
        clients: the group that the clients carry.
        endpoints: all that are named.
        ready: gets each rule.

    Raises:
        InvalidValueError: ECS030, of one group it is said that it admits the clients, and that it does not.
    """

    def __init__(
        self,
        scope: Construct,
        *,
        clients: ec2.ISecurityGroup,
        endpoints: Mapping[Endpoint, ExistingEndpoint],
        ready: DependencyGroup,
    ) -> None:
        self._scope, self._clients, self._ready = scope, clients, ready
        self._endpoints = endpoints
        self._groups = _identities_of_groups(scope, endpoints)
        self._joined_groups: set[str] = set()
        self._ids_of_blocks: dict[str, str] = {}

    def join(self, endpoint: Endpoint) -> None:
        """Let clients out to an endpoint, and into it.

        Raises:
            InvalidValueError: ECS017, two of its blocks are tokens that cannot be told apart.
        """
        existing = self._endpoints[endpoint]
        if existing.security_group is not None and self._groups[endpoint] not in self._joined_groups:
            self._joined_groups.add(self._groups[endpoint])
            self._join_group(self._first_named(self._groups[endpoint]), admits=existing.admits_clients)
        for cidr in existing.cidrs:
            self._let_out(cidr if contains_token(cidr) else str(ip_network(cidr)))

    def _first_named(self, identity: str) -> ec2.ISecurityGroup:
        first = next(each for each in Endpoint if self._groups.get(each) == identity)
        group = self._endpoints[first].security_group
        assert group is not None  # noqa: S101 - tells mypy what has an identity
        return group

    def _join_group(self, group: ec2.ISecurityGroup, *, admits: bool) -> None:
        name, group_id = place(self._scope, group), group.security_group_id
        self._add_egress(f"ClientsToGroup-{name}", "HTTPS to VPC endpoints that exist", group_id=group_id)
        if admits:
            return
        self._ready.add(
            ec2.CfnSecurityGroupIngress(
                self._scope,
                f"ClientsIntoGroup-{name}",
                group_id=group_id,
                source_security_group_id=self._clients.security_group_id,
                ip_protocol="tcp",
                from_port=HTTPS_PORT,
                to_port=HTTPS_PORT,
                description="HTTPS from the clients of the VPC endpoints",
            )
        )

    def _let_out(self, cidr: str) -> None:
        (identity,) = identities(self._scope, [cidr])
        if identity in self._ids_of_blocks:
            return
        construct_id = f"ClientsToBlock-{spelled(self._scope, cidr)}"
        if construct_id in self._ids_of_blocks.values():
            raise InvalidValueError(
                Code.CIDR,
                f"Two of the blocks in cidrs cannot be told apart before they are deployed: {shown(construct_id)}.",
                "Write one of them as a literal.",
            )
        self._ids_of_blocks[identity] = construct_id
        self._add_egress(construct_id, "HTTPS to VPC endpoints elsewhere", cidr=cidr)

    def _add_egress(
        self, construct_id: str, description: str, *, group_id: str | None = None, cidr: str | None = None
    ) -> None:
        is_ipv6 = cidr is not None and ":" in cidr and not contains_token(cidr)
        self._ready.add(
            ec2.CfnSecurityGroupEgress(
                self._scope,
                construct_id,
                group_id=self._clients.security_group_id,
                destination_security_group_id=group_id,
                cidr_ip=None if is_ipv6 else cidr,
                cidr_ipv6=cidr if is_ipv6 else None,
                ip_protocol="tcp",
                from_port=HTTPS_PORT,
                to_port=HTTPS_PORT,
                description=description,
            )
        )


def _identities_of_groups(scope: Construct, endpoints: Mapping[Endpoint, ExistingEndpoint]) -> dict[Endpoint, str]:
    """Tell the groups apart, and check that the same is said of each wherever it is named."""
    named = {each: known.security_group for each, known in endpoints.items() if known.security_group is not None}
    ids = identities(scope, [group.security_group_id for group in named.values()])
    groups = dict(zip(named, ids, strict=True))
    admitting: dict[str, bool] = {}
    for endpoint, group in groups.items():
        admits = endpoints[endpoint].admits_clients
        if admitting.setdefault(group, admits) is not admits:
            raise InvalidValueError(
                Code.SETTING,
                f"The security group of {endpoint.name} is that of another endpoint, and admits_clients differs.",
                "Say the same of both: it is the group that admits clients or does not.",
            )
    return groups
