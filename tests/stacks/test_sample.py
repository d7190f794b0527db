"""What the sample app promises in each variant."""

import json

import pytest

from constructs_ecs import Endpoint
from constructs_ecs.preflight.engine import analyse
from constructs_ecs.preflight.findings import Verdict
from stacks.settings import Variant
from tests.nag import findings, suppressed
from tests.sample import CASES, compose_case, synthesize
from tests.support import of_type

_EGRESS = {"AWS::EC2::NatGateway", "AWS::EC2::InternetGateway", "AWS::EC2::VPCGatewayAttachment", "AWS::EC2::EIP"}


@pytest.mark.parametrize(("variant", "environment"), CASES)
def test_the_sample_app_has_no_finding_in_any_variant(variant: Variant, environment: str) -> None:
    assert findings(compose_case(variant, environment)[0]) == []


@pytest.mark.parametrize(("variant", "environment"), CASES)
def test_every_call_of_every_task_is_proven(variant: Variant, environment: str) -> None:
    report = analyse([synthesize(variant, environment).outdir])
    assert [(site.start.verdict, site.exec.verdict) for site in report.launch_sites] == [
        (Verdict.PASS, Verdict.PASS)
    ] * 4
    assert report.findings == ()
    assert report.unknowns == ()


@pytest.mark.parametrize("variant", list(Variant))
def test_each_acknowledged_finding_has_a_reason_of_its_own(variant: Variant) -> None:
    acknowledged = suppressed(compose_case(variant, "agnostic")[0])
    assert acknowledged
    assert [finding for finding in acknowledged if len(finding.text.split()) < 8] == []


def test_the_isolated_variant_has_no_way_out() -> None:
    for template in synthesize(Variant.ISOLATED, "agnostic").templates.values():
        types = {resource["Type"] for resource in template["Resources"].values()}
        assert types & _EGRESS == set()
        assert "0.0.0.0/0" not in json.dumps(list(of_type(template, "AWS::EC2::Route").values()))


def test_the_isolated_variant_has_every_endpoint_that_its_services_need() -> None:
    network = synthesize(Variant.ISOLATED, "agnostic").sample.network.network
    assert set(network.interface_endpoints) >= {
        *(Endpoint.ECS, Endpoint.ECS_AGENT, Endpoint.ECS_TELEMETRY, Endpoint.SSM),
        *(Endpoint.ECR_API, Endpoint.ECR_DOCKER, Endpoint.LOGS, Endpoint.SSM_MESSAGES, Endpoint.KMS),
    }
    assert network.s3_gateway is not None


@pytest.mark.parametrize(("variant", "environment"), CASES)
def test_no_template_has_a_function_or_a_custom_resource(variant: Variant, environment: str) -> None:
    for template in synthesize(variant, environment).templates.values():
        types = {resource["Type"] for resource in template["Resources"].values()}
        assert not [
            kind for kind in types if kind.startswith(("AWS::Lambda", "Custom::", "AWS::CloudFormation::Custom"))
        ]


@pytest.mark.parametrize(("variant", "environment"), CASES)
def test_what_holds_data_outlives_its_stack(variant: Variant, environment: str) -> None:
    kept = (
        "AWS::KMS::Key",
        "AWS::Logs::LogGroup",
        "AWS::S3::Bucket",
        "AWS::SecretsManager::Secret",
        "AWS::ECR::Repository",
    )
    for template in synthesize(variant, environment).templates.values():
        for kind in kept:
            for name, resource in of_type(template, kind).items():
                assert resource["DeletionPolicy"] == "Retain", name


@pytest.mark.parametrize(("variant", "environment"), CASES)
def test_no_ingress_is_open_to_every_address(variant: Variant, environment: str) -> None:
    for template in synthesize(variant, environment).templates.values():
        rules = [r["Properties"] for r in of_type(template, "AWS::EC2::SecurityGroupIngress").values()]
        for group in of_type(template, "AWS::EC2::SecurityGroup").values():
            rules.extend(group["Properties"].get("SecurityGroupIngress", []))
        assert [rule for rule in rules if rule.get("CidrIp") == "0.0.0.0/0" or "CidrIpv6" in rule] == []
