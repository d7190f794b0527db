"""VPC endpoints: which exist follows from what is needed; who uses them carries one security group."""

from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from constructs import Construct, DependencyGroup

from constructs_ecs.errors import Code
from constructs_ecs.facts.endpoints import ECS_CREATION_ORDER, HTTPS_PORT, Endpoint, service_name, supports_policy
from constructs_ecs.facts.limits import check_kind
from constructs_ecs.facts.regions import S3_PREFIX_LISTS, ecr_layer_bucket
from constructs_ecs.network.security_groups import closed_security_group

_IDS: Final = {
    Endpoint.ECS_AGENT: "EcsAgentEndpoint",
    Endpoint.ECS_TELEMETRY: "EcsTelemetryEndpoint",
    Endpoint.ECS: "EcsEndpoint",
    Endpoint.SSM: "SsmEndpoint",
    Endpoint.SSM_MESSAGES: "SsmMessagesEndpoint",
    Endpoint.EC2_MESSAGES: "Ec2MessagesEndpoint",
    Endpoint.ECR_API: "EcrApiEndpoint",
    Endpoint.ECR_DOCKER: "EcrDockerEndpoint",
    Endpoint.LOGS: "LogsEndpoint",
    Endpoint.SECRETS_MANAGER: "SecretsManagerEndpoint",
    Endpoint.KMS: "KmsEndpoint",
    Endpoint.STEP_FUNCTIONS: "StepFunctionsEndpoint",
    Endpoint.STS: "StsEndpoint",
    Endpoint.ELASTIC_FILE_SYSTEM: "ElasticFileSystemEndpoint",
    Endpoint.S3: "S3Endpoint",
}
"""Construct ids: a changed one would replace the endpoint in someone's production."""


class EndpointSet(StrEnum):
    """Which endpoints a network has before anything asks for one."""

    STANDARD = "standard"
    """`ecs-agent`, `ecs-telemetry`, `ecs` and `ssm`."""
    NEEDED = "needed"
    """None. Each costs by the hour in every Availability Zone, and many Fargate services need none of the four."""


class Endpoints:
    """The endpoints that a network makes, its two security groups for them, and the rules between.

    One group admits, the other is carried by whoever calls: no rule is added, and no reference goes from the network
    to a workload, however many workloads there are. The group that admits is made with the first endpoint.

    Args:
        scope: the network.
        vpc: its VPC.
        tasks: returns the subnets that interface endpoints are in, one for each Availability Zone.
        routed: the subnets whose route tables lead to S3.
    """

    def __init__(
        self,
        scope: Construct,
        *,
        vpc: ec2.IVpc,
        tasks: Callable[[], ec2.SubnetSelection],
        routed: ec2.SubnetSelection,
    ) -> None:
        self._scope, self._vpc, self._tasks, self._routed = scope, vpc, tasks, routed
        stack = cdk.Stack.of(scope)
        self._region, self._account, self._partition = stack.region, stack.account, stack.partition
        self.client_security_group = closed_security_group(
            scope, "EndpointClientSecurityGroup", vpc=vpc, description="Clients of the VPC endpoints"
        )
        self.security_group: ec2.SecurityGroup | None = None
        self.interfaces: dict[Endpoint, ec2.InterfaceVpcEndpoint] = {}
        self.s3_gateway: ec2.GatewayVpcEndpoint | None = None
        self.ready = DependencyGroup()
        self._reached: list[Endpoint] = []
        self._listeners: list[Callable[[Endpoint], None]] = []
        self._to_s3: ec2.CfnSecurityGroupEgress | None = None
        self._to_any_address: ec2.CfnSecurityGroupEgress | None = None
        self._own_buckets: iam.PolicyStatement | None = None
        self._own_bucket_actions: set[str] = set()

    def make_security_group(self) -> ec2.SecurityGroup:
        """Return the group that the interface endpoints carry, made on first use with the rules between the two."""
        if self.security_group is None:
            self.security_group = closed_security_group(
                self._scope, "EndpointSecurityGroup", vpc=self._vpc, description="VPC endpoints"
            )
            self.ready.add(
                self._clients_into_endpoints(self.security_group), self._clients_to_endpoints(self.security_group)
            )
        return self.security_group

    def add(self, endpoints: Iterable[Endpoint]) -> None:
        """Make the endpoints that are not there yet."""
        wanted = frozenset(endpoints)
        for endpoint in Endpoint:  # the enum's order, so that a set makes the same template on each run
            if endpoint not in wanted:
                continue
            if endpoint is Endpoint.S3:
                self._add_s3_gateway()
            elif endpoint not in self.interfaces:
                self._add_interface(endpoint)

    def has(self, endpoint: Endpoint) -> bool:
        """Whether an endpoint was made here."""
        return endpoint in self.interfaces or (endpoint is Endpoint.S3 and self.s3_gateway is not None)

    def on_endpoint(self, tell: Callable[[Endpoint], None]) -> None:
        """Tell of each endpoint that is reached: of those there are at once, of later ones when they are."""
        self._listeners.append(tell)
        for endpoint in self._reached:
            tell(endpoint)

    def announce(self, endpoint: Endpoint) -> None:
        """Tell that clients reach an endpoint, whoever made it; said twice, it is told once."""
        if endpoint in self._reached:
            return
        self._reached.append(endpoint)
        for tell in self._listeners:
            tell(endpoint)

    def let_clients_to_s3(self) -> ec2.CfnSecurityGroupEgress:
        """Let clients out to S3: to its prefix list, or to any address in Regions where the list is not known."""
        if self._to_s3 is None:
            self._to_s3 = self._clients_out(
                "ClientsToS3", "HTTPS to Amazon S3", prefix_list=S3_PREFIX_LISTS.get(self._region)
            )
        return self._to_s3

    def let_clients_out(self) -> None:
        """Let clients out to any IPv4 address on 443, in a network with egress."""
        if self._to_any_address is None:
            description = "HTTPS to AWS services that have no endpoint here"
            if self._region in S3_PREFIX_LISTS:
                self._to_any_address = self._clients_out("ClientsToAnyAddress", description)
            else:
                # The same rule as the one to S3, and EC2 takes a rule once: one id, whichever is needed first.
                self._to_any_address = self.let_clients_to_s3()
                self._to_any_address.description = description

    def allow_own_buckets(self, actions: Iterable[str]) -> None:
        """Let the account do more with its own buckets through the S3 gateway; which bucket is for the roles to say.

        A bucket's name would be a reference from the network's stack to the stack of a workload.
        """
        new = sorted(set(actions) - self._own_bucket_actions)
        if not new:
            return
        self._own_bucket_actions.update(new)
        if self._own_buckets is not None:
            self._own_buckets.add_actions(*new)
            return
        own = {"aws:PrincipalAccount": self._account, "aws:ResourceAccount": self._account}
        self._own_buckets = _anyone(sid="OwnBuckets", actions=new, string_equals=own)
        self._add_s3_gateway().add_to_policy(self._own_buckets)

    def _add_interface(self, endpoint: Endpoint) -> None:
        made = ec2.InterfaceVpcEndpoint(
            self._scope,
            _IDS[endpoint],
            vpc=self._vpc,
            service=ec2.InterfaceVpcEndpointService(service_name(endpoint, self._region), HTTPS_PORT),
            subnets=self._tasks(),
            security_groups=[self.make_security_group()],
            private_dns_enabled=True,
            open=False,
        )
        if supports_policy(endpoint):
            own = {"aws:PrincipalAccount": self._account}
            made.add_to_policy(_anyone(sid="OwnAccount", actions=["*"], string_equals=own))
        self.interfaces[endpoint] = made
        self._keep_creation_order(endpoint)
        self.ready.add(made)
        self.announce(endpoint)

    def _keep_creation_order(self, endpoint: Endpoint) -> None:
        """Chain the endpoints of ECS, whichever of them are there and whichever was asked for first."""
        if endpoint not in ECS_CREATION_ORDER:
            return
        present = [self.interfaces[each] for each in ECS_CREATION_ORDER if each in self.interfaces]
        position = present.index(self.interfaces[endpoint])
        for earlier in present[:position]:
            present[position].node.add_dependency(earlier)
        for later in present[position + 1 :]:
            later.node.add_dependency(present[position])

    def _add_s3_gateway(self) -> ec2.GatewayVpcEndpoint:
        if self.s3_gateway is None:
            self.s3_gateway = ec2.GatewayVpcEndpoint(
                self._scope,
                _IDS[Endpoint.S3],
                vpc=self._vpc,
                service=ec2.GatewayVpcEndpointAwsService.S3,
                subnets=[self._routed],
            )
            # ECR signs the downloads of layers, so whoever pulls is not the caller that a condition would see.
            layers = f"arn:{self._partition}:s3:::{ecr_layer_bucket(self._region)}/*"
            self.s3_gateway.add_to_policy(_anyone(sid="EcrLayers", actions=["s3:GetObject"], resource=layers))
            self.ready.add(self.s3_gateway)
            self.let_clients_to_s3()
            self.announce(Endpoint.S3)
        return self.s3_gateway

    def _clients_into_endpoints(self, group: ec2.SecurityGroup) -> ec2.CfnSecurityGroupIngress:
        return ec2.CfnSecurityGroupIngress(
            self._scope,
            "ClientsIntoEndpoints",
            group_id=group.security_group_id,
            source_security_group_id=self.client_security_group.security_group_id,
            ip_protocol="tcp",
            from_port=HTTPS_PORT,
            to_port=HTTPS_PORT,
            description="HTTPS from the clients of the VPC endpoints",
        )

    def _clients_to_endpoints(self, group: ec2.SecurityGroup) -> ec2.CfnSecurityGroupEgress:
        return ec2.CfnSecurityGroupEgress(
            self._scope,
            "ClientsToEndpoints",
            group_id=self.client_security_group.security_group_id,
            destination_security_group_id=group.security_group_id,
            ip_protocol="tcp",
            from_port=HTTPS_PORT,
            to_port=HTTPS_PORT,
            description="HTTPS to the VPC endpoints",
        )

    def _clients_out(
        self, construct_id: str, description: str, *, prefix_list: str | None = None
    ) -> ec2.CfnSecurityGroupEgress:
        rule = ec2.CfnSecurityGroupEgress(
            self._scope,
            construct_id,
            group_id=self.client_security_group.security_group_id,
            destination_prefix_list_id=prefix_list,
            cidr_ip="0.0.0.0/0" if prefix_list is None else None,
            ip_protocol="tcp",
            from_port=HTTPS_PORT,
            to_port=HTTPS_PORT,
            description=description,
        )
        self.ready.add(rule)
        return rule


def checked_endpoints(endpoints: Iterable[Endpoint]) -> tuple[Endpoint, ...]:
    """Read `extra_endpoints`.

    Raises:
        InvalidValueError: ECS030, they are not several, or one is none.
    """
    check_kind(endpoints, Iterable, code=Code.SETTING, name="extra_endpoints")
    given = tuple(endpoints)
    for endpoint in given:
        check_kind(endpoint, Endpoint, code=Code.SETTING, name="Each of extra_endpoints")
    return given


def _anyone(
    *, sid: str, actions: list[str], resource: str = "*", string_equals: dict[str, str] | None = None
) -> iam.PolicyStatement:
    """Let every caller do something, under conditions that say which callers are meant."""
    return iam.PolicyStatement(
        sid=sid,
        principals=[iam.StarPrincipal()],
        actions=actions,
        resources=[resource],
        conditions=None if string_equals is None else {"StringEquals": string_equals},
    )
