"""Where a container's image comes from, and what pulling it needs."""

import os
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final

import aws_cdk as cdk
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_ecr_assets as ecr_assets
from aws_cdk import aws_ecs as ecs
from constructs import Construct

from constructs_ecs.errors import Code, ConflictError, InvalidValueError
from constructs_ecs.facts.cdk_types import CdkType, check_cdk
from constructs_ecs.facts.features import ecr_image, registry_image
from constructs_ecs.facts.images import (
    ImageReference,
    RegistryKind,
    check_digest,
    check_pinned,
    check_tag,
)
from constructs_ecs.facts.limits import check_kind, contains_token, is_token, shown
from constructs_ecs.facts.needs import Needs
from constructs_ecs.registry.credentials import RegistryCredentials
from constructs_ecs.registry.pull import (
    BoundImage,
    RepositoryPlace,
    named_ecr_image,
    named_image,
    pulled_from_ecr,
    repository_place,
)
from constructs_ecs.registry.repository import EcrRepository
from constructs_ecs.secrets import secret_needs

_DOCKERFILE: Final = "Dockerfile"


class Image(ABC):
    """What a container runs. Each way of naming it knows what pulling it needs.

    Make one with :meth:`from_registry`, :meth:`from_ecr` or :meth:`from_directory`.
    """

    @staticmethod
    def from_registry(
        reference: str, *, credentials: RegistryCredentials | None = None, allow_mutable_tag: bool = False
    ) -> "Image":
        """Name an image as for ``docker pull``: in a private registry, a public one, or ECR.

        A reference with a token is taken as it is: nothing is known about it, so nothing is checked, and a warning says
        that pulling it was given no permission and no endpoint.

        Args:
            reference: host, repository, and a tag or a digest; Docker Hub when there is no host.
            credentials: for a private registry; ECR has none, there the execution role pulls.
            allow_mutable_tag: take an image without a tag, or with the tag ``latest``.

        Raises:
            InvalidValueError: ECS021, the reference does not follow the grammar of the distribution project; ECS030,
                the credentials are none.
            UnsafeError: ECS080, it has neither a digest nor a tag other than ``latest``.
            ConflictError: ECS048, credentials for ECR.
        """
        if credentials is not None:
            check_kind(credentials, RegistryCredentials, code=Code.SETTING, name="credentials")
        if is_token(reference):
            return _UnknownImage(reference, credentials)
        parsed = ImageReference.parse(reference)
        if not allow_mutable_tag:
            check_pinned(lambda: reference, tag=parsed.tag, digest=parsed.digest)
        if credentials is not None and parsed.kind is not RegistryKind.INTERNET:
            raise ConflictError(
                Code.IMAGE_CREDENTIALS,
                f"Credentials are for registries outside of AWS; {shown(reference)} is in {parsed.kind.value}.",
                "Leave out credentials; the execution role pulls from a private ECR registry.",
            )
        return _RegistryImage(parsed, credentials)

    @staticmethod
    def from_ecr(
        repository: ecr.IRepository | EcrRepository,
        *,
        tag: str | None = None,
        digest: str | None = None,
        allow_mutable_tag: bool = False,
    ) -> "Image":
        """Name an image in a private ECR repository.

        Args:
            repository: the repository; one of another account has to allow the pull in its own policy.
            tag: the image's tag; not with a digest.
            digest: the image's digest, ``sha256:...``; not with a tag.
            allow_mutable_tag: take the tag ``latest``.

        Raises:
            InvalidValueError: ECS021, tag and digest are both there or both missing, or one is malformed; ECS030, the
                repository is none.
            UnsafeError: ECS080, the tag is ``latest``.
        """
        if not isinstance(repository, EcrRepository):
            check_cdk(repository, CdkType.REPOSITORY, name="repository")
        if (tag is None) == (digest is None):
            raise InvalidValueError(
                Code.IMAGE_REFERENCE,
                f"An image in ECR is named by a tag or by a digest; got tag={shown(tag)}, digest={shown(digest)}.",
                "Give one of the two.",
            )
        if tag is not None and not is_token(tag):
            check_tag(tag)
            if not allow_mutable_tag:
                check_pinned(lambda: f"{repository.node.path}:{tag}", tag=tag, digest=None)
        if digest is not None and not is_token(digest):
            check_digest(digest)
        return _EcrImage(repository.repository if isinstance(repository, EcrRepository) else repository, tag, digest)

    @staticmethod
    def from_directory(
        path: str | os.PathLike[str],
        *,
        dockerfile: str = _DOCKERFILE,
        build_args: Mapping[str, str] | None = None,
        build_secrets: Mapping[str, str] | None = None,
        target: str | None = None,
        platform: ecr_assets.Platform | None = None,
        exclude: Iterable[str] = (),
    ) -> "Image":
        """Build an image when the app is deployed, and keep it in the CDK's own ECR repository.

        Args:
            path: the directory that is the build's context.
            dockerfile: the Dockerfile, relative to the directory.
            build_args: ``--build-arg`` values; they end up in the image's history, so nothing secret.
            build_secrets: ``--secret`` ids, each with its source, as in ``DockerBuildSecret.from_src``.
            target: the stage to build; by default the last one.
            platform: what the image is built for, whatever machine builds it; by default 64-bit x86 Linux.
            exclude: what is not part of the context, as in ``.dockerignore``.

        Raises:
            InvalidValueError: ECS021, there is no such directory or Dockerfile, or an option is a token.
        """
        image = _DirectoryImage(
            directory=os.path.abspath(path),  # noqa: PTH100 - does not follow links, and Node's working directory may differ
            dockerfile=dockerfile,
            build_args={} if build_args is None else dict(build_args),
            build_secrets={} if build_secrets is None else dict(build_secrets),
            target=target,
            platform=platform,
            exclude=tuple(exclude),
        )
        _check_build(image)
        return image

    @abstractmethod
    def bind(self, scope: Construct, container_name: str) -> BoundImage:
        """Say how a container definition names the image, and what pulling it needs.

        Args:
            scope: the task definition that uses the image, or what is around it.
            container_name: the container's name, unique in the scope.
        """


@dataclass(frozen=True)
class _RegistryImage(Image):
    """An image whose registry is known when the app is synthesized."""

    reference: ImageReference
    credentials: RegistryCredentials | None

    def bind(self, scope: Construct, container_name: str) -> BoundImage:  # noqa: ARG002 - makes no construct
        name, host, location = str(self.reference), self.reference.host, self.reference.ecr
        if location is None:
            image, needs = named_image(name, self.credentials), registry_image(host)
            return BoundImage(container_image=image, needs=needs | _reading(scope, self.credentials), host=host)
        place = RepositoryPlace(arn=location.repository_arn, account=location.account, region=location.region)
        return pulled_from_ecr(
            scope, named_ecr_image(name), place, unserved_host=None if location.has_endpoint else host
        )


@dataclass(frozen=True)
class _UnknownImage(Image):
    """An image whose reference only CloudFormation knows."""

    reference: str
    credentials: RegistryCredentials | None

    def bind(self, scope: Construct, container_name: str) -> BoundImage:
        cdk.Annotations.of(scope).add_warning_v2(
            "constructs-ecs:unknown-image",
            f"The image of container {container_name} is known at deployment only, so pulling it got no permission and "
            "no endpoint. For ECR use Image.from_ecr, for other registries name the image in the app.",
        )
        image = named_image(self.reference, self.credentials)
        return BoundImage(container_image=image, needs=_reading(scope, self.credentials), host=None)


@dataclass(frozen=True)
class _EcrImage(Image):
    """An image in a repository that is a construct."""

    repository: ecr.IRepository
    tag: str | None
    digest: str | None

    def bind(self, scope: Construct, container_name: str) -> BoundImage:  # noqa: ARG002 - makes no construct
        return pulled_from_ecr(scope, _image_of(self), repository_place(self.repository))


@cache
def _image_of(image: _EcrImage) -> ecs.ContainerImage:
    if image.digest is None:
        return named_image(image.repository.repository_uri_for_tag(image.tag))
    return named_image(image.repository.repository_uri_for_digest(image.digest))


@dataclass(frozen=True, kw_only=True)
class _DirectoryImage(Image):
    """An image that the CDK builds."""

    directory: str
    dockerfile: str
    build_args: Mapping[str, str] = field(hash=False)
    build_secrets: Mapping[str, str] = field(hash=False)
    target: str | None
    platform: ecr_assets.Platform | None
    exclude: tuple[str, ...]

    def bind(self, scope: Construct, container_name: str) -> BoundImage:
        # The id is in no template: what an asset is called there is its contents' hash.
        asset = ecr_assets.DockerImageAsset(
            scope,
            f"{container_name}Image",
            directory=self.directory,
            file=self.dockerfile,
            build_args=self.build_args,
            build_secrets=self.build_secrets,
            target=self.target,
            exclude=list(self.exclude),
            # The CDK's own default is the platform of whoever builds.
            platform=ecr_assets.Platform.LINUX_AMD64 if self.platform is None else self.platform,
        )
        return BoundImage(
            container_image=ecs.ContainerImage.from_docker_image_asset(asset),
            needs=ecr_image(asset.repository.repository_arn),
            host=None,
        )


def _reading(scope: Construct, credentials: RegistryCredentials | None) -> Needs:
    """Say what reading credentials needs where the image is used, which may be another Region than theirs."""
    if credentials is None:
        return Needs()
    return secret_needs(scope, credentials.secret, encryption_key=credentials.encryption_key)


def _check_build(image: _DirectoryImage) -> None:
    """Check what a build names; it happens before the deployment, which is when tokens get their values."""
    words = (
        *(image.directory, image.dockerfile, "" if image.target is None else image.target, *image.exclude),
        *(word for mapping in (image.build_args, image.build_secrets) for item in mapping.items() for word in item),
    )
    if any(map(contains_token, words)):
        raise InvalidValueError(
            Code.IMAGE_REFERENCE,
            "An image is built before its stack is deployed; a path or an option of the build is a token.",
            "Give values that are known at synth.",
        )
    if not Path(image.directory).is_dir():
        raise InvalidValueError(
            Code.IMAGE_REFERENCE,
            f"An image is built from a directory; there is none at {image.directory}.",
            "Name the directory from where the app starts, or relative to __file__.",
        )
    dockerfile = Path(image.dockerfile)
    if dockerfile.is_absolute() or ".." in dockerfile.parts or not (image.directory / dockerfile).is_file():
        raise InvalidValueError(
            Code.IMAGE_REFERENCE,
            f"A Dockerfile is inside of the directory that is built, and named relative to it; there is no "
            f"{shown(image.dockerfile)} in {image.directory}.",
            "Move it into the directory, or name it with dockerfile.",
        )
