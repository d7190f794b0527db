import pytest

from constructs_ecs.preflight.findings import Severity
from constructs_ecs.preflight.rules.n20_endpoint_prefix import EndpointPrefix
from tests.preflight.rules.support_network import set_to
from tests.preflight.rules.support_tasks import findings, fixture


@pytest.mark.parametrize(
    ("region", "wanted"),
    [
        ("cn-north-1", "cn.com.amazonaws.cn-north-1.ecr.api"),
        ("us-iso-east-1", "gov.ic.c2s.us-iso-east-1.ecr.api"),
        ("eusc-de-east-1", "eu.amazonaws.eusc-de-east-1.ecr.api"),
    ],
)
def test_the_common_prefix_is_refused_where_a_service_has_one_of_its_own(region: str, wanted: str) -> None:
    found = {each.where.logical_id: each for each in findings(EndpointPrefix, fixture("fargate"), region=region)}
    assert {"EcrApiEndpoint", "EcrDockerEndpoint"} == set(found)
    assert found["EcrApiEndpoint"].severity is Severity.DEPLOY
    assert found["EcrApiEndpoint"].fix == f"Write {wanted} as the ServiceName of the endpoint EcrApiEndpoint."


def test_a_region_in_the_name_is_enough() -> None:
    change = set_to("EcrApiEndpoint", ServiceName="com.amazonaws.cn-north-1.ecr.api")
    (found,) = findings(EndpointPrefix, fixture("fargate", change))
    assert found.where.logical_id == "EcrApiEndpoint"


def test_a_prefix_of_another_partition_is_refused() -> None:
    change = set_to("EcrApiEndpoint", ServiceName="cn.com.amazonaws.eu-west-1.ecr.api")
    (found,) = findings(EndpointPrefix, fixture("fargate", change))
    assert "com.amazonaws.eu-west-1.ecr.api" in found.fix


@pytest.mark.parametrize("region", ["eu-west-1", "us-gov-west-1"])
def test_the_common_prefix_passes_elsewhere(region: str) -> None:
    assert findings(EndpointPrefix, fixture("fargate"), region=region) == []


def test_a_stack_without_a_region_is_not_judged() -> None:
    assert findings(EndpointPrefix, fixture("fargate")) == findings(EndpointPrefix, fixture("ec2")) == []


@pytest.mark.parametrize(
    "name",
    [
        "cn.com.amazonaws.cn-north-1.logs",
        "com.amazonaws.vpce.cn-north-1.vpce-svc-0123456789abcdef0",
        "com.amazonaws.cn-north-1.something-new",
        "com.amazonaws.cn-north-1.s3",
        {"Fn::ImportValue": "Name"},
    ],
)
def test_names_that_the_list_may_lack_are_not_judged(name: object) -> None:
    assert findings(EndpointPrefix, fixture("fargate", set_to("LogsEndpoint", ServiceName=name))) == []
