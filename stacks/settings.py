"""What the sample app can be told by context (``cdk.json``, or ``-c name=value``), read once into one value."""

from dataclasses import dataclass
from enum import Enum
from typing import Any

import aws_cdk as cdk
from constructs import Node

from constructs_ecs import Code, InvalidValueError


class Variant(Enum):
    """Where the images come from, and with that whether there is a way out of the network."""

    REGISTRY = "registry"
    """A private registry on the internet, with credentials, through a NAT gateway."""
    ISOLATED = "isolated"
    """ECR repositories of the account; no way out at all."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The sample app's settings.

    Args:
        variant: where the images come from.
        prefix: in front of each stack's name.
        registry: the private registry's host and path, for the variant that uses one.
        image_tag: the tag of both images.
        certificate_arn: the load balancer's certificate; None for plain HTTP inside the network.
        deletion_protection: whether the load balancer, and instances that run tasks, refuse to be deleted; deploy once
            with ``false`` before the stacks are deleted.
        account: the account's number; None for stacks that fit any account and Region.
        region: the Region's name; given together with the account, or not at all.
    """

    variant: Variant = Variant.REGISTRY
    prefix: str = "ConstructsEcs"
    registry: str = "registry.example.com/platform"
    image_tag: str = "1.4.2"
    certificate_arn: str | None = None
    deletion_protection: bool = True
    account: str | None = None
    region: str | None = None

    def __post_init__(self) -> None:
        if (self.account is None) != (self.region is None):
            raise InvalidValueError(
                Code.SETTING,
                f"account and region are set together; got account={self.account!r}, region={self.region!r}.",
                "Set both in the context, or neither for stacks that fit any.",
            )

    @property
    def env(self) -> cdk.Environment | None:
        """Where the stacks go; None leaves it to the CLI's credentials at deployment."""
        return None if self.account is None else cdk.Environment(account=self.account, region=self.region)

    @classmethod
    def from_context(cls, node: Node) -> "Settings":
        """Read the settings; what the context does not name keeps its default.

        Raises:
            InvalidValueError: ECS030, a setting has a value that it cannot have.
        """
        names = ("variant", "prefix", "registry", "image_tag", "certificate_arn", "account", "region")
        given: dict[str, Any] = {name: node.try_get_context(name) for name in names}
        given = {name: value for name, value in given.items() if value is not None}
        for name, value in given.items():
            if not isinstance(value, str) or not value:
                raise InvalidValueError(
                    Code.SETTING, f"The setting {name} is text; got {value!r}.", "Mend it in cdk.json or after -c."
                )
        if "variant" in given:
            given["variant"] = _variant(given["variant"])
        protection = node.try_get_context("deletion_protection")
        if protection is not None:
            given["deletion_protection"] = _switch("deletion_protection", protection)
        return cls(**given)


def _switch(name: str, value: object) -> bool:
    """A truth value, which is text when it comes from the command line."""
    switches = {True: True, False: False, "true": True, "false": False}
    if not isinstance(value, (bool, str)) or value not in switches:
        raise InvalidValueError(
            Code.SETTING,
            f"The setting {name} is true or false; got {value!r}.",
            "Mend it in cdk.json or after -c.",
        )
    return switches[value]


def _variant(name: str) -> Variant:
    try:
        return Variant(name)
    except ValueError:
        raise InvalidValueError(
            Code.SETTING,
            f"The variant is {' or '.join(variant.value for variant in Variant)}; got {name!r}.",
            "Mend it in cdk.json or after -c.",
        ) from None
