"""Each request is in the access logs, which the load balancers of the account alone write."""

import json
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk.assertions import Annotations, Match

from constructs_ecs import Code, ConflictError, PrivateNetwork
from tests.load_balancer.scene import LOAD_BALANCER, attributes, http
from tests.meaning import Atom, permissions
from tests.support import ENVIRONMENT, app, of_type, only, stack, template

_BUCKET, _POLICY = "AWS::S3::Bucket", "AWS::S3::BucketPolicy"


def _made(env: cdk.Environment | None = None, **options: Any) -> dict[str, Any]:  # noqa: ANN401 - passes through
    scope = stack(env=env)
    http(scope, PrivateNetwork(scope, "Network"), **options)
    return template(scope)


def _delivery(made: dict[str, Any]) -> dict[str, Any]:
    statements = only(made, _POLICY)["PolicyDocument"]["Statement"]
    (statement,) = [each for each in statements if each["Effect"] == "Allow"]
    return dict(statement)


def _allowed(made: dict[str, Any]) -> set[Atom]:
    (policy,) = of_type(made, _POLICY)
    return {atom for atom in permissions(made)[policy] if atom[0] == "Allow"}


@pytest.fixture(scope="module")
def agnostic() -> dict[str, Any]:
    return _made()


@pytest.fixture(scope="module")
def fixed() -> dict[str, Any]:
    return _made(ENVIRONMENT)


def test_they_are_on_in_a_bucket_of_their_own(agnostic: dict[str, Any]) -> None:
    said = attributes(only(agnostic, LOAD_BALANCER))
    (bucket,) = of_type(agnostic, _BUCKET)
    assert said["access_logs.s3.enabled"] == "true"
    assert said["access_logs.s3.bucket"] == {"Ref": bucket}
    assert "access_logs.s3.prefix" not in said


def test_the_bucket_is_private_encrypted_as_the_service_can_and_versioned(agnostic: dict[str, Any]) -> None:
    bucket = only(agnostic, _BUCKET)
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert bucket["OwnershipControls"]["Rules"] == [{"ObjectOwnership": "BucketOwnerEnforced"}]
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    (rule,) = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule["ServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}


def test_they_are_kept_for_a_year_unless_told_otherwise(agnostic: dict[str, Any]) -> None:
    for made, days in ((agnostic, 365), (_made(access_log_retention_days=30), 30)):
        (rule,) = only(made, _BUCKET)["LifecycleConfiguration"]["Rules"]
        assert rule["ExpirationInDays"] == rule["NoncurrentVersionExpiration"]["NoncurrentDays"] == days


def test_bucket_and_policy_survive_the_stack_unless_told_otherwise(agnostic: dict[str, Any]) -> None:
    gone = _made(removal_policy=cdk.RemovalPolicy.DESTROY)
    for kind in (_BUCKET, _POLICY):
        assert {each["DeletionPolicy"] for each in of_type(agnostic, kind).values()} == {"Retain"}
        assert {each["DeletionPolicy"] for each in of_type(gone, kind).values()} == {"Delete"}


def test_what_is_not_tls_is_refused(agnostic: dict[str, Any]) -> None:
    (denied,) = [each for each in only(agnostic, _POLICY)["PolicyDocument"]["Statement"] if each["Effect"] == "Deny"]
    assert denied["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_the_delivery_service_alone_writes_for_the_load_balancers_of_this_account(fixed: dict[str, Any]) -> None:
    ((bucket, _),) = of_type(fixed, _BUCKET).items()
    source = "arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/*"
    assert _allowed(fixed) == {
        (
            "Allow",
            "Service:logdelivery.elasticloadbalancing.amazonaws.com",
            "s3:PutObject",
            f"<{bucket}.Arn>/AWSLogs/123456789012/*",
            json.dumps({"ArnLike": {"aws:SourceArn": source}}),
        )
    }


def test_a_stack_that_fits_any_environment_has_the_same_policy(agnostic: dict[str, Any], fixed: dict[str, Any]) -> None:
    values = {"<AWS::Region>": "us-east-1", "<AWS::AccountId>": "123456789012"}
    ((*_, resource, condition),) = _allowed(agnostic)
    for token, value in values.items():
        assert token in condition
        resource, condition = resource.replace(token, value), condition.replace(token, value)
    assert {each[-2:] for each in _allowed(fixed)} == {(resource, condition)}
    assert "Conditions" not in agnostic


@pytest.mark.parametrize(("region", "account"), [("cn-north-1", "638102146993"), ("cn-northwest-1", "037604701340")])
def test_in_china_an_account_writes(region: str, account: str) -> None:
    statement = _delivery(_made(cdk.Environment(account="123456789012", region=region)))
    assert f":iam::{account}:root" in json.dumps(statement["Principal"]["AWS"])
    assert set(statement) == {"Effect", "Principal", "Action", "Resource"}
    assert "/AWSLogs/123456789012/*" in json.dumps(statement["Resource"])


def test_in_govcloud_the_delivery_service_writes() -> None:
    statement = _delivery(_made(cdk.Environment(account="123456789012", region="us-gov-west-1")))
    assert statement["Principal"] == {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"}


def test_the_load_balancer_waits_until_it_can_write(agnostic: dict[str, Any]) -> None:
    (balancer,) = of_type(agnostic, LOAD_BALANCER).values()
    (policy,) = of_type(agnostic, _POLICY)
    assert policy in balancer["DependsOn"]


def test_a_prefix_is_in_front_of_the_services_own_folder() -> None:
    made = _made(access_log_prefix="platform/web")
    assert attributes(only(made, LOAD_BALANCER))["access_logs.s3.prefix"] == "platform/web"
    assert "/platform/web/AWSLogs/" in json.dumps(_delivery(made)["Resource"])


def test_two_load_balancers_share_a_bucket_of_another_stack() -> None:
    root = app()
    logs, platform = cdk.Stack(root, "Logs"), cdk.Stack(root, "Platform")
    bucket = s3.Bucket(logs, "Bucket", encryption=s3.BucketEncryption.S3_MANAGED)
    network = PrivateNetwork(platform, "Network")
    http(platform, network, "First", access_log_bucket=bucket, access_log_prefix="first")
    second = http(platform, network, "Second", access_log_bucket=bucket, access_log_prefix="second")
    assert second.access_log_bucket is bucket
    allowed = json.dumps(only(template(logs), _POLICY))
    assert "/first/AWSLogs/" in allowed
    assert "/second/AWSLogs/" in allowed
    assert not of_type(template(platform), _BUCKET)
    assert [each.stack_name for each in platform.dependencies] == ["Logs"]


def test_an_imported_bucket_says_what_its_policy_lacks() -> None:
    scope = stack()
    bucket = s3.Bucket.from_bucket_name(scope, "Imported", "the-logs")
    http(scope, PrivateNetwork(scope, "Network"), access_log_bucket=bucket)
    (warning,) = Annotations.from_stack(scope).find_warning("*", Match.string_like_regexp("Unless it has it, add: "))
    assert "logdelivery.elasticloadbalancing.amazonaws.com" in str(warning.entry.data)
    assert attributes(only(template(scope), LOAD_BALANCER))["access_logs.s3.bucket"] == "the-logs"


def test_a_bucket_with_a_kms_key_is_refused() -> None:
    scope = stack()
    bucket = s3.Bucket(scope, "Bucket", encryption_key=kms.Key(scope, "Key"))
    with pytest.raises(ConflictError, match="encrypted by KMS") as raised:
        http(scope, PrivateNetwork(scope, "Network"), access_log_bucket=bucket)
    assert raised.value.code is Code.LOAD_BALANCER_CHOICE


@pytest.mark.parametrize("encryption", [s3.BucketEncryption.KMS_MANAGED, s3.BucketEncryption.DSSE_MANAGED])
def test_a_bucket_with_a_key_of_awss_in_kms_is_refused(encryption: s3.BucketEncryption) -> None:
    scope = stack()
    bucket = s3.Bucket(scope, "Bucket", encryption=encryption)
    with pytest.raises(ConflictError, match="encrypted by KMS") as raised:
        http(scope, PrivateNetwork(scope, "Network"), access_log_bucket=bucket)
    assert raised.value.code is Code.LOAD_BALANCER_CHOICE


def test_a_bucket_without_a_word_on_encryption_is_taken() -> None:
    scope = stack()
    bucket = s3.Bucket(scope, "Bucket", encryption=s3.BucketEncryption.UNENCRYPTED)
    assert http(scope, PrivateNetwork(scope, "Network"), access_log_bucket=bucket).access_log_bucket is bucket


def test_a_bucket_that_is_known_to_be_in_another_region_is_refused() -> None:
    root = app()
    far = cdk.Stack(root, "Far", env=cdk.Environment(account=ENVIRONMENT.account, region="eu-west-1"))
    here, anywhere = cdk.Stack(root, "Here", env=ENVIRONMENT), cdk.Stack(root, "Anywhere")
    bucket = s3.Bucket(far, "Bucket", bucket_name="the-logs", encryption=s3.BucketEncryption.S3_MANAGED)
    with pytest.raises(ConflictError, match="us-east-1; Far/Bucket is in eu-west-1") as raised:
        http(here, PrivateNetwork(here, "Network"), access_log_bucket=bucket)
    assert raised.value.code is Code.LOAD_BALANCER_CHOICE
    http(anywhere, PrivateNetwork(anywhere, "Network"), access_log_bucket=bucket)


def test_a_retention_for_an_existing_bucket_is_refused() -> None:
    scope = stack()
    bucket = s3.Bucket.from_bucket_name(scope, "Imported", "the-logs")
    with pytest.raises(ConflictError, match="own bucket") as raised:
        http(scope, PrivateNetwork(scope, "Network"), access_log_bucket=bucket, access_log_retention_days=30)
    assert raised.value.code is Code.LOAD_BALANCER_CHOICE


def test_tokens_pass_the_checks() -> None:
    scope = stack()
    prefix = cdk.CfnParameter(scope, "Prefix").value_as_string
    days = cdk.CfnParameter(scope, "Days", type="Number").value_as_number
    network = PrivateNetwork(scope, "Network")
    http(scope, network, access_log_prefix=prefix, access_log_retention_days=int(days))
    made = template(scope)
    assert attributes(only(made, LOAD_BALANCER))["access_logs.s3.prefix"] == {"Ref": "Prefix"}
    (rule,) = only(made, _BUCKET)["LifecycleConfiguration"]["Rules"]
    assert rule["ExpirationInDays"] == {"Ref": "Days"}
