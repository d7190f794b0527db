"""Secrets and parameters that ECS puts into a container's environment when the task starts."""

from abc import ABC, abstractmethod
from dataclasses import dataclass

from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_kms as kms
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_ssm as ssm
from constructs import Construct

from constructs_ecs.errors import Code, InvalidValueError
from constructs_ecs.facts import features
from constructs_ecs.facts.cdk_types import CdkType, check_cdk
from constructs_ecs.facts.limits import is_token
from constructs_ecs.facts.needs import Needs
from constructs_ecs.known import key_arn, place_of
from constructs_ecs.secrets import complete_secret_arn, known_json_keys, sealed_secret, secret_needs


@dataclass(frozen=True, kw_only=True)
class BoundSecret:
    """A secret as a container definition takes it, and what reading it needs."""

    secret: ecs.Secret
    needs: Needs


class ContainerSecret(ABC):
    """A value that ECS reads for a container; never a part of the template.

    Make one with :meth:`from_secrets_manager` or :meth:`from_ssm_parameter`.
    """

    @staticmethod
    def from_secrets_manager(
        secret: secretsmanager.ISecret, *, json_key: str | None = None, encryption_key: kms.IKey | None = None
    ) -> "ContainerSecret":
        """Read a Secrets Manager secret.

        Args:
            secret: the secret, by its complete ARN when it is imported.
            json_key: the key of a JSON secret to read; by default the whole value.
            encryption_key: the secret's own key, where the CDK does not know it (an imported secret).

        Raises:
            InvalidValueError: ECS019, the secret's ARN is partial; ECS020, a secret of this app has no such key, or it
                is none that ECS can name; ECS030, the secret or the key is not the CDK's.
        """
        check_cdk(secret, CdkType.SECRET, name="secret")
        check_cdk(encryption_key, CdkType.KEY, name="encryption_key", optional=True)
        complete_secret_arn(secret)
        _check_json_key(secret, json_key)
        return _ManagedSecret(secret, json_key, encryption_key)

    @staticmethod
    def from_ssm_parameter(parameter: ssm.IParameter, *, encryption_key: kms.IKey | None = None) -> "ContainerSecret":
        """Read a Systems Manager parameter.

        Args:
            parameter: the parameter.
            encryption_key: the own key of a ``SecureString`` parameter; by default the one that AWS manages.

        Raises:
            InvalidValueError: ECS030, the parameter or the key is not the CDK's.
        """
        check_cdk(parameter, CdkType.PARAMETER, name="parameter")
        check_cdk(encryption_key, CdkType.KEY, name="encryption_key", optional=True)
        return _Parameter(parameter, encryption_key)

    @abstractmethod
    def bind(self, scope: Construct) -> BoundSecret:
        """Say how a container definition names the secret, and what reading it needs.

        Args:
            scope: the task that reads it.
        """


@dataclass(frozen=True)
class _ManagedSecret(ContainerSecret):
    secret: secretsmanager.ISecret
    json_key: str | None
    encryption_key: kms.IKey | None

    def bind(self, scope: Construct) -> BoundSecret:
        return BoundSecret(
            secret=ecs.Secret.from_secrets_manager(sealed_secret(self.secret), self.json_key),
            needs=secret_needs(scope, self.secret, encryption_key=self.encryption_key),
        )


@dataclass(frozen=True)
class _Parameter(ContainerSecret):
    parameter: ssm.IParameter
    encryption_key: kms.IKey | None

    def bind(self, scope: Construct) -> BoundSecret:
        arn = self.parameter.parameter_arn
        return BoundSecret(
            secret=ecs.Secret.from_ssm_parameter(self.parameter),
            needs=features.ssm_parameter(arn, region=place_of(scope).region, key_arn=key_arn(self.encryption_key)),
        )


def _check_json_key(secret: secretsmanager.ISecret, json_key: str | None) -> None:
    """A secret of this app tells its keys; whether another one has the key is known to AWS alone."""
    if json_key is None or is_token(json_key):
        return
    if not json_key or ":" in json_key:
        raise InvalidValueError(
            Code.SECRET_JSON_KEY,
            f"ECS names a JSON key between colons, so it is not empty and has none itself; got {json_key!r}.",
            "Rename the key in the secret, or leave json_key out for the whole value.",
        )
    keys = known_json_keys(secret)
    if keys is not None and json_key not in keys:
        raise InvalidValueError(
            Code.SECRET_JSON_KEY,
            f"The secret {secret.node.path} has the JSON keys {', '.join(sorted(keys)) or '(none)'}; got {json_key!r}.",
            "Read one of these, or add the key to the secret.",
        )
