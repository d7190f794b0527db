import pytest

from constructs_ecs.preflight.topology.things import (
    SUBNET,
    called,
    is_outside,
    key,
    listed,
    network_acl,
    same_thing,
    security_group,
    thing,
)
from constructs_ecs.preflight.values import Symbol, Ternary, Unknown
from tests.preflight.support import graph
from tests.preflight.topology.scene import ISOLATED

FOUND = graph({"Parameters": {"One": {"Type": "String"}, "Two": {"Type": "String"}}, "Resources": ISOLATED})


def of(value: object) -> object:
    return FOUND.value("Template", value)


def test_a_reference_is_the_resource() -> None:
    subnet = thing(FOUND, of({"Ref": "Subnet"}), SUBNET)
    assert subnet is FOUND.resource("Template", "Subnet")
    assert key(subnet) == ("Template", "Subnet")
    assert called(subnet) == "Subnet"


def test_a_reference_to_another_type_is_something_else() -> None:
    assert isinstance(thing(FOUND, of({"Ref": "Vpc"}), SUBNET), Unknown)


@pytest.mark.parametrize("value", ["subnet-1", {"Ref": "One"}, {"Fn::ImportValue": "export"}])
def test_two_mentions_of_one_thing_outside_are_the_same_thing(value: object) -> None:
    one, again = thing(FOUND, of(value), SUBNET), thing(FOUND, of(value), SUBNET)
    assert same_thing(one, again) is Ternary.YES
    assert is_outside(key(one))
    other = thing(FOUND, of({"Ref": "Two"}), SUBNET)
    assert same_thing(one, other) is Ternary.UNKNOWN
    assert same_thing(one, thing(FOUND, of({"Ref": "Subnet"}), SUBNET)) is Ternary.UNKNOWN


def test_two_resources_are_two_things() -> None:
    one, other = (thing(FOUND, of({"Ref": name}), SUBNET) for name in ("Subnet", "EndpointSubnet"))
    assert same_thing(one, other) is Ternary.NO


def test_what_is_not_known_at_all_is_not_even_itself() -> None:
    unknown = thing(FOUND, Unknown("no reason"))
    assert key(unknown) is None
    assert same_thing(unknown, unknown) is Ternary.UNKNOWN
    assert isinstance(thing(FOUND, None), Unknown)


def test_a_vpc_stands_for_its_default_group_and_acl() -> None:
    vpc = FOUND.resource("Template", "Vpc")
    assert security_group(FOUND, of({"Fn::GetAtt": ["Vpc", "DefaultSecurityGroup"]})) is vpc
    assert network_acl(FOUND, of({"Fn::GetAtt": ["Vpc", "DefaultNetworkAcl"]})) is vpc
    assert isinstance(security_group(FOUND, Symbol("Template", "Subnet", "DefaultSecurityGroup")), Unknown)
    assert isinstance(security_group(FOUND, Symbol("Template", "Gone", "DefaultSecurityGroup")), Unknown)


def test_a_list_may_be_absent_or_one_element() -> None:
    assert listed(None) == []
    assert listed("one") == ["one"]
    assert listed(["one", "two"]) == ["one", "two"]
