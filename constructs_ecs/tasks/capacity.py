"""Which capacity of its cluster a task runs on: what services and jobs ask for, and what is their default."""

from collections.abc import Sequence

from constructs_ecs.capacity import (
    CapacityShare,
    ClusterDefault,
    Ec2Capacity,
    ExistingCapacity,
    FargateProvider,
    is_fargate,
)
from constructs_ecs.cluster import Cluster
from constructs_ecs.errors import Code, ConflictError
from constructs_ecs.facts.needs import Needs
from constructs_ecs.facts.task_sizes import OperatingSystem


def fargate_shares(
    cluster: Cluster,
    capacity: Sequence[CapacityShare] | ClusterDefault | None,
    *,
    system: OperatingSystem,
    kind: str,
    other: str,
) -> Sequence[CapacityShare] | None:
    """Check that tasks on Fargate can run on what is asked for, and return the strategy to name.

    By default it is the cluster's default, as a launch type would overrule it.

    Args:
        cluster: where the tasks run.
        capacity: what is asked for.
        system: what the tasks run.
        kind: what asks, for the message.
        other: what would run on EC2 capacity, for the message.

    Returns:
        None where no strategy is named: that is asked for, or the default is none of Fargate's.

    Raises:
        InvalidValueError: ECS034.
        ConflictError: ECS040, ECS042, ECS044.
    """
    if isinstance(capacity, ClusterDefault):
        cluster.check_default_strategy(fargate=True)
        _check_spot(cluster.default_strategy, system)
        return None
    if capacity is None:
        capacity = cluster.default_strategy if is_fargate(cluster.default_strategy) else ()
        _check_spot(capacity, system)
        return capacity or None
    cluster.check_strategy(capacity)
    _check_spot(capacity, system)
    if not is_fargate(capacity):
        raise ConflictError(
            Code.CAPACITY,
            f"{kind} runs on Fargate's providers; its strategy names EC2 capacity.",
            f"Use {other}, or FargateProvider.FARGATE.",
        )
    return capacity


def _check_spot(shares: Sequence[CapacityShare], system: OperatingSystem) -> None:
    """Check that Spot runs the tasks. Source: ECS API reference, ``CapacityProviderStrategyItem``.

    Raises:
        ConflictError: ECS040.
    """
    if system.is_windows and any(share.provider is FargateProvider.FARGATE_SPOT for share in shares):
        raise ConflictError(
            Code.FARGATE_SPOT,
            f"FARGATE_SPOT runs Linux alone; got a strategy with it for {system.name}.",
            "Give capacity=[CapacityShare(provider=FargateProvider.FARGATE)].",
        )


def ec2_shares(
    cluster: Cluster,
    capacity: Sequence[CapacityShare] | Ec2Capacity | ExistingCapacity | ClusterDefault,
    *,
    kind: str,
    other: str,
) -> Sequence[CapacityShare]:
    """Check that tasks on EC2 can run on what is asked for, and return it as shares; of the default, its own.

    Args:
        cluster: where the tasks run.
        capacity: what is asked for.
        kind: what asks, for the message.
        other: what would run on Fargate, for the message.

    Raises:
        InvalidValueError: ECS034.
        ConflictError: ECS042, ECS044.
    """
    if isinstance(capacity, ClusterDefault):
        cluster.check_default_strategy(fargate=False)
        return cluster.default_strategy
    if isinstance(capacity, Ec2Capacity | ExistingCapacity):
        capacity = [CapacityShare(provider=capacity)]
    cluster.check_strategy(capacity)
    if is_fargate(capacity):
        raise ConflictError(
            Code.CAPACITY,
            f"{kind} runs on the cluster's EC2 capacity; its strategy names a Fargate provider.",
            f"Use {other}, or capacity made with cluster.add_ec2_capacity().",
        )
    return capacity


def open_instances(shares: Sequence[CapacityShare], needs: Needs) -> None:
    """Let instances out to what no endpoint serves.

    The agent on the instance pulls images and reads secrets, whatever interface the task has.
    """
    for share in shares:
        if needs.leaves_network and isinstance(share.provider, Ec2Capacity):
            share.provider.allow_internet(needs)
