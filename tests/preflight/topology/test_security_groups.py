from typing import Any

import pytest

from constructs_ecs.preflight.templates.graph import Graph
from constructs_ecs.preflight.topology.addresses import Blocks, Public
from constructs_ecs.preflight.topology.security_groups import (
    EGRESS,
    INGRESS,
    Answer,
    Direction,
    Party,
    SecurityGroups,
)
from constructs_ecs.preflight.topology.things import SUBNET, security_group, thing
from constructs_ecs.preflight.values import Ternary, Unknown
from tests.preflight.support import graph
from tests.preflight.topology.scene import read

YES, NO, UNKNOWN = Ternary.YES, Ternary.NO, Ternary.UNKNOWN

BASE = read("""
Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
Subnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24}}
Group: {Type: AWS::EC2::SecurityGroup, Properties: {VpcId: !Ref Vpc, GroupDescription: one}}
Other: {Type: AWS::EC2::SecurityGroup, Properties: {VpcId: !Ref Vpc, GroupDescription: two}}
""")
TCP = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}
DEFAULT = {"Fn::GetAtt": ["Vpc", "DefaultSecurityGroup"]}


def inline(direction: Direction, *rules: object) -> dict[str, Any]:
    properties = {**BASE["Group"]["Properties"], direction.inline: list(rules)}
    return {**BASE, "Group": {**BASE["Group"], "Properties": properties}}


def beside(
    direction: Direction, rule: dict[str, Any], group: object = None, base: dict[str, Any] = BASE
) -> dict[str, Any]:
    group = {"Ref": "Group"} if group is None else group
    return {**base, "Rule": {"Type": direction.resource, "Properties": {"GroupId": group, **rule}}}


def resolved(found: Graph, value: object) -> object:
    return found.value("Template", value)


def ask(
    resources: dict[str, Any],
    direction: Direction,
    *,
    group: object = None,
    peer: object = None,
    public: bool = False,
    port: int = 443,
    region: str = "eu-west-1",
    s3: bool = False,
) -> Answer:
    found = graph({"Parameters": {"Param": {"Type": "String"}}, "Resources": resources}, region=region)
    blocks = Blocks(found)
    own = security_group(found, resolved(found, {"Ref": "Group"} if group is None else group))
    other = security_group(found, resolved(found, {"Ref": "Other"} if peer is None else peer))
    subnet = thing(found, resolved(found, {"Ref": "Subnet"}), SUBNET)
    inside = Party((other,), (blocks.of_subnet(subnet),))
    outside = Party((), Public(), s3_region=region if s3 else None)
    return SecurityGroups(found, blocks).allow(direction, (own,), outside if public or s3 else inside, port)


def group_rule(direction: Direction, group: object = None) -> dict[str, Any]:
    return {**TCP, direction.group: {"Ref": "Other"} if group is None else group}


@pytest.mark.parametrize("direction", [INGRESS, EGRESS])
class TestBothDirections:
    def test_a_rule_for_a_group_admits_who_carries_it(self, direction: Direction) -> None:
        rule = group_rule(direction)
        for resources in (inline(direction, rule), beside(direction, rule, base=inline(direction))):
            assert ask(resources, direction).allowed is YES
        closed = inline(direction, rule)
        assert ask(closed, direction, peer={"Ref": "Group"}).allowed is NO

    def test_the_rule_that_admits_is_named(self, direction: Direction) -> None:
        answer = ask(inline(direction, {**TCP, "CidrIp": "1.2.3.4/32"}, group_rule(direction)), direction)
        assert str(answer.where[0]) == f"Template#Group.{direction.inline}[1]"
        answer = ask(beside(direction, group_rule(direction), base=inline(direction, TCP)), direction)
        assert str(answer.where[0]) == "Template#Rule"

    @pytest.mark.parametrize(
        ("ports", "allowed"),
        [
            ({"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}, YES),
            ({"IpProtocol": "TCP", "FromPort": "0", "ToPort": "65535"}, YES),
            ({"IpProtocol": 6, "FromPort": 443, "ToPort": 443}, YES),
            ({"IpProtocol": "-1"}, YES),
            ({"IpProtocol": -1, "FromPort": 1, "ToPort": 1}, YES),
            ({"IpProtocol": "tcp", "FromPort": 80, "ToPort": 442}, NO),
            ({"IpProtocol": "tcp", "FromPort": 444, "ToPort": 500}, NO),
            ({"IpProtocol": "udp", "FromPort": 443, "ToPort": 443}, NO),
            ({"IpProtocol": "icmp", "FromPort": -1, "ToPort": -1}, NO),
            ({"IpProtocol": "tcp", "FromPort": {"Ref": "Param"}, "ToPort": 443}, UNKNOWN),
            ({"IpProtocol": "tcp"}, UNKNOWN),
            ({"IpProtocol": {"Ref": "Param"}, "FromPort": 443, "ToPort": 443}, UNKNOWN),
            ({}, UNKNOWN),
        ],
    )
    def test_a_rule_is_for_a_protocol_and_ports(
        self, direction: Direction, ports: dict[str, object], allowed: Ternary
    ) -> None:
        rule = {**ports, direction.group: {"Ref": "Other"}}
        assert ask(inline(direction, rule), direction).allowed is allowed

    @pytest.mark.parametrize(
        ("cidr", "allowed"),
        [
            ("0.0.0.0/0", YES),
            ("10.0.0.0/16", YES),
            ("10.0.0.0/24", YES),
            ({"Fn::GetAtt": ["Vpc", "CidrBlock"]}, YES),
            ({"Fn::GetAtt": ["Subnet", "CidrBlock"]}, YES),
            ("10.0.0.0/25", UNKNOWN),
            ("10.0.1.0/24", NO),
            ("255.255.255.255/32", NO),
            ({"Ref": "Param"}, UNKNOWN),
            ("nonsense", UNKNOWN),
        ],
    )
    def test_a_rule_for_addresses_covers_a_subnet_or_not(
        self, direction: Direction, cidr: object, allowed: Ternary
    ) -> None:
        assert ask(inline(direction, {**TCP, "CidrIp": cidr}), direction).allowed is allowed

    def test_a_rule_for_ipv6_is_none_for_ipv4(self, direction: Direction) -> None:
        assert ask(inline(direction, {**TCP, "CidrIpv6": "::/0"}), direction).allowed is NO

    def test_a_rule_without_a_peer_is_unknown(self, direction: Direction) -> None:
        assert ask(inline(direction, TCP), direction).allowed is UNKNOWN

    @pytest.mark.parametrize("outside", ["sg-1", {"Ref": "Param"}, {"Fn::ImportValue": "group"}])
    def test_a_rule_for_a_group_outside_is_unknown(self, direction: Direction, outside: object) -> None:
        assert ask(inline(direction, group_rule(direction, outside)), direction).allowed is UNKNOWN
        assert ask(inline(direction, group_rule(direction, outside)), direction, peer=outside).allowed is YES

    def test_a_peer_outside_may_carry_any_group(self, direction: Direction) -> None:
        assert ask(inline(direction, group_rule(direction)), direction, peer="sg-1").allowed is UNKNOWN
        assert ask(inline(direction, {**TCP, "CidrIp": "192.0.2.0/24"}), direction, peer="sg-1").allowed is NO

    @pytest.mark.parametrize("rules", [{"Ref": "Param"}, [{"Ref": "Param"}]])
    def test_rules_that_are_not_known_leave_it_open(self, direction: Direction, rules: object) -> None:
        group = {**BASE["Group"], "Properties": {"VpcId": {"Ref": "Vpc"}, direction.inline: rules}}
        assert ask({**BASE, "Group": group}, direction).allowed is UNKNOWN

    def test_one_rule_may_stand_without_a_list(self, direction: Direction) -> None:
        group = {**BASE["Group"], "Properties": {"VpcId": {"Ref": "Vpc"}, direction.inline: group_rule(direction)}}
        assert ask({**BASE, "Group": group}, direction).allowed is YES

    def test_a_group_outside_has_rules_that_nobody_knows(self, direction: Direction) -> None:
        assert ask(BASE, direction, group="sg-1").allowed is UNKNOWN
        admitted = beside(direction, group_rule(direction), "sg-1")
        assert ask(admitted, direction, group="sg-1").allowed is YES

    def test_a_rule_of_a_group_outside_may_be_one_of_this_group(self, direction: Direction) -> None:
        closed = inline(direction, {**TCP, "CidrIp": "192.0.2.0/24"})
        assert ask(beside(direction, group_rule(direction), {"Ref": "Param"}, closed), direction).allowed is UNKNOWN
        other_port = {**group_rule(direction), "FromPort": 1, "ToPort": 1}
        assert ask(beside(direction, other_port, {"Ref": "Param"}, closed), direction).allowed is NO

    def test_a_prefix_list_of_the_template_counts_by_its_entries(self, direction: Direction) -> None:
        rule = {**TCP, direction.prefix_list: {"Ref": "List"}}
        for cidr, allowed in (("10.0.0.0/8", YES), ("10.1.0.0/16", NO), ("10.0.0.0/25", UNKNOWN)):
            own = {"Type": "AWS::EC2::PrefixList", "Properties": {"Entries": [{"Cidr": cidr}]}}
            assert ask({**inline(direction, rule), "List": own}, direction).allowed is allowed
        for entries in ({"Ref": "Param"}, [{"Ref": "Param"}]):
            own = {"Type": "AWS::EC2::PrefixList", "Properties": {"Entries": entries}}
            assert ask({**inline(direction, rule), "List": own}, direction).allowed is UNKNOWN

    def test_a_prefix_list_outside_is_unknown(self, direction: Direction) -> None:
        assert ask(inline(direction, {**TCP, direction.prefix_list: "pl-1"}), direction).allowed is UNKNOWN

    def test_the_prefix_list_of_s3_holds_no_private_address(self, direction: Direction) -> None:
        assert ask(inline(direction, {**TCP, direction.prefix_list: "pl-6da54004"}), direction).allowed is NO


@pytest.mark.parametrize(
    ("rule", "allowed"),
    [
        ({"DestinationPrefixListId": "pl-6da54004"}, YES),
        ({"DestinationPrefixListId": "pl-63a5400a"}, UNKNOWN),
        ({"DestinationPrefixListId": "pl-0123456789"}, UNKNOWN),
        ({"DestinationPrefixListId": {"Fn::GetAtt": ["Lookup", "PrefixLists.0.PrefixListId"]}}, UNKNOWN),
        ({"CidrIp": "0.0.0.0/0"}, YES),
        ({"CidrIp": "52.218.0.0/17"}, UNKNOWN),
        ({"CidrIp": "10.0.0.0/8"}, NO),
        ({"CidrIp": "100.64.0.0/10"}, NO),
        ({"CidrIp": "255.255.255.255/32"}, NO),
        ({"CidrIp": {"Fn::GetAtt": ["Vpc", "CidrBlock"]}}, NO),
        ({"DestinationSecurityGroupId": {"Ref": "Other"}}, NO),
        ({"DestinationSecurityGroupId": "sg-1"}, NO),
        ({"CidrIpv6": "::/0"}, NO),
    ],
)
def test_the_way_to_s3_is_open_by_its_prefix_list_or_to_all(rule: dict[str, Any], allowed: Ternary) -> None:
    lookup = {"Lookup": {"Type": "Custom::AWS"}}
    assert ask({**lookup, **inline(EGRESS, {**TCP, **rule})}, EGRESS, s3=True).allowed is allowed


def test_the_prefix_list_of_s3_is_no_way_to_other_services() -> None:
    rule = {**TCP, "DestinationPrefixListId": "pl-6da54004"}
    assert ask(inline(EGRESS, rule), EGRESS, public=True).allowed is NO


def test_the_prefix_list_of_s3_tells_the_region_that_a_template_is_meant_for() -> None:
    found = graph(inline(EGRESS, {**TCP, "DestinationPrefixListId": "pl-6da54004"}))
    groups = SecurityGroups(found, Blocks(found))
    group = found.resource("Template", "Group")
    assert group is not None
    party = Party((), Public(), s3_region=found.environment("Template").region)
    assert groups.allow(EGRESS, (group,), party, 443).allowed is YES
    nowhere = Party((), Public(), s3_region=Unknown("a Region"))
    assert groups.allow(EGRESS, (group,), nowhere, 443).allowed is UNKNOWN


def test_a_group_lets_nothing_in_unless_told_to() -> None:
    answer = ask(BASE, INGRESS)
    assert answer.allowed is NO
    assert not answer.has_rules


def test_a_group_without_rules_of_its_own_lets_all_out() -> None:
    assert ask(BASE, EGRESS).allowed is YES
    assert ask(BASE, EGRESS, public=True).allowed is YES


def test_a_rule_of_its_own_takes_away_the_one_that_lets_all_out() -> None:
    answer = ask(
        inline(EGRESS, {"IpProtocol": "icmp", "FromPort": 252, "ToPort": 86, "CidrIp": "255.255.255.255/32"}), EGRESS
    )
    assert answer.allowed is NO
    assert answer.has_rules


def test_whether_rules_beside_a_group_take_it_away_is_unknown() -> None:
    assert ask(beside(EGRESS, group_rule(EGRESS)), EGRESS).allowed is YES
    assert ask(beside(EGRESS, group_rule(EGRESS)), EGRESS, public=True).allowed is UNKNOWN
    assert ask(inline(EGRESS), EGRESS).allowed is UNKNOWN, "an empty list"


def test_the_default_group_admits_itself_and_lets_all_out() -> None:
    assert ask(BASE, INGRESS, group=DEFAULT, peer=DEFAULT).allowed is YES
    assert ask(BASE, INGRESS, group=DEFAULT).allowed is NO
    assert ask(BASE, EGRESS, group=DEFAULT, public=True).allowed is YES


def test_rules_beside_the_default_group_count() -> None:
    assert ask(beside(INGRESS, group_rule(INGRESS), DEFAULT), INGRESS, group=DEFAULT).allowed is YES
    assert ask(inline(INGRESS, group_rule(INGRESS, DEFAULT)), INGRESS, peer=DEFAULT).allowed is YES


@pytest.mark.parametrize(
    ("type_", "name"),
    [("Custom::VpcRestrictDefaultSG", "DefaultSecurityGroupId"), ("Custom::ClosedDefaultSecurityGroup", "GroupId")],
)
def test_a_custom_resource_closes_the_default_group(type_: str, name: str) -> None:
    closed = {**BASE, "Closing": {"Type": type_, "Properties": {name: DEFAULT}}}
    assert ask(closed, INGRESS, group=DEFAULT, peer=DEFAULT).allowed is NO
    assert ask(closed, EGRESS, group=DEFAULT, public=True).allowed is NO


def test_a_group_of_which_nothing_is_stated_is_unknown() -> None:
    found = graph(BASE)
    groups = SecurityGroups(found, Blocks(found))
    assert groups.allow(INGRESS, (Unknown("no reason"),), Party(), 443).allowed is UNKNOWN
    assert groups.allow(INGRESS, (), Party(), 443).allowed is NO


def test_many_rules_for_other_groups_are_not_gone_through() -> None:
    rules = {
        f"Rule{number}": {
            "Type": INGRESS.resource,
            "Properties": {"GroupId": {"Ref": "Group"}, **group_rule(INGRESS, {"Ref": f"Client{number}"})},
        }
        for number in range(200)
    }
    clients = {f"Client{number}": BASE["Other"] for number in range(200)}
    answer = ask({**BASE, **rules, **clients}, INGRESS, peer={"Ref": "Client7"})
    assert [str(where) for where in answer.where] == ["Template#Rule7"]
