import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_ecs import Code, ConstructsEcsError, Deployment


@given(minimum=st.integers() | st.none() | st.floats(), maximum=st.integers() | st.text(max_size=3))
def test_any_percentages_give_a_deployment_or_our_error(minimum: int, maximum: int) -> None:
    try:
        Deployment(minimum_healthy_percent=minimum, maximum_healthy_percent=maximum)
    except ConstructsEcsError as error:
        assert error.code is Code.SERVICE_COUNT


@pytest.mark.parametrize(("minimum", "maximum"), [(100, 100), (101, 200), (-1, 200), (0, 99)])
def test_percentages_that_leave_no_room_are_refused(minimum: int, maximum: int) -> None:
    with pytest.raises(ConstructsEcsError) as caught:
        Deployment(minimum_healthy_percent=minimum, maximum_healthy_percent=maximum)
    assert caught.value.code is Code.SERVICE_COUNT


def test_rollback_goes_with_the_circuit_breaker() -> None:
    breaker = Deployment(circuit_breaker=False).cdk_circuit_breaker
    assert (breaker.enable, breaker.rollback) == (False, False)
