import re
from dataclasses import FrozenInstanceError
from typing import Any

import aws_cdk as cdk
import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_ecs.capacity import CapacityShare, ExistingCapacity, FargateProvider, render_strategy
from constructs_ecs.errors import Code, ConflictError, InvalidValueError
from tests.support import stack


def test_a_capacity_is_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        ExistingCapacity(name="machines").name = "others"  # type: ignore[misc]


def test_a_strategy_names_it_as_it_is() -> None:
    (rendered,) = render_strategy([CapacityShare(provider=ExistingCapacity(name="machines"), base=2)])
    assert (rendered.capacity_provider, rendered.weight, rendered.base) == ("machines", 1, 2)


@pytest.mark.parametrize(
    "name",
    ["", "a b", "a.b", "é", "x" * 256, "aws-x", "ecs-x", "fargate", "FARGATE", "FARGATE_SPOT", "machines\n", None, 1],
)
def test_a_name_that_ecs_does_not_take_is_refused(name: Any) -> None:  # noqa: ANN401 - no name
    with pytest.raises(InvalidValueError, match=r"FargateProvider\.FARGATE") as caught:
        ExistingCapacity(name=name)
    assert caught.value.code is Code.CAPACITY_STRATEGY


@pytest.mark.parametrize("name", ["m", "x" * 255, "FARGATE_like", "my-aws", "Infra-ECS_1"])
def test_a_name_that_ecs_takes_is_taken(name: str) -> None:
    assert ExistingCapacity(name=name).name == name


def test_a_token_is_a_name() -> None:
    scope = stack()
    capacity = ExistingCapacity(name=cdk.CfnParameter(scope, "Name").value_as_string)
    (rendered,) = render_strategy([CapacityShare(provider=capacity)])
    assert scope.resolve(rendered.capacity_provider) == {"Ref": "Name"}


def test_it_does_not_mix_with_fargate() -> None:
    shares = [
        CapacityShare(provider=ExistingCapacity(name="machines")),
        CapacityShare(provider=FargateProvider.FARGATE),
    ]
    with pytest.raises(ConflictError) as caught:
        render_strategy(shares)
    assert caught.value.code is Code.MIXED_CAPACITY


def test_it_is_in_a_strategy_once() -> None:
    shares = [CapacityShare(provider=ExistingCapacity(name="machines"), weight=weight) for weight in (1, 2)]
    with pytest.raises(InvalidValueError, match="twice"):
        render_strategy(shares)


@given(name=st.text(max_size=300) | st.from_regex(r"(aws|ecs|fargate)?[\w-]*") | st.none() | st.integers())
def test_any_name_gives_a_capacity_or_our_error(name: Any) -> None:  # noqa: ANN401 - anything at all
    try:
        made = ExistingCapacity(name=name)
    except InvalidValueError as error:
        assert error.code is Code.CAPACITY_STRATEGY
    else:
        assert re.fullmatch(r"[A-Za-z0-9_-]{1,255}", made.name)
        assert not made.name.startswith(("aws", "ecs", "fargate"))
