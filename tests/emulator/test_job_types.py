"""The types of resources that jobs are made of: every property is kept, changed and taken away again."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError, WaiterError

from tests.emulator.aws import Aws
from tests.emulator.deployed import Stack
from tests.emulator.planting import altered
from tests.emulator.readback import Compared, compared
from tests.emulator.readers.catalog import READERS, UNSEEN, attribute
from tests.emulator.server import running

_STACK = "Types"
_PASS = {"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}}
_RUN = {"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "arn:aws:states:::ecs:runTask.sync", "End": True}}}
_RULE = "arn:aws:events:us-east-1:123456789012:rule/StepFunctionsGetEventsForECSTaskRule"
_BLOCKS = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
_TAGS = [{"Key": "team", "Value": "batch"}]


@pytest.fixture(scope="module")
def aws() -> Iterator[Aws]:
    with running() as emulator:
        yield Aws(emulator)


def _arn(name: str) -> dict[str, Any]:
    return {"Fn::GetAtt": [name, "Arn"]}


def _role(*services: str, **rights: str) -> dict[str, Any]:
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": list(services)}}
    allowed = [{"Effect": "Allow", "Action": f"{key}:*", "Resource": on} for key, on in rights.items()]
    document = {"Version": "2012-10-17", "Statement": allowed}
    return _resource(
        "AWS::IAM::Role",
        AssumeRolePolicyDocument={"Version": "2012-10-17", "Statement": [trust]},
        **({"Policies": [{"PolicyName": "rights", "PolicyDocument": document}]} if allowed else {}),
    )


def _resource(resource_type: str, **properties: Any) -> dict[str, Any]:
    return {"Type": resource_type, "Properties": properties}


def _policy(action: str) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": action, "Resource": "*", "Principal": {"AWS": "123456789012"}}
    return {"Version": "2012-10-17", "Statement": [statement]}


_FIXED = {
    "Role": _role("states.amazonaws.com", "scheduler.amazonaws.com", "events.amazonaws.com", logs="*"),
    "LogGroup": _resource("AWS::Logs::LogGroup", LogGroupName="/aws/vendedlogs/states/one"),
}


def _first() -> dict[str, Any]:
    """Every property that is not left as it is."""
    return {
        "Machine": _resource(
            "AWS::StepFunctions::StateMachine",
            DefinitionString=json.dumps(_PASS),
            RoleArn=_arn("Role"),
            StateMachineType="STANDARD",
            LoggingConfiguration={
                "Level": "ALL",
                "IncludeExecutionData": True,
                "Destinations": [{"CloudWatchLogsLogGroup": {"LogGroupArn": _arn("LogGroup")}}],
            },
            TracingConfiguration={"Enabled": True},
            Tags=_TAGS,
        ),
        "Group": _resource("AWS::Scheduler::ScheduleGroup", Tags=_TAGS),
        "Schedule": _resource(
            "AWS::Scheduler::Schedule",
            GroupName={"Ref": "Group"},
            Description="Once a night",
            ScheduleExpression="cron(0 2 * * ? *)",
            ScheduleExpressionTimezone="Europe/Berlin",
            StartDate="2030-01-01T00:00:00.000Z",
            EndDate="2031-01-01T00:00:00.000Z",
            FlexibleTimeWindow={"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 15},
            State="DISABLED",
            Target={
                "Arn": _arn("Machine"),
                "RoleArn": _arn("Role"),
                "Input": '{"day": "monday"}',
                "RetryPolicy": {"MaximumRetryAttempts": 3, "MaximumEventAgeInSeconds": 600},
                "DeadLetterConfig": {"Arn": _arn("Queue")},
            },
        ),
        "Rule": _resource(
            "AWS::Events::Rule",
            Description="Objects",
            EventPattern={"source": ["aws.s3"]},
            State="DISABLED",
            Targets=[
                {
                    "Id": "one",
                    "Arn": _arn("Machine"),
                    "RoleArn": _arn("Role"),
                    "InputTransformer": {"InputPathsMap": {"key": "$.detail.object.key"}, "InputTemplate": "<key>"},
                    "RetryPolicy": {"MaximumRetryAttempts": 3, "MaximumEventAgeInSeconds": 600},
                    "DeadLetterConfig": {"Arn": _arn("Queue")},
                }
            ],
        ),
        "Queue": _resource(
            "AWS::SQS::Queue",
            KmsMasterKeyId="alias/aws/sqs",
            KmsDataKeyReusePeriodSeconds=600,
            MessageRetentionPeriod=1209600,
            VisibilityTimeout=60,
            DelaySeconds=5,
            ReceiveMessageWaitTimeSeconds=10,
            RedrivePolicy={"deadLetterTargetArn": _arn("Last"), "maxReceiveCount": 3},
            Tags=_TAGS,
        ),
        "Last": _resource("AWS::SQS::Queue", SqsManagedSseEnabled=True),
        "QueuePolicy": _resource(
            "AWS::SQS::QueuePolicy",
            Queues=[{"Ref": "Queue"}, {"Ref": "Last"}],
            PolicyDocument=_policy("sqs:SendMessage"),
        ),
        "Topic": _resource("AWS::SNS::Topic", DisplayName="Alarms", KmsMasterKeyId="alias/aws/sns", Tags=_TAGS),
        "TopicPolicy": _resource(
            "AWS::SNS::TopicPolicy", Topics=[{"Ref": "Topic"}], PolicyDocument=_policy("sns:Publish")
        ),
        "Alarm": _resource(
            "AWS::CloudWatch::Alarm",
            AlarmDescription="Failed",
            Namespace="AWS/States",
            MetricName="ExecutionsFailed",
            Dimensions=[{"Name": "StateMachineArn", "Value": {"Ref": "Machine"}}],
            Statistic="Sum",
            Period=300,
            EvaluationPeriods=3,
            DatapointsToAlarm=2,
            Threshold=1,
            ComparisonOperator="GreaterThanOrEqualToThreshold",
            TreatMissingData="notBreaching",
            AlarmActions=[{"Ref": "Topic"}],
            OKActions=[{"Ref": "Topic"}],
            InsufficientDataActions=[{"Ref": "Topic"}],
            ActionsEnabled=False,
            Unit="Count",
            Tags=_TAGS,
        ),
        "Bucket": _resource(
            "AWS::S3::Bucket",
            NotificationConfiguration={"EventBridgeConfiguration": {"EventBridgeEnabled": True}},
            PublicAccessBlockConfiguration=dict.fromkeys(_BLOCKS, True),
        ),
    }


def _second() -> dict[str, Any]:
    """The same with other values, and with as little as there can be."""
    first = _first()
    kept = {
        "Machine": {"RoleArn", "StateMachineType"},
        "Schedule": {"GroupName"},
        "Bucket": {"PublicAccessBlockConfiguration"},
        "Alarm": {"Namespace", "MetricName", "Statistic", "Period"},
        "QueuePolicy": {"Queues"},
        "TopicPolicy": {"Topics"},
    }
    changed: dict[str, dict[str, Any]] = {
        "Machine": {"DefinitionString": json.dumps({**_PASS, "Comment": "other"})},
        "Schedule": {
            "ScheduleExpression": "rate(1 hour)",
            "FlexibleTimeWindow": {"Mode": "OFF"},
            "Target": {"Arn": _arn("Machine"), "RoleArn": _arn("Role"), "Input": '{"day": "tuesday"}'},
        },
        "Rule": {
            "EventPattern": {"source": ["aws.ecr"]},
            "Targets": [{"Id": "two", "Arn": _arn("Machine"), "RoleArn": _arn("Role"), "Input": '{"a": 1}'}],
        },
        "QueuePolicy": {"PolicyDocument": _policy("sqs:ReceiveMessage")},
        "TopicPolicy": {"PolicyDocument": _policy("sns:Subscribe")},
        "Alarm": {"EvaluationPeriods": 1, "Threshold": 2, "ComparisonOperator": "GreaterThanThreshold"},
    }
    return {
        name: _resource(
            resource["Type"],
            **{key: each for key, each in resource["Properties"].items() if key in kept.get(name, ())},
            **changed.get(name, {}),
        )
        for name, resource in first.items()
    }


def _apply(aws: Aws, folder: Path, resources: dict[str, Any], *, verb: str, name: str = _STACK) -> Stack:
    body, cloudformation = json.dumps({"Resources": resources}), aws("cloudformation")
    getattr(cloudformation, f"{verb}_stack")(StackName=name, TemplateBody=body, Capabilities=["CAPABILITY_IAM"])
    cloudformation.get_waiter(f"stack_{verb}_complete").wait(StackName=name, WaiterConfig={"Delay": 0.1})
    (folder / "template.json").write_text(body)
    return Stack.read(aws, name, folder / "template.json", attribute(aws))


def _unseen(resources: list[Compared]) -> list[str]:
    return [
        f"{each.name} {where}"
        for each in resources
        for where, changed in altered(each.expected)
        if not each.differences(changed)
    ]


def test_every_property_is_read_back_changed_and_taken_away(aws: Aws, tmp_path: Path) -> None:
    made = _apply(aws, tmp_path, {**_FIXED, **_first()}, verb="create")
    resources = list(compared({_STACK: made}, aws))
    assert [line for each in resources for line in each.differences()] == []
    assert _unseen(resources) == []

    updated = _apply(aws, tmp_path, {**_FIXED, **_second()}, verb="update")
    assert [line for each in compared({_STACK: updated}, aws) for line in each.differences()] == []
    assert updated.physical_ids == made.physical_ids

    aws("cloudformation").delete_stack(StackName=_STACK)
    aws("cloudformation").get_waiter("stack_delete_complete").wait(StackName=_STACK, WaiterConfig={"Delay": 0.1})
    left = [key for key, each in updated.resources.items() if _is_there(aws, each["Type"], updated.physical_ids[key])]
    assert left == []


def _is_there(aws: Aws, kind: str, physical_id: str) -> bool:
    try:
        READERS[kind].read(aws, physical_id)
    except (ClientError, ValueError, AssertionError):
        return False
    return kind not in UNSEEN


_MACHINE = {"RoleArn": _arn("Role"), "DefinitionString": json.dumps(_RUN)}
_REFUSED = {
    "a role that Step Functions may not assume": (
        {
            "Role": _role("ecs-tasks.amazonaws.com", events="*"),
            "A": _resource("AWS::StepFunctions::StateMachine", **_MACHINE),
        },
        "states.amazonaws.com is not authorized to assume the provided role",
    ),
    "a role without rights on the managed rule": (
        {
            "Role": _role("states.amazonaws.com", ecs="*"),
            "A": _resource("AWS::StepFunctions::StateMachine", **_MACHINE),
        },
        f"not authorized to perform: events:DescribeRule on resource: {_RULE}",
    ),
    "a role that may not deliver the log": (
        {
            "Role": _role("states.amazonaws.com", events=_RULE),
            "A": _resource(
                "AWS::StepFunctions::StateMachine",
                **_MACHINE,
                LoggingConfiguration={"Level": "ALL", "Destinations": []},
            ),
        },
        "not authorized to perform: logs:CreateLogDelivery",
    ),
    "a property of a state machine that the extension does not know": (
        {
            "Role": _role("states.amazonaws.com", events=_RULE),
            "A": _resource("AWS::StepFunctions::StateMachine", **_MACHINE, Colour="red"),
        },
        "does not know of the properties ['Colour']",
    ),
    "a role that the Scheduler may not assume": (
        {
            "Role": _role("states.amazonaws.com"),
            "A": _resource(
                "AWS::Scheduler::Schedule",
                ScheduleExpression="rate(1 hour)",
                FlexibleTimeWindow={"Mode": "OFF"},
                Target={"Arn": "arn:aws:states:us-east-1:123456789012:stateMachine:any", "RoleArn": _arn("Role")},
            ),
        },
        "scheduler.amazonaws.com is not authorized to assume",
    ),
    "a schedule in a group that does not exist": (
        {
            "Role": _role("scheduler.amazonaws.com"),
            "A": _resource(
                "AWS::Scheduler::Schedule",
                GroupName="gone",
                ScheduleExpression="rate(1 hour)",
                FlexibleTimeWindow={"Mode": "OFF"},
                Target={"Arn": "arn:aws:states:us-east-1:123456789012:stateMachine:any", "RoleArn": _arn("Role")},
            ),
        },
        "Schedule group gone does not exist",
    ),
    "a property of an alarm that the extension does not know": (
        {"A": _resource("AWS::CloudWatch::Alarm", Metrics=[])},
        "does not know of the properties ['Metrics']",
    ),
    "a property of a queue that SQS does not have": (
        {"A": _resource("AWS::SQS::Queue", Colour="red")},
        "does not know of the properties ['Colour']",
    ),
}


@pytest.mark.parametrize("case", _REFUSED)
def test_a_stack_is_refused_with(case: str, aws: Aws, tmp_path: Path) -> None:
    resources, reason = _REFUSED[case]
    name = f"Refused{list(_REFUSED).index(case)}"
    with pytest.raises(WaiterError):
        _apply(aws, tmp_path, resources, verb="create", name=name)
    events = aws("cloudformation").describe_stack_events(StackName=name)["StackEvents"]
    assert reason in " ".join(each.get("ResourceStatusReason", "") for each in events)
