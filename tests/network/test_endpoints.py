"""Endpoints: their names, places, order and policies."""

from functools import cache
from itertools import permutations
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2

from constructs_ecs.facts.endpoints import ECS_CREATION_ORDER, Endpoint, service_name, supports_policy
from constructs_ecs.facts.needs import Needs
from constructs_ecs.facts.regions import S3_PREFIX_LISTS
from constructs_ecs.network import Egress, PrivateNetwork
from tests.support import ENVIRONMENT, of_type, stack, template

ACCOUNT = ENVIRONMENT.account
REGIONS = [
    "us-east-1",
    "us-gov-west-1",
    "cn-north-1",
    "cn-northwest-1",
    "us-iso-east-1",
    "us-iso-west-1",
    "us-isob-east-1",
    "us-isob-west-1",
    "us-isof-east-1",
    "us-isof-south-1",
    "eu-isoe-west-1",
    "eusc-de-east-1",
]


@cache
def every() -> dict[str, dict[str, Any]]:
    """The properties of every endpoint, in a fixed environment, by service name."""
    scope = stack(env=ENVIRONMENT)
    PrivateNetwork(scope, "Network", max_azs=3, extra_endpoints=Endpoint, public_load_balancers=True)
    made = template(scope)
    names = [each["Properties"]["ServiceName"] for each in of_type(made, "AWS::EC2::VPCEndpoint").values()]
    assert len(names) == len(set(map(str, names))) == len(Endpoint)
    return {
        name if isinstance(name, str) else "s3": {**each["Properties"], "DependsOn": each.get("DependsOn", [])}
        for name, each in zip(names, of_type(made, "AWS::EC2::VPCEndpoint").values(), strict=True)
    }


def interface(endpoint: Endpoint) -> dict[str, Any]:
    return every()[f"com.amazonaws.us-east-1.{endpoint.value}"]


def s3_statements(region: str | None = "us-east-1", **needs: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - as Needs
    env = None if region is None else cdk.Environment(account=ACCOUNT, region=region)
    scope = stack(env=env, flags=False)
    network = PrivateNetwork(scope, "Network", endpoints="needed")
    network.require(Needs(endpoints=frozenset({Endpoint.S3}), **needs), needed_by="Web")
    (gateway,) = of_type(template(scope), "AWS::EC2::VPCEndpoint").values()
    statements: list[dict[str, Any]] = gateway["Properties"]["PolicyDocument"]["Statement"]
    return statements


INTERFACES = [endpoint for endpoint in Endpoint if endpoint is not Endpoint.S3]


@pytest.mark.parametrize("endpoint", INTERFACES)
def test_an_interface_endpoint_has_private_dns_and_is_in_each_zone(endpoint: Endpoint) -> None:
    made = interface(endpoint)
    assert made["VpcEndpointType"] == "Interface"
    assert made["PrivateDnsEnabled"] is True
    assert len(made["SubnetIds"]) == 3
    assert all("TaskSubnet" in subnet["Ref"] for subnet in made["SubnetIds"])
    assert len(made["SecurityGroupIds"]) == 1


@pytest.mark.parametrize("endpoint", [each for each in INTERFACES if supports_policy(each)])
def test_an_endpoint_serves_callers_of_the_own_account_alone(endpoint: Endpoint) -> None:
    (statement,) = interface(endpoint)["PolicyDocument"]["Statement"]
    assert statement["Effect"] == "Allow"
    assert statement["Principal"] == "*"
    assert statement["Condition"] == {"StringEquals": {"aws:PrincipalAccount": ACCOUNT}}


@pytest.mark.parametrize("endpoint", [Endpoint.ECS_AGENT, Endpoint.ECS_TELEMETRY])
def test_the_endpoints_of_the_ecs_agent_have_no_policy(endpoint: Endpoint) -> None:
    assert "PolicyDocument" not in interface(endpoint)


@pytest.mark.parametrize("asked", list(permutations(ECS_CREATION_ORDER)))
def test_the_endpoints_of_ecs_are_created_one_after_the_other_whichever_is_asked_for_first(
    asked: tuple[Endpoint, ...],
) -> None:
    scope = stack()
    network = PrivateNetwork(scope, "Network", endpoints="needed")
    for endpoint in asked:
        network.require(Needs(endpoints=frozenset({endpoint})), needed_by="Web")
    made = of_type(template(scope), "AWS::EC2::VPCEndpoint")
    agent, telemetry, api = (
        next(key for key in made if key.startswith(f"Network{name}Endpoint"))
        for name in ("EcsAgent", "EcsTelemetry", "Ecs")
    )
    assert "DependsOn" not in made[agent]
    assert made[telemetry]["DependsOn"] == [agent]
    assert telemetry in made[api]["DependsOn"]


@pytest.mark.parametrize("region", REGIONS)
def test_a_service_is_named_as_the_cdk_names_it_in_each_partition(region: str) -> None:
    scope = stack(env=cdk.Environment(account=ACCOUNT, region=region))
    named = {
        endpoint: scope.resolve(ec2.InterfaceVpcEndpointAwsService(endpoint.value).name) for endpoint in INTERFACES
    }
    assert {endpoint: service_name(endpoint, region) for endpoint in INTERFACES} == named


@pytest.mark.parametrize(
    ("region", "name"),
    [("cn-north-1", "cn.com.amazonaws.cn-north-1.ecr.dkr"), ("eusc-de-east-1", "eu.amazonaws.eusc-de-east-1.ecr.dkr")],
)
def test_an_endpoint_is_made_with_the_name_of_its_partition(region: str, name: str) -> None:
    scope = stack(env=cdk.Environment(account=ACCOUNT, region=region))
    PrivateNetwork(scope, "Network", endpoints="needed", extra_endpoints=[Endpoint.ECR_DOCKER])
    (made,) = of_type(template(scope), "AWS::EC2::VPCEndpoint").values()
    assert made["Properties"]["ServiceName"] == name


def test_an_endpoint_of_any_region_is_named_by_a_reference_to_the_region() -> None:
    scope = stack()
    PrivateNetwork(scope, "Network", endpoints="needed", extra_endpoints=[Endpoint.LOGS])
    (made,) = of_type(template(scope), "AWS::EC2::VPCEndpoint").values()
    parts = ["com.amazonaws.", {"Ref": "AWS::Region"}, ".logs"]
    assert made["Properties"]["ServiceName"] == {"Fn::Join": ["", parts]}


def test_the_s3_gateway_is_on_every_route_table() -> None:
    scope = stack()
    PrivateNetwork(
        scope, "Network", extra_endpoints=[Endpoint.S3], public_load_balancers=True, egress=Egress.NAT_GATEWAY
    )
    made = template(scope)
    (gateway,) = [
        each["Properties"]
        for each in of_type(made, "AWS::EC2::VPCEndpoint").values()
        if each["Properties"]["VpcEndpointType"] == "Gateway"
    ]
    assert {table["Ref"] for table in gateway["RouteTableIds"]} == set(of_type(made, "AWS::EC2::RouteTable"))


@pytest.mark.parametrize(("region", "partition"), [("us-east-1", "aws"), ("cn-north-1", "aws-cn")])
def test_the_s3_gateway_lets_image_layers_through_and_nothing_else(region: str, partition: str) -> None:
    (statement,) = s3_statements(region)
    assert statement["Action"] == "s3:GetObject"
    assert f"prod-{region}-starport-layer-bucket/*" in str(statement["Resource"])
    assert statement["Resource"] in (
        f"arn:{partition}:s3:::prod-{region}-starport-layer-bucket/*",
        {"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, f":s3:::prod-{region}-starport-layer-bucket/*"]]},
    )


def test_a_layers_download_is_signed_by_ecr_so_there_is_no_condition_on_the_caller() -> None:
    (statement,) = s3_statements()
    assert statement["Principal"] == "*"
    assert "Condition" not in statement


def test_own_buckets_are_reached_by_the_own_account_for_the_actions_that_were_needed() -> None:
    _, own = s3_statements(s3_gateway=("s3:PutObject", "s3:GetBucketLocation"))
    assert own["Action"] == ["s3:GetBucketLocation", "s3:PutObject"]
    assert own["Condition"] == {
        "StringEquals": {"aws:PrincipalAccount": ACCOUNT, "aws:ResourceAccount": ACCOUNT},
    }


def test_the_needs_of_several_workloads_are_one_statement_that_names_each_action_once() -> None:
    scope = stack(flags=False)
    network = PrivateNetwork(scope, "Network", endpoints="needed")
    for actions in (("s3:PutObject", "s3:GetObject"), ("s3:GetBucketLocation",), ("s3:PutObject",)):
        network.require(Needs(s3_gateway=actions), needed_by="Web")
    (gateway,) = of_type(template(scope), "AWS::EC2::VPCEndpoint").values()
    _, own = gateway["Properties"]["PolicyDocument"]["Statement"]
    assert sorted(own["Action"]) == ["s3:GetBucketLocation", "s3:GetObject", "s3:PutObject"]


@pytest.mark.parametrize("region", ["us-east-1", "ap-south-1"])
def test_clients_reach_s3_by_its_prefix_list_where_it_is_known(region: str) -> None:
    scope = stack(env=cdk.Environment(account=ACCOUNT, region=region))
    PrivateNetwork(scope, "Network", extra_endpoints=[Endpoint.S3])
    to_s3 = clients_to_s3(template(scope))
    assert to_s3["DestinationPrefixListId"] == S3_PREFIX_LISTS[region]
    assert "CidrIp" not in to_s3


@pytest.mark.parametrize("env", [None, cdk.Environment(account=ACCOUNT, region="cn-north-1")])
def test_clients_reach_s3_by_any_address_where_its_prefix_list_is_not_known(env: cdk.Environment | None) -> None:
    scope = stack(env=env)
    PrivateNetwork(scope, "Network", extra_endpoints=[Endpoint.S3])
    to_s3 = clients_to_s3(template(scope))
    assert to_s3["CidrIp"] == "0.0.0.0/0"
    assert (to_s3["IpProtocol"], to_s3["FromPort"], to_s3["ToPort"]) == ("tcp", 443, 443)


def clients_to_s3(made: dict[str, Any]) -> dict[str, Any]:
    rules = of_type(made, "AWS::EC2::SecurityGroupEgress")
    (rule,) = [each["Properties"] for each in rules.values() if "DestinationSecurityGroupId" not in each["Properties"]]
    properties: dict[str, Any] = rule
    return properties
