"""What Step Functions, EventBridge, its Scheduler and CloudWatch tell of their things, in CloudFormation's shape."""

import datetime as dt
from typing import Any

from tests.emulator.aws import Aws, pascal, tags

Found = dict[str, Any]


def state_machine(aws: Aws, identity: str) -> Found:
    found = aws("stepfunctions").describe_state_machine(stateMachineArn=identity)
    assert found["status"] == "ACTIVE"
    names = ("encryptionConfiguration", "loggingConfiguration", "roleArn", "tracingConfiguration")
    shape = aws.output("stepfunctions", "DescribeStateMachine")
    listed = aws("stepfunctions").list_tags_for_resource(resourceArn=identity)["tags"]
    return {
        **pascal({name: found[name] for name in names if name in found}, shape),
        "DefinitionString": found["definition"],
        "StateMachineType": found["type"],
        "Tags": tags([{"Key": each["key"], "Value": each["value"]} for each in listed]),
    }


def state_machine_name(aws: Aws, identity: str, _name: str) -> str:
    return str(aws("stepfunctions").describe_state_machine(stateMachineArn=identity)["name"])


def _schedule(aws: Aws, identity: str) -> Found:
    (listed,) = (each for each in aws("scheduler").list_schedules()["Schedules"] if each["Name"] == identity)
    return dict(aws("scheduler").get_schedule(Name=identity, GroupName=listed["GroupName"]))


def schedule(aws: Aws, identity: str) -> Found:
    found = _schedule(aws, identity)
    names = (
        "ActionAfterCompletion",
        "Description",
        "FlexibleTimeWindow",
        "GroupName",
        "KmsKeyArn",
        "ScheduleExpression",
        "ScheduleExpressionTimezone",
        "State",
        "Target",
    )
    own: Found = {name: found[name] for name in names if name in found}
    return own | {name: _iso(found[name]) for name in ("EndDate", "StartDate") if name in found}


def _iso(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def schedule_arn(aws: Aws, identity: str, _name: str) -> str:
    return str(_schedule(aws, identity)["Arn"])


def schedule_group(aws: Aws, identity: str) -> Found:
    arn = schedule_group_arn(aws, identity, "")
    return {"Tags": tags(aws("scheduler").list_tags_for_resource(ResourceArn=arn)["Tags"])}


def schedule_group_arn(aws: Aws, identity: str, _name: str) -> str:
    found = aws("scheduler").get_schedule_group(Name=identity)
    assert found["State"] == "ACTIVE"
    return str(found["Arn"])


def event_rule(aws: Aws, identity: str) -> Found:
    found = aws("events").describe_rule(Name=identity)
    targets = aws("events").list_targets_by_rule(Rule=identity)["Targets"]
    names = ("Description", "EventPattern", "ScheduleExpression", "State")
    return {**{name: found.get(name) for name in names}, "Targets": targets}


def event_rule_arn(aws: Aws, identity: str, _name: str) -> str:
    return str(aws("events").describe_rule(Name=identity)["Arn"])


def alarm(aws: Aws, identity: str) -> Found:
    (found,) = aws("cloudwatch").describe_alarms(AlarmNames=[identity])["MetricAlarms"]
    names = (
        "ActionsEnabled",
        "AlarmActions",
        "AlarmDescription",
        "ComparisonOperator",
        "DatapointsToAlarm",
        "Dimensions",
        "EvaluationPeriods",
        "InsufficientDataActions",
        "MetricName",
        "Namespace",
        "OKActions",
        "Period",
        "Statistic",
        "Threshold",
        "TreatMissingData",
        "Unit",
    )
    own = {name: found[name] for name in names if name in found}
    own["Threshold"] = f"{own['Threshold']:g}"  # a template gives 1, AWS answers with 1.0
    listed = aws("cloudwatch").list_tags_for_resource(ResourceARN=found["AlarmArn"])["Tags"]
    return {**own, "Tags": tags(listed)}
