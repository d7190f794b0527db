from typing import Any

import pytest
from aws_cdk import aws_events as events
from aws_cdk import aws_sqs as sqs

from constructs_ecs.errors import Code, InvalidValueError
from tests.jobs.workflows import nightly, workflow
from tests.support import of_type, stack, template

PATTERN = events.EventPattern(source=["own.app"])


def test_a_workflow_without_triggers_has_nothing_for_them() -> None:
    scope = stack()
    assert workflow(scope).dead_letters is None
    types = {each["Type"] for each in template(scope)["Resources"].values()}
    assert types == {
        "AWS::KMS::Key",
        "AWS::Logs::LogGroup",
        "AWS::IAM::Role",
        "AWS::IAM::ManagedPolicy",
        "AWS::StepFunctions::StateMachine",
    }


def test_all_triggers_share_the_queue_of_their_workflow() -> None:
    scope = stack()
    made = workflow(scope)
    made.on_schedule("EveryNight", nightly())
    made.on_event("Order", PATTERN)
    assert isinstance(made.dead_letters, sqs.Queue)
    assert len(of_type(template(scope), "AWS::SQS::Queue")) == 1


@pytest.mark.parametrize("construct_id", ["Order", "", None, 3])
def test_an_id_is_used_once(construct_id: Any) -> None:  # noqa: ANN401 - whatever a user may pass
    made = workflow(stack())
    made.on_event("Order", PATTERN)
    with pytest.raises(InvalidValueError) as caught:
        made.on_schedule(construct_id, nightly())
    assert caught.value.code is Code.TRIGGER


@pytest.mark.parametrize("construct_id", ["Role", "Group", "Each", "StateMachine", "DeadLetters", "LogGroup"])
def test_an_id_may_be_any_word(construct_id: str) -> None:
    scope = stack()
    made = workflow(scope)
    made.on_schedule(construct_id, nightly())
    made.on_event(f"{construct_id}2", PATTERN)
    assert len(of_type(template(scope), "AWS::Scheduler::Schedule")) == 1
