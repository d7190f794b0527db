"""The network that container workloads run in."""

from collections.abc import Iterable
from typing import Literal

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from constructs import Construct

from constructs_ecs.errors import Code, InvalidValueError
from constructs_ecs.facts.cdk_types import CdkType, check_cdk
from constructs_ecs.facts.cidrs import check_vpc_cidr
from constructs_ecs.facts.endpoints import STANDARD_ENDPOINTS, Endpoint
from constructs_ecs.facts.limits import check_kind, check_removal_policy
from constructs_ecs.facts.needs import Needs
from constructs_ecs.known import Part
from constructs_ecs.network import default_security_group
from constructs_ecs.network.egress import Egress
from constructs_ecs.network.endpoints import Endpoints, EndpointSet, checked_endpoints
from constructs_ecs.network.flow_logs import new_flow_log, new_flow_log_group
from constructs_ecs.network.subnets import new_subnets, vpc_view
from constructs_ecs.network.with_endpoints import NetworkWithEndpoints


class PrivateNetwork(NetworkWithEndpoints):
    """A VPC whose tasks reach AWS services through endpoints, and nothing else unless told to.

    Args:
        scope: the parent construct.
        construct_id: the id of this construct in its scope.
        cidr: the VPC's IPv4 block, /16 to /28. Each subnet is a sixteenth of it, or a /28 where that would be smaller;
            Availability Zones and public subnets that are added later move none.
        max_azs: over how many Availability Zones, 1 to 6: the first of the Region's list. A Region with fewer refuses
            the deployment. A load balancer needs two.
        egress: how tasks reach the internet; not at all by default. The endpoints are the same with it, and nearer.
        public_load_balancers: whether there are public subnets, which are for load balancers only; none by default.
        endpoints: which endpoints to start from. `"needed"` leaves out the standard four where nothing needs them,
            which saves the hourly charge of four endpoints in each Availability Zone, all month.
        extra_endpoints: endpoints to make in advance, for apps that are deployed apart and cannot ask for them. What
            such an app does with its own buckets is named with :meth:`require`.
        flow_log_retention_days: how long flow logs are kept, in days.
        encryption_key: encrypts the flow logs; by default CloudWatch Logs uses a key of its own.
        close_default_security_group: remove the rules of the VPC's default security group, which nothing here carries.
            It takes a Lambda function, so it is not done by default.
        removal_policy: what becomes of the flow logs when the stack is deleted; they are kept by default.

    Raises:
        InvalidValueError: ECS017, `cidr` is not a VPC's block or has no room for the subnets; ECS018,
            `flow_log_retention_days` is not on offer; ECS024, `max_azs`; ECS030, `endpoints` is neither set, or
            `egress`, an extra endpoint, `encryption_key` or `removal_policy` is none, `public_load_balancers` is no
            bool, or `egress` is through a Transit Gateway.
    """

    cfn_vpc: ec2.CfnVPC
    """The VPC's resource."""
    endpoint_security_group: ec2.SecurityGroup
    """Carried by the interface endpoints: admits HTTPS from their clients."""
    flow_log_group: logs.LogGroup
    """Who talked to whom in the VPC."""
    flow_log: ec2.FlowLog

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        cidr: str = "10.0.0.0/16",
        max_azs: int = 2,
        egress: Egress = Egress.NONE,
        public_load_balancers: bool = False,
        endpoints: EndpointSet | Literal["standard", "needed"] = EndpointSet.STANDARD,
        extra_endpoints: Iterable[Endpoint] = (),
        flow_log_retention_days: int = 90,
        encryption_key: kms.IKey | None = None,
        close_default_security_group: bool = False,
        removal_policy: cdk.RemovalPolicy = cdk.RemovalPolicy.RETAIN,
    ) -> None:
        first, extra = _first_endpoints(endpoints), checked_endpoints(extra_endpoints)
        _check_egress(egress)
        check_kind(public_load_balancers, bool, code=Code.SETTING, name="public_load_balancers")
        check_cdk(encryption_key, CdkType.KEY, name="encryption_key", optional=True)
        check_removal_policy(removal_policy)
        check_vpc_cidr(cidr)
        super().__init__(scope, construct_id)
        self.egress = egress
        self.cfn_vpc = ec2.CfnVPC(self, "Vpc", cidr_block=cidr, enable_dns_support=True, enable_dns_hostnames=True)
        subnets = new_subnets(
            self, self.cfn_vpc, cidr=cidr, max_azs=max_azs, egress=egress, public_load_balancers=public_load_balancers
        )
        public = subnets.public if public_load_balancers else ()
        self.vpc = vpc_view(self, self.cfn_vpc, cidr=cidr, subnets=subnets, public=public, egress=egress)
        self.task_subnets = ec2.SubnetSelection(subnets=list(subnets.tasks))
        self.public_subnets = ec2.SubnetSelection(subnets=list(public)) if public else None
        self.flow_log_group = new_flow_log_group(
            self,
            retention_days=flow_log_retention_days,
            encryption_key=encryption_key,
            removal_policy=removal_policy,
        )
        self.flow_log = new_flow_log(self, self.vpc, self.flow_log_group, encryption_key=encryption_key)
        self._endpoints = Endpoints(
            self,
            vpc=self.vpc,
            tasks=lambda: self.task_subnets,
            routed=ec2.SubnetSelection(subnets=[*subnets.tasks, *subnets.public]),
        )
        self.endpoint_security_group = self._endpoints.make_security_group()
        self.endpoint_client_security_group = self._endpoints.client_security_group
        self.ready = self._endpoints.ready
        self.ready.add(*(subnet.internet_connectivity_established for subnet in subnets.tasks))
        self._endpoints.add((*first, *extra))
        if close_default_security_group:
            default_security_group.close(self, self.cfn_vpc)
        else:
            default_security_group.leave_open(self.cfn_vpc)
        self._name()

    def _provide(self, needs: Needs, *, needed_by: str | Part) -> None:  # noqa: ARG002 - whatever is missing can be made
        self._endpoints.add(needs.endpoints)
        self._endpoints.allow_own_buckets(needs.s3_gateway)


def _first_endpoints(endpoints: str) -> tuple[Endpoint, ...]:
    if endpoints not in list(EndpointSet):
        raise InvalidValueError(
            Code.SETTING,
            f"endpoints is one of {', '.join(map(repr, map(str, EndpointSet)))}; got {endpoints!r}.",
            "Use one of them; single endpoints are named in extra_endpoints.",
        )
    return STANDARD_ENDPOINTS if endpoints == EndpointSet.STANDARD else ()


def _check_egress(egress: Egress) -> None:
    check_kind(egress, Egress, code=Code.SETTING, name="egress")
    if egress is Egress.TRANSIT_GATEWAY:
        raise InvalidValueError(
            Code.SETTING,
            "A PrivateNetwork attaches no Transit Gateway; got egress=Egress.TRANSIT_GATEWAY.",
            "Use a NAT gateway, or ExistingNetwork for a VPC that is attached to one.",
        )
