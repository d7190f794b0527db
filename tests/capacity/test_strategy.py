from dataclasses import FrozenInstanceError
from typing import Any

import aws_cdk as cdk
import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_ecs.capacity import CapacityShare, Ec2Capacity, FargateProvider, render_strategy
from constructs_ecs.cluster import EcsCluster
from constructs_ecs.errors import Code, ConflictError, ConstructsEcsError, InvalidValueError
from constructs_ecs.network import PrivateNetwork
from tests.support import stack

FARGATE = FargateProvider.FARGATE
SPOT = FargateProvider.FARGATE_SPOT


@pytest.fixture(scope="module")
def capacity() -> Ec2Capacity:
    scope = stack()
    cluster = EcsCluster(scope, "Cluster", network=PrivateNetwork(scope, "Network"))
    return cluster.add_ec2_capacity("Instances", instance_type="m7i.large")


def test_a_share_is_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        CapacityShare(provider=FARGATE).weight = 2  # type: ignore[misc]


def test_shares_keep_their_order_weights_and_base() -> None:
    first, second = render_strategy(
        [CapacityShare(provider=SPOT, weight=3), CapacityShare(provider=FARGATE, weight=0, base=2)]
    )
    assert (first.capacity_provider, first.weight, first.base) == ("FARGATE_SPOT", 3, None)
    assert (second.capacity_provider, second.weight, second.base) == ("FARGATE", 0, 2)


def test_ec2_capacity_is_named_by_its_provider(capacity: Ec2Capacity) -> None:
    (rendered,) = render_strategy([CapacityShare(provider=capacity)])
    resolve = cdk.Stack.of(capacity).resolve
    assert resolve(rendered.capacity_provider) == resolve(capacity.capacity_provider.capacity_provider_name)


def test_fargate_does_not_mix_with_ec2_capacity(capacity: Ec2Capacity) -> None:
    with pytest.raises(ConflictError, match="got both") as raised:
        render_strategy([CapacityShare(provider=FARGATE), CapacityShare(provider=capacity)])
    assert raised.value.code is Code.MIXED_CAPACITY


@pytest.mark.parametrize(
    "figures",
    [{"weight": -1}, {"weight": 1_001}, {"base": -1}, {"base": 100_001}, {"weight": 0.5}, {"base": True}],
)
def test_a_figure_that_ecs_does_not_take_is_refused(figures: dict[str, Any]) -> None:
    with pytest.raises(InvalidValueError, match=next(iter(figures))) as raised:
        CapacityShare(provider=FARGATE, **figures)
    assert raised.value.code is Code.CAPACITY_STRATEGY


@pytest.mark.parametrize(
    ("shares", "problem"),
    [
        ([], "got 0"),
        ([CapacityShare(provider=FARGATE), CapacityShare(provider=FARGATE)], "twice"),
        ([CapacityShare(provider=FARGATE, base=1), CapacityShare(provider=SPOT, base=1)], "may have a base; got 2"),
        ([CapacityShare(provider=FARGATE, weight=0, base=1)], "weight above 0"),
    ],
)
def test_shares_that_do_not_go_together_are_refused(shares: list[CapacityShare], problem: str) -> None:
    with pytest.raises(InvalidValueError, match=problem) as raised:
        render_strategy(shares)
    assert raised.value.code is Code.CAPACITY_STRATEGY


def test_tokens_pass() -> None:
    scope = stack()
    figure = int(cdk.CfnParameter(scope, "Figure", type="Number").value_as_number)
    (rendered,) = render_strategy([CapacityShare(provider=FARGATE, weight=figure, base=figure)])
    assert scope.resolve(rendered.weight) == scope.resolve(rendered.base) == {"Ref": "Figure"}


_shares: st.SearchStrategy[dict[str, Any]] = st.builds(
    dict,
    provider=st.sampled_from(FargateProvider),
    weight=st.integers(-1, 2) | st.integers(),
    base=st.integers(-1, 1) | st.integers(),
)


@given(settings=st.lists(_shares, max_size=3))
def test_any_shares_give_a_strategy_that_ecs_takes_or_our_error(settings: list[dict[str, Any]]) -> None:
    try:
        strategy = render_strategy([CapacityShare(**share) for share in settings])
    except ConstructsEcsError as error:
        assert error.code is Code.CAPACITY_STRATEGY
        return
    assert len({share.capacity_provider for share in strategy}) == len(strategy) > 0
    assert len([share for share in strategy if share.base]) <= 1
    assert 0 < sum(share.weight or 0 for share in strategy) <= 1_000 * len(strategy)


def test_what_is_no_provider_or_share_is_refused() -> None:
    name: Any = "FARGATE"
    for make in (lambda: CapacityShare(provider=name), lambda: render_strategy([name])):
        with pytest.raises(InvalidValueError) as raised:
            make()
        assert raised.value.code is Code.CAPACITY_STRATEGY
