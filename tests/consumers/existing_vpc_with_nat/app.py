"""A service in a VPC that exists, with a NAT gateway and two endpoints of its own: only what is missing is added."""

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2

from constructs_ecs import (
    Container,
    EcsCluster,
    Egress,
    Endpoint,
    ExecAudit,
    ExistingEndpoint,
    ExistingNetwork,
    FargateService,
    Image,
    TaskSize,
)

app = cdk.App()
stack = cdk.Stack(app, "Billing", env=cdk.Environment(account="123456789012", region="eu-west-1"))
# Written out, so that nothing is looked up; ec2.Vpc.from_lookup(stack, "Vpc", vpc_id="vpc-0f1e2d3c") does as well.
vpc = ec2.Vpc.from_vpc_attributes(
    stack,
    "Vpc",
    vpc_id="vpc-0f1e2d3c",
    vpc_cidr_block="10.20.0.0/16",
    availability_zones=["eu-west-1a", "eu-west-1b"],
    private_subnet_ids=["subnet-0a1b2c3d", "subnet-1a2b3c4d"],
    private_subnet_route_table_ids=["rtb-0a1b2c3d", "rtb-1a2b3c4d"],
)
logs_endpoint_group = ec2.SecurityGroup.from_security_group_id(stack, "LogsEndpointGroup", "sg-0f1e2d3c")
network = ExistingNetwork(
    stack,
    "Network",
    vpc=vpc,
    egress=Egress.NAT_GATEWAY,
    existing_endpoints={
        Endpoint.S3: ExistingEndpoint(),  # the gateway, in the route tables of both subnets
        Endpoint.LOGS: ExistingEndpoint(security_group=logs_endpoint_group),
    },
)
cluster = EcsCluster(stack, "Cluster", network=network, exec_audit=ExecAudit(stack, "ExecAudit"))
FargateService(
    stack,
    "Invoices",
    cluster=cluster,
    containers=[Container(image=Image.from_registry("public.ecr.aws/nginx/nginx:1.29"), port=8080)],
    size=TaskSize(cpu=512, memory_mib=1024),
)
app.synth()
