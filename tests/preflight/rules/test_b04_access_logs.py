from typing import Any

import pytest

from constructs_ecs.preflight.findings import Finding, Severity
from constructs_ecs.preflight.rules.b04_access_logs import AccessLogs
from tests.preflight.rules.support_balancing import BALANCED
from tests.preflight.rules.support_network import Change, added, ref, removed, set_to
from tests.preflight.rules.support_roles import also
from tests.preflight.rules.support_tasks import Resources, findings, fixture

DELIVERY = {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"}
WRITES = {
    "Effect": "Allow",
    "Principal": DELIVERY,
    "Action": "s3:PutObject",
    "Resource": {"Fn::Sub": "${LogBucket.Arn}/AWSLogs/${AWS::AccountId}/*"},
}
PLAIN = {
    "Effect": "Deny",
    "Principal": {"AWS": "*"},
    "Action": "s3:*",
    "Resource": {"Fn::Sub": "${LogBucket.Arn}/*"},
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}
FROM = "arn:${AWS::Partition}:elasticloadbalancing:${AWS::Region}:${AWS::AccountId}:loadbalancer/*"


def encrypted(algorithm: object) -> Change:
    default = {"ServerSideEncryptionByDefault": {"SSEAlgorithm": algorithm}}
    return set_to("LogBucket", BucketEncryption={"ServerSideEncryptionConfiguration": [default]})


def attributes(**values: object) -> Change:
    given = {"enabled": "true", "bucket": ref("LogBucket")} | values
    written = [{"Key": f"access_logs.s3.{name}", "Value": value} for name, value in given.items()]
    other = {"Key": "idle_timeout.timeout_seconds", "Value": "60"}
    return set_to("Balancer", LoadBalancerAttributes=[other, *written])


def policy(*statements: dict[str, Any]) -> Change:
    document = {"Version": "2012-10-17", "Statement": list(statements)}
    return added(LogPolicy=("S3::BucketPolicy", {"Bucket": ref("LogBucket"), "PolicyDocument": document}))


LOGGED = also(BALANCED, added(LogBucket=("S3::Bucket", {})), attributes(), policy(PLAIN, WRITES))


def found_in(*changes: Change) -> list[Finding]:
    body = fixture("fargate", also(LOGGED, *changes)) | {"Parameters": {"Given": {"Type": "String"}}}
    return findings(AccessLogs, body)


def test_a_bucket_that_takes_the_logs_passes() -> None:
    assert found_in() == found_in(encrypted("AES256")) == []


@pytest.mark.parametrize("algorithm", ["aws:kms", "aws:kms:dsse"])
def test_a_bucket_with_a_key_of_kms_is_refused(algorithm: str) -> None:
    (found,) = found_in(encrypted(algorithm))
    assert (found.severity, found.where.logical_id) == (Severity.DEPLOY, "LogBucket")
    assert found.message == f"LogBucket is encrypted with {algorithm}, and access logs need AES256."
    assert [site.logical_id for site in found.launch_sites] == ["Service"]


@pytest.mark.parametrize(
    "change",
    [
        policy(PLAIN),
        policy(PLAIN, WRITES | {"Action": "s3:GetObject"}),
        policy(PLAIN, WRITES | {"Principal": {"Service": "delivery.logs.amazonaws.com"}}),
        policy(PLAIN, WRITES | {"Resource": {"Fn::Sub": "${LogBucket.Arn}/logs/AWSLogs/${AWS::AccountId}/*"}}),
        policy(WRITES, PLAIN | {"Condition": {}}),
        attributes(prefix="web"),
    ],
    ids=["nobody", "another action", "another service", "another folder", "denied", "another prefix"],
)
def test_a_policy_that_does_not_let_the_service_write_is_refused(change: Change) -> None:
    (found,) = found_in(change)
    assert (found.severity, found.where.logical_id) == (Severity.DEPLOY, "LogBucket")
    assert "logdelivery.elasticloadbalancing.amazonaws.com" in found.message


@pytest.mark.parametrize(
    "change",
    [
        policy(WRITES | {"Condition": {"ArnLike": {"aws:SourceArn": {"Fn::Sub": FROM}}}}),
        also(
            attributes(prefix="web"),
            policy(WRITES | {"Resource": {"Fn::Sub": "${LogBucket.Arn}/web/AWSLogs/${AWS::AccountId}/*"}}),
        ),
    ],
    ids=["this account's load balancers", "the prefix"],
)
def test_a_policy_that_lets_the_service_write_passes(change: Change) -> None:
    assert found_in(change) == []


def imported(resources: Resources) -> None:
    attributes(bucket={"Fn::ImportValue": "Bucket"})(resources)


@pytest.mark.parametrize(
    "change",
    [
        removed("LogPolicy"),
        policy(PLAIN, WRITES | {"Principal": {"Service": "logdelivery.elb.amazonaws.com"}}),
        policy(PLAIN, WRITES | {"Principal": {"AWS": "arn:aws:iam::127311923021:root"}}),
        policy(PLAIN, WRITES | {"Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1234567890"}}}),
        also(policy(), set_to("LogPolicy", PolicyDocument=ref("Given"))),
        also(policy(PLAIN), imported),
        also(policy(PLAIN), attributes(bucket="elsewhere")),
        also(policy(PLAIN), attributes(enabled="false")),
        also(policy(PLAIN), attributes(enabled=ref("Given"))),
        also(policy(PLAIN), set_to("Balancer", LoadBalancerAttributes=ref("Given"))),
        also(policy(PLAIN), set_to("Balancer", LoadBalancerAttributes=None)),
        also(policy(PLAIN), set_to("Balancer", Type="network")),
        also(policy(PLAIN), set_to("Balancer", Type=ref("Given"))),
        encrypted(ref("Given")),
        attributes(prefix=ref("Given")),
    ],
)
def test_what_the_templates_do_not_show_is_not_judged(change: Change) -> None:
    assert found_in(change) == []
