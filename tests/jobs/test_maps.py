from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_stepfunctions as sfn

from constructs_ecs.errors import Code, InvalidValueError
from constructs_ecs.jobs.steps import Steps
from constructs_ecs.jobs.values import AtPath, Jsonata
from tests.jobs.builds import LANGUAGES, built
from tests.state_language import assert_sound, definition, state_machine, states
from tests.support import stack, template

JSON_PATH, JSONATA = LANGUAGES
FAILED = "$count($states.input[$type($) = 'object' and $exists(ItemFailure)])"
both_languages = pytest.mark.parametrize("language", LANGUAGES, ids=["JSONPath", "JSONata"])


def _items(language: sfn.QueryLanguage) -> dict[str, str]:
    return {"ItemsPath": "$.files"} if language is JSON_PATH else {"Items": "{% $states.input.files %}"}


@both_languages
def test_a_map_does_its_step_with_each_item_as_the_input_so_many_at_a_time(language: sfn.QueryLanguage) -> None:
    machine = built(language)["map"].definition
    assert_sound(machine)
    made = machine["States"]["Files"]
    processor = made["ItemProcessor"]
    assert processor["ProcessorConfig"] == {"Mode": "INLINE"}
    assert processor["StartAt"] == "File"
    assert {key: value for key, value in made.items() if key != "ItemProcessor"} == {
        "Type": "Map",
        **_items(language),
        "MaxConcurrency": 5,
        "End": True,
    }


@both_languages
def test_what_fails_in_a_tolerant_map_is_in_its_results_and_counted_in_the_end(language: sfn.QueryLanguage) -> None:
    machine = built(language)["tolerant map"].definition
    assert_sound(machine)
    inside = states(machine)
    assert _items(language).items() <= inside["Files: each item"].items()
    assert inside["Files: each item"]["Next"] == "Files: how many failed?"
    assert inside["Files: item"]["Catch"] == [{"ErrorEquals": ["States.ALL"], "Next": "Files: item failed"}]
    failed = {key: value for key, value in inside["Files: item failed"].items() if key != "QueryLanguage"}
    assert failed == {"Type": "Pass", "Output": {"ItemFailure": "{% $states.input %}"}, "End": True}
    counted = inside["Files: how many failed?"]
    assert counted["Choices"] == [{"Condition": f"{{% {FAILED} > 2 %}}", "Next": "Files: too many failed"}]
    assert counted["Default"] == "Files: done"
    assert inside["Files: too many failed"] == {
        "Type": "Fail",
        "QueryLanguage": "JSONata",
        "Error": "Job.TooManyItemsFailed",
        "Cause": f"{{% $string({FAILED}) & ' items failed' %}}",
    }


@both_languages
def test_the_input_goes_on_after_a_map_unless_its_results_are_asked_for(language: sfn.QueryLanguage) -> None:
    place = stack()
    steps = Steps(place, "Steps", query_language=language)
    items = AtPath("$.files") if language is JSON_PATH else Jsonata("$states.input.files")
    chain = steps.sequence(
        steps.map("A", sfn.Pass(place, "One"), items=items),
        steps.map("B", sfn.Pass(place, "Other"), items=items, tolerated_failures=1),
    )
    machine = definition(state_machine(place, chain, language), template(place))
    kept = {"ResultPath": None} if language is JSON_PATH else {"Output": "{% $states.input %}"}
    for name in "AB":
        assert kept.items() <= machine["States"][name].items()


def test_a_path_of_the_cdk_tells_where_the_items_are() -> None:
    place = stack()
    steps = Steps(place, "Steps")
    made = steps.map("A", sfn.Pass(place, "One"), items=sfn.JsonPath.string_at("$.files"))  # type: ignore[arg-type]
    assert definition(state_machine(place, made), template(place))["States"]["A"]["ItemsPath"] == "$.files"


@pytest.mark.parametrize(
    ("language", "items"),
    [(JSON_PATH, Jsonata("$states.input")), (JSONATA, AtPath("$")), (JSON_PATH, ["a"]), (JSONATA, None)],
    ids=["JSONata in JSONPath", "JSONPath in JSONata", "a list", "none"],
)
def test_items_in_another_language_or_none_are_refused(language: sfn.QueryLanguage, items: object) -> None:
    place = stack()
    steps = Steps(place, "Steps", query_language=language)
    with pytest.raises(InvalidValueError) as refused:
        steps.map("A", sfn.Pass(place, "One"), items=items)  # type: ignore[arg-type] # that is what is refused
    assert refused.value.code is Code.STEP


@pytest.mark.parametrize(
    "figures",
    [
        {"max_concurrency": 0},
        {"max_concurrency": 1.5},
        {"tolerated_failures": -1},
        {"tolerated_failures": cdk.Token.as_number({"Ref": "A"})},
    ],
    ids=["none at a time", "half of one", "fewer than none", "token"],
)
def test_figures_of_a_map_that_mean_nothing_are_refused(figures: dict[str, Any]) -> None:
    place = stack()
    with pytest.raises(InvalidValueError) as refused:
        Steps(place, "Steps").map("A", sfn.Pass(place, "One"), items=AtPath("$"), **figures)
    assert refused.value.code is Code.STEP
