"""An image as a container definition takes it, and what pulling it needs."""

import dataclasses
from dataclasses import dataclass
from functools import cache

import aws_cdk as cdk
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_ecs as ecs
from constructs import Construct

from constructs_ecs.facts.features import ecr_image, registry_image
from constructs_ecs.facts.images import ecr_host
from constructs_ecs.facts.limits import is_token
from constructs_ecs.facts.needs import Needs
from constructs_ecs.known import once, place_of
from constructs_ecs.registry.credentials import RegistryCredentials
from constructs_ecs.secrets import sealed_secret


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


@cache
def named_image(name: str, credentials: RegistryCredentials | None = None) -> ecs.ContainerImage:
    """Return an image by its name alone; one object for all containers, since the CDK keeps no state in it.

    The CDK's own images grant when a container takes them: a secret's key would name the role that, through its policy,
    waits for the secret, which is a cycle, and a repository's policy would change. Here the needs say what to grant.
    """
    return ecs.ContainerImage.from_registry(
        name, credentials=None if credentials is None else sealed_secret(credentials.secret)
    )


@cache
def named_ecr_image(name: str) -> ecs.ContainerImage:
    """Return an image in ECR by its name alone.

    The name is a token, since in a literal one the CDK sees ECR, and warns that it grants nothing.
    """
    return named_image(cdk.Token.as_string(cdk.Token.as_any(name)))


@dataclass(frozen=True, kw_only=True)
class RepositoryPlace:
    """Where a repository is.

    Args:
        arn: of the repository.
        account: whose it is.
        region: where it is.
    """

    arn: str
    account: str
    region: str


@once
def repository_place(repository: ecr.IRepository) -> RepositoryPlace:
    """Say where a repository is."""
    environment = repository.env
    return RepositoryPlace(arn=repository.repository_arn, account=environment.account, region=environment.region)


def pulled_from_ecr(
    scope: Construct,
    image: ecs.ContainerImage,
    repository: RepositoryPlace,
    *,
    unserved_host: str | None = None,
) -> BoundImage:
    """Say what pulling from a repository needs; with the same permissions, but no endpoint, if none answers for it."""
    here = place_of(scope)
    if _differ(repository.account, here.account):
        cdk.Annotations.of(scope).add_warning_v2(
            "constructs-ecs:other-account-repository",
            f"A repository of account {repository.account} has to allow the pull from account {here.account} in its "
            "own policy, which this app does not change.",
        )
    needs, host = ecr_image(repository.arn), unserved_host
    if host is None and _differ(repository.region, here.region):
        host = ecr_host(repository.account, repository.region)
    if host is not None:
        needs = dataclasses.replace(needs, endpoints=frozenset(), registries=registry_image(host).registries)
    return BoundImage(container_image=image, needs=needs, host=host)


def _differ(one: str, other: str) -> bool:
    return one != other and not is_token(one) and not is_token(other)
