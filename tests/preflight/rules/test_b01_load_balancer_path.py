from typing import Any

import pytest

from constructs_ecs.preflight.findings import Severity
from constructs_ecs.preflight.rules.b01_load_balancer_path import LoadBalancerPath
from tests.preflight.rules.support_balancing import BALANCED, BY_A_RULE, rule
from tests.preflight.rules.support_network import Change, added, attribute, container, network, ref, removed, set_to
from tests.preflight.rules.support_roles import also
from tests.preflight.rules.support_tasks import Resources, findings, fixture

BALANCER = {"SourceSecurityGroupId": attribute("BalancerGroup", "GroupId")}
TASKS = {"DestinationSecurityGroupId": attribute("TaskSecurityGroup", "GroupId")}
CLOSED = set_to("TaskSecurityGroup", SecurityGroupIngress=None)


def found_in(*changes: Change) -> list[Any]:
    body = fixture("fargate", also(BALANCED, *changes)) | {"Parameters": {"Given": {"Type": "String"}}}
    return findings(LoadBalancerPath, body)


def admits(*rules: dict[str, Any]) -> Change:
    return set_to("TaskSecurityGroup", SecurityGroupIngress=list(rules))


def lets_out(*rules: dict[str, Any]) -> Change:
    return set_to("BalancerGroup", SecurityGroupEgress=list(rules))


def network_acl(*entries: dict[str, Any]) -> Change:
    """Give the tasks a subnet of their own, behind a network ACL."""
    associated = {"SubnetId": ref("SubnetB"), "NetworkAclId": ref("Acl")}
    return also(
        added(
            Acl=("EC2::NetworkAcl", {"VpcId": ref("Vpc")}),
            AclOfB=("EC2::SubnetNetworkAclAssociation", associated),
            **{f"Entry{place}": ("EC2::NetworkAclEntry", entry) for place, entry in enumerate(entries)},
        ),
        network(Subnets=[ref("SubnetB")]),
        set_to("Balancer", Subnets=[ref("SubnetA")]),
    )


def entry(*, egress: bool, first: int = 0, last: int = 65535) -> dict[str, Any]:
    return {
        "NetworkAclId": ref("Acl"),
        "RuleNumber": 100,
        "Egress": egress,
        "RuleAction": "allow",
        "Protocol": 6,
        "CidrBlock": "0.0.0.0/0",
        "PortRange": {"From": first, "To": last},
    }


def as_network_balancer(**properties: Any) -> Change:  # noqa: ANN401 - properties
    return also(set_to("Balancer", Type="network", **properties), set_to("Targets", Protocol="TCP"))


def test_a_group_that_lets_the_load_balancer_in_and_out_passes() -> None:
    assert found_in() == found_in(BY_A_RULE) == []


@pytest.mark.parametrize(
    "change",
    [CLOSED, admits(rule(9090, **BALANCER)), admits(rule(8080, **BALANCER) | {"IpProtocol": "udp"})],
    ids=["no rule", "another port", "another protocol"],
)
@pytest.mark.parametrize("forwarding", [also(), BY_A_RULE], ids=["the listener", "a rule"])
def test_tasks_that_do_not_let_the_load_balancer_in_fail(change: Change, forwarding: Change) -> None:
    (found,) = found_in(forwarding, change)
    assert (found.severity, found.where.logical_id) == (Severity.START, "TaskSecurityGroup")
    assert found.message == (
        "No rule of TaskSecurityGroup of the tasks of Service lets tcp/8080 in from BalancerGroup."
    )
    assert found.fix == "Let tcp/8080 from BalancerGroup into the security group TaskSecurityGroup."
    assert [site.logical_id for site in found.launch_sites] == ["Service"]


@pytest.mark.parametrize(
    "change",
    [lets_out(rule(443, CidrIp="0.0.0.0/0")), lets_out(rule(9090, **TASKS))],
    ids=["another destination's", "another port"],
)
def test_a_load_balancer_that_does_not_get_out_fails(change: Change) -> None:
    (found,) = found_in(change)
    assert (found.severity, found.where.logical_id) == (Severity.START, "BalancerGroup")
    assert found.fix == "Let tcp/8080 out to TaskSecurityGroup from the security group BalancerGroup."


def test_both_ends_closed_are_two_findings() -> None:
    assert {found.where.logical_id for found in found_in(CLOSED, lets_out(rule(443, CidrIp="0.0.0.0/0")))} == {
        "TaskSecurityGroup",
        "BalancerGroup",
    }


def test_a_rule_beside_the_group_counts() -> None:
    beside = rule(8080, GroupId=attribute("TaskSecurityGroup", "GroupId"), **BALANCER)
    assert found_in(CLOSED, added(In=("EC2::SecurityGroupIngress", beside))) == []


def test_the_vpc_s_default_group_stands_for_a_load_balancer_without_one() -> None:
    default = {"SourceSecurityGroupId": attribute("Vpc", "DefaultSecurityGroup")}
    without = set_to("Balancer", SecurityGroups=None)
    assert found_in(without, admits(rule(8080, **default))) == []
    (found,) = found_in(without)
    assert found.message.endswith("in from the default group of Vpc.")


def test_health_checks_on_a_port_of_their_own_need_it_open() -> None:
    checked = set_to("Targets", HealthCheckPort="9000")
    (found,) = found_in(checked)
    assert "tcp/9000" in found.message
    assert found_in(checked, admits(rule(8080, **BALANCER), rule(9000, **BALANCER))) == []
    assert found_in(set_to("Targets", HealthCheckPort="traffic-port")) == []


def test_a_load_balancer_that_gets_in_from_some_subnets_only_is_a_warning() -> None:
    (found,) = found_in(admits(rule(8080, CidrIp="10.0.0.0/24")))
    assert found.severity is Severity.WARNING
    assert found_in(admits(rule(8080, CidrIp="10.0.0.0/23"))) == []


@pytest.mark.parametrize(
    "entries",
    [(), (entry(egress=False, last=8079), entry(egress=True)), (entry(egress=False), entry(egress=True, last=1023))],
    ids=["nothing", "not the port", "no replies"],
)
def test_a_network_acl_that_lets_nothing_to_the_tasks_fails(entries: tuple[dict[str, Any], ...]) -> None:
    (found,) = found_in(network_acl(*entries))
    assert found.severity is Severity.START
    assert found.message == "A network ACL does not let tcp/8080 to the tasks of Service and its replies through."


def test_a_network_acl_that_lets_requests_and_replies_through_passes() -> None:
    assert found_in(network_acl(entry(egress=False), entry(egress=True))) == []


def test_a_network_load_balancer_with_groups_is_held_to_its_health_checks() -> None:
    with_groups = as_network_balancer()
    assert found_in(with_groups) == []
    (found,) = found_in(with_groups, CLOSED)
    assert found.where.logical_id == "TaskSecurityGroup"
    # Clients come by their own addresses, if those are kept.
    only_checks = also(set_to("Targets", HealthCheckPort=9000), admits(rule(9000, **BALANCER)))
    assert found_in(with_groups, only_checks) == []


def test_dns_does_not_matter_to_health_checks() -> None:
    assert found_in(set_to("Vpc", EnableDnsSupport=False)) == []


@pytest.mark.parametrize(
    "change",
    [
        as_network_balancer(SecurityGroups=None),
        as_network_balancer(SecurityGroups=[]),
        set_to("Balancer", Type="gateway"),
        set_to("Balancer", Type=ref("Given")),
        set_to("Balancer", SecurityGroups=[ref("Given")]),
        set_to("Balancer", SecurityGroups=ref("Given")),
        set_to("Balancer", SecurityGroups=["sg-0123456789abcdef0"]),
        set_to("Listener", LoadBalancerArn=ref("Given")),
        set_to("Listener", DefaultActions=ref("Given")),
        set_to("Targets", TargetType="instance"),
        set_to("Targets", TargetType=ref("Given")),
        set_to("Targets", IpAddressType="ipv6"),
        set_to("Service", LoadBalancers=ref("Given")),
        set_to("Service", LoadBalancers=[{"ContainerPort": ref("Given"), "TargetGroupArn": ref("Targets")}]),
        set_to("Service", LoadBalancers=[{"ContainerPort": 8080, "TargetGroupArn": ref("Given")}]),
        set_to("Service", LoadBalancers=[{"ContainerPort": 8080, "LoadBalancerName": "classic"}]),
        network(SecurityGroups=[ref("Given")]),
        network(SecurityGroups=[attribute("TaskSecurityGroup", "GroupId"), ref("Given")]),
        set_to("Service", NetworkConfiguration=ref("Given")),
        admits(rule(8080, SourcePrefixListId="pl-0123456789abcdef0")),
        admits(rule(8080, SourceSecurityGroupId=ref("Given"))),
        admits(rule(8080, **BALANCER) | {"FromPort": ref("Given")}),
        added(In=("EC2::SecurityGroupIngress", rule(8080, GroupId=ref("Given"), **BALANCER))),
    ],
)
def test_what_the_templates_do_not_show_is_not_judged(change: Change) -> None:
    assert found_in(CLOSED, change) == []


def test_targets_in_another_vpc_are_not_judged() -> None:
    def elsewhere(resources: Resources) -> None:
        resources["Other"] = {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.1.0.0/16"}}
        subnet = {"VpcId": ref("Other"), "CidrBlock": "10.1.0.0/24"}
        resources["OtherSubnet"] = {"Type": "AWS::EC2::Subnet", "Properties": subnet}
        resources["Balancer"]["Properties"]["Subnets"] = [ref("OtherSubnet")]

    assert found_in(CLOSED, elsewhere) == []


def test_a_port_that_the_container_does_not_have_is_another_rule_s() -> None:
    assert found_in(CLOSED, container(PortMappings=[{"ContainerPort": 9090}])) == []
    assert len(found_in(CLOSED, container(PortMappings=[{"ContainerPort": {"Ref": "Given"}}]))) == 1
    assert len(found_in(CLOSED, set_to("Service", TaskDefinition={"Ref": "Given"}))) == 1


def test_a_service_without_a_load_balancer_is_not_looked_at() -> None:
    assert findings(LoadBalancerPath, fixture("fargate")) == []
    assert found_in(CLOSED, removed("Listener")) == []
