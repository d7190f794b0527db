import pytest
from aws_cdk import aws_stepfunctions as sfn

from constructs_ecs.facts.run_task_errors import FAILURE_NAME
from constructs_ecs.jobs.boxes import Boxes
from tests.jobs.builds import LANGUAGES
from tests.state_language import definition, state_machine
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
