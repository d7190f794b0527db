import json
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_kms as kms
from aws_cdk import aws_secretsmanager as secretsmanager

from constructs_ecs.errors import Code, InvalidValueError
from constructs_ecs.facts.endpoints import Endpoint
from constructs_ecs.registry import RegistryCredentials
from tests import nag, support

COMPLETE = "arn:aws:secretsmanager:us-east-1:123456789012:secret:dockerhub-AbCd12"
PARTIAL = "arn:aws:secretsmanager:us-east-1:123456789012:secret:dockerhub"
NAME = "prod/dockerhub"
SECRET = "AWS::SecretsManager::Secret"  # noqa: S105 - a resource type


@pytest.fixture(scope="module")
def stack() -> cdk.Stack:
    return support.stack()


@pytest.fixture(scope="module", params=[False, True], ids=["no flags", "flags"])
def template(request: pytest.FixtureRequest) -> dict[str, Any]:
    stack = support.stack(flags=request.param)
    RegistryCredentials(stack, "Credentials", encryption_key=kms.Key(stack, "Key"))
    return support.template(stack)


def test_the_secret_has_exactly_username_and_password_from_the_start(template: dict[str, Any]) -> None:
    generated = support.only(template, SECRET)["GenerateSecretString"]
    keys = {*json.loads(generated["SecretStringTemplate"]), generated["GenerateStringKey"]}
    assert keys == {"username", "password"}


def test_the_template_holds_no_value_of_the_secret(template: dict[str, Any]) -> None:
    secret = support.only(template, SECRET)
    assert "SecretString" not in secret
    assert json.loads(secret["GenerateSecretString"]["SecretStringTemplate"]) == {"username": "replace-me"}


def test_the_secret_is_encrypted_with_the_given_key(template: dict[str, Any]) -> None:
    (key,) = support.of_type(template, "AWS::KMS::Key")
    assert support.only(template, SECRET)["KmsKeyId"] == {"Fn::GetAtt": [key, "Arn"]}


def test_the_key_lets_the_account_alone_use_it_through_secrets_manager(template: dict[str, Any]) -> None:
    statements = support.only(template, "AWS::KMS::Key")["KeyPolicy"]["Statement"]
    (administration, *uses) = statements
    assert administration["Action"] == "kms:*"
    assert uses
    actions = set()
    for use in uses:
        service = json.dumps(use["Condition"]["StringEquals"]["kms:ViaService"])
        assert "secretsmanager." in service
        assert use["Principal"] == administration["Principal"]
        assert use["Effect"] == "Allow"
        actions |= {use["Action"]} if isinstance(use["Action"], str) else set(use["Action"])
    assert actions == {
        "kms:CreateGrant",
        "kms:Decrypt",
        "kms:DescribeKey",
        "kms:Encrypt",
        "kms:GenerateDataKey*",
        "kms:ReEncrypt*",
    }


def test_the_secret_survives_the_stack_unless_told_otherwise(template: dict[str, Any]) -> None:
    (kept,) = support.of_type(template, SECRET).values()
    assert kept["DeletionPolicy"] == kept["UpdateReplacePolicy"] == "Retain"
    stack = support.stack()
    RegistryCredentials(stack, "Credentials", removal_policy=cdk.RemovalPolicy.DESTROY)
    (gone,) = support.of_type(support.template(stack), SECRET).values()
    assert gone["DeletionPolicy"] == "Delete"


def test_without_a_key_the_secret_is_encrypted_by_aws_and_reading_needs_no_key() -> None:
    stack = support.stack()
    credentials = RegistryCredentials(stack, "Credentials", secret_name=NAME)
    secret = support.only(support.template(stack), SECRET)
    assert "KmsKeyId" not in secret
    assert secret["Name"] == NAME
    assert credentials.encryption_key is None
    assert [permission.actions for permission in credentials.needs.execution_role] == [
        ("secretsmanager:GetSecretValue",)
    ]


def test_a_name_that_secrets_manager_does_not_take_is_refused(stack: cdk.Stack) -> None:
    with pytest.raises(InvalidValueError) as raised:
        RegistryCredentials(stack, "Named", secret_name=f"{NAME} ")
    assert raised.value.code is Code.SECRET_NAME


def test_credentials_with_an_own_key_need_it_through_secrets_manager_alone() -> None:
    stack = support.stack(env=support.ENVIRONMENT)
    key = kms.Key(stack, "Key")
    credentials = RegistryCredentials(stack, "Credentials", encryption_key=key)
    read, decrypt = credentials.needs.execution_role
    assert credentials.encryption_key is key
    assert credentials.needs.endpoints == {Endpoint.SECRETS_MANAGER}
    assert (read.actions, read.resources) == (
        ("secretsmanager:GetSecretValue",),
        (credentials.secret.secret_full_arn,),
    )
    assert (decrypt.actions, decrypt.resources) == (("kms:Decrypt",), (key.key_arn,))
    assert decrypt.conditions == {"StringEquals": {"kms:ViaService": "secretsmanager.us-east-1.amazonaws.com"}}


def test_a_secret_is_imported_by_its_complete_arn_and_made_by_nobody() -> None:
    stack = support.stack()
    key = kms.Key.from_key_arn(stack, "Key", "arn:aws:kms:us-east-1:123456789012:key/1")
    credentials = RegistryCredentials.from_secret_complete_arn(stack, "Imported", COMPLETE, encryption_key=key)
    assert isinstance(credentials, RegistryCredentials)
    assert credentials.secret.secret_arn == COMPLETE
    assert credentials.encryption_key is key
    resources = [permission.resources for permission in credentials.needs.execution_role]
    assert resources == [(COMPLETE,), (key.key_arn,)]
    assert "Resources" not in support.template(stack)


def test_a_partial_arn_is_refused_with_the_reason(stack: cdk.Stack) -> None:
    with pytest.raises(InvalidValueError, match="with a partial one the task is denied") as raised:
        RegistryCredentials.from_secret_complete_arn(stack, "Partial", PARTIAL)
    assert raised.value.code is Code.SECRET_ARN


def test_an_arn_that_is_a_token_is_taken(stack: cdk.Stack) -> None:
    arn = cdk.CfnParameter(stack, "Arn").value_as_string
    assert RegistryCredentials.from_secret_complete_arn(stack, "Token", arn).secret.secret_arn == arn


def test_an_existing_secret_keeps_its_key() -> None:
    stack = support.stack()
    key = kms.Key(stack, "Key")
    secret = secretsmanager.Secret(stack, "Secret", encryption_key=key)
    credentials = RegistryCredentials.from_secret(stack, "Credentials", secret)
    assert credentials.secret is secret
    assert credentials.encryption_key is key
    assert len(credentials.needs.execution_role) == 2


def test_a_secret_that_was_imported_by_name_is_refused(stack: cdk.Stack) -> None:
    secret = secretsmanager.Secret.from_secret_name_v2(stack, "ByName", "dockerhub")
    with pytest.raises(InvalidValueError) as raised:
        RegistryCredentials.from_secret(stack, "NoSuffix", secret)
    assert raised.value.code is Code.SECRET_ARN


@pytest.mark.parametrize(
    ("construct_id", "template_text", "random_key"),
    [
        ("Other", '{"user": "x"}', "password"),
        ("More", '{"username": "x", "email": "y"}', "password"),
        ("Token", '{"username": "x"}', "accessToken"),
    ],
)
def test_a_secret_of_other_keys_is_refused(
    stack: cdk.Stack, construct_id: str, template_text: str, random_key: str
) -> None:
    generated = secretsmanager.SecretStringGenerator(
        secret_string_template=template_text, generate_string_key=random_key
    )
    secret = secretsmanager.Secret(stack, f"{construct_id}Keys", generate_secret_string=generated)
    with pytest.raises(InvalidValueError, match="exactly username and password") as raised:
        RegistryCredentials.from_secret(stack, construct_id, secret)
    assert raised.value.code is Code.SECRET_SHAPE


def test_a_secret_of_the_right_keys_is_taken(stack: cdk.Stack) -> None:
    value = cdk.SecretValue.cfn_parameter(cdk.CfnParameter(stack, "Value", no_echo=True))
    secret = secretsmanager.Secret(stack, "RightKeys", secret_object_value={"username": value, "password": value})
    assert RegistryCredentials.from_secret(stack, "Right", secret).secret is secret


@pytest.mark.parametrize("flags", [False, True])
def test_reviewers_find_nothing_but_a_reason_for_no_rotation(flags: bool) -> None:
    stack = support.stack(flags=flags)
    RegistryCredentials(stack, "Credentials", encryption_key=kms.Key(stack, "Key", enable_key_rotation=True))
    secretsmanager.Secret(stack, "Canary")  # every pack has something to say about it
    app = cdk.App.of(stack)
    assert isinstance(app, cdk.App)
    found = nag.findings(app)
    assert {finding.pack for finding in found} == {"AwsSolutions", "NIST.800.53.R5", "HIPAA.Security", "PCI.DSS.321"}
    assert [finding for finding in found if not finding.path.startswith("Test/Canary/")] == []
    assert {finding.rule for finding in nag.suppressed(app)} == {
        "AwsSolutions-SMG4",
        "NIST.800.53.R5-SecretsManagerRotationEnabled",
        "HIPAA.Security-SecretsManagerRotationEnabled",
    }


def test_without_a_key_reviewers_are_told() -> None:
    stack = support.stack()
    RegistryCredentials(stack, "Credentials")
    app = cdk.App.of(stack)
    assert isinstance(app, cdk.App)
    assert {finding.rule for finding in nag.findings(app)} == {
        "HIPAA.Security-SecretsManagerUsingKMSKey",
        "NIST.800.53.R5-SecretsManagerUsingKMSKey",
        "PCI.DSS.321-SecretsManagerUsingKMSKey",
    }
