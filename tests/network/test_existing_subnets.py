"""Which subnets of a VPC that exists are used."""

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2

from constructs_ecs.errors import Code, InvalidValueError
from constructs_ecs.network.existing_subnets import chosen_subnets, has_route_table, one_per_zone
from tests.support import ENVIRONMENT, stack

ZONES = ["us-east-1a", "us-east-1b"]
ISOLATED: dict[str, Any] = {"isolated_subnet_ids": ["subnet-i1", "subnet-i2"]}
PRIVATE: dict[str, Any] = {"private_subnet_ids": ["subnet-p1", "subnet-p2"]}
PUBLIC: dict[str, Any] = {"public_subnet_ids": ["subnet-o1", "subnet-o2"]}


def vpc(scope: cdk.Stack | None = None, /, **subnets: Any) -> ec2.IVpc:  # noqa: ANN401 - as the CDK takes them
    root = stack() if scope is None else scope
    return ec2.Vpc.from_vpc_attributes(root, "Vpc", vpc_id="vpc-1", availability_zones=ZONES, **subnets)


def names(subnets: tuple[ec2.ISubnet, ...]) -> list[str]:
    return [subnet.subnet_id for subnet in subnets]


@pytest.mark.parametrize(
    ("subnets", "has_egress", "kind"),
    [
        ({**ISOLATED, **PRIVATE, **PUBLIC}, False, "i"),
        ({**ISOLATED, **PRIVATE, **PUBLIC}, True, "p"),
        (ISOLATED, True, "i"),
        (PRIVATE, False, "p"),
    ],
)
def test_the_subnets_with_as_much_of_a_way_out_as_was_declared_are_taken(
    subnets: dict[str, Any], *, has_egress: bool, kind: str
) -> None:
    chosen = names(chosen_subnets(vpc(**subnets), None, has_egress=has_egress))
    assert chosen == [f"subnet-{kind}1", f"subnet-{kind}2"]


@pytest.mark.parametrize("has_egress", [True, False])
@pytest.mark.parametrize("subnets", [PUBLIC, {}])
def test_a_vpc_without_private_subnets_is_refused(subnets: dict[str, Any], *, has_egress: bool) -> None:
    with pytest.raises(InvalidValueError) as caught:
        chosen_subnets(vpc(**subnets), None, has_egress=has_egress)
    assert caught.value.code is Code.SETTING


def test_subnets_that_were_asked_for_are_taken() -> None:
    selection = ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_WITH_EGRESS, availability_zones=ZONES[:1])
    assert names(chosen_subnets(vpc(**ISOLATED, **PRIVATE), selection, has_egress=False)) == ["subnet-p1"]


@pytest.mark.parametrize(
    "selection",
    [
        ec2.SubnetSelection(subnet_type=ec2.SubnetType.PUBLIC),
        ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED),
        ec2.SubnetSelection(subnet_group_name="Apps"),
        ec2.SubnetSelection(availability_zones=["us-east-1f"]),
        ec2.SubnetSelection(subnets=[]),
        ec2.SubnetSelection(subnet_group_name="Apps", subnet_type=ec2.SubnetType.PUBLIC),
    ],
)
def test_a_selection_of_public_subnets_or_of_none_is_refused(selection: ec2.SubnetSelection) -> None:
    with pytest.raises(InvalidValueError) as caught:
        chosen_subnets(vpc(**PRIVATE, **PUBLIC), selection, has_egress=False)
    assert caught.value.code is Code.SETTING


@pytest.mark.parametrize("env", [None, ENVIRONMENT])
def test_one_subnet_of_each_zone_is_kept_the_first(env: cdk.Environment | None) -> None:
    scope = stack(env=env)
    several = vpc(scope, isolated_subnet_ids=["subnet-1", "subnet-2", "subnet-3", "subnet-4"]).isolated_subnets
    assert names(one_per_zone(scope, several)) == ["subnet-1", "subnet-2"]


def test_zones_that_are_tokens_are_told_apart_by_what_they_stand_for() -> None:
    scope = stack()
    made = ec2.Vpc(
        scope,
        "Made",
        max_azs=2,
        nat_gateways=0,
        subnet_configuration=[
            ec2.SubnetConfiguration(name=name, subnet_type=ec2.SubnetType.PRIVATE_ISOLATED) for name in ("App", "Data")
        ],
    )
    assert len(made.isolated_subnets) == 4
    assert len(one_per_zone(scope, made.isolated_subnets)) == 2
    imported = [
        ec2.Subnet.from_subnet_attributes(
            scope,
            f"{index}{name}",
            subnet_id=f"subnet-{index}{name}",
            availability_zone=cdk.Fn.select(index, cdk.Fn.get_azs()),
        )
        for name in ("a", "b")
        for index in (0, 1)
    ]
    assert names(one_per_zone(scope, imported)) == ["subnet-0a", "subnet-1a"]


def test_a_zone_that_is_not_known_matters_where_there_are_several_subnets() -> None:
    scope = stack()
    subnets = [ec2.Subnet.from_subnet_id(scope, each, f"subnet-{each}") for each in ("one", "two")]
    assert names(one_per_zone(scope, subnets[:1])) == ["subnet-one"]
    with pytest.raises(InvalidValueError) as caught:
        one_per_zone(scope, subnets)
    assert caught.value.code is Code.SETTING
    assert "Test/one" in caught.value.problem


def test_zones_of_a_list_that_is_known_at_deployment_are_not_known() -> None:
    scope = stack()
    imported = ec2.Vpc.from_vpc_attributes(
        scope, "Vpc", vpc_id="vpc-1", availability_zones=cdk.Fn.get_azs(), private_subnet_ids=["subnet-1", "subnet-2"]
    )
    with pytest.raises(InvalidValueError) as caught:
        one_per_zone(scope, imported.private_subnets)
    assert caught.value.code is Code.SETTING
    assert "Test/Vpc/PrivateSubnet1" in caught.value.problem


def test_subnets_are_given_one_by_one_whatever_is_known_of_them() -> None:
    scope = stack()
    subnet = ec2.Subnet.from_subnet_id(scope, "One", "subnet-one")
    chosen = chosen_subnets(vpc(scope, **PRIVATE), ec2.SubnetSelection(subnets=[subnet]), has_egress=False)
    assert names(chosen) == ["subnet-one"]


def test_a_public_subnet_is_refused_among_those_that_are_given_one_by_one() -> None:
    imported = vpc(**PRIVATE, **PUBLIC)
    selection = ec2.SubnetSelection(subnets=[*imported.private_subnets, imported.public_subnets[0]])
    with pytest.raises(InvalidValueError) as caught:
        chosen_subnets(imported, selection, has_egress=False)
    assert "public" in caught.value.problem


def test_whether_a_route_table_is_known() -> None:
    (known, _), (unknown, _) = (
        vpc(**ISOLATED, **tables).isolated_subnets
        for tables in ({"isolated_subnet_route_table_ids": ["rtb-1"] * 2}, {})
    )
    assert has_route_table(known)
    assert not has_route_table(unknown)


def test_a_list_that_is_known_at_deployment_is_one_subnet_to_the_cdk_and_stays_a_list() -> None:
    scope = stack()
    listed = [cdk.Fn.split(",", cdk.Fn.import_value(name)) for name in ("Zones", "Subnets")]
    imported = ec2.Vpc.from_vpc_attributes(
        scope, "Vpc", vpc_id="vpc-1", availability_zones=listed[0], private_subnet_ids=listed[1]
    )
    chosen = one_per_zone(scope, chosen_subnets(imported, None, has_egress=False))
    assert scope.resolve(names(chosen)) == {"Fn::Split": [",", {"Fn::ImportValue": "Subnets"}]}
