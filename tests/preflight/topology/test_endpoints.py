from typing import Any

import pytest

from constructs_ecs.facts.endpoints import Endpoint
from constructs_ecs.preflight.topology import AwsService, Topology
from constructs_ecs.preflight.topology.endpoints import Candidate
from constructs_ecs.preflight.values import Ternary, Unknown
from tests.preflight.support import graph
from tests.preflight.topology.scene import ISOLATED, changed

YES, NO, UNKNOWN = Ternary.YES, Ternary.NO, Ternary.UNKNOWN


def named(name: object, service: Endpoint, region: str | None, **properties: object) -> list[Candidate]:
    """Return the candidates for a service where the one endpoint has this name."""
    resources = changed(ISOLATED, without=("S3Endpoint",), LogsEndpoint={"ServiceName": name, **properties})
    found = graph({"Parameters": {"Param": {"Type": "String"}}, "Resources": resources}, region=region)
    vpc = found.resource("Template", "Vpc")
    assert vpc is not None
    return list(Topology(found).candidates(vpc, service))


def sub(text: str) -> dict[str, Any]:
    return {"Fn::Sub": text}


def join(*parts: object) -> dict[str, Any]:
    return {"Fn::Join": ["", list(parts)]}


@pytest.mark.parametrize(
    ("name", "service", "region", "serves"),
    [
        ("com.amazonaws.eu-west-1.logs", Endpoint.LOGS, "eu-west-1", YES),
        ("com.amazonaws.eu-west-1.ecr.api", Endpoint.ECR_API, "eu-west-1", YES),
        ("com.amazonaws.eu-west-1.ecr.api", Endpoint.ECR_DOCKER, "eu-west-1", NO),
        ("com.amazonaws.eu-west-1.ecs", Endpoint.ECS_AGENT, "eu-west-1", NO),
        ("com.amazonaws.eu-west-1.ecs-agent", Endpoint.ECS, "eu-west-1", NO),
        ("com.amazonaws.us-east-1.logs", Endpoint.LOGS, "eu-west-1", NO),
        ("com.amazonaws.vpce.eu-west-1.vpce-svc-0123", Endpoint.LOGS, "eu-west-1", NO),
        (sub("com.amazonaws.${AWS::Region}.logs"), Endpoint.LOGS, "eu-west-1", YES),
        (sub("com.amazonaws.${AWS::Region}.logs"), Endpoint.LOGS, None, YES),
        (join("com.amazonaws.", {"Ref": "AWS::Region"}, ".ecr.dkr"), Endpoint.ECR_DOCKER, None, YES),
        (sub("com.amazonaws.${AWS::Region}.logs"), Endpoint.KMS, None, NO),
        ("com.amazonaws.us-east-1.logs", Endpoint.LOGS, None, YES),
        ("cn.com.amazonaws.cn-north-1.ecr.api", Endpoint.ECR_API, "cn-north-1", YES),
        ("com.amazonaws.cn-north-1.ecr.api", Endpoint.ECR_API, "cn-north-1", NO),
        ("com.amazonaws.cn-north-1.logs", Endpoint.LOGS, "cn-north-1", YES),
        ("cn.com.amazonaws.cn-north-1.logs", Endpoint.LOGS, "cn-north-1", NO),
        ("eu.amazonaws.eusc-de-east-1.ecr.dkr", Endpoint.ECR_DOCKER, "eusc-de-east-1", YES),
        (sub("cn.com.amazonaws.${AWS::Region}.ecr.api"), Endpoint.ECR_API, None, UNKNOWN),
        ("com.amazonaws.us-gov-west-1.ssm", Endpoint.SSM, "us-gov-west-1", YES),
        ("com.amazonaws.us-gov-west-1.ecr-fips.api", Endpoint.ECR_API, "us-gov-west-1", UNKNOWN),
        ("com.amazonaws.us-east-1.kms-fips", Endpoint.KMS, "us-east-1", UNKNOWN),
        ({"Ref": "Param"}, Endpoint.LOGS, "eu-west-1", UNKNOWN),
        (sub("com.amazonaws.${Param}.logs"), Endpoint.LOGS, "eu-west-1", UNKNOWN),
        (sub("com.amazonaws.${Param}.logs"), Endpoint.KMS, "eu-west-1", NO),
        (sub("com.amazonaws.${AWS::Region}.${Param}"), Endpoint.KMS, "eu-west-1", UNKNOWN),
        (None, Endpoint.KMS, "eu-west-1", UNKNOWN),
    ],
)
def test_an_endpoint_serves_what_its_service_name_says(
    name: object, service: Endpoint, region: str | None, serves: Ternary
) -> None:
    found = named(name, service, region)
    assert [each.serves for each in found] == ([] if serves is NO else [serves])
    assert all(each.why for each in found if each.serves is UNKNOWN)


@pytest.mark.parametrize(
    ("properties", "serves", "private_dns"),
    [
        ({}, YES, YES),
        ({"PrivateDnsEnabled": "true"}, YES, YES),
        ({"PrivateDnsEnabled": False}, YES, NO),
        ({"PrivateDnsEnabled": None}, YES, NO),
        ({"PrivateDnsEnabled": {"Ref": "Param"}}, YES, UNKNOWN),
        ({"VpcId": {"Ref": "Param"}}, UNKNOWN, YES),
        ({"VpcId": "vpc-1"}, UNKNOWN, YES),
        ({"IpAddressType": "dualstack"}, YES, YES),
        ({"IpAddressType": "ipv6"}, UNKNOWN, YES),
        ({"VpcEndpointType": {"Ref": "Param"}}, UNKNOWN, YES),
        ({"VpcEndpointType": "GatewayLoadBalancer"}, UNKNOWN, YES),
    ],
)
def test_an_endpoint_is_used_by_its_kind_its_vpc_and_its_private_dns(
    properties: dict[str, object], serves: Ternary, private_dns: Ternary
) -> None:
    (found,) = named(sub("com.amazonaws.${AWS::Region}.logs"), Endpoint.LOGS, "eu-west-1", **properties)
    assert (found.serves, found.private_dns) == (serves, private_dns)
    assert bool(found.why) is (UNKNOWN in (serves, private_dns))


def test_a_service_of_another_region_has_an_endpoint_if_that_is_what_it_names() -> None:
    resources = changed(
        ISOLATED, LogsEndpoint={"ServiceName": "com.amazonaws.us-east-1.logs", "ServiceRegion": "us-east-1"}
    )
    found = graph(resources, region="eu-west-1")
    vpc = found.resource("Template", "Vpc")
    assert vpc is not None
    topology = Topology(found)
    assert topology.candidates(vpc, Endpoint.LOGS) == ()
    assert len(topology.candidates(vpc, Endpoint.LOGS, "us-east-1")) == 1


def test_the_sure_candidates_come_first() -> None:
    maybe = {**ISOLATED["LogsEndpoint"]["Properties"], "VpcId": "vpc-1"}
    resources = {"Maybe": {"Type": "AWS::EC2::VPCEndpoint", "Properties": maybe}, **ISOLATED}
    found = graph(resources, region="eu-west-1")
    vpc = found.resource("Template", "Vpc")
    assert vpc is not None
    candidates = Topology(found).candidates(vpc, Endpoint.LOGS)
    assert [each.endpoint.logical_id for each in candidates] == ["LogsEndpoint", "Maybe"]
    assert AwsService(Endpoint.LOGS).region is None


def test_of_a_vpc_outside_nothing_is_sure() -> None:
    found = graph(ISOLATED, region="eu-west-1")
    candidates = Topology(found).candidates(Unknown("a parameter"), Endpoint.LOGS)
    assert [each.serves for each in candidates] == [UNKNOWN]
