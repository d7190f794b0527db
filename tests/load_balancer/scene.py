"""A load balancer in front of a service, and what the tests ask of the templates."""
# ruff: noqa: ANN401 - options pass through to the construct under test, templates are any JSON

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from constructs_ecs.load_balancer import InternalLoadBalancer
from constructs_ecs.network import Network
from tests.support import of_type

LISTENER = "AWS::ElasticLoadBalancingV2::Listener"
LOAD_BALANCER = "AWS::ElasticLoadBalancingV2::LoadBalancer"
RULE = "AWS::ElasticLoadBalancingV2::ListenerRule"
TARGET_GROUP = "AWS::ElasticLoadBalancingV2::TargetGroup"
SERVICE = "AWS::ECS::Service"


def certificate(scope: Construct, construct_id: str = "Certificate") -> acm.ICertificate:
    """A certificate that exists."""
    arn = f"arn:aws:acm:us-east-1:123456789012:certificate/{construct_id}"
    return acm.Certificate.from_certificate_arn(scope, construct_id, arn)


def http(scope: Construct, network: Network, construct_id: str = "Balancer", **options: Any) -> InternalLoadBalancer:
    """A load balancer of plain HTTP, but for what is changed."""
    return InternalLoadBalancer(scope, construct_id, **{"network": network, "plain_http": True, **options})


def attributes(properties: dict[str, Any], kind: str = "LoadBalancerAttributes") -> dict[str, Any]:
    """The attributes of a load balancer or target group."""
    return {each["Key"]: each["Value"] for each in properties[kind]}


def rules(template: dict[str, Any], group: ec2.ISecurityGroup) -> set[tuple[str, int]]:
    """Which way a group is opened, and for which port, by rules that are resources of a template."""
    group_id = cdk.Stack.of(group).resolve(group.security_group_id)
    return {
        (kind, rule["Properties"]["ToPort"])
        for kind in ("Ingress", "Egress")
        for rule in of_type(template, f"AWS::EC2::SecurityGroup{kind}").values()
        if rule["Properties"]["GroupId"] == group_id
    }
