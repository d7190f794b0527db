"""Where an image of a template comes from, when parts of its name are known at deployment only."""

import re
from dataclasses import dataclass
from typing import Final

from constructs_ecs.errors import InvalidValueError
from constructs_ecs.facts.images import EcrLocation, ImageReference, RegistryKind, registry_port
from constructs_ecs.facts.regions import dns_suffix, partition
from constructs_ecs.preflight.templates.graph import Environment
from constructs_ecs.preflight.values import PSEUDO, Symbol, Text, Unknown, parts_of, text

_ACCOUNT: Final = "804937261508"
_REGION: Final = "zz-region-9"
"""Stand-ins that no template means."""
_HOST_REGION: Final = re.compile(r"\.dkr[.-]ecr(?:-fips)?\.([a-z0-9-]+)\.")
_SUFFIX: Final = "suffix.stand-in"


@dataclass(frozen=True, kw_only=True)
class EcrImage:
    """An image in a private ECR registry.

    Args:
        region: the registry's Region.
        account: the registry's account.
        repository: the repository's name.
        repository_arn: its ARN.
        has_endpoint: whether the endpoint ``ecr.dkr`` is known to answer for the host.
        host: the host, for people.
    """

    region: Text
    account: Text
    repository: Text
    repository_arn: Text
    has_endpoint: bool
    host: Text


@dataclass(frozen=True, kw_only=True)
class RegistryImage:
    """An image in a registry that no endpoint serves.

    Args:
        host: the registry's host, without a port.
        port: its TCP port.
        is_ecr_public: whether it is Amazon ECR Public.
    """

    host: str
    port: int
    is_ecr_public: bool


def locate(image: Text, environment: Environment) -> EcrImage | RegistryImage | Unknown:
    """Find where an image comes from."""
    spelling = _Spelling(environment)
    try:
        reference = ImageReference.parse(spelling.spell(image))
    except InvalidValueError:
        return Unknown(f"{image} is no image reference") if isinstance(image, str) else _open(image)
    if spelling.is_open(_before_path(reference)):
        return _open(image)
    if reference.ecr is not None:
        return _ecr_image(reference.ecr, reference.host, spelling)
    return RegistryImage(
        host=reference.host.rpartition(":")[0] if ":" in reference.host else reference.host,
        port=registry_port(reference.host),
        is_ecr_public=reference.kind is RegistryKind.ECR_PUBLIC,
    )


def _ecr_image(location: EcrLocation, host: str, spelling: "_Spelling") -> EcrImage:
    environment = spelling.environment
    region = spelling.text(location.region)
    own = location.region == _REGION
    repository = spelling.text(location.repository)
    account = spelling.text(location.account)
    where = environment.partition if own else partition(location.region)
    return EcrImage(
        region=region,
        account=account,
        repository=repository,
        repository_arn=text("arn:", where, ":ecr:", region, ":", account, ":repository/", repository),
        has_endpoint=location.has_endpoint,
        host=spelling.text(host),
    )


def _before_path(reference: ImageReference) -> str:
    """Return what decides the registry: the host, and for a short name the whole first part."""
    return f"{reference.host}/{reference.text.partition('/')[0]}"


def _open(image: Text) -> Unknown:
    missing = next((part.reason for part in parts_of(image) if isinstance(part, Unknown)), None)
    return Unknown(missing or f"the registry of {image} is known at deployment only")


class _Spelling:
    """Spells an image so that the parser of image references takes it, and its parts back as texts."""

    def __init__(self, environment: Environment) -> None:
        self.environment = environment
        self._parts: dict[str, Symbol | Unknown] = {}

    def spell(self, image: Text) -> str:
        spelled = "".join(part if isinstance(part, str) else self._stand_in(part) for part in parts_of(image))
        region = _HOST_REGION.search(spelled)
        spelled = spelled.replace(_SUFFIX, dns_suffix(_REGION if region is None else region[1]))
        reference, _, digest = spelled.partition("@")
        # A digest that is not known in full says nothing of the place.
        return reference if self.is_open(digest) else spelled

    def is_open(self, spelled: str) -> bool:
        """Whether there is something in it that may be any text."""
        return any(name in spelled for name, part in self._parts.items() if not _is_pseudo(part))

    def text(self, spelled: str) -> Text:
        pieces = re.split("|".join(map(re.escape, self._parts)), spelled) if self._parts else [spelled]
        found = re.findall("|".join(map(re.escape, self._parts)), spelled) if self._parts else []
        between = [self._parts[name] for name in found]
        return text(pieces[0], *(item for pair in zip(between, pieces[1:], strict=True) for item in pair))

    def _stand_in(self, part: Symbol | Unknown) -> str:
        if isinstance(part, Symbol) and part.template == PSEUDO:
            if part.attribute == "URLSuffix":
                return _SUFFIX
            name = {"AccountId": _ACCOUNT, "Region": _REGION}.get(part.attribute)
        else:
            name = None
        name = f"0symbol{len(self._parts)}z" if name is None else name
        self._parts[name] = part
        return name


def _is_pseudo(part: Symbol | Unknown) -> bool:
    return isinstance(part, Symbol) and part.template == PSEUDO
