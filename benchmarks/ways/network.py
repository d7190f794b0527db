"""A private network made of the CDK's L2s: what this library's PrivateNetwork makes for the same services."""

from dataclasses import dataclass
from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs

from benchmarks.ways.statements import allow, of_this_account, through_logs

_ENDPOINTS: Final = {
    "EcsAgent": "ecs-agent",
    "EcsTelemetry": "ecs-telemetry",
    "Ecs": "ecs",
    "Ssm": "ssm",
    "SsmMessages": "ssmmessages",
    "EcrApi": "ecr.api",
    "EcrDocker": "ecr.dkr",
    "Logs": "logs",
    "Kms": "kms",
}
_WITHOUT_POLICY: Final = ("EcsAgent", "EcsTelemetry")


@dataclass(frozen=True, kw_only=True)
class Network:
    """A VPC without a way out, its endpoints' group, and the group of those who use them."""

    vpc: ec2.IVpc
    endpoints: ec2.SecurityGroup
    clients: ec2.SecurityGroup


def network(stack: cdk.Stack, key: kms.Key) -> Network:
    """Make the VPC, its endpoints, their groups and the flow log."""
    vpc = ec2.Vpc(
        stack,
        "Vpc",
        max_azs=2,
        nat_gateways=0,
        restrict_default_security_group=False,
        subnet_configuration=[
            ec2.SubnetConfiguration(name="Task", subnet_type=ec2.SubnetType.PRIVATE_ISOLATED, cidr_mask=20)
        ],
    )
    _flow_log(stack, vpc, key)
    clients = ec2.SecurityGroup(stack, "Clients", vpc=vpc, allow_all_outbound=False)
    endpoints = ec2.SecurityGroup(stack, "Endpoints", vpc=vpc, allow_all_outbound=False)
    _rules(stack, clients, endpoints)
    _interface_endpoints(stack, vpc, endpoints)
    _s3(stack, vpc)
    return Network(vpc=vpc, endpoints=endpoints, clients=clients)


def _flow_log(stack: cdk.Stack, vpc: ec2.IVpc, key: kms.Key) -> None:
    group = logs.LogGroup(stack, "FlowLogs", retention=logs.RetentionDays.THREE_MONTHS, encryption_key=key)
    policy = iam.ManagedPolicy(
        stack,
        "FlowLogPolicy",
        statements=[
            allow(["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"], group.log_group_arn),
            through_logs(key.key_arn),
            allow(["logs:DescribeLogGroups"], "*"),
        ],
    )
    role = iam.Role(
        stack,
        "FlowLogRole",
        assumed_by=of_this_account("vpc-flow-logs.amazonaws.com", "ec2", "vpc-flow-log/*"),
        managed_policies=[policy],
    )
    ec2.FlowLog(
        stack,
        "FlowLog",
        resource_type=ec2.FlowLogResourceType.from_vpc(vpc),
        destination=ec2.FlowLogDestination.to_cloud_watch_logs(group, role.without_policy_updates()),
    )


def _rules(stack: cdk.Stack, clients: ec2.SecurityGroup, endpoints: ec2.SecurityGroup) -> None:
    client_id, endpoint_id = clients.security_group_id, endpoints.security_group_id
    ec2.CfnSecurityGroupIngress(
        stack,
        "IntoEndpoints",
        group_id=endpoint_id,
        source_security_group_id=client_id,
        ip_protocol="tcp",
        from_port=443,
        to_port=443,
    )
    ec2.CfnSecurityGroupEgress(
        stack,
        "ToEndpoints",
        group_id=client_id,
        destination_security_group_id=endpoint_id,
        ip_protocol="tcp",
        from_port=443,
        to_port=443,
    )
    ec2.CfnSecurityGroupEgress(
        stack, "ToS3", group_id=client_id, cidr_ip="0.0.0.0/0", ip_protocol="tcp", from_port=443, to_port=443
    )


def _interface_endpoints(stack: cdk.Stack, vpc: ec2.IVpc, group: ec2.SecurityGroup) -> None:
    made = {}
    for construct_id, service in _ENDPOINTS.items():
        made[construct_id] = ec2.InterfaceVpcEndpoint(
            stack,
            construct_id,
            vpc=vpc,
            service=ec2.InterfaceVpcEndpointAwsService(service),
            security_groups=[group],
            open=False,
        )
        if construct_id not in _WITHOUT_POLICY:
            made[construct_id].add_to_policy(_own_account())
    # AWS asks for this order: an agent that finds the endpoint of ecs alone looks for the others on the internet.
    made["Ecs"].node.add_dependency(*(made[construct_id] for construct_id in _WITHOUT_POLICY))


def _own_account() -> iam.PolicyStatement:
    return iam.PolicyStatement(
        principals=[iam.StarPrincipal()],
        actions=["*"],
        resources=["*"],
        conditions={"StringEquals": {"aws:PrincipalAccount": cdk.Aws.ACCOUNT_ID}},
    )


def _s3(stack: cdk.Stack, vpc: ec2.Vpc) -> None:
    endpoint = vpc.add_gateway_endpoint("S3", service=ec2.GatewayVpcEndpointAwsService.S3)
    layers = f"arn:{cdk.Aws.PARTITION}:s3:::prod-{stack.region}-starport-layer-bucket/*"
    endpoint.add_to_policy(
        iam.PolicyStatement(principals=[iam.StarPrincipal()], actions=["s3:GetObject"], resources=[layers])
    )
