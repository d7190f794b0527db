"""What registry credentials and tasks share about Secrets Manager secrets."""

import dataclasses
import json
from typing import Any, Final

from aws_cdk import aws_kms as kms
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct, IConstruct

from constructs_ecs.errors import Code, InvalidValueError
from constructs_ecs.facts.cdk_types import CdkType, check_cdk
from constructs_ecs.facts.features import secret as reading_a_secret
from constructs_ecs.facts.limits import is_token
from constructs_ecs.facts.needs import Needs
from constructs_ecs.facts.secrets import check_secret_arn
from constructs_ecs.known import key_arn, once, place_of, view_id

_UNKNOWN_PART: Final = "3141592653"
"""Stands for a token in a JSON text: digits are right inside of quotes and outside."""


@once
def complete_secret_arn(secret: secretsmanager.ISecret) -> str:
    """Return a secret's complete ARN.

    Raises:
        InvalidValueError: ECS019, the secret was imported by its name or a partial ARN.
    """
    arn = secret.secret_full_arn
    if arn is None:
        raise InvalidValueError(
            Code.SECRET_ARN,
            "A secret is named by its complete ARN, which ends with six characters that Secrets Manager adds, and its "
            f"permission is given on that ARN alone; {secret.node.path} was imported without them.",
            "Import it with Secret.from_secret_complete_arn.",
        )
    check_secret_arn(arn)
    return arn


@once
def secret_key(secret: secretsmanager.ISecret) -> kms.IKey | None:
    """Return the key that encrypts a secret, as far as the CDK knows it; none for the key that AWS manages."""
    return secret.encryption_key


@once
def sealed_secret(secret: secretsmanager.ISecret) -> secretsmanager.ISecret:
    """Return a secret as the CDK's L2s may see it: none of their grants reaches its policy or its key.

    Raises:
        InvalidValueError: ECS019, the secret was imported by its name or a partial ARN.
    """
    arn, stack = complete_secret_arn(secret), place_of(secret).stack
    return secretsmanager.Secret.from_secret_complete_arn(stack, view_id(secret, "SealedSecret"), arn)


def secret_needs(scope: Construct, secret: secretsmanager.ISecret, *, encryption_key: kms.IKey | None = None) -> Needs:
    """Say what reading a secret needs, before the containers of a task in the scope's stack start.

    A secret of another Region is read over the internet: an endpoint answers for its own Region alone.

    Args:
        scope: where the secret is used.
        secret: the secret.
        encryption_key: the secret's own key, where the CDK does not know it.

    Raises:
        InvalidValueError: ECS019, the secret was imported by its name or a partial ARN; ECS030, it was made with an
            alias of its key, and the key is not given.
    """
    key = secret_key(secret) if encryption_key is None else encryption_key
    check_cdk(key, CdkType.KEY, name="encryption_key", optional=True)
    region, here = _region(secret), place_of(scope).region
    needs = reading_a_secret(complete_secret_arn(secret), region=region, key_arn=key_arn(key))
    if region == here or is_token(region) or is_token(here):
        return needs
    return dataclasses.replace(needs, endpoints=frozenset(), internet=(f"Secrets Manager in {region}",))


@once
def _region(secret: secretsmanager.ISecret) -> str:
    return secret.env.region


@once
def _resource(secret: secretsmanager.ISecret) -> IConstruct | None:
    return secret.node.default_child


def known_json_keys(secret: secretsmanager.ISecret) -> frozenset[str] | None:
    """Return the keys of the JSON object that a secret of this app is created with.

    None where the app does not say: for an imported secret, for one whose value is a token, and for one that is created
    with a single random string, which often only stands in for a value that is put in later.
    """
    resource = _resource(secret)
    if not isinstance(resource, secretsmanager.CfnSecret):
        return None
    # All properties at once: jsii asks for each part of a single one.
    properties = place_of(secret).stack.resolve(resource._cfn_properties)  # noqa: SLF001 - the CDK shows it to subclasses
    generated = properties.get("generateSecretString")
    if generated is None:
        return _keys(_text(properties.get("secretString")))
    keys = _keys(_text(generated.get("secretStringTemplate")))
    random_key = generated.get("generateStringKey")
    return keys | {random_key} if keys is not None and isinstance(random_key, str) else None


def _text(value: Any) -> str | None:  # noqa: ANN401 - any resolved CloudFormation value
    """Spell a resolved text, with a stand-in for each part that only CloudFormation knows."""
    if isinstance(value, dict) and list(value) == ["Fn::Join"] and value["Fn::Join"][0] == "":
        return "".join(part if isinstance(part, str) else _UNKNOWN_PART for part in value["Fn::Join"][1])
    return value if isinstance(value, str) else None


def _keys(text: str | None) -> frozenset[str] | None:
    """Read the keys of a JSON object; none of them for any other text."""
    if text is None:
        return None
    try:
        value = json.loads(text)
    except ValueError:
        return None if _UNKNOWN_PART in text else frozenset()
    keys = frozenset(value) if isinstance(value, dict) else frozenset()
    return None if any(_UNKNOWN_PART in key for key in keys) else keys
