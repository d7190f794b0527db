"""Image references, and what their registry's host says about how they are pulled.

Sources: ``github.com/distribution/reference`` for the grammar and for Docker Hub's short names,
``github.com/opencontainers/go-digest`` for digests; ECS API reference, ``ContainerDefinition``, ``image``; Amazon ECR
user guide, "Private registry", "Making requests to Amazon ECR registries" and "Interface VPC endpoints"; ECR API
reference, ``CreateRepository``.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from constructs_ecs.errors import Code, InvalidValueError, UnsafeError
from constructs_ecs.facts.endpoints import HTTPS_PORT
from constructs_ecs.facts.limits import full_match, shown
from constructs_ecs.facts.regions import dns_suffix, partition

_PATH_COMPONENT: Final = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
_PATH: Final = rf"{_PATH_COMPONENT}(?:/{_PATH_COMPONENT})*"
_DOMAIN_COMPONENT: Final = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?"
_DOMAIN_NAME: Final = rf"{_DOMAIN_COMPONENT}(?:\.{_DOMAIN_COMPONENT})*"
_HOST: Final = rf"(?:{_DOMAIN_NAME}|\[[a-fA-F0-9:]+\])(?::(?P<port>[0-9]{{1,5}}))?"
_TAG: Final = r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}"
_TAG_ALONE: Final = re.compile(_TAG)
_REFERENCE: Final = re.compile(
    rf"(?P<host>{_HOST})/(?P<repository>{_PATH})(?::(?P<tag>{_TAG}))?(?:@(?P<digest>[^@]+))?", re.DOTALL
)
_DIGEST_LENGTHS: Final = {"sha256": 64, "sha384": 96, "sha512": 128}
_DIGEST: Final = re.compile("|".join(f"{name}:[a-f0-9]{{{length}}}" for name, length in _DIGEST_LENGTHS.items()))
_IDENTIFIER: Final = re.compile(r"[a-f0-9]{64}")
_MAX_REPOSITORY_LENGTH: Final = 255
_MAX_TAGGED_LENGTH: Final = 255
_MAX_PORT: Final = 65535

_DOCKER_HUB: Final = "docker.io"
_LEGACY_DOCKER_HUB: Final = "index.docker.io"
_ECR_PUBLIC_HOST: Final = "public.ecr.aws"
_ECR_HOST: Final = re.compile(
    r"(?P<account>[0-9]{12})\.dkr\.ecr(?P<fips>-fips)?\.(?P<region>[a-z0-9-]+)\.(?P<suffix>.+)"
)
_ECR_DUAL_STACK_HOST: Final = re.compile(
    r"(?P<account>[0-9]{12})\.dkr-ecr(?:-fips)?\.(?P<region>[a-z0-9-]+)\.on\.(?:aws|amazonwebservices\.com\.cn)"
)
_ECR_REPOSITORY_NAME: Final = re.compile(
    r"(?=.{2,256}\Z)(?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:[._-][a-z0-9]+)*"
)


class RegistryKind(Enum):
    """What kind of registry holds an image."""

    ECR_PRIVATE = "a private Amazon ECR registry"
    ECR_PUBLIC = "Amazon ECR Public"
    """No interface endpoint serves its images: they come over the internet."""
    INTERNET = "a registry outside of AWS"


@dataclass(frozen=True, kw_only=True)
class EcrLocation:
    """Where in Amazon ECR an image is.

    Args:
        account: the account whose registry it is.
        region: the Region of the registry.
        repository: the repository's name.
        has_endpoint: whether the endpoint ``ecr.dkr`` answers for the host. It does not for FIPS hosts; for dual-stack
            hosts the pages of ECR contradict each other, so they count as not served.
    """

    account: str
    region: str
    repository: str
    has_endpoint: bool

    @property
    def repository_arn(self) -> str:
        """The repository's ARN, in the partition of its Region."""
        return f"arn:{partition(self.region)}:ecr:{self.region}:{self.account}:repository/{self.repository}"


@dataclass(frozen=True, kw_only=True)
class ImageReference:
    """An image reference as ``docker pull`` understands it.

    Names without a host are Docker Hub's: ``nginx`` is ``docker.io/library/nginx``. ECS is given the text unchanged.

    Args:
        text: the reference as it was written, without tokens.

    Raises:
        InvalidValueError: ECS021, it does not follow the grammar, or has no digest and is longer than ECS takes.
    """

    text: str
    host: str = field(init=False)
    """The registry's host, with its port when there is one."""
    repository: str = field(init=False)
    """The repository's name in the registry."""
    tag: str | None = field(init=False)
    digest: str | None = field(init=False)
    """Algorithm and value, ``sha256:...``."""

    def __post_init__(self) -> None:
        match = _match(self.text)
        for name in ("host", "repository", "tag", "digest"):
            object.__setattr__(self, name, match[name])

    @classmethod
    def parse(cls, text: str) -> "ImageReference":
        """Make a reference from its text; the same as the constructor.

        Raises:
            InvalidValueError: ECS021, as the constructor.
        """
        return cls(text=text)

    def __str__(self) -> str:
        return self.text

    @property
    def canonical(self) -> str:
        """The reference with its host and full repository name."""
        tag = "" if self.tag is None else f":{self.tag}"
        digest = "" if self.digest is None else f"@{self.digest}"
        return f"{self.host}/{self.repository}{tag}{digest}"

    @property
    def kind(self) -> RegistryKind:
        """What kind of registry holds the image."""
        if self.host.lower() == _ECR_PUBLIC_HOST:
            return RegistryKind.ECR_PUBLIC
        return RegistryKind.INTERNET if self.ecr is None else RegistryKind.ECR_PRIVATE

    @property
    def ecr(self) -> EcrLocation | None:
        """Where in a private ECR registry the image is; none for any other registry."""
        host = self.host.lower()
        plain, dual_stack = _ECR_HOST.fullmatch(host), _ECR_DUAL_STACK_HOST.fullmatch(host)
        if plain is not None and plain["suffix"] != dns_suffix(plain["region"]):
            return None
        match = dual_stack if plain is None else plain
        if match is None:
            return None
        return EcrLocation(
            account=match["account"],
            region=match["region"],
            repository=self.repository,
            has_endpoint=plain is not None and plain["fips"] is None,
        )


def registry_port(host: str) -> int:
    """Return the TCP port of a registry's host; HTTPS unless the host names another."""
    _, colon, port = host.rpartition(":")
    return int(port) if colon and port.isdecimal() else HTTPS_PORT


def ecr_host(account: str, region: str) -> str:
    """Return the host of a private ECR registry."""
    return f"{account}.dkr.ecr.{region}.{dns_suffix(region)}"


def check_tag(tag: str) -> None:
    """Check an image's tag.

    Raises:
        InvalidValueError: ECS021.
    """
    if full_match(_TAG_ALONE, tag) is None:
        raise _invalid(
            "A tag is 1 to 128 letters, digits, underscores, periods and hyphens, not beginning with the last two",
            tag,
            "Use the tag that the image was pushed with.",
        )


def check_digest(digest: str) -> None:
    """Check an image's digest.

    Raises:
        InvalidValueError: ECS021.
    """
    if full_match(_DIGEST, digest) is None:
        lengths = ", ".join(f"{name} with {length}" for name, length in _DIGEST_LENGTHS.items())
        raise _invalid(
            f"A digest is an algorithm, a colon and lower-case hexadecimal digits: {lengths}",
            digest,
            "Copy the digest from the registry.",
        )


def check_pinned(image: Callable[[], str], *, tag: str | None, digest: str | None) -> None:
    """Check that an image is named by a digest, or by a tag other than ``latest``.

    Args:
        image: says which image it is, for the message.
        tag: its tag; none counts as ``latest``, as it does when the image is pulled.
        digest: its digest.

    Raises:
        UnsafeError: ECS080, what runs would change without a change of the app.
    """
    if digest is None and tag in {None, "latest"}:
        raise UnsafeError(
            Code.MUTABLE_IMAGE,
            "An image is named by a digest, or by a tag other than latest, so it stays the same; got "
            f"{shown(image())}.",
            "Name a version or a digest, or pass allow_mutable_tag=True.",
        )


def check_ecr_repository_name(name: str) -> None:
    """Check the name of a new ECR repository.

    Raises:
        InvalidValueError: ECS033.
    """
    if full_match(_ECR_REPOSITORY_NAME, name) is None:
        raise InvalidValueError(
            Code.ECR_REPOSITORY,
            "An ECR repository's name is 2 to 256 lower-case letters and digits, with single periods, underscores, "
            f"hyphens or slashes between them; got {shown(name)}.",
            "Leave out every other character.",
        )


def _match(text: object) -> re.Match[str]:
    """Match a reference in its canonical form, or say why it is none."""
    if not isinstance(text, str):
        raise _no_match(text, "")
    if _IDENTIFIER.fullmatch(text) is not None:
        raise _invalid("64 hexadecimal digits alone name a local image", text, "Name the repository, then @sha256:.")
    host, remainder = _split_host(text)
    match = _REFERENCE.fullmatch(f"{host}/{remainder}")
    if match is None:
        raise _no_match(text, remainder)
    if match["port"] is not None and not 1 <= int(match["port"]) <= _MAX_PORT:
        raise _invalid(f"A registry's port is 1 to {_MAX_PORT}", text, "Name the port that the registry listens on.")
    if len(match["repository"]) > _MAX_REPOSITORY_LENGTH:
        raise _invalid(
            f"A repository's name has at most {_MAX_REPOSITORY_LENGTH} characters",
            text,
            "Shorten the repository's name.",
        )
    if match["digest"] is not None:
        check_digest(match["digest"])
    elif len(text) > _MAX_TAGGED_LENGTH:
        raise _invalid(
            f"ECS takes an image without a digest up to {_MAX_TAGGED_LENGTH} characters, this has {len(text)}",
            text,
            "Shorten the name or the tag, or name the image by digest.",
        )
    return match


def _split_host(text: str) -> tuple[str, str]:
    """Split off the registry's host, which Docker Hub's names leave out."""
    first, slash, rest = text.partition("/")
    if not slash:
        host, path = _DOCKER_HUB, text
    elif first in {_LEGACY_DOCKER_HUB, _DOCKER_HUB}:
        host, path = _DOCKER_HUB, rest
    elif first == "localhost" or "." in first or ":" in first or first.lower() != first:
        # A path has no capital letters, so what has some can only be a host.
        return first, rest
    else:
        host, path = _DOCKER_HUB, text
    return host, path if "/" in path else f"library/{path}"


def _no_match(text: object, remainder: str) -> InvalidValueError:
    path = remainder.partition("@")[0].partition(":")[0]
    if path.lower() != path:
        return _invalid("A repository's name has no upper-case letters", text, "Write it in lower case.")
    return _invalid(
        "An image reference is [host[:port]/]repository[:tag][@digest], as the distribution project defines it",
        text,
        "Write it as in `docker pull`.",
    )


def _invalid(rule: str, given: object, remedy: str) -> InvalidValueError:
    return InvalidValueError(Code.IMAGE_REFERENCE, f"{rule}; got {shown(given)}.", remedy)
