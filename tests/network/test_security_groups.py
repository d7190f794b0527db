"""Closed groups, and what opens them."""

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2

from constructs_ecs.errors import Code, InvalidValueError, UnsafeError
from constructs_ecs.network import PrivateNetwork
from constructs_ecs.network.security_groups import allow_ingress_from_cidr, closed_security_group
from tests.support import app, of_type, stack, template


def group(scope: cdk.Stack) -> ec2.SecurityGroup:
    network = PrivateNetwork(scope, "Network", endpoints="needed")
    return closed_security_group(scope, "Group", vpc=network.vpc, description="A workload")


@pytest.mark.parametrize("inline", [None, True, False])
def test_a_closed_group_lets_nothing_in_or_out_whatever_the_context_says(inline: bool | None) -> None:
    key = "@aws-cdk/aws-ec2.securityGroupDisableInlineRules"
    scope = cdk.Stack(app(context={} if inline is None else {key: inline}), "Test")
    group(scope)
    made = template(scope)
    closed = [each for key, each in of_type(made, "AWS::EC2::SecurityGroup").items() if key.startswith("Group")]
    (properties,) = [each["Properties"] for each in closed]
    assert "SecurityGroupIngress" not in properties
    assert [rule["CidrIp"] for rule in properties["SecurityGroupEgress"]] == ["255.255.255.255/32"]


@pytest.mark.parametrize(("cidr", "key"), [("10.1.0.0/16", "CidrIp"), ("2001:db8::/56", "CidrIpv6")])
def test_a_block_of_addresses_is_let_in_on_one_port(cidr: str, key: str) -> None:
    scope = stack()
    allow_ingress_from_cidr(group(scope), cidr, 22, "SSH from the office")
    rules = [
        rule
        for each in of_type(template(scope), "AWS::EC2::SecurityGroup").values()
        for rule in each["Properties"].get("SecurityGroupIngress", [])
    ]
    expected = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "Description": "SSH from the office", key: cidr}
    assert rules == [expected]


def test_a_token_is_let_in_as_it_is() -> None:
    scope = stack()
    office = cdk.CfnParameter(scope, "Office")
    allow_ingress_from_cidr(group(scope), office.value_as_string, 22, "SSH from the office")
    made = template(scope)
    assert {"Ref": "Office"} in [
        rule.get("CidrIp")
        for each in of_type(made, "AWS::EC2::SecurityGroup").values()
        for rule in each["Properties"].get("SecurityGroupIngress", [])
    ]


@pytest.mark.parametrize("cidr", ["0.0.0.0/0", "::/0"])
def test_every_address_is_not_let_in(cidr: str) -> None:
    with pytest.raises(UnsafeError) as caught:
        allow_ingress_from_cidr(group(stack()), cidr, 22, "SSH")
    assert caught.value.code is Code.OPEN_INGRESS


def test_a_malformed_block_is_refused() -> None:
    with pytest.raises(InvalidValueError) as caught:
        allow_ingress_from_cidr(group(stack()), "the office", 22, "SSH")
    assert caught.value.code is Code.CIDR


@pytest.mark.parametrize("port", [0, -1, 65536])
def test_a_port_that_is_none_is_refused(port: int) -> None:
    with pytest.raises(InvalidValueError) as caught:
        allow_ingress_from_cidr(group(stack()), "10.1.0.0/16", port, "SSH")
    assert caught.value.code is Code.PORT


def test_a_closed_group_stays_closed_when_another_stack_adds_a_rule() -> None:
    root = app()
    here, there = cdk.Stack(root, "Here"), cdk.Stack(root, "There")
    network = PrivateNetwork(here, "Network", endpoints="needed")
    closed = closed_security_group(here, "Group", vpc=network.vpc, description="A workload")
    peer = closed_security_group(there, "Peer", vpc=network.vpc, description="A peer")
    peer.connections.allow_from(closed, ec2.Port.tcp(8080))
    groups = of_type(template(here), "AWS::EC2::SecurityGroup")
    (mine,) = [each["Properties"] for key, each in groups.items() if key.startswith("Group")]
    assert [rule["CidrIp"] for rule in mine["SecurityGroupEgress"]] == ["255.255.255.255/32"]
