from typing import Any

import pytest

from tests.state_language import assert_sound

END = {"Type": "Pass", "End": True}


def _machine(**states: Any) -> dict[str, Any]:  # noqa: ANN401 - states are any JSON
    return {"StartAt": "A", "States": states}


def test_a_machine_that_holds_together_passes() -> None:
    assert_sound(_machine(A={"Type": "Choice", "Choices": [{"Next": "B"}], "Default": "C"}, B=END, C={"Type": "Fail"}))


@pytest.mark.parametrize(
    ("states", "error"),
    [
        ({"A": {"Type": "Pass", "Next": "B"}}, KeyError),
        ({"A": END, "B": END}, AssertionError),
        ({"A": {"Type": "Pass"}}, AssertionError),
        ({"A": {"Type": "Parallel", "End": True, "Branches": [_machine(A=END)]}}, AssertionError),
        ({"A": {"Type": "Map", "End": True, "ItemProcessor": _machine(B=END)}}, KeyError),
    ],
    ids=["dangling", "not reached", "no end", "name used twice", "start missing"],
)
def test_a_machine_that_does_not_is_found(states: dict[str, Any], error: type[Exception]) -> None:
    with pytest.raises(error):
        assert_sound(_machine(**states))
