import pytest

from constructs_ecs.facts.endpoints import (
    ECS_CREATION_ORDER,
    STANDARD_ENDPOINTS,
    Endpoint,
    service_name,
    supports_policy,
)

NAMES = [
    (Endpoint.ECS_AGENT, "us-east-1", "com.amazonaws.us-east-1.ecs-agent"),
    (Endpoint.ECR_API, "eu-central-1", "com.amazonaws.eu-central-1.ecr.api"),
    (Endpoint.ECR_DOCKER, "us-gov-west-1", "com.amazonaws.us-gov-west-1.ecr.dkr"),
    (Endpoint.ECR_DOCKER, "cn-north-1", "cn.com.amazonaws.cn-north-1.ecr.dkr"),
    (Endpoint.STEP_FUNCTIONS, "cn-northwest-1", "cn.com.amazonaws.cn-northwest-1.states"),
    (Endpoint.STS, "cn-north-1", "cn.com.amazonaws.cn-north-1.sts"),
    (Endpoint.ELASTIC_FILE_SYSTEM, "cn-north-1", "cn.com.amazonaws.cn-north-1.elasticfilesystem"),
    (Endpoint.ECS, "cn-north-1", "com.amazonaws.cn-north-1.ecs"),
    (Endpoint.LOGS, "cn-north-1", "com.amazonaws.cn-north-1.logs"),
    (Endpoint.SECRETS_MANAGER, "cn-north-1", "com.amazonaws.cn-north-1.secretsmanager"),
    (Endpoint.S3, "cn-north-1", "com.amazonaws.cn-north-1.s3"),
    (Endpoint.ECR_API, "us-iso-east-1", "gov.ic.c2s.us-iso-east-1.ecr.api"),
    (Endpoint.ELASTIC_FILE_SYSTEM, "us-iso-west-1", "gov.ic.c2s.us-iso-west-1.elasticfilesystem"),
    (Endpoint.ECR_API, "us-isob-east-1", "gov.sgov.sc2s.us-isob-east-1.ecr.api"),
    (Endpoint.ELASTIC_FILE_SYSTEM, "us-isob-west-1", "com.amazonaws.us-isob-west-1.elasticfilesystem"),
    (Endpoint.ECR_API, "us-isof-south-1", "gov.ic.hci.csp.us-isof-south-1.ecr.api"),
    (Endpoint.ECR_API, "eu-isoe-west-1", "uk.adc-e.cloud.eu-isoe-west-1.ecr.api"),
    (Endpoint.ECR_DOCKER, "eusc-de-east-1", "eu.amazonaws.eusc-de-east-1.ecr.dkr"),
    (Endpoint.KMS, "eusc-de-east-1", "com.amazonaws.eusc-de-east-1.kms"),
    (Endpoint.ECR_API, "${Token[AWS.Region.4]}", "com.amazonaws.${Token[AWS.Region.4]}.ecr.api"),
]


@pytest.mark.parametrize(("endpoint", "region", "name"), NAMES)
def test_an_endpoint_service_has_the_name_of_its_partition(endpoint: Endpoint, region: str, name: str) -> None:
    assert service_name(endpoint, region) == name


def test_only_the_endpoints_of_the_ecs_agent_take_no_policy() -> None:
    without = {endpoint for endpoint in Endpoint if not supports_policy(endpoint)}
    assert without == {Endpoint.ECS_AGENT, Endpoint.ECS_TELEMETRY}


def test_the_standard_endpoints_are_those_of_ecs_and_of_systems_manager() -> None:
    assert {endpoint.value for endpoint in STANDARD_ENDPOINTS} == {"ecs-agent", "ecs-telemetry", "ecs", "ssm"}


def test_the_endpoints_of_ecs_are_created_agent_first_and_api_last() -> None:
    assert [endpoint.value for endpoint in ECS_CREATION_ORDER] == ["ecs-agent", "ecs-telemetry", "ecs"]
