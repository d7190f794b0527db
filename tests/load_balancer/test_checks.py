"""What is known at synth of a network that exists."""

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2

from constructs_ecs import Code, ConflictError, EcsCluster, PrivateNetwork
from constructs_ecs.load_balancer import checks
from constructs_ecs.network import ExistingNetwork
from tests.load_balancer.scene import LOAD_BALANCER, http
from tests.scene import Scene, scene
from tests.support import only, stack, template


def _vpc(scope: cdk.Stack, *zones: str, construct_id: str = "Vpc", vpc_id: str = "vpc-1") -> ec2.IVpc:
    numbers = range(len(zones))
    return ec2.Vpc.from_vpc_attributes(
        scope,
        construct_id,
        vpc_id=vpc_id,
        vpc_cidr_block="10.0.0.0/16",
        availability_zones=list(zones),
        isolated_subnet_ids=[f"subnet-{number}" for number in numbers],
        isolated_subnet_ipv4_cidr_blocks=[f"10.0.{number}.0/24" for number in numbers],
        isolated_subnet_route_table_ids=[f"rtb-{number}" for number in numbers],
    )


def _subnet(scope: cdk.Stack, number: int, zone: str | None) -> ec2.ISubnet:
    attributes = {"subnet_id": f"subnet-{number}", "route_table_id": f"rtb-{number}"}
    return ec2.Subnet.from_subnet_attributes(scope, f"Subnet{number}", **attributes, availability_zone=zone)


def _network(scope: cdk.Stack, *zones: str | None) -> ExistingNetwork:
    subnets = [_subnet(scope, number, zone) for number, zone in enumerate(zones)]
    vpc = _vpc(scope, "us-east-1a", "us-east-1b")
    return ExistingNetwork(scope, "Network", vpc=vpc, task_subnets=ec2.SubnetSelection(subnets=subnets))


def test_of_several_subnets_in_a_zone_one_is_used() -> None:
    scope = stack()
    http(scope, _network(scope, "us-east-1a", "us-east-1b", "us-east-1a"))
    assert only(template(scope), LOAD_BALANCER)["Subnets"] == ["subnet-0", "subnet-1"]


def test_subnets_that_are_known_to_be_too_small_are_refused() -> None:
    for cidr, fits in (("10.0.0.0/24", False), ("10.0.0.0/23", True)):
        scope = stack()
        network = PrivateNetwork(scope, "Network", cidr=cidr)
        if fits:
            assert len(checks.zonal_subnets(network)) == 2
            continue
        with pytest.raises(ConflictError, match="/27 or larger") as raised:
            http(scope, network)
        assert raised.value.code is Code.LOAD_BALANCER_CHOICE
        assert scope.node.try_find_child("Balancer") is None


def test_two_subnets_in_one_zone_are_too_few() -> None:
    scope = stack()
    with pytest.raises(ConflictError):
        checks.zonal_subnets(_network(scope, "us-east-1a", "us-east-1a"))


def test_zones_of_a_list_that_is_known_to_aws_alone_pass() -> None:
    scope = stack()
    vpc = ec2.Vpc.from_vpc_attributes(
        scope, "Vpc", vpc_id="vpc-1", availability_zones=cdk.Fn.get_azs(), private_subnet_ids=["subnet-1", "subnet-2"]
    )
    assert len(checks.zonal_subnets(ExistingNetwork(scope, "Network", vpc=vpc))) == 2


def test_zones_that_are_known_to_aws_alone_pass() -> None:
    scope = stack()
    assert len(checks.zonal_subnets(_network(scope, None, None))) == 2
    zones = [cdk.CfnParameter(scope, name).value_as_string for name in ("First", "Second")]
    network = _network(cdk.Stack(cdk.App(analytics_reporting=False), "Other"), *zones)
    assert len(checks.zonal_subnets(network)) == 2


def test_subnets_that_are_selected_in_another_way_are_found() -> None:
    network = PrivateNetwork(stack(), "Network")
    named = [subnet.node.path for subnet in checks.zonal_subnets(network)]
    network.task_subnets = ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED)
    assert len(checks.zonal_subnets(network)) == len(named) == 2


def test_two_views_of_one_vpc_are_one_network() -> None:
    place = scene()
    first, second, third = (
        ExistingNetwork(place.stack, name, vpc=_vpc(place.stack, "a", "b", construct_id=f"{name}Vpc", vpc_id=vpc_id))
        for name, vpc_id in (("First", "vpc-1"), ("Second", "vpc-1"), ("Third", "vpc-2"))
    )
    cluster = EcsCluster(place.stack, "Elsewhere", network=first)
    service = Scene(place.stack, place.network, cluster, place.image).fargate()
    checks.check_same_vpc(second, service)
    with pytest.raises(ConflictError, match="in one VPC"):
        checks.check_same_vpc(third, service)
