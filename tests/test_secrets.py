import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_secretsmanager as secretsmanager

from constructs_ecs.errors import Code, InvalidValueError
from constructs_ecs.facts.endpoints import Endpoint
from constructs_ecs.secrets import complete_secret_arn, known_json_keys, sealed_secret, secret_key, secret_needs
from tests import support

COMPLETE = "arn:aws:secretsmanager:us-east-1:123456789012:secret:app-AbCd12"
PARTIAL = "arn:aws:secretsmanager:us-east-1:123456789012:secret:app"
Secret = secretsmanager.Secret


@pytest.fixture(scope="module")
def stack() -> cdk.Stack:
    return support.stack(env=support.ENVIRONMENT)


def test_the_complete_arn_of_an_own_and_an_imported_secret_is_known(stack: cdk.Stack) -> None:
    assert cdk.Token.is_unresolved(complete_secret_arn(Secret(stack, "Own")))
    assert complete_secret_arn(Secret.from_secret_complete_arn(stack, "Complete", COMPLETE)) == COMPLETE


@pytest.mark.parametrize("way", ["name", "partial"])
def test_a_secret_that_was_imported_without_its_suffix_is_refused(stack: cdk.Stack, way: str) -> None:
    secret = (
        Secret.from_secret_name_v2(stack, "ByName", "app")
        if way == "name"
        else Secret.from_secret_partial_arn(stack, "Partial", PARTIAL)
    )
    with pytest.raises(InvalidValueError, match="from_secret_complete_arn") as raised:
        complete_secret_arn(secret)
    assert raised.value.code is Code.SECRET_ARN


def test_the_key_of_a_secret_is_the_one_it_was_made_with(stack: cdk.Stack) -> None:
    key = kms.Key(stack, "Key")
    assert secret_key(Secret(stack, "Encrypted", encryption_key=key)) is key
    assert secret_key(Secret(stack, "Plain")) is None


def _generated(template: str, key: str) -> secretsmanager.SecretStringGenerator:
    return secretsmanager.SecretStringGenerator(secret_string_template=template, generate_string_key=key)


def test_the_keys_of_a_generated_secret_are_those_of_its_template_and_the_random_one(stack: cdk.Stack) -> None:
    secret = Secret(stack, "Generated", generate_secret_string=_generated('{"username": "x"}', "password"))
    assert known_json_keys(secret) == frozenset({"username", "password"})


def test_the_keys_of_a_literal_json_object_are_known(stack: cdk.Stack) -> None:
    value = cdk.SecretValue.unsafe_plain_text('{"a": 1, "b": {"c": 2}}')
    assert known_json_keys(Secret(stack, "Literal", secret_string_value=value)) == frozenset({"a", "b"})


def test_the_keys_of_an_object_whose_values_are_tokens_are_known(stack: cdk.Stack) -> None:
    parameter = cdk.CfnParameter(stack, "Given", no_echo=True)
    secret = Secret(
        stack,
        "Object",
        secret_object_value={
            "user": cdk.SecretValue.unsafe_plain_text("x"),
            "password": cdk.SecretValue.cfn_parameter(parameter),
        },
    )
    assert known_json_keys(secret) == frozenset({"user", "password"})


@pytest.mark.parametrize(("construct_id", "text"), [("Plain1", "plain"), ("List", "[1]"), ("Text", '"text"')])
def test_a_literal_that_is_no_json_object_has_no_keys(stack: cdk.Stack, construct_id: str, text: str) -> None:
    value = cdk.SecretValue.unsafe_plain_text(text)
    assert known_json_keys(Secret(stack, construct_id, secret_string_value=value)) == frozenset()


def test_the_keys_of_an_imported_or_a_random_secret_are_unknown(stack: cdk.Stack) -> None:
    assert known_json_keys(Secret.from_secret_complete_arn(stack, "Imported", COMPLETE)) is None
    assert known_json_keys(Secret(stack, "Random")) is None


@pytest.mark.parametrize(
    ("construct_id", "text"),
    [("Whole", "{}"), ("Key", '{{"{}": 1}}'), ("Broken", '{{"a": x{}}}')],
)
def test_keys_that_depend_on_a_token_are_unknown(stack: cdk.Stack, construct_id: str, text: str) -> None:
    parameter = cdk.CfnParameter(stack, f"{construct_id}Parameter", no_echo=True)
    literal = cdk.SecretValue.unsafe_plain_text(text.format(parameter.value_as_string))
    assert known_json_keys(Secret(stack, f"{construct_id}Token", secret_string_value=literal)) is None
    template = _generated(text.format(parameter.value_as_string), "password")
    assert known_json_keys(Secret(stack, f"{construct_id}Template", generate_secret_string=template)) is None


def test_a_grant_through_a_sealed_secret_changes_neither_the_secret_nor_its_key() -> None:
    templates = []
    for grants in (False, True):
        stack = support.stack(flags=False)
        secret = Secret(stack, "Secret", encryption_key=kms.Key(stack, "Key"))
        role = iam.Role.from_role_arn(stack, "Role", "arn:aws:iam::123456789012:role/x", mutable=False)
        if grants:
            sealed_secret(secret).grant_read(role)
        templates.append(support.template(stack))
    assert templates[0] == templates[1]


def test_a_secret_that_was_removed_and_made_anew_is_sealed_anew() -> None:
    stack, sealed = support.stack(), []
    for _ in range(2):
        stack.node.try_remove_child("Secret")
        sealed.append(sealed_secret(secretsmanager.Secret(stack, "Secret")))
    first, second = (stack.resolve(each.secret_arn) for each in sealed)

    assert sealed[0] is not sealed[1]
    assert (
        first == second == {"Ref": next(iter(support.of_type(support.template(stack), "AWS::SecretsManager::Secret")))}
    )


def test_reading_a_secret_needs_its_endpoint_and_its_key_through_secrets_manager_alone(stack: cdk.Stack) -> None:
    key = kms.Key(stack, "NeedsKey")
    secret = Secret(stack, "Needed", encryption_key=key)
    needs = secret_needs(stack, secret)
    read, decrypt = needs.execution_role
    assert needs.endpoints == {Endpoint.SECRETS_MANAGER}
    assert not needs.internet
    assert (read.actions, read.resources) == (("secretsmanager:GetSecretValue",), (secret.secret_arn,))
    assert (decrypt.actions, decrypt.resources) == (("kms:Decrypt",), (key.key_arn,))
    assert decrypt.conditions == {"StringEquals": {"kms:ViaService": "secretsmanager.us-east-1.amazonaws.com"}}


def test_a_key_that_the_cdk_does_not_know_is_taken_from_the_caller(stack: cdk.Stack) -> None:
    key = kms.Key.from_key_arn(stack, "OtherKey", "arn:aws:kms:us-east-1:123456789012:key/1")
    secret = Secret.from_secret_complete_arn(stack, "Keyed", COMPLETE)
    _, decrypt = secret_needs(stack, secret, encryption_key=key).execution_role
    assert decrypt.resources == (key.key_arn,)


def test_a_secret_that_was_made_with_an_alias_needs_to_be_told_its_key() -> None:
    stack = support.stack()
    key = kms.Key(stack, "Key")
    secret = Secret(stack, "Secret", encryption_key=kms.Alias(stack, "Alias", alias_name="alias/x", target_key=key))
    with pytest.raises(InvalidValueError, match="encryption_key is a KMS key"):
        secret_needs(stack, secret)

    assert [key.key_arn] in [
        list(each.resources) for each in secret_needs(stack, secret, encryption_key=key).execution_role
    ]


def test_a_secret_of_another_region_is_read_over_the_internet(stack: cdk.Stack) -> None:
    arn = COMPLETE.replace("us-east-1", "eu-west-1")
    secret = Secret.from_secret_attributes(
        stack, "Elsewhere", secret_complete_arn=arn, encryption_key=kms.Key(stack, "ElsewhereKey")
    )
    needs = secret_needs(stack, secret)
    assert not needs.endpoints
    assert needs.internet == ("Secrets Manager in eu-west-1",)
    assert needs.execution_role[1].conditions["StringEquals"] == {
        "kms:ViaService": "secretsmanager.eu-west-1.amazonaws.com"
    }


def test_in_a_stack_for_any_region_a_secret_counts_as_near() -> None:
    agnostic = support.stack()
    needs = secret_needs(agnostic, Secret.from_secret_complete_arn(agnostic, "Secret", COMPLETE))
    assert needs.endpoints == {Endpoint.SECRETS_MANAGER}
