from collections.abc import Callable

import pytest
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from constructs_ecs.facts.run_task_errors import FAILURE_NAME
from constructs_ecs.jobs.boxes import Boxes
from constructs_ecs.jobs.steps import Steps
from constructs_ecs.jobs.values import AtPath
from tests.jobs.builds import BUILDERS, LANGUAGES, job
from tests.state_language import assert_sound, definition, state_machine, states
from tests.support import stack, template

JSON_PATH, JSONATA = LANGUAGES
OUTPUT_FIELDS = {"OutputPath", "ResultPath", "Output"}


@pytest.mark.parametrize(
    ("language", "only", "kept"),
    [
        (JSON_PATH, {"OutputPath": "$[0]"}, {"ResultPath": None}),
        (JSONATA, {"Output": "{% $states.result[0] %}"}, {"Output": "{% $states.input %}"}),
    ],
    ids=["JSONPath", "JSONata"],
)
def test_a_box_gives_on_what_is_in_it_or_its_input(
    language: sfn.QueryLanguage, only: dict[str, str], kept: dict[str, str | None]
) -> None:
    place = stack()
    boxes = Boxes(scope=place, query_language=language)
    chain = (
        boxes.box("Only", sfn.Pass(place, "A"), keep_input=False)
        .next(boxes.box("Kept", sfn.Pass(place, "B"), keep_input=True))
        .next(boxes.side_by_side("List", [sfn.Pass(place, "C"), sfn.Pass(place, "D")], keep_input=False))
        .next(boxes.side_by_side("List kept", [sfn.Pass(place, "E")], keep_input=True))
    )
    machine = definition(state_machine(place, chain, language), template(place))
    outputs = [
        {key: value for key, value in machine["States"][name].items() if key in OUTPUT_FIELDS}
        for name in ("Only", "Kept", "List", "List kept")
    ]
    assert outputs == [only, kept, {}, kept]


@pytest.mark.parametrize("language", LANGUAGES, ids=["JSONPath", "JSONata"])
def test_a_failure_has_a_cause_even_where_the_error_has_none(language: sfn.QueryLanguage) -> None:
    place = stack()
    boxes = Boxes(scope=place, query_language=language)
    machine = definition(state_machine(place, boxes.fail("Failed"), language), template(place))
    failed = {key: value for key, value in machine["States"]["Failed"].items() if key != "QueryLanguage"}
    assert failed == {"Type": "Fail", "Error": FAILURE_NAME, "Cause": "{% $states.input.Cause & '' %}"}


class _Fragment(sfn.StateMachineFragment):
    """What a user of the CDK makes to put steps into several places."""

    def __init__(self, scope: Construct, construct_id: str, made: Callable[[Construct], sfn.IChainable]) -> None:
        super().__init__(scope, construct_id)
        self._made = made(self)

    @property
    def start_state(self) -> sfn.State:
        return self._made.start_state

    @property
    def end_states(self) -> list[sfn.INextable]:
        return self._made.end_states


@pytest.mark.parametrize("name", BUILDERS)
@pytest.mark.parametrize("language", LANGUAGES, ids=["JSONPath", "JSONata"])
def test_a_fragment_with_steps_can_be_put_into_a_machine_twice(language: sfn.QueryLanguage, name: str) -> None:
    place = stack()
    made = job(place)

    def fragment(scope: Construct) -> sfn.IChainable:
        steps = Steps(scope, "Steps", query_language=language)
        return steps.sequence(BUILDERS[name](steps, made))

    twice = [_Fragment(place, each, fragment).prefix_states() for each in ("A", "B")]
    machine = definition(state_machine(place, twice[0].next(twice[1]), language), template(place))
    assert_sound(machine)
    names = states(machine)
    assert {each.removeprefix("A: ") for each in names if each.startswith("A: ")} == {
        each.removeprefix("B: ") for each in names if each.startswith("B: ")
    }
    assert all(each.startswith(("A: ", "B: ")) for each in names)


def test_a_map_that_is_in_no_machine_is_no_error() -> None:
    place = stack()
    steps = Steps(place, "Steps")
    steps.map("Unused", sfn.Pass(place, "Each"), items=AtPath("$.files"))
    assert "Resources" not in template(place)
