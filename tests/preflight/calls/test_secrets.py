from typing import Any

import pytest

from constructs_ecs.facts.endpoints import Endpoint
from constructs_ecs.preflight.calls import Purpose
from constructs_ecs.preflight.topology import AwsService
from constructs_ecs.preflight.values import Unknown
from tests.preflight.launches import calls, ec2, fargate, leaves_by, name_of, of, only, purposes, resource, service

HERE = {"account": "123456789012", "region": "eu-west-1"}
ARN = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf"
KEY = resource("KMS::Key", KeyPolicy={"Statement": []})


def secret(value: object) -> dict[str, Any]:
    return {"Secrets": [{"Name": "DB", "ValueFrom": value}]}


@pytest.mark.parametrize("value", [ARN, f"{ARN}:password::", f"{ARN}::AWSCURRENT:", f"{ARN}:a:b:c"])
def test_what_follows_a_secret_s_arn_is_no_part_of_it(value: str) -> None:
    call = only(Purpose.READ_SECRET, calls(fargate(secret(value)), **HERE))
    assert (call.resource, call.actions) == (ARN, ("secretsmanager:GetSecretValue",))
    assert call.destination == AwsService(Endpoint.SECRETS_MANAGER)


def test_a_secret_of_another_region_is_read_there() -> None:
    call = only(Purpose.READ_SECRET, calls(fargate(secret(ARN.replace("eu-west-1", "us-east-1"))), **HERE))
    assert call.destination == AwsService(Endpoint.SECRETS_MANAGER, "us-east-1")


def test_a_partial_arn_stands_for_the_complete_one() -> None:
    call = only(Purpose.READ_SECRET, calls(fargate(secret(ARN.removesuffix("-AbCdEf"))), **HERE))
    assert str(call.resource).startswith("arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-${")


def test_a_secret_of_the_templates_has_a_say_and_so_has_its_own_key() -> None:
    made = calls(
        fargate(
            secret({"Fn::Sub": "${Secret}:password::"}),
            Secret=resource("SecretsManager::Secret", KmsKeyId={"Ref": "Alias"}),
            Alias=resource("KMS::Alias", TargetKeyId={"Ref": "Key"}),
            Key=KEY,
        )
    )
    assert name_of(only(Purpose.READ_SECRET, made).owner) == "Secret"
    call = only(Purpose.DECRYPT_SECRET, made)
    assert call.key is not None
    assert (name_of(call.key.key), call.key.service, call.actions) == ("Key", "secretsmanager", ("kms:Decrypt",))
    assert call.destination is None


@pytest.mark.parametrize("key", [None, "alias/aws/secretsmanager"])
def test_a_key_of_aws_needs_no_permission(key: str | None) -> None:
    made = calls(fargate(secret({"Ref": "Secret"}), Secret=resource("SecretsManager::Secret", KmsKeyId=key)))
    assert "DECRYPT_SECRET" not in purposes(made)


def test_a_key_elsewhere_is_unknown() -> None:
    body = fargate(secret({"Ref": "Secret"}), Secret=resource("SecretsManager::Secret", KmsKeyId="alias/elsewhere"))
    assert isinstance(only(Purpose.DECRYPT_SECRET, calls(body)).resource, Unknown)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("/app/level", "arn:aws:ssm:eu-west-1:123456789012:parameter/app/level"),
        ("level", "arn:aws:ssm:eu-west-1:123456789012:parameter/level"),
        ("arn:aws:ssm:us-east-1:123456789012:parameter/x", "arn:aws:ssm:us-east-1:123456789012:parameter/x"),
        ({"Ref": "Named"}, "arn:aws:ssm:eu-west-1:123456789012:parameter/named"),
        ({"Ref": "Parameter"}, "arn:aws:ssm:eu-west-1:123456789012:parameter/${Parameter}"),
    ],
)
def test_everything_else_is_a_parameter_by_its_name_or_arn(value: object, expected: str) -> None:
    made = calls(
        fargate(
            secret(value),
            Parameter=resource("SSM::Parameter", Type="String", Value="x"),
            Named=resource("SSM::Parameter", Type="String", Value="x", Name="/named"),
        ),
        **HERE,
    )
    call = only(Purpose.READ_PARAMETER, made)
    assert (str(call.resource), call.actions) == (expected, ("ssm:GetParameters",))
    assert isinstance(call.destination, AwsService)
    assert call.destination.endpoint is Endpoint.SSM
    assert call.destination.region == ("us-east-1" if "us-east-1" in expected else None)


def test_an_import_with_a_json_key_is_a_secret_and_without_one_it_is_open_which() -> None:
    imported = {"Fn::ImportValue": "secret"}
    made = calls(fargate(secret({"Fn::Join": ["", [imported, ":password::"]]})))
    assert isinstance(only(Purpose.READ_SECRET, made).destination, AwsService)
    call = only(Purpose.READ_SECRET, calls(fargate(secret(imported))))
    assert isinstance(call.destination, Unknown)
    assert "is a secret or a parameter" in call.destination.reason


def test_a_secret_that_a_database_manages_is_one() -> None:
    body = fargate(
        secret({"Fn::Sub": "${Database.MasterUserSecret.SecretArn}:password::"}), Database=resource("RDS::DBInstance")
    )
    assert "DB" not in purposes(calls(body))
    assert "Database.MasterUserSecret.SecretArn" in str(only(Purpose.READ_SECRET, calls(body)).resource)


def test_credentials_of_a_registry_and_secrets_of_a_log_driver_are_read_too() -> None:
    log = {"LogDriver": "splunk", "SecretOptions": [{"Name": "splunk-token", "ValueFrom": ARN}]}
    container = {"RepositoryCredentials": {"CredentialsParameter": "registry"}, "LogConfiguration": log}
    made = calls(fargate(container), **HERE)
    assert only(Purpose.READ_SECRET, made).resource == ARN
    assert str(only(Purpose.READ_REGISTRY_CREDENTIALS, made).resource).startswith(
        "arn:aws:secretsmanager:eu-west-1:123456789012:secret:registry-${"
    )


def test_environment_files_are_read_from_their_bucket_with_the_bucket_s_key() -> None:
    bucket = resource(
        "S3::Bucket",
        BucketEncryption={
            "ServerSideEncryptionConfiguration": [
                {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": {"Ref": "Key"}}}
            ]
        },
    )
    files = [{"Type": "s3", "Value": {"Fn::Sub": "${Bucket.Arn}/a/b.env"}}]
    made = calls(fargate({"EnvironmentFiles": files}, Bucket=bucket, Key=KEY))
    assert [
        (call.actions, str(call.resource).partition(":::")[2], name_of(call.owner))
        for call in of(Purpose.READ_FILE, made)
    ] == [
        (("s3:GetObject",), "${Bucket}/a/b.env", "Bucket"),
        (("s3:GetBucketLocation",), "${Bucket}", "Bucket"),
    ]
    assert name_of(getattr(only(Purpose.DECRYPT_FILE, made).key, "key", None)) == "Key"


def test_a_log_router_s_configuration_in_a_bucket_is_read_too() -> None:
    options = {"config-file-type": "s3", "config-file-value": "arn:aws:s3:::bucket/extra.conf"}
    made = calls(fargate({"FirelensConfiguration": {"Type": "fluentbit", "Options": options}}))
    assert [call.resource for call in of(Purpose.READ_FILE, made)] == [
        "arn:aws:s3:::bucket/extra.conf",
        "arn:aws:s3:::bucket",
    ]


def test_the_execution_role_reads_and_no_other_may() -> None:
    call = only(Purpose.READ_SECRET, calls(ec2(secret(ARN))))
    assert (call.caller, call.role, call.or_role) == ("execution role", None, None)
    assert leaves_by(call) == "InstanceGroup"


def test_on_fargate_s_old_platforms_secrets_are_read_over_another_network_and_files_are_not() -> None:
    container = secret(ARN) | {"EnvironmentFiles": [{"Type": "s3", "Value": "arn:aws:s3:::bucket/a.env"}]}
    made = calls(fargate(container, Service=service(PlatformVersion="1.3.0")))
    assert leaves_by(only(Purpose.READ_SECRET, made)) == "none"
    assert {leaves_by(call) for call in of(Purpose.READ_FILE, made)} == {"Group"}
