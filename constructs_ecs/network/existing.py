"""A VPC that exists, as a network for container workloads."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from constructs_ecs.errors import Code, InvalidValueError, UnreachableError
from constructs_ecs.facts.cdk_types import CdkType, check_cdk
from constructs_ecs.facts.endpoints import Endpoint, service_name
from constructs_ecs.facts.limits import check_kind, is_token
from constructs_ecs.facts.needs import Needs
from constructs_ecs.known import Part
from constructs_ecs.network.egress import Egress
from constructs_ecs.network.endpoints import Endpoints, checked_endpoints
from constructs_ecs.network.existing_endpoint import ExistingEndpoint, checked_existing
from constructs_ecs.network.existing_rules import ExistingRules
from constructs_ecs.network.existing_subnets import chosen_subnets, has_route_table, one_per_zone
from constructs_ecs.network.with_endpoints import NetworkWithEndpoints

_NO_ENDPOINTS: Final[Mapping[Endpoint, ExistingEndpoint]] = MappingProxyType({})


class ExistingNetwork(NetworkWithEndpoints):
    """A VPC that exists, to which only what is missing is added, and when something needs it.

    At first that is one security group, for the clients of the endpoints. All else follows from needs: rules that lead
    to the endpoints that there are, and endpoints of its own. Everything is made in this construct's stack and nothing
    in the VPC's.

    An endpoint that is made answers for its service in all of the VPC, by private DNS, and the S3 gateway in all that
    shares a route table with the tasks. Whoever else calls the service there joins
    `endpoint_client_security_group`, or is let in to `endpoint_security_group`; what others do with S3 is added to the
    policy of `s3_gateway`. An endpoint that exists and is not named would be made again, which EC2 refuses.

    The VPC resolves names with the VPC's resolver, and has DNS support and host names switched on.

    Args:
        scope: the parent construct.
        construct_id: the id of this construct in its scope.
        vpc: looked up, imported by its attributes, or made in the same app.
        task_subnets: where tasks, instances and interface endpoints are; by default the isolated subnets where there
            are some and else the private ones, with egress the other way round. Never public ones.
        existing_endpoints: the endpoints that the VPC has or reaches, and how. They are taken to answer for AWS's own
            names in the VPC, and their policies to let through what is needed.
        create_endpoints: whether what is missing is made. By default where the network has no egress; with egress, it
            is called that way, which changes nothing for others in the VPC.
        extra_endpoints: endpoints to see to in advance, for apps that are deployed apart and cannot ask for them, or to
            have some in a network with egress: those that exist are joined, the others made. What such apps call by
            egress is named with :meth:`require`, as is what they do with their own buckets.
        egress: how tasks in these subnets reach the internet; not at all by default. It is taken as it is said, and
            nothing is made for it. In subnets with a NAT gateway (the CDK's private ones with egress) say so: else what
            is missing is made as above, also for those who call it by the NAT gateway now, which is a warning at synth.

    Raises:
        InvalidValueError: ECS030, there is no private subnet to use, an argument is of another type, an existing
            endpoint is named by nothing or has a group that cannot be changed, two endpoints say different things of
            one security group, an extra endpoint may not be made, or endpoints are to be made and the Availability
            Zones of the subnets are not known.
        UnreachableError: ECS061, S3 is among the extra endpoints and the subnets' route tables are not known.

    Source: AWS PrivateLink guide, "Access an AWS service using an interface VPC endpoint" and "Gateway endpoints for
    Amazon S3"; VPC user guide, "Security group rules".
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        vpc: ec2.IVpc,
        task_subnets: ec2.SubnetSelection | None = None,
        existing_endpoints: Mapping[Endpoint, ExistingEndpoint] = _NO_ENDPOINTS,
        create_endpoints: bool | None = None,
        extra_endpoints: Iterable[Endpoint] = (),
        egress: Egress = Egress.NONE,
    ) -> None:
        check_cdk(vpc, CdkType.VPC, name="vpc")
        check_kind(task_subnets, ec2.SubnetSelection, type(None), code=Code.SETTING, name="task_subnets")
        check_kind(egress, Egress, code=Code.SETTING, name="egress")
        check_kind(create_endpoints, bool, type(None), code=Code.SETTING, name="create_endpoints")
        existing, extra = checked_existing(existing_endpoints), checked_endpoints(extra_endpoints)
        subnets = chosen_subnets(vpc, task_subnets, has_egress=egress is not Egress.NONE)
        super().__init__(scope, construct_id)
        makes_missing = egress is Egress.NONE if create_endpoints is None else create_endpoints
        if makes_missing and egress is Egress.NONE:
            _warn_of_egress(self, vpc, subnets)
        self.vpc = vpc
        self.egress = egress
        self.task_subnets = ec2.SubnetSelection(subnets=list(subnets))
        public = vpc.public_subnets
        self.public_subnets = ec2.SubnetSelection(subnets=public) if public else None
        self._subnets = subnets
        self._zonal_subnets: ec2.SubnetSelection | None = None
        self._existing = existing
        self._joined: set[Endpoint] = set()
        self._makes_missing = makes_missing
        self._endpoints = Endpoints(self, vpc=vpc, tasks=self._one_per_zone, routed=self.task_subnets)
        self.endpoint_client_security_group = self._endpoints.client_security_group
        self.ready = self._endpoints.ready
        self.ready.add(*(subnet.internet_connectivity_established for subnet in subnets))
        self._rules = ExistingRules(
            self, clients=self.endpoint_client_security_group, endpoints=existing, ready=self.ready
        )
        if create_endpoints is False:
            _check_none_to_make(extra, existing)
        self._see_to(Needs(endpoints=frozenset(extra)), needed_by=self, makes_missing=True)
        self._name()

    @property
    def endpoint_security_group(self) -> ec2.SecurityGroup | None:
        """Carried by the interface endpoints that were made here, once there is one: admits HTTPS from the clients."""
        return self._endpoints.security_group

    def _provide(self, needs: Needs, *, needed_by: str | Part) -> None:
        self._see_to(needs, needed_by=needed_by, makes_missing=self._makes_missing)

    def _see_to(self, needs: Needs, *, needed_by: str | Part, makes_missing: bool) -> None:
        """Join what exists, and make what is missing or let clients out to it; nothing of it if there is no way."""
        wanted = needs.endpoints | ({Endpoint.S3} if needs.s3_gateway else frozenset())
        missing = [each for each in Endpoint if each in wanted and not self._is_there(each)]
        if makes_missing:
            self._check_can_make(missing, needs, needed_by)
        elif missing and not self.has_egress:
            raise self._unreachable(missing, needs, needed_by)
        for endpoint in Endpoint:  # the enum's order, so that a set makes the same template on each run
            if endpoint in wanted and endpoint in self._existing:
                self._join(endpoint)
        if makes_missing:
            self._endpoints.add(missing)
        elif missing:
            self._endpoints.let_clients_out()
            for endpoint in missing:
                self._endpoints.announce(endpoint)
        if self._endpoints.has(Endpoint.S3):
            self._endpoints.allow_own_buckets(needs.s3_gateway)

    def _is_there(self, endpoint: Endpoint) -> bool:
        return endpoint in self._existing or self._endpoints.has(endpoint)

    def _join(self, endpoint: Endpoint) -> None:
        if endpoint in self._joined:
            return
        self._joined.add(endpoint)
        existing = self._existing[endpoint]
        if existing.is_gateway:
            self._endpoints.let_clients_to_s3()
        else:
            self._rules.join(endpoint)
        if existing.wait_for is not None:
            self.ready.add(existing.wait_for)
        self._endpoints.announce(endpoint)

    def _one_per_zone(self) -> ec2.SubnetSelection:
        if self._zonal_subnets is None:
            self._zonal_subnets = ec2.SubnetSelection(subnets=list(one_per_zone(self, self._subnets)))
        return self._zonal_subnets

    def _check_can_make(self, missing: list[Endpoint], needs: Needs, needed_by: str | Part) -> None:
        if any(endpoint is not Endpoint.S3 for endpoint in missing):
            self._one_per_zone()
        if Endpoint.S3 not in missing:
            return
        for subnet in self._subnets:
            if not has_route_table(subnet):
                raise UnreachableError(
                    Code.MISSING_ENDPOINT,
                    f"{needed_by} needs {_called([Endpoint.S3], needs, self._region)}; the gateway endpoint is a "
                    f"route, and the route table of {subnet.node.path} is not known.",
                    "Name the gateway in existing_endpoints (Endpoint.S3: ExistingEndpoint()) if there is one, or give "
                    "the route tables where the VPC or the subnet is imported.",
                )

    def _unreachable(self, missing: list[Endpoint], needs: Needs, needed_by: str | Part) -> UnreachableError:
        return UnreachableError(
            Code.MISSING_ENDPOINT,
            f"{needed_by} needs {_called(missing, needs, self._region)}; {self.node.path} is told of no such endpoint, "
            "is told to make none (create_endpoints=False), and has no egress.",
            "Name what exists in existing_endpoints, set create_endpoints=True, or declare the VPC's egress.",
        )

    @property
    def _region(self) -> str:
        region = cdk.Stack.of(self).region
        return "<region>" if is_token(region) else region


def _warn_of_egress(network: Construct, vpc: ec2.IVpc, subnets: Iterable[ec2.ISubnet]) -> None:
    """Say what is taken over where the CDK takes subnets to have a way out, and none is declared."""
    with_egress = {subnet.node.path for subnet in vpc.private_subnets}
    if any(subnet.node.path in with_egress for subnet in subnets):
        cdk.Annotations.of(network).add_warning_v2(
            "constructs-ecs:undeclared-egress",
            f"{network.node.path} is told of no egress, and in the CDK's terms the task subnets of {vpc.node.path} "
            "have it. Each endpoint that is made here answers for its service in all of the VPC, and lets in those "
            "alone that carry endpoint_client_security_group: who calls the service by the egress now is cut off from "
            "it. Declare egress, or choose isolated subnets; if they have no way out, acknowledge this.",
        )


def _check_none_to_make(extra: Iterable[Endpoint], existing: Mapping[Endpoint, ExistingEndpoint]) -> None:
    new = [endpoint.name for endpoint in extra if endpoint not in existing]
    if new:
        raise InvalidValueError(
            Code.SETTING,
            f"extra_endpoints that do not exist are made; got {', '.join(new)} and create_endpoints=False.",
            "Name them in existing_endpoints if they exist, or leave out one of the two.",
        )


def _called(endpoints: Iterable[Endpoint], needs: Needs, region: str) -> str:
    """Spell endpoints by their service's full name, each with what it is needed for."""
    return ", ".join(f"{service_name(endpoint, region)} to {needs.why(endpoint)}" for endpoint in endpoints)
