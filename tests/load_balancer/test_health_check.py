import dataclasses
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_ecs.errors import Code, InvalidValueError
from constructs_ecs.load_balancer import TargetHealthCheck

_fields = st.fixed_dictionaries(
    {},
    optional={
        "path": st.none() | st.text(max_size=3) | st.just("/health"),
        "healthy_codes": st.integers() | st.text("0123456789-,", max_size=8),
        "interval_seconds": st.integers(0, 310) | st.booleans(),
        "timeout_seconds": st.integers(0, 130) | st.none(),
        "healthy_threshold": st.integers(0, 12),
        "unhealthy_threshold": st.integers(0, 12) | st.floats(),
    },
)


@given(fields=_fields)
def test_any_fields_give_a_health_check_or_our_error(fields: dict[str, Any]) -> None:
    try:
        check = TargetHealthCheck(**fields)
    except InvalidValueError as error:
        assert error.code is Code.LOAD_BALANCER
        return
    assert check.timeout_seconds < check.interval_seconds
    assert {name: getattr(check, name) for name in fields} == fields


def test_a_health_check_is_a_value() -> None:
    assert TargetHealthCheck(path="/health") == TargetHealthCheck(path="/health") != TargetHealthCheck()
    with pytest.raises(dataclasses.FrozenInstanceError):
        TargetHealthCheck().path = "/other"  # type: ignore[misc]
