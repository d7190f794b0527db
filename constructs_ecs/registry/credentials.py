"""The credentials of a private registry, as ECS reads them before it pulls an image."""

import json

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from constructs_ecs.acknowledgements import acknowledge
from constructs_ecs.errors import Code, InvalidValueError
from constructs_ecs.facts.cdk_types import CdkType, check_cdk
from constructs_ecs.facts.limits import check_removal_policy
from constructs_ecs.facts.needs import Needs
from constructs_ecs.facts.secrets import REGISTRY_CREDENTIAL_KEYS, check_secret_arn, check_secret_name
from constructs_ecs.secrets import complete_secret_arn, known_json_keys, secret_key, secret_needs


class RegistryCredentials(Construct):
    """A user name and a password for a registry, in a Secrets Manager secret of exactly these two JSON keys.

    The secret is created with stand-ins, never with a value from the app. Put the value in once the stack is deployed,
    from a file, so that it does not end up in a shell's history::

        aws secretsmanager put-secret-value --secret-id <name or ARN> --secret-string file://credentials.json

    where ``credentials.json`` holds ``{"username": "...", "password": "..."}``; then delete the file. Until then the
    registry refuses the pull. Each task reads the secret when it starts, so a new value needs no deployment.

    For a secret that exists use :meth:`from_secret_complete_arn` or :meth:`from_secret`.

    Sources: seed document 003; ECS developer guide, "Using non-AWS container images in Amazon ECS".

    Args:
        scope: the parent construct.
        construct_id: the id of this construct in its scope.
        encryption_key: encrypts the secret, and whoever pulls gets ``kms:Decrypt`` on it through Secrets Manager alone;
            by default the key that AWS manages.
        secret_name: the secret's name; by default CloudFormation makes one up.
        removal_policy: the secret survives the stack by default.

    Raises:
        InvalidValueError: ECS032, Secrets Manager does not take the name; ECS030, `encryption_key` or `removal_policy`
            is none.
    """

    secret: secretsmanager.ISecret
    """The secret."""
    encryption_key: kms.IKey | None
    """The secret's own key; none when AWS manages it."""
    needs: Needs
    """What a task needs to read the credentials."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        encryption_key: kms.IKey | None = None,
        secret_name: str | None = None,
        removal_policy: cdk.RemovalPolicy = cdk.RemovalPolicy.RETAIN,
    ) -> None:
        if secret_name is not None:
            check_secret_name(secret_name)
        check_cdk(encryption_key, CdkType.KEY, name="encryption_key", optional=True)
        check_removal_policy(removal_policy)
        super().__init__(scope, construct_id)
        self.secret = _new_secret(self, encryption_key, secret_name, removal_policy)
        self.encryption_key = encryption_key
        self.needs = secret_needs(self, self.secret)

    @classmethod
    def from_secret_complete_arn(
        cls, scope: Construct, construct_id: str, secret_complete_arn: str, *, encryption_key: kms.IKey | None = None
    ) -> "RegistryCredentials":
        """Use a secret by its complete ARN; it may be one of another account, or of another Region.

        Args:
            scope: the parent construct.
            construct_id: the id of the credentials in their scope.
            secret_complete_arn: the ARN with its six-character suffix.
            encryption_key: the secret's own key, which whoever pulls has to use; by default the one that AWS manages.

        Raises:
            InvalidValueError: ECS019, the ARN is partial or no secret's; ECS030, the key is not the CDK's.
        """
        check_secret_arn(secret_complete_arn)
        check_cdk(encryption_key, CdkType.KEY, name="encryption_key", optional=True)
        return _ImportedCredentials(scope, construct_id, secret_complete_arn, encryption_key)

    @classmethod
    def from_secret(cls, scope: Construct, construct_id: str, secret: secretsmanager.ISecret) -> "RegistryCredentials":
        """Use a secret that the app has or imports.

        Args:
            scope: the parent construct.
            construct_id: the id of the credentials in their scope.
            secret: a JSON secret of exactly ``username`` and ``password``, imported by its complete ARN if at all.

        Raises:
            InvalidValueError: ECS019, it was imported by its name or a partial ARN; ECS029, the app creates it with
                other keys; ECS030, it is not the CDK's.
        """
        check_cdk(secret, CdkType.SECRET, name="secret")
        complete_secret_arn(secret)
        keys = known_json_keys(secret)
        if keys is not None and keys != frozenset(REGISTRY_CREDENTIAL_KEYS):
            raise InvalidValueError(
                Code.SECRET_SHAPE,
                f"A registry's credentials are a JSON object of exactly {' and '.join(REGISTRY_CREDENTIAL_KEYS)}; "
                f"{secret.node.path} is created with {', '.join(sorted(keys)) or 'no keys'}.",
                "Create the secret with these two keys.",
            )
        return _ExistingCredentials(scope, construct_id, secret)


class _ExistingCredentials(RegistryCredentials):
    """Credentials in a secret that is made elsewhere."""

    def __init__(self, scope: Construct, construct_id: str, secret: secretsmanager.ISecret) -> None:
        Construct.__init__(self, scope, construct_id)
        self.secret = secret
        self.encryption_key = secret_key(secret)
        self.needs = secret_needs(self, secret)


class _ImportedCredentials(RegistryCredentials):
    """Credentials in a secret that is known by its complete ARN."""

    def __init__(self, scope: Construct, construct_id: str, arn: str, encryption_key: kms.IKey | None) -> None:
        Construct.__init__(self, scope, construct_id)
        self.secret = secretsmanager.Secret.from_secret_attributes(
            self, "Secret", secret_complete_arn=arn, encryption_key=encryption_key
        )
        self.encryption_key = encryption_key
        self.needs = secret_needs(self, self.secret)


def _new_secret(
    scope: Construct, encryption_key: kms.IKey | None, name: str | None, removal_policy: cdk.RemovalPolicy
) -> secretsmanager.Secret:
    username, password = REGISTRY_CREDENTIAL_KEYS
    secret = secretsmanager.Secret(
        scope,
        "Secret",
        secret_name=name,
        description="User name and password of a container registry.",
        encryption_key=encryption_key,
        # Never change this: CloudFormation would generate the secret anew, over the value that was put in.
        generate_secret_string=secretsmanager.SecretStringGenerator(
            secret_string_template=json.dumps({username: "replace-me"}), generate_string_key=password
        ),
        removal_policy=removal_policy,
    )
    acknowledge(
        secret,
        "The registry issues these credentials, so only there can they be renewed; Secrets Manager cannot rotate them.",
        "AwsSolutions-SMG4",
        "NIST.800.53.R5-SecretsManagerRotationEnabled",
        "HIPAA.Security-SecretsManagerRotationEnabled",
    )
    return secret
