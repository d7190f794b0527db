import pytest
from aws_cdk import aws_stepfunctions as sfn

from constructs_ecs.errors import Code, InvalidValueError
from constructs_ecs.jobs.chaining import check_chainable, check_chainables
from tests.support import stack


def test_states_chains_and_fragments_of_the_cdk_can_be_put_into_a_workflow() -> None:
    place = stack()
    state = sfn.Pass(place, "State")
    chain = sfn.Chain.start(sfn.Succeed(place, "End"))

    class Fragment(sfn.StateMachineFragment):
        @property
        def start_state(self) -> sfn.State:
            return state

        @property
        def end_states(self) -> list[sfn.INextable]:
            return [state]

    check_chainables([state, chain, Fragment(place, "Fragment")], name="A sequence")


@pytest.mark.parametrize("value", [None, "Pass", 1, sfn.Pass, b"Pass"], ids=str)
def test_anything_else_is_refused(value: object) -> None:
    with pytest.raises(InvalidValueError) as refused:
        check_chainable(value, name="step")
    assert refused.value.code is Code.STEP


def test_nothing_at_all_is_refused() -> None:
    with pytest.raises(InvalidValueError) as refused:
        check_chainables([], name="A sequence")
    assert refused.value.code is Code.STEP


def test_a_step_that_would_follow_itself_is_refused() -> None:
    place = stack()
    first, second = sfn.Pass(place, "First"), sfn.Pass(place, "Second")
    with pytest.raises(InvalidValueError, match="the one at place 3 before") as refused:
        check_chainables([first, second, first], name="A sequence")
    assert refused.value.code is Code.STEP
