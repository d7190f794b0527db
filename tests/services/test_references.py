"""What is read of stacks before the CDK resolves it."""

from collections.abc import Iterable

import aws_cdk as cdk
import jsii
import pytest
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from constructs_ecs.services.references import Dependency, StackReferences
from tests.support import ENVIRONMENT, app, template


def _stacks(*names: str) -> list[cdk.Stack]:
    root = app()
    return [cdk.Stack(root, name) for name in names]


def _topic(stack: cdk.Stack, construct_id: str, *names: str) -> sns.CfnTopic:
    """A resource that names others, in a list that is made late."""
    tags = [cdk.CfnTag(key=str(number), value=name) for number, name in enumerate(names)]
    return sns.CfnTopic(stack, construct_id, tags=tags)


def _queue(stack: cdk.Stack) -> str:
    return sqs.CfnQueue(stack, "Queue").attr_queue_name


def _read(stack: cdk.Stack) -> set[Dependency]:
    references = StackReferences()
    references.place(stack)
    return {(one, other) for one, other in references.dependencies(stack.node.path) if one != other}


def test_a_reference_in_a_property_is_a_dependency() -> None:
    one, other = _stacks("One", "Other")
    _topic(one, "Topic", f"the queue {_queue(other)}")
    assert _read(one) == {("One", "Other")}
    assert _read(other) == set()


def test_what_is_within_a_stack_and_pseudo_parameters_are_none() -> None:
    (one,) = _stacks("One")
    _topic(one, "Topic", _queue(one), one.region, cdk.Aws.PARTITION, one.stack_id)
    assert _read(one) == set()


def test_resources_of_two_stacks_that_have_the_same_logical_id_are_told_apart() -> None:
    one, other = _stacks("One", "Other")
    own, theirs = _queue(one), _queue(other)
    _topic(one, "Own", own)
    assert _read(one) == set()
    _topic(one, "Theirs", theirs)
    assert _read(one) == {("One", "Other")}


def test_functions_lists_and_numbers_are_looked_into() -> None:
    root = app()
    one, *others = [cdk.Stack(root, name) for name in ("One", "Joined", "Split", "Json", "Lazy")]
    joined, split, spelled, lazy = map(_queue, others)
    _topic(
        one,
        "Topic",
        cdk.Fn.join("-", ["a", joined]),
        cdk.Fn.select(0, cdk.Fn.split("-", split)),
        one.to_json_string({"queue": spelled}),
        cdk.Lazy.string(_Producer(lazy)),
    )
    assert _read(one) == {("One", name) for name in ("Joined", "Split", "Json", "Lazy")}


@jsii.implements(cdk.IStableStringProducer)
class _Producer:
    def __init__(self, text: str) -> None:
        self._text = text

    def produce(self) -> str:
        return self._text


def test_outputs_dependencies_of_constructs_and_of_stacks_count() -> None:
    one, printed, said, explicit = _stacks("One", "Printed", "Said", "Explicit")
    cdk.CfnOutput(one, "Output", value=_queue(printed))
    group = Construct(said, "Group")
    sqs.Queue(group, "Queue")
    waiting = Construct(one, "Waiting")
    sns.Topic(waiting, "Topic")
    waiting.node.add_dependency(group)
    one.add_dependency(explicit)
    assert _read(one) == {("One", name) for name in ("Printed", "Said", "Explicit")}


def test_resources_beside_nested_stacks_lead_from_one_to_the_other() -> None:
    (outer,) = _stacks("Outer")
    first, second = cdk.NestedStack(outer, "First"), cdk.NestedStack(outer, "Second")
    between = _topic(outer, "Between", _queue(second))
    _topic(first, "Topic", between.ref)
    after = _topic(outer, "After")
    assert first.nested_stack_resource is not None
    after.add_dependency(first.nested_stack_resource)
    assert _read(outer) == {
        ("Outer/First", "Outer/Between"),
        ("Outer/Between", "Outer/Second"),
        ("Outer/After", "Outer/First"),
    }


def test_nested_stacks_of_others_are_inside_those() -> None:
    one, other = _stacks("One", "Other")
    _topic(cdk.NestedStack(one, "Nested"), "Topic", _queue(cdk.NestedStack(other, "Nested")))
    assert _read(one) == {("One", "Other")}


@pytest.mark.parametrize("env", [ENVIRONMENT, cdk.Environment(account="444455556666", region="eu-west-1")])
def test_a_fixed_name_in_another_environment_is_waited_for_by_nobody(env: cdk.Environment) -> None:
    root = app()
    one, other = cdk.Stack(root, "One", env=env), cdk.Stack(root, "Other", env=ENVIRONMENT)
    queue = sqs.Queue(other, "Queue", queue_name="orders")
    _topic(one, "Topic", queue.queue_name)
    found = _read(one)
    template(one)
    assert found == {("One", each.node.path) for each in one.dependencies}
    assert bool(found) is (env is ENVIRONMENT)


def test_what_cannot_be_resolved_is_left_to_the_cdk() -> None:
    one, other = _stacks("One", "Other")
    _topic(one, "Broken", cdk.Lazy.string(_Failing()))
    _topic(one, "Topic", _queue(other))
    assert _read(one) == {("One", "Other")}
    with pytest.raises(RuntimeError, match="not now"):
        template(one)


@jsii.implements(cdk.IStableStringProducer)
class _Failing:
    def produce(self) -> str:
        message = "not now"
        raise ValueError(message)


def test_each_stack_is_read_once_and_what_is_not_known_not_at_all() -> None:
    one, other = _stacks("One", "Other")
    _topic(one, "Topic", _queue(other))
    references = StackReferences()
    references.place(one)
    assert _found(references.dependencies("One")) == {("One", "Other")}
    assert _found(references.dependencies("One")) == set()
    assert _found(references.dependencies("Nowhere")) == set()


def _found(dependencies: Iterable[Dependency]) -> set[Dependency]:
    return set(dependencies)
