import json
from datetime import UTC, datetime, timedelta
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_kms as kms
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_sqs as sqs
from hypothesis import given
from hypothesis import strategies as st

from constructs_ecs.errors import Code, ConstructsEcsError, InvalidValueError
from constructs_ecs.jobs.workflow import Workflow
from tests.jobs.workflows import Template, nightly, statements, trust, workflow
from tests.support import app, of_type, only, stack, template

SCHEDULE = "AWS::Scheduler::Schedule"
NOON = datetime(2026, 12, 24, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def plain() -> Template:
    scope = stack()
    workflow(scope).on_schedule("EveryNight", nightly())
    return template(scope)


def scheduled(expression: scheduler.ScheduleExpression | None = None, **options: Any) -> dict[str, Any]:  # noqa: ANN401
    """The properties of a schedule."""
    scope = stack()
    workflow(scope).on_schedule("EveryNight", expression or nightly(), **options)
    return only(template(scope), SCHEDULE)


def test_a_cron_expression_has_a_time_zone(plain: Template) -> None:
    made = only(plain, SCHEDULE)
    assert made["ScheduleExpression"] == "cron(0 2 * * ? *)"
    assert made["ScheduleExpressionTimezone"] == "Europe/Berlin"
    assert made["State"] == "ENABLED"


def test_a_rate_and_a_single_time_are_schedules_too() -> None:
    scope = stack()
    made = workflow(scope)
    made.on_schedule("Hourly", scheduler.ScheduleExpression.rate(cdk.Duration.hours(1)))
    made.on_schedule("Once", scheduler.ScheduleExpression.at(NOON))
    expressions = {each["Properties"]["ScheduleExpression"] for each in of_type(template(scope), SCHEDULE).values()}
    assert expressions == {"rate(1 hour)", "at(2026-12-24T12:00:00)"}


def test_it_starts_the_state_machine_at_its_time_with_all_retries(plain: Template) -> None:
    (machine,) = of_type(plain, "AWS::StepFunctions::StateMachine")
    made = only(plain, SCHEDULE)
    assert made["Target"]["Arn"] == {"Ref": machine}
    assert made["Target"]["RetryPolicy"] == {"MaximumEventAgeInSeconds": 86_400, "MaximumRetryAttempts": 185}
    assert "Input" not in made["Target"]
    assert made["FlexibleTimeWindow"] == {"Mode": "OFF"}


def test_window_retries_age_period_and_state_can_be_chosen() -> None:
    made = scheduled(
        flexible_window=cdk.Duration.minutes(15),
        retries=0,
        max_event_age=cdk.Duration.minutes(5),
        start=NOON,
        end=NOON + timedelta(days=30),
        enabled=False,
        description="Each night",
    )
    assert made["FlexibleTimeWindow"] == {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 15}
    assert made["Target"]["RetryPolicy"] == {"MaximumEventAgeInSeconds": 300, "MaximumRetryAttempts": 0}
    assert (made["StartDate"], made["EndDate"]) == ("2026-12-24T12:00:00.000Z", "2027-01-23T12:00:00.000Z")
    assert (made["State"], made["Description"]) == ("DISABLED", "Each night")


def test_the_input_is_json_with_what_differs_each_time() -> None:
    made = scheduled(input={"day": scheduler.ContextAttribute.scheduled_time, "full": True, "parts": [1, None]})
    assert json.loads(made["Target"]["Input"]) == {
        "day": "<aws.scheduler.scheduled-time>",
        "full": True,
        "parts": [1, None],
    }


def test_an_input_of_the_cdk_s_is_taken_as_it_is() -> None:
    made = scheduled(input=scheduler.ScheduleTargetInput.from_object({"a": 1}))
    assert json.loads(made["Target"]["Input"]) == {"a": 1}


def test_an_input_may_name_what_only_cloudformation_knows() -> None:
    scope = stack()
    key = kms.Key(scope, "Key")
    workflow(scope).on_schedule("EveryNight", nightly(), input={"key": key.key_arn})
    assert "Fn::GetAtt" in json.dumps(only(template(scope), SCHEDULE)["Target"]["Input"])


def test_the_role_may_start_the_state_machine_and_send_to_the_queue_and_nothing_else(plain: Template) -> None:
    (machine,) = of_type(plain, "AWS::StepFunctions::StateMachine")
    (queue,) = of_type(plain, "AWS::SQS::Queue")
    said = [(each["Action"], each["Resource"]) for each in statements(plain, "NightlySchedulesRole")]
    assert said == [
        ("states:StartExecution", {"Ref": machine}),
        ("sqs:SendMessage", {"Fn::GetAtt": [queue, "Arn"]}),
    ]
    assert not of_type(plain, "AWS::IAM::Policy")


def test_scheduler_assumes_the_role_for_the_workflow_s_own_schedule_group_alone(plain: Template) -> None:
    (group,) = of_type(plain, "AWS::Scheduler::ScheduleGroup")
    assert trust(plain, "scheduler.amazonaws.com")["Condition"] == {
        "StringEquals": {
            "aws:SourceAccount": {"Ref": "AWS::AccountId"},
            "aws:SourceArn": {"Fn::GetAtt": [group, "Arn"]},
        }
    }
    assert only(plain, SCHEDULE)["GroupName"] == only(plain, "AWS::Scheduler::ScheduleGroup")["Name"]


def test_a_group_is_no_data_and_goes_with_its_stack(plain: Template) -> None:
    (group,) = of_type(plain, "AWS::Scheduler::ScheduleGroup").values()
    assert group["DeletionPolicy"] == "Delete"


def test_all_schedules_of_a_workflow_share_group_role_and_queue() -> None:
    scope = stack()
    made = workflow(scope)
    for name in ("First", "Second"):
        made.on_schedule(name, nightly())
    kinds = [each["Type"] for each in template(scope)["Resources"].values()]
    assert [kinds.count(kind) for kind in (SCHEDULE, "AWS::Scheduler::ScheduleGroup", "AWS::SQS::Queue")] == [2, 1, 1]


def test_an_own_queue_with_a_key_of_another_stack_takes_what_could_not_be_started() -> None:
    root = app()
    queues, flows = cdk.Stack(root, "Queues"), cdk.Stack(root, "Flows")
    queue = sqs.Queue(queues, "Queue", encryption_master_key=kms.Key(queues, "Key"))
    made = workflow(flows)
    made.on_schedule("EveryNight", nightly(), dead_letters=queue)
    assert made.dead_letters is None
    assert not of_type(template(flows), "AWS::SQS::Queue")
    actions = [each["Action"] for each in statements(template(flows), "NightlySchedulesRole")]
    assert actions == ["states:StartExecution", "sqs:SendMessage", ["kms:Decrypt", "kms:GenerateDataKey"]]


WRONG: list[dict[str, Any]] = [
    {"expression": "cron(0 2 * * ? *)"},
    {"expression": None},
    {"expression": "every day"},
    {"input": "text"},
    {"input": ["a"]},
    {"input": {"a": object()}},
    {"flexible_window": 15},
    {"flexible_window": cdk.Duration.seconds(90)},
    {"flexible_window": cdk.Duration.minutes(0)},
    {"flexible_window": cdk.Duration.minutes(1_441)},
    {"retries": -1},
    {"retries": 186},
    {"retries": True},
    {"max_event_age": cdk.Duration.seconds(59)},
    {"max_event_age": cdk.Duration.hours(25)},
    {"start": "2026-12-24"},
    {"start": NOON, "end": NOON},
    {"enabled": "yes"},
    {"description": "x" * 513},
]


@pytest.mark.parametrize("options", WRONG)
def test_what_makes_no_schedule_is_refused_and_leaves_nothing_behind(options: dict[str, Any]) -> None:
    made = workflow(stack())
    with pytest.raises(InvalidValueError) as caught:
        made.on_schedule("EveryNight", **{"expression": nightly(), **options})
    assert caught.value.code is Code.TRIGGER
    assert made.node.try_find_child("Schedules") is None


def test_an_expression_that_the_cdk_takes_and_aws_does_not_is_refused() -> None:
    with pytest.raises(InvalidValueError, match="25 is no hour"):
        workflow(stack()).on_schedule("EveryNight", scheduler.ScheduleExpression.cron(hour="25"))


@pytest.mark.parametrize("dead_letters", ["arn:aws:sqs:us-east-1:123456789012:queue", sqs.Queue], ids=["text", "class"])
def test_only_a_queue_is_one_for_dead_letters(dead_letters: Any) -> None:  # noqa: ANN401 - whatever a user may pass
    with pytest.raises(InvalidValueError) as caught:
        workflow(stack()).on_schedule("EveryNight", nightly(), dead_letters=dead_letters)
    assert caught.value.code is Code.SETTING


@pytest.fixture(scope="module")
def shared() -> Workflow:
    return workflow(stack())


@given(
    name=st.text(st.characters(codec="utf-8"), min_size=1, max_size=3),
    options=st.fixed_dictionaries(
        {
            "retries": st.integers(-1, 187),
            "flexible_window": st.none() | st.integers(0, 1_500).map(cdk.Duration.minutes),
            "max_event_age": st.none() | st.integers(0, 90_000).map(cdk.Duration.seconds),
            "input": st.none() | st.dictionaries(st.text(max_size=3), st.integers() | st.floats(), max_size=2),
            "enabled": st.booleans(),
        }
    ),
)
def test_any_options_give_a_schedule_or_our_error(shared: Workflow, name: str, options: dict[str, Any]) -> None:
    try:
        made = shared.on_schedule(name, nightly(), **options)
    except ConstructsEcsError as error:
        assert error.code is Code.TRIGGER
        return
    assert isinstance(made, scheduler.Schedule)
