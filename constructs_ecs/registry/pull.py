"""An image as a container definition takes it, and what pulling it needs."""

import dataclasses
from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_ecs as ecs
from constructs import Construct

from constructs_ecs.facts.features import ecr_image, registry_image
from constructs_ecs.facts.images import ecr_host
from constructs_ecs.facts.needs import Needs
from constructs_ecs.registry.credentials import RegistryCredentials
from constructs_ecs.secrets import complete_secret_arn


@dataclass(frozen=True, kw_only=True)
class BoundImage:
    """An image as a container definition takes it, and what pulling it needs.

    Args:
        container_image: for the container definition.
        needs: the endpoints and permissions for pulling it, or the host on the internet.
        host: the registry that no endpoint of the network serves; none when ECR serves the image, or when the
            reference is a token.
    """

    container_image: ecs.ContainerImage
    needs: Needs
    host: str | None


class NamedImage(ecs.ContainerImage):
    """An image by its name alone.

    The CDK's own images grant at this moment: a secret's key would name the role that, through its policy, waits for
    the secret, which is a cycle, and a repository's policy would change. Here the needs say what to grant.
    """

    def __init__(self, name: str, credentials: RegistryCredentials | None) -> None:
        super().__init__()
        self._name = name
        self._secret_arn = None if credentials is None else complete_secret_arn(credentials.secret)

    def bind(
        self,
        scope: Construct,  # noqa: ARG002 - the CDK's signature
        container_definition: ecs.ContainerDefinition,  # noqa: ARG002 - as above
    ) -> ecs.ContainerImageConfig:
        """Name the image and its credentials."""
        credentials = (
            None
            if self._secret_arn is None
            else ecs.CfnTaskDefinition.RepositoryCredentialsProperty(credentials_parameter=self._secret_arn)
        )
        return ecs.ContainerImageConfig(image_name=self._name, repository_credentials=credentials)


def pulled_from_ecr(
    scope: Construct,
    image: ecs.ContainerImage,
    repository_arn: str,
    *,
    account: str,
    region: str,
    unserved_host: str | None = None,
) -> BoundImage:
    """Say what pulling from a repository needs; with the same permissions, but no endpoint, if none answers for it."""
    stack = cdk.Stack.of(scope)
    if _differ(account, stack.account):
        cdk.Annotations.of(scope).add_warning_v2(
            "constructs-ecs:other-account-repository",
            f"A repository of account {account} has to allow the pull from account {stack.account} in its own policy, "
            "which this app does not change.",
        )
    needs = ecr_image(repository_arn)
    host = ecr_host(account, region) if unserved_host is None and _differ(region, stack.region) else unserved_host
    if host is not None:
        needs = dataclasses.replace(needs, endpoints=frozenset(), registries=registry_image(host).registries)
    return BoundImage(container_image=image, needs=needs, host=host)


def _differ(one: str, other: str) -> bool:
    return one != other and not cdk.Token.is_unresolved(one) and not cdk.Token.is_unresolved(other)
