"""Workflows to look at: of one step that does nothing, and with all that may start and watch one."""
# ruff: noqa: ANN401 - options pass through to the construct under test

import json
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_sns as sns
from aws_cdk import aws_stepfunctions as sfn

from constructs_ecs.jobs.events import ImagePushed, ObjectCreated
from constructs_ecs.jobs.workflow import Workflow
from tests.support import of_type

Template = dict[str, Any]


def workflow(scope: cdk.Stack, construct_id: str = "Nightly", **options: Any) -> Workflow:
    """A workflow of one step."""
    return Workflow(scope, construct_id, definition=sfn.Pass(scope, f"{construct_id} step"), **options)


def nightly() -> scheduler.ScheduleExpression:
    """Two o'clock in Berlin."""
    return scheduler.ScheduleExpression.cron(minute="0", hour="2", time_zone=cdk.TimeZone.EUROPE_BERLIN)


def whole(scope: cdk.Stack) -> Workflow:
    """A workflow with every kind of trigger and alarm."""
    key = kms.Key(scope, "TopicKey", enable_key_rotation=True)
    topic = sns.Topic(scope, "Topic", master_key=key, enforce_ssl=True)
    bucket = s3.Bucket.from_bucket_name(scope, "Bucket", "files")
    repository = ecr.Repository.from_repository_name(scope, "Repository", "web")
    made = workflow(scope)
    made.alarm_on_failures(topic)
    made.alarm_on_failed_triggers(topic)
    made.alarm_on_missed_runs(topic, within=cdk.Duration.hours(25))
    made.on_schedule("EveryNight", nightly())
    made.on_event("File", ObjectCreated(bucket=bucket, prefix="in/"))
    made.on_event("Image", ImagePushed(repository=repository, tag="stable"))
    return made


def statements(template: Template, role: str) -> list[dict[str, Any]]:
    """What the managed policy says whose logical id begins so."""
    (policy,) = [
        each["Properties"]
        for logical_id, each in of_type(template, "AWS::IAM::ManagedPolicy").items()
        if logical_id.startswith(role)
    ]
    return list(policy["PolicyDocument"]["Statement"])


def trust(template: Template, service: str) -> dict[str, Any]:
    """The one statement that lets a service assume a role."""
    (statement,) = [
        statement
        for role in of_type(template, "AWS::IAM::Role").values()
        for statement in role["Properties"]["AssumeRolePolicyDocument"]["Statement"]
        if statement["Principal"] == {"Service": service}
    ]
    return dict(statement)


def pasted(warning: str) -> dict[str, Any]:
    """The one statement in a warning."""
    (statement,), _ = json.JSONDecoder().raw_decode(warning[warning.index("[{") :])
    return dict(statement)
