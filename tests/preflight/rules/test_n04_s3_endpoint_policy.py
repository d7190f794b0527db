import pytest

from constructs_ecs.preflight.findings import Severity
from constructs_ecs.preflight.rules.n04_s3_endpoint_policy import S3EndpointPolicy
from tests.preflight.rules.support_network import NAT_GATEWAY, Change, container, set_to
from tests.preflight.rules.support_roles import also
from tests.preflight.rules.support_tasks import findings, fixture

OWN_BUCKETS = {"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::mine/*"}


def with_policy(*statements: object) -> Change:
    return set_to("S3Endpoint", PolicyDocument={"Version": "2012-10-17", "Statement": list(statements)})


def layers(resource: object) -> dict[str, object]:
    return {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": resource}


def test_a_policy_for_own_buckets_only_keeps_the_layers_away() -> None:
    (found,) = findings(S3EndpointPolicy, fixture("fargate", with_policy(OWN_BUCKETS)))
    assert (found.severity, found.where.logical_id) == (Severity.START, "S3Endpoint")
    assert found.symptom == "CannotPullContainerError: 403 Forbidden while a layer is pulled."
    assert found.fix.endswith("in the PolicyDocument of the endpoint S3Endpoint.")


def test_a_nat_gateway_does_not_help() -> None:
    assert len(findings(S3EndpointPolicy, fixture("fargate", also(with_policy(OWN_BUCKETS), NAT_GATEWAY)))) == 1


@pytest.mark.parametrize(
    "resource",
    [
        "*",
        "arn:*:s3:::prod-*-starport-layer-bucket/*",
        {"Fn::Sub": "arn:${AWS::Partition}:s3:::prod-${AWS::Region}-starport-layer-bucket/*"},
        {"Fn::Sub": "arn:aws:s3:::prod-${AWS::Region}-starport-layer-bucket/*"},
    ],
)
def test_a_statement_for_the_layers_passes_however_partition_and_region_are_written(resource: object) -> None:
    assert findings(S3EndpointPolicy, fixture("fargate", with_policy(OWN_BUCKETS, layers(resource)))) == []


def test_a_fixed_region_passes_where_the_stack_has_it() -> None:
    change = with_policy(layers("arn:aws:s3:::prod-eu-west-1-starport-layer-bucket/*"))
    assert findings(S3EndpointPolicy, fixture("fargate", change), region="eu-west-1") == []
    assert len(findings(S3EndpointPolicy, fixture("fargate", change), region="us-east-1")) == 1


def test_a_fixed_region_is_not_judged_where_the_stack_has_none() -> None:
    change = with_policy(layers("arn:aws:s3:::prod-eu-west-1-starport-layer-bucket/*"))
    assert findings(S3EndpointPolicy, fixture("fargate", change)) == []


def test_without_a_policy_all_is_allowed() -> None:
    assert findings(S3EndpointPolicy, fixture("ec2")) == []


def test_it_is_about_images_in_ecr() -> None:
    template = fixture("fargate", also(with_policy(OWN_BUCKETS), container(Image="nginx:1")))
    assert findings(S3EndpointPolicy, template) == []
