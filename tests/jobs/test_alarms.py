import json
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_events as events
from aws_cdk import aws_sns as sns

from constructs_ecs.errors import Code, InvalidValueError
from tests.jobs.workflows import Template, nightly, workflow
from tests.support import of_type, stack, template

ALARM = "AWS::CloudWatch::Alarm"
PATTERN = events.EventPattern(source=["own.app"])


@pytest.fixture(scope="module")
def failures() -> Template:
    scope = stack()
    workflow(scope).alarm_on_failures(sns.Topic(scope, "Topic"))
    return template(scope)


def alarms(made: Template) -> list[dict[str, Any]]:
    return [dict(each["Properties"]) for each in of_type(made, ALARM).values()]


def test_each_way_to_fail_has_an_alarm_of_the_state_machine_at_the_first_time(failures: Template) -> None:
    (machine,) = of_type(failures, "AWS::StepFunctions::StateMachine")
    made = alarms(failures)
    assert {each["MetricName"] for each in made} == {
        "ExecutionsFailed",
        "ExecutionsTimedOut",
        "ExecutionsAborted",
        "ExecutionThrottled",
    }
    for each in made:
        assert each["Namespace"] == "AWS/States"
        assert each["Dimensions"] == [{"Name": "StateMachineArn", "Value": {"Ref": machine}}]
        assert (each["Statistic"], each["Threshold"], each["EvaluationPeriods"]) == ("Sum", 1, 1)
        assert (each["ComparisonOperator"], each["TreatMissingData"]) == (
            "GreaterThanOrEqualToThreshold",
            "notBreaching",
        )


def test_each_alarm_tells_the_topic_and_says_what_happened(failures: Template) -> None:
    (topic,) = of_type(failures, "AWS::SNS::Topic")
    assert all(each["AlarmActions"] == [{"Ref": topic}] for each in alarms(failures))
    assert all("Nightly" in each["AlarmDescription"] for each in alarms(failures))


def test_nothing_is_watched_unless_asked() -> None:
    scope = stack()
    workflow(scope).on_schedule("EveryNight", nightly())
    assert not of_type(template(scope), ALARM)


def test_a_second_topic_is_told_by_the_same_alarms_and_the_same_topic_once() -> None:
    scope = stack()
    made = workflow(scope)
    first, second = sns.Topic(scope, "First"), sns.Topic(scope, "Second")
    for topic in (first, second, first):
        made.alarm_on_failures(topic)
    assert [len(each["AlarmActions"]) for each in alarms(template(scope))] == [2, 2, 2, 2]


@pytest.mark.parametrize("first", [True, False], ids=["before the triggers", "after the triggers"])
def test_failed_triggers_are_watched_whichever_came_first(first: bool) -> None:
    scope = stack()
    made, topic = workflow(scope), sns.Topic(scope, "Topic")
    if first:
        made.alarm_on_failed_triggers(topic)
    made.on_schedule("EveryNight", nightly())
    made.on_event("Order", PATTERN, event_bus=events.EventBus(scope, "Bus"))
    if not first:
        made.alarm_on_failed_triggers(topic)
    found = {(each["Namespace"], each["MetricName"]): each for each in alarms(template(scope))}
    assert found.keys() == {
        ("AWS/SQS", "ApproximateNumberOfMessagesVisible"),
        ("AWS/Scheduler", "InvocationDroppedCount"),
        ("AWS/Scheduler", "InvocationsFailedToBeSentToDeadLetterCount"),
        ("AWS/Events", "FailedInvocations"),
        ("AWS/Events", "InvocationsFailedToBeSentToDlq"),
    }
    dimensions = {name: {each["Name"] for each in alarm["Dimensions"]} for (name, _), alarm in found.items()}
    assert dimensions == {
        "AWS/SQS": {"QueueName"},
        "AWS/Scheduler": {"ScheduleGroup"},
        "AWS/Events": {"RuleName", "EventBusName"},
    }
    assert all(len(each["AlarmActions"]) == 1 for each in found.values())


def test_a_rule_on_the_default_bus_is_counted_by_its_name_alone() -> None:
    scope = stack()
    made = workflow(scope)
    made.alarm_on_failed_triggers(sns.Topic(scope, "Topic"))
    made.on_event("Order", PATTERN)
    (rule,) = of_type(template(scope), "AWS::Events::Rule")
    dimensions = [each["Dimensions"] for each in alarms(template(scope)) if each["Namespace"] == "AWS/Events"]
    assert dimensions == [[{"Name": "RuleName", "Value": {"Ref": rule}}]] * 2


def test_schedules_and_events_may_have_each_other_s_names_in_their_alarms() -> None:
    scope = stack()
    made = workflow(scope)
    made.alarm_on_failed_triggers(sns.Topic(scope, "Topic"))
    made.on_event("Failed", PATTERN)
    made.on_event("FailedFailed", PATTERN)
    assert len([each for each in alarms(template(scope)) if each["Namespace"] == "AWS/Events"]) == 4


@pytest.mark.parametrize(
    ("within", "periods", "period"),
    [
        (cdk.Duration.hours(25), 25, 3_600),
        (cdk.Duration.days(7), 168, 3_600),
        (cdk.Duration.minutes(90), 18, 300),
        (cdk.Duration.minutes(5), 1, 300),
    ],
)
def test_no_run_for_so_long_is_an_alarm_and_so_is_no_data(within: cdk.Duration, periods: int, period: int) -> None:
    scope = stack()
    workflow(scope).alarm_on_missed_runs(sns.Topic(scope, "Topic"), within=within)
    (alarm,) = alarms(template(scope))
    assert (alarm["MetricName"], alarm["Statistic"]) == ("ExecutionsStarted", "Sum")
    assert (alarm["EvaluationPeriods"], alarm["Period"]) == (periods, period)
    assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("LessThanThreshold", 1)
    assert alarm["TreatMissingData"] == "breaching"


def test_two_topics_are_told_of_runs_missed_within_the_same_time() -> None:
    scope = stack()
    made = workflow(scope)
    first, second = (sns.Topic(scope, name) for name in ("First", "Second"))
    made.alarm_on_missed_runs(first, within=cdk.Duration.hours(25))
    with pytest.raises(InvalidValueError, match="one alarm on missed runs, within 90,000 seconds") as caught:
        made.alarm_on_missed_runs(second, within=cdk.Duration.hours(48))
    assert caught.value.code is Code.WORKFLOW_ALARM
    made.alarm_on_missed_runs(second, within=cdk.Duration.minutes(25 * 60))
    (alarm,) = alarms(template(scope))
    assert len(alarm["AlarmActions"]) == 2


@pytest.mark.parametrize(
    "within",
    [25, cdk.Duration.seconds(299), cdk.Duration.minutes(7), cdk.Duration.minutes(1_445), cdk.Duration.days(8)],
)
def test_a_stretch_that_cloudwatch_does_not_see_is_refused(within: Any) -> None:  # noqa: ANN401 - anything
    scope = stack()
    with pytest.raises(InvalidValueError) as caught:
        workflow(scope).alarm_on_missed_runs(sns.Topic(scope, "Topic"), within=within)
    assert caught.value.code is Code.WORKFLOW_ALARM
    assert "Alarm" not in json.dumps(template(scope))
