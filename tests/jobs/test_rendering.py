import pytest

from constructs_ecs.jobs.rendering import note_rendered, states_rendered
from tests.jobs.scene import JSONATA, fargate_job, run


def test_states_are_collected_while_a_definition_is_written_and_told_its_language() -> None:
    state = run(fargate_job())
    assert note_rendered(state) is None
    with states_rendered(JSONATA) as found:
        assert note_rendered(state) is JSONATA
    assert found == [state]
    assert note_rendered(state) is None
    assert found == [state]


def test_a_definition_that_could_not_be_written_is_forgotten() -> None:
    state = run(fargate_job())

    def fail() -> None:
        with states_rendered(JSONATA):
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert note_rendered(state) is None
