import pytest
from aws_cdk import aws_stepfunctions as sfn

from constructs_ecs.errors import Code, InvalidValueError
from constructs_ecs.jobs.steps import Steps
from tests.jobs.builds import LANGUAGES, MINUTE, built, files, job
from tests.state_language import assert_sound, definition, state_machine
from tests.support import stack, template

JSON_PATH, JSONATA = LANGUAGES
both_languages = pytest.mark.parametrize("language", LANGUAGES, ids=["JSONPath", "JSONata"])


def test_any_state_of_the_cdk_fits_into_a_sequence_and_a_sequence_fits_in_anywhere() -> None:
    place = stack()
    steps = Steps(place, "Steps")
    wait = sfn.Wait(place, "Wait", time=sfn.WaitTime.duration(MINUTE))
    choice = sfn.Choice(place, "Big?").when(
        sfn.Condition.number_greater_than("$.size", 10), steps.run("Big", job(place))
    )
    chain = steps.sequence(wait, choice.otherwise(sfn.Pass(place, "Small")).afterwards(), sfn.Pass(place, "Done"))
    machine = definition(state_machine(place, sfn.Chain.start(sfn.Pass(place, "First")).next(chain)), template(place))
    assert_sound(machine)
    assert [machine["StartAt"], machine["States"]["First"]["Next"]] == ["First", "Wait"]
    assert {machine["States"][name]["Next"] for name in ("Big", "Small")} == {"Done"}


@both_languages
def test_parallel_steps_each_have_the_input_and_give_a_list(language: sfn.QueryLanguage) -> None:
    machine = built(language)["parallel"].definition
    assert_sound(machine)
    branches = machine["States"]["Load"].pop("Branches")
    assert [branch["StartAt"] for branch in branches] == ["Users", "Orders"]
    assert machine["States"]["Load"] == {"Type": "Parallel", "End": True}


@both_languages
def test_each_step_of_a_workflow_has_the_data_that_it_began_with(language: sfn.QueryLanguage) -> None:
    place = stack()
    made = job(place)
    steps = Steps(place, "Steps", query_language=language)
    chain = steps.sequence(
        steps.run("Extract", made),
        steps.parallel("Load", steps.run("Users", made), steps.run("Orders", made)),
        steps.map(
            "Files",
            items=files(steps),
            step=steps.run_with_token("One file", made, heartbeat_timeout=MINUTE),
            max_concurrency=5,
        ),
        steps.start("Clean up", made),
    )
    machine = definition(state_machine(place, chain, language), template(place))
    assert_sound(machine)
    kept = {"ResultPath": None} if language is JSON_PATH else {"Output": "{% $states.input %}"}
    for name in ("Extract", "Load", "Files", "Clean up"):
        assert kept.items() <= machine["States"][name].items()


@both_languages
def test_whatever_fails_in_a_caught_workflow_goes_to_the_handler_with_its_error(language: sfn.QueryLanguage) -> None:
    machine = built(language)["catch"].definition
    assert_sound(machine)
    caught = machine["States"]["All"]
    assert caught["Catch"] == [{"ErrorEquals": ["States.ALL"], "Next": "Report"}]
    output = {"OutputPath": "$[0]"} if language is JSON_PATH else {"Output": "{% $states.result[0] %}"}
    assert output.items() <= caught.items()
    assert [branch["StartAt"] for branch in caught["Branches"]] == ["Extract"]


def test_the_handler_of_the_builder_is_used_where_none_is_given() -> None:
    place = stack()
    steps = Steps(place, "Steps", on_failure=sfn.Fail(place, "Failed"))
    chain = steps.sequence(
        steps.catch("A", sfn.Pass(place, "One"), keep_input=True),
        steps.catch("B", sfn.Pass(place, "Other"), errors=["MyError"], on_failure=sfn.Succeed(place, "Never mind")),
    )
    machine = definition(state_machine(place, chain), template(place))
    assert machine["States"]["A"]["Catch"] == [{"ErrorEquals": ["States.ALL"], "Next": "Failed"}]
    assert machine["States"]["A"]["ResultPath"] is None
    assert machine["States"]["B"]["Catch"] == [{"ErrorEquals": ["MyError"], "Next": "Never mind"}]


def test_jsonpath_steps_in_a_machine_of_jsonata_are_refused_at_synth() -> None:
    place = stack()
    chain = Steps(place, "Steps").parallel("A", sfn.Pass(place, "One"))
    with pytest.raises(RuntimeError, match="queryLanguage"):
        state_machine(place, chain, JSONATA)


def test_a_workflow_without_a_step_or_with_something_else_is_refused() -> None:
    place = stack()
    steps = Steps(place, "Steps")
    one = sfn.Pass(place, "One")
    for faulty in (
        steps.sequence,
        lambda: steps.sequence(one, "Two"),  # type: ignore[arg-type] # that is what is refused
        lambda: steps.parallel("A"),
        lambda: steps.parallel("A", None),  # type: ignore[arg-type] # as above
        lambda: steps.parallel("x" * 81, one),
        lambda: steps.map("A", None, items=None),  # type: ignore[arg-type] # as above
        lambda: steps.catch("A", one),
        lambda: steps.catch("", one, on_failure=one),
    ):
        with pytest.raises(InvalidValueError) as refused:
            faulty()
        assert refused.value.code is Code.STEP


def test_errors_that_cannot_be_caught_together_are_refused() -> None:
    place = stack()
    with pytest.raises(InvalidValueError) as refused:
        Steps(place, "Steps").catch(
            "A", sfn.Pass(place, "One"), on_failure=sfn.Pass(place, "Other"), errors=["States.ALL", "MyError"]
        )
    assert refused.value.code is Code.RETRY
