from ipaddress import IPv4Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_ecs.preflight.topology.addresses import Block, Blocks, Public, is_default, is_private
from constructs_ecs.preflight.topology.things import SUBNET, thing
from constructs_ecs.preflight.values import Symbol, Ternary, Unknown
from tests.preflight.support import graph

YES, NO, UNKNOWN = Ternary.YES, Ternary.NO, Ternary.UNKNOWN
EMPTY = Blocks(graph({}))

networks = st.builds(
    lambda address, prefix: IPv4Network((address, prefix), strict=False),
    st.integers(0, 2**32 - 1),
    st.integers(0, 32),
)


@given(networks, networks)
def test_a_rule_covers_all_of_a_block_none_of_it_or_it_is_not_known(rule: IPv4Network, block: IPv4Network) -> None:
    answer = EMPTY.cover(str(rule), (Block((block,)),))
    expected = YES if block.subnet_of(rule) else UNKNOWN if block.overlaps(rule) else NO
    assert answer is expected


@given(networks)
def test_public_addresses_are_covered_by_all_of_them_alone(rule: IPv4Network) -> None:
    answer = EMPTY.cover(str(rule), Public())
    assert (answer is YES) == (rule.prefixlen == 0)
    assert (answer is NO) == is_private(str(rule))


@given(st.text() | st.none() | st.integers() | st.builds(Unknown, st.text()))
def test_what_is_no_block_of_ipv4_is_neither_default_nor_private(value: object) -> None:
    if not isinstance(value, str) or "." not in value:
        assert not is_default(value)
        assert not is_private(value)
    assert EMPTY.cover(value, (Block((IPv4Network("10.0.0.0/24"),)),)) in tuple(Ternary)


def test_interfaces_in_several_blocks_are_covered_together_or_it_is_not_known() -> None:
    blocks = (Block((IPv4Network("10.0.0.0/24"),)), Block((IPv4Network("10.0.1.0/24"),)))
    assert EMPTY.cover("10.0.0.0/16", blocks) is YES
    assert EMPTY.cover("10.0.1.0/24", blocks) is UNKNOWN
    assert EMPTY.cover("10.0.2.0/24", blocks) is NO


@pytest.mark.parametrize(
    ("vpc", "subnet", "more", "rule", "answer"),
    [
        ("10.0.0.0/16", {"Ref": "Param"}, {}, "10.0.0.0/8", YES),
        ("10.0.0.0/16", {"Ref": "Param"}, {}, "10.0.0.0/24", UNKNOWN),
        ("10.0.0.0/16", {"Ref": "Param"}, {}, "10.1.0.0/16", NO),
        ("10.0.0.0/16", {"Ref": "Param"}, {}, {"Fn::GetAtt": ["Vpc", "CidrBlock"]}, YES),
        ("10.0.0.0/16", {"Ref": "Param"}, {"CidrBlock": "10.1.0.0/16"}, "10.0.0.0/16", UNKNOWN),
        ("10.0.0.0/16", {"Ref": "Param"}, {"CidrBlock": "10.1.0.0/16"}, "10.0.0.0/15", YES),
        ("10.0.0.0/16", "10.1.0.0/24", {"CidrBlock": "10.1.0.0/16"}, {"Fn::GetAtt": ["Vpc", "CidrBlock"]}, NO),
        ("10.0.0.0/16", {"Ref": "Param"}, {"Ipv4IpamPoolId": "pool"}, "10.0.0.0/16", UNKNOWN),
        ("10.0.0.0/16", {"Ref": "Param"}, {"AmazonProvidedIpv6CidrBlock": True}, "10.0.0.0/16", YES),
        ({"Ref": "Param"}, "10.0.0.0/24", {}, {"Fn::GetAtt": ["Vpc", "CidrBlock"]}, UNKNOWN),
        ({"Ref": "Param"}, {"Ref": "Param2"}, {}, "10.0.0.0/16", UNKNOWN),
        ({"Ref": "Param"}, {"Ref": "Param2"}, {}, "0.0.0.0/0", YES),
        (None, None, {}, {"Fn::GetAtt": ["Vpc", "CidrBlock"]}, YES),
        (None, None, {}, {"Fn::GetAtt": ["Subnet", "CidrBlock"]}, YES),
    ],
)
def test_a_subnet_is_somewhere_in_its_vpc(
    vpc: object, subnet: object, more: dict[str, object], rule: object, answer: Ternary
) -> None:
    resources = {
        "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": vpc} if vpc else {"Ipv4IpamPoolId": "pool"}},
        "Subnet": {"Type": SUBNET, "Properties": {"VpcId": {"Ref": "Vpc"}, "CidrBlock": subnet}},
    }
    if more:
        resources["More"] = {"Type": "AWS::EC2::VPCCidrBlock", "Properties": {"VpcId": {"Ref": "Vpc"}, **more}}
    names = ("Param", "Param2")
    found = graph({"Parameters": {name: {"Type": "String"} for name in names}, "Resources": resources})
    blocks = Blocks(found)
    place = thing(found, found.value("Template", {"Ref": "Subnet"}), SUBNET)
    assert blocks.cover(found.value("Template", rule), blocks.of_subnets([place])) is answer


def test_the_block_of_a_vpc_holds_no_public_address_whatever_it_is() -> None:
    assert EMPTY.cover(Symbol("Elsewhere", "Vpc", "CidrBlock"), Public()) is NO
    assert EMPTY.cover(Symbol("Elsewhere", "Vpc", "Other"), Public()) is UNKNOWN


def test_of_a_subnet_outside_no_address_is_known() -> None:
    outside = EMPTY.of_subnets([Unknown("a parameter")])
    assert EMPTY.cover("10.0.0.0/8", outside) is UNKNOWN
    assert EMPTY.cover("0.0.0.0/0", outside) is YES
