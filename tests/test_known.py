import aws_cdk as cdk
import jsii
import pytest
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct, IConstruct

from benchmarks.messages import counting
from constructs_ecs.known import Part, key_arn, once, place_of, view_id
from tests import support

KEY_ARN = "arn:aws:kms:us-east-1:123456789012:key/0123abcd-01ab-23cd-45ef-0123456789ab"


def test_where_a_construct_is_is_asked_once() -> None:
    made = Construct(support.stack(), "Made")
    with counting() as first:
        assert place_of(made).region
        assert place_of(made).account
    with counting() as second:
        assert place_of(made).region
        assert place_of(made).account

    assert (first.messages > 0, second.messages) == (True, 0)


def test_a_part_is_where_its_scope_is_and_that_is_not_asked() -> None:
    stack = support.stack()
    place = place_of(stack)
    part = Part(Part(stack, "Outer"), "Inner")
    with counting() as sent:
        assert place_of(part) is place

    assert sent.messages == 0
    assert place.stack is cdk.Stack.of(part)


def test_all_of_a_stack_are_in_one_place_and_what_is_nested_in_it_in_another() -> None:
    stack = support.stack()
    nested = cdk.NestedStack(stack, "Nested")

    assert place_of(Construct(stack, "One")) is place_of(Part(stack, "Other")) is place_of(stack)
    assert place_of(Part(nested, "Part")) is place_of(nested)
    assert place_of(nested) is not place_of(stack)
    assert place_of(nested).stage is place_of(stack).stage


def test_stacks_of_the_same_name_in_two_apps_are_two_places() -> None:
    places = [place_of(Part(support.stack(env=env), "Part")) for env in (None, support.ENVIRONMENT)]

    assert places[0].stack is not places[1].stack
    assert places[0].stage is not places[1].stage
    assert cdk.Token.is_unresolved(places[0].region)
    assert places[1].region == "us-east-1"


def test_a_stage_is_the_innermost_one_and_without_one_the_app() -> None:
    app = support.app()
    stage = cdk.Stage(cdk.Stage(app, "Outer"), "Inner")

    assert place_of(Part(cdk.Stack(stage, "Stack"), "Part")).stage is stage
    assert place_of(Part(cdk.Stack(app, "Stack"), "Part")).stage is app


def test_outside_of_a_stack_there_is_no_place() -> None:
    part = Part(support.app(), "Part")
    for _ in range(2):
        with pytest.raises(RuntimeError, match="no Stack found"):
            place_of(part)


def test_a_part_is_shown_by_its_path() -> None:
    part = Part(Part(support.stack(), "Outer"), "Inner")

    assert f"{part}" == part.node.path == "Test/Outer/Inner"


def test_one_construct_that_is_two_objects_in_python_is_asked_once() -> None:
    stack = support.stack()
    bucket = s3.Bucket(stack, "Bucket", encryption_key=kms.Key.from_key_arn(stack, "Key", KEY_ARN))
    first, second = bucket.encryption_key, bucket.encryption_key
    assert first is not second
    arn = key_arn(first)
    with counting() as sent:
        assert key_arn(second) == arn == KEY_ARN

    assert sent.messages == 0


@jsii.implements(cdk.IAspect)
class _Written:
    """Written in Python, and so unknown to Node until it is shown to it."""

    def visit(self, node: IConstruct) -> None:
        """Do nothing."""


def test_what_is_shown_to_node_by_being_asked_is_asked_once() -> None:
    stack, written = support.stack(), _Written()
    asked: list[object] = []

    @once
    def ask(aspect: cdk.IAspect) -> None:
        cdk.Aspects.of(stack).add(aspect)
        asked.append(aspect)

    for _ in range(2):
        ask(written)
    assert asked == [written]


def test_the_view_of_what_is_made_anew_has_the_id_of_the_view_before_which_is_gone() -> None:
    stack = support.stack()
    made = Construct(stack, "Made")
    name = view_id(made, "View")
    Construct(stack, name)
    stack.node.try_remove_child("Made")

    assert view_id(Construct(stack, "Made"), "View") == name == f"View-{made.node.addr}"
    assert stack.node.try_find_child(name) is None


def test_what_is_none_has_no_arn() -> None:
    assert key_arn(None) is None


def test_what_is_not_of_the_cdk_is_asked_each_time() -> None:
    asked: list[object] = []
    ask = once(asked.append)
    for _ in range(2):
        ask("a text")

    assert asked == ["a text"] * 2


def test_an_answer_that_failed_is_asked_again() -> None:
    stack = support.stack()
    answers = iter([ValueError("not yet"), "now"])

    @once
    def ask(_: Construct) -> object:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    with pytest.raises(ValueError, match="not yet"):
        ask(stack)
    assert [ask(stack), ask(stack)] == ["now", "now"]
