"""Capacity provider strategies: which share of its tasks a service runs where.

Sources: ECS API reference, ``CapacityProviderStrategyItem``; ECS developer guide, "Amazon ECS clusters for Fargate".
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final, TypeAlias

from aws_cdk import aws_ecs as ecs

from constructs_ecs.capacity.ec2 import Ec2Capacity
from constructs_ecs.capacity.existing import ExistingCapacity
from constructs_ecs.errors import Code, ConflictError, InvalidValueError
from constructs_ecs.facts.limits import check_kind, check_whole_number, is_token

_MAXIMUM_WEIGHT: Final = 1_000
_MAXIMUM_BASE: Final = 100_000
_MAXIMUM_PROVIDERS: Final = 20


class FargateProvider(Enum):
    """The capacity providers of Fargate; the values are AWS's names."""

    FARGATE = "FARGATE"
    FARGATE_SPOT = "FARGATE_SPOT"
    """Spare capacity at a discount, which AWS takes back with a warning of two minutes."""


class ClusterDefault(Enum):
    """Leaves the choice of capacity to the cluster."""

    STRATEGY = "STRATEGY"
    """The cluster's default capacity provider strategy, whatever it is when a deployment starts: the service names
    neither a launch type nor a strategy. A service that names a launch type is replaced when that changes
    (aws/containers-roadmap 562, aws-cdk 24961)."""


CapacityProvider: TypeAlias = FargateProvider | Ec2Capacity | ExistingCapacity


@dataclass(frozen=True, kw_only=True)
class CapacityShare:
    """One provider's share of the tasks.

    Args:
        provider: Fargate, Fargate Spot, or EC2 capacity of the cluster.
        weight: how many of the tasks beyond the base, in proportion to the other shares' weights; 0 to 1,000.
        base: how many tasks run here before any runs elsewhere; 0 to 100,000. Only one share of a strategy has a base.

    Raises:
        InvalidValueError: ECS034, a figure is out of range, or the provider is none.
    """

    provider: CapacityProvider
    weight: int = 1
    base: int = 0

    def __post_init__(self) -> None:
        kinds = (FargateProvider, Ec2Capacity, ExistingCapacity)
        check_kind(self.provider, *kinds, code=Code.CAPACITY_STRATEGY, name="provider")
        figures = (("weight", self.weight, _MAXIMUM_WEIGHT), ("base", self.base, _MAXIMUM_BASE))
        for name, value, maximum in figures:
            check_whole_number(value, code=Code.CAPACITY_STRATEGY, name=name, minimum=0, maximum=maximum)


def shown_provider(provider: CapacityProvider) -> str:
    """Name a provider for an error message: what is made here by its path."""
    return provider.node.path if isinstance(provider, Ec2Capacity) else _name(provider)


def is_fargate(shares: Sequence[CapacityShare]) -> bool:
    """Whether a strategy, which mixes nothing, is of Fargate; one without shares is not."""
    return any(isinstance(share.provider, FargateProvider) for share in shares)


def leave_to_cluster(service: ecs.BaseService) -> None:
    """Take from the CDK's service the launch type that it always writes beside no strategy (aws-cdk 24961)."""
    resource = service.node.default_child
    assert isinstance(resource, ecs.CfnService)  # noqa: S101 - tells mypy what the CDK made
    resource.add_property_deletion_override("LaunchType")


def render_strategy(shares: Sequence[CapacityShare]) -> list[ecs.CapacityProviderStrategy]:
    """Turn shares into the CDK's strategy.

    Raises:
        ConflictError: ECS042, Fargate and EC2 capacity are mixed.
        InvalidValueError: ECS034, there is no share or more than 20, a provider is there twice, more than one share
            has a base, or none has a weight.
    """
    _check_providers(shares)
    _check_figures(shares)
    return [
        ecs.CapacityProviderStrategy(
            capacity_provider=_name(share.provider),
            weight=share.weight,
            base=None if share.base == 0 else share.base,
        )
        for share in shares
    ]


def _check_providers(shares: Sequence[CapacityShare]) -> None:
    check_kind(shares, Sequence, code=Code.CAPACITY_STRATEGY, name="A strategy")
    if not 1 <= len(shares) <= _MAXIMUM_PROVIDERS:
        raise InvalidValueError(
            Code.CAPACITY_STRATEGY,
            f"A strategy has 1 to {_MAXIMUM_PROVIDERS} shares; got {len(shares)}.",
            "Give at least one CapacityShare.",
        )
    for share in shares:
        check_kind(share, CapacityShare, code=Code.CAPACITY_STRATEGY, name="Each share of a strategy")
    providers = [share.provider for share in shares]
    if len(set(providers)) < len(providers):
        raise InvalidValueError(
            Code.CAPACITY_STRATEGY,
            "A strategy names a provider once; got one of them twice.",
            "Add up its weights in one share.",
        )
    if len({isinstance(provider, FargateProvider) for provider in providers}) > 1:
        raise ConflictError(
            Code.MIXED_CAPACITY,
            "A strategy is for Fargate or for EC2 capacity; got both.",
            "Use two services, one for each kind of capacity.",
        )


def _check_figures(shares: Sequence[CapacityShare]) -> None:
    bases = [share.base for share in shares if is_token(share.base) or share.base != 0]
    if len(bases) > 1:
        raise InvalidValueError(
            Code.CAPACITY_STRATEGY,
            f"One share of a strategy may have a base; got {len(bases)}.",
            "Keep the base of one share, and set the others to 0.",
        )
    if not any(is_token(share.weight) or share.weight > 0 for share in shares):
        raise InvalidValueError(
            Code.CAPACITY_STRATEGY,
            "A share of a strategy has a weight above 0, for the tasks beyond the base; got 0 for all of them.",
            "Set the weight of one share to 1.",
        )


def _name(provider: CapacityProvider) -> str:
    if isinstance(provider, FargateProvider):
        return provider.value
    return (
        provider.name if isinstance(provider, ExistingCapacity) else provider.capacity_provider.capacity_provider_name
    )
