from typing import Any

import pytest

from constructs_ecs import CapacityShare, Code, ConflictError, FargateProvider, InvalidValueError, OperatingSystem
from constructs_ecs.capacity import ClusterDefault
from constructs_ecs.tasks.capacity import ec2_shares, fargate_shares
from tests.scene import scene

FARGATE = [CapacityShare(provider=FargateProvider.FARGATE)]
KIND = {"kind": "This kind", "other": "the other"}
ON_LINUX: dict[str, Any] = {**KIND, "system": OperatingSystem.LINUX}


def test_tasks_on_fargate_name_what_they_are_given_or_the_cluster_s_default() -> None:
    place = scene(audited=False)
    assert fargate_shares(place.cluster, None, **ON_LINUX) is None
    assert fargate_shares(place.cluster, FARGATE, **ON_LINUX) == FARGATE
    place.cluster.set_default_strategy(FARGATE)
    assert fargate_shares(place.cluster, None, **ON_LINUX) == tuple(FARGATE)
    assert fargate_shares(place.cluster, ClusterDefault.STRATEGY, **ON_LINUX) is None


def test_tasks_on_instances_name_what_they_are_given_and_know_the_cluster_s_default() -> None:
    place = scene(audited=False)
    capacity = place.cluster.add_ec2_capacity("Instances", instance_type="m7g.large")
    shares = [CapacityShare(provider=capacity)]
    assert ec2_shares(place.cluster, capacity, **KIND) == ec2_shares(place.cluster, shares, **KIND) == shares
    place.cluster.set_default_strategy(shares)
    assert ec2_shares(place.cluster, ClusterDefault.STRATEGY, **KIND) == tuple(shares)
    assert fargate_shares(place.cluster, None, **ON_LINUX) is None


def test_the_other_kind_of_capacity_is_refused_in_the_words_of_who_asks() -> None:
    place = scene(audited=False)
    capacity = place.cluster.add_ec2_capacity("Instances", instance_type="m7g.large")
    with pytest.raises(ConflictError, match=r"This kind runs on Fargate's providers.*Use the other") as refused:
        fargate_shares(place.cluster, [CapacityShare(provider=capacity)], **ON_LINUX)
    assert refused.value.code is Code.CAPACITY
    with pytest.raises(ConflictError, match=r"This kind runs on the cluster's EC2 capacity.*Use the other") as refused:
        ec2_shares(place.cluster, FARGATE, **KIND)
    assert refused.value.code is Code.CAPACITY


def test_no_shares_are_refused() -> None:
    place = scene(audited=False)
    for shares, asked in ((fargate_shares, ON_LINUX), (ec2_shares, KIND)):
        with pytest.raises(InvalidValueError) as refused:
            shares(place.cluster, [], **asked)
        assert refused.value.code is Code.CAPACITY_STRATEGY


@pytest.mark.parametrize("asked", ["strategy", "default", "nothing"])
def test_windows_is_refused_on_spot(asked: str) -> None:
    place = scene(audited=False, fargate_spot=True)
    spot = [*FARGATE, CapacityShare(provider=FargateProvider.FARGATE_SPOT)]
    capacity: Any = {"strategy": spot, "default": ClusterDefault.STRATEGY, "nothing": None}[asked]
    if asked != "strategy":
        place.cluster.set_default_strategy(spot)
    named = fargate_shares(place.cluster, capacity, **ON_LINUX)
    assert named is None if asked == "default" else list(named or ()) == spot
    windows = OperatingSystem.WINDOWS_SERVER_2022_CORE
    with pytest.raises(ConflictError, match="FARGATE_SPOT runs Linux alone") as refused:
        fargate_shares(place.cluster, capacity, system=windows, **KIND)
    assert refused.value.code is Code.FARGATE_SPOT
    if asked == "strategy":
        assert fargate_shares(place.cluster, FARGATE, system=windows, **KIND) == FARGATE
