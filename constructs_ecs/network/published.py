"""A network that another app published."""

from collections.abc import Callable, Iterable
from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from constructs import Construct, DependencyGroup

from constructs_ecs.errors import Code, UnreachableError
from constructs_ecs.facts.endpoints import Endpoint
from constructs_ecs.facts.limits import check_kind
from constructs_ecs.facts.needs import Needs
from constructs_ecs.facts.published import NetworkParameter, check_path, endpoint_parameter, s3_action_parameter
from constructs_ecs.known import Part
from constructs_ecs.network.base import Network
from constructs_ecs.network.egress import Egress
from constructs_ecs.network.subnets import check_zones
from constructs_ecs.publishing import PublishedValues

_NO_ROUTE_TABLE: Final = "@aws-cdk/aws-ec2:noSubnetRouteTableId"


class PublishedNetwork(Network):
    """A network that an app deployed apart has published in the same account and Region, with ``network.publish()``.

    Nothing is looked up at synth: CloudFormation reads the values when it deploys. So what the network has is declared
    here. A workload that needs more is refused at synth; a network that has less, or is published in another version of
    the schema, is refused by CloudFormation before anything is made, with the name of what is missing.

    CloudFormation reads per stack, so make one in each stack whose workloads run in the network. It
    reads at each deployment and not between; who deploys may call ``ssm:GetParameters`` on the path.

    Args:
        scope: the parent construct.
        construct_id: the id of this construct in its scope.
        path: where the network is published, such as ``/platform/network``.
        max_azs: how many of its Availability Zones are used, 1 to 6, in its own order.
        endpoints: the endpoints that the workloads here may use; none by default.
        egress: how tasks reach the internet; by default they are taken not to. With either way out, the network must
            have one, whichever.
        public_load_balancers: whether its public subnets are used; not by default.

    Raises:
        InvalidValueError: ECS024, `max_azs`; ECS030, `egress` or an endpoint is none, or `public_load_balancers` is no
            bool; ECS037, `path` is a token, or not one that Systems Manager takes.
        ConflictError: ECS037, `path` is published in the same stack.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        path: str,
        max_azs: int = 2,
        endpoints: Iterable[Endpoint] = (),
        egress: Egress = Egress.NONE,
        public_load_balancers: bool = False,
    ) -> None:
        check_path(path)
        check_zones(max_azs)
        check_kind(egress, Egress, code=Code.SETTING, name="egress")
        check_kind(public_load_balancers, bool, code=Code.SETTING, name="public_load_balancers")
        declared = _checked(endpoints)
        super().__init__(scope, construct_id)
        self.path = path
        self.egress = egress
        self.ready = DependencyGroup()
        self._endpoints = declared
        self._published = PublishedValues(self, path)
        self._expect(max_azs, public=public_load_balancers)
        self.vpc = self._vpc_view(max_azs, public=public_load_balancers)
        tasks = self.vpc.private_subnets if self.has_egress else self.vpc.isolated_subnets
        self.task_subnets = ec2.SubnetSelection(subnets=tasks)
        self.public_subnets = ec2.SubnetSelection(subnets=self.vpc.public_subnets) if public_load_balancers else None
        self.endpoint_client_security_group = ec2.SecurityGroup.from_security_group_id(
            self,
            "EndpointClientSecurityGroup",
            self._published.value(NetworkParameter.ENDPOINT_CLIENT_SECURITY_GROUP_ID),
            mutable=False,
        )

    def on_endpoint(self, tell: Callable[[Endpoint], None]) -> None:
        """Tell of each endpoint that is declared."""
        for endpoint in self._endpoints:
            tell(endpoint)

    def _provide(self, needs: Needs, *, needed_by: str | Part) -> None:
        for endpoint in Endpoint:
            if endpoint in needs.endpoints and endpoint not in self._endpoints:
                raise UnreachableError(
                    Code.MISSING_ENDPOINT,
                    f"{needed_by} needs the endpoint {endpoint.value} to {needs.why(endpoint)}; it is not declared of "
                    f"the network published under {self.path}.",
                    f"Name Endpoint.{endpoint.name} in endpoints of {self.node.path}, and see that the app that "
                    "publishes the network has it (extra_endpoints).",
                )
        for action in needs.s3_gateway:
            name = s3_action_parameter(action)
            if name is not None:
                self._published.expect_available(name)

    def _expect(self, max_azs: int, *, public: bool) -> None:
        """Let CloudFormation refuse a network that has less than is declared."""
        for endpoint in self._endpoints:
            self._published.expect_available(endpoint_parameter(endpoint))
        counts = [NetworkParameter.TASK_SUBNET_COUNT]
        if public:
            counts.append(NetworkParameter.PUBLIC_SUBNET_COUNT)
        for name in counts:
            self._published.refuse(
                name, map(str, range(1, max_azs)), f"this app uses {max_azs} Availability Zones, see max_azs"
            )
        if self.has_egress:
            self._published.refuse(
                NetworkParameter.EGRESS, [Egress.NONE.value], "this app declares a way out to the internet, see egress"
            )

    def _vpc_view(self, max_azs: int, *, public: bool) -> ec2.IVpc:
        tasks = self._listed(NetworkParameter.TASK_SUBNET_IDS, max_azs)
        vpc = ec2.Vpc.from_vpc_attributes(
            self,
            "Vpc",
            vpc_id=self._published.value(NetworkParameter.VPC_ID),
            availability_zones=self._listed(NetworkParameter.AVAILABILITY_ZONES, max_azs),
            private_subnet_ids=tasks if self.has_egress else None,
            isolated_subnet_ids=None if self.has_egress else tasks,
            public_subnet_ids=self._listed(NetworkParameter.PUBLIC_SUBNET_IDS, max_azs) if public else None,
        )
        # Route tables are the publisher's: who adds routes adds them there.
        cdk.Annotations.of(vpc).acknowledge_warning(_NO_ROUTE_TABLE)
        return vpc

    def _listed(self, name: str, count: int) -> list[str]:
        # Not every workload asks for each list, and a parameter that nothing names is a warning of CloudFormation's.
        self._published.refuse(name, [""], "it is a list")
        values = cdk.Fn.split(",", self._published.value(name))
        return [cdk.Fn.select(index, values) for index in range(count)]


def _checked(endpoints: Iterable[Endpoint]) -> tuple[Endpoint, ...]:
    check_kind(endpoints, Iterable, code=Code.SETTING, name="endpoints")
    given = tuple(endpoints)
    for endpoint in given:
        check_kind(endpoint, Endpoint, code=Code.SETTING, name="Each of endpoints")
    return tuple(endpoint for endpoint in Endpoint if endpoint in given)
