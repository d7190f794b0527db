"""What EventBridge sees of ECS Exec, and who may write it down."""

import copy
import json
from collections.abc import Callable
from functools import cache
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns

from constructs_ecs import Code, ConflictError, EcsCluster, InvalidValueError, PrivateNetwork
from constructs_ecs.operators import ExecEvents
from tests.meaning import meaning, permissions
from tests.nag import findings, suppressed
from tests.support import ENVIRONMENT, app, of_type, only, stack, template, warnings

ACCOUNT = "123456789012"
ARN = f"arn:aws:ecs:us-east-1:{ACCOUNT}:cluster/demo"
TASK = f"arn:aws:ecs:us-east-1:{ACCOUNT}:task/demo/ef6260ed8aab49cf926667ab0c52c313"

Event = dict[str, Any]


def opened(*, cluster: str | None = "demo", arn: str = ARN) -> Event:
    """EventBridge's event of a session that was opened."""
    parameters = {"container": "web", "command": 'sh -c "id"', "interactive": True, "task": TASK}
    return {
        "version": "0",
        "id": "7bf73129-1428-4cd3-a780-95db273d1602",
        "detail-type": "AWS API Call via CloudTrail",
        "source": "aws.ecs",
        "account": ACCOUNT,
        "time": "2026-03-02T09:30:00Z",
        "region": "us-east-1",
        "resources": [],
        "detail": {
            "eventVersion": "1.11",
            "userIdentity": {
                "type": "AssumedRole",
                "principalId": "AROAEXAMPLE:jane@example.com",
                "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/Operator/jane@example.com",
                "accountId": ACCOUNT,
            },
            "eventTime": "2026-03-02T09:30:00Z",
            "eventSource": "ecs.amazonaws.com",
            "eventName": "ExecuteCommand",
            "awsRegion": "us-east-1",
            "sourceIPAddress": "203.0.113.7",
            "userAgent": "aws-cli/2.15.0",
            "requestParameters": parameters if cluster is None else {"cluster": cluster, **parameters},
            "responseElements": {
                "clusterArn": arn,
                "containerArn": f"arn:aws:ecs:us-east-1:{ACCOUNT}:container/demo/ef62/af8b",
                "containerName": "web",
                "interactive": True,
                "session": {
                    "sessionId": "ecs-execute-command-0a1b2c3d4e5f60718",
                    "streamUrl": "wss://ssmmessages.us-east-1.amazonaws.com/v1/data-channel/...",
                    "tokenValue": "HIDDEN_DUE_TO_SECURITY_REASONS",
                },
                "taskArn": TASK,
            },
            "requestID": "9d478fc1-4f10-490f-a26b-000000000000",
            "eventID": "eae87c48-d421-4626-94f5-000000000000",
            "readOnly": False,
            "eventType": "AwsApiCall",
            "managementEvent": True,
            "recipientAccountId": ACCOUNT,
            "eventCategory": "Management",
        },
    }


def refused(*, cluster: str | None = "demo", parameters: bool = True) -> Event:
    """EventBridge's event of a call that ECS refused."""
    event = opened(cluster=cluster)
    detail = event["detail"]
    detail |= {"errorCode": "AccessDenied", "errorMessage": "not authorized to perform: ecs:ExecuteCommand"}
    detail["responseElements"] = None
    if not parameters:
        detail["requestParameters"] = None
    return event


def described() -> Event:
    """EventBridge's event of another call on the cluster."""
    event = opened()
    event["detail"] |= {"eventName": "DescribeTasks", "readOnly": True, "responseElements": None}
    event["detail"]["requestParameters"] = {"cluster": "demo", "tasks": [TASK]}
    return event


def with_(event: Event, *path: str, value: object) -> Event:
    """The event with one field changed."""
    changed = copy.deepcopy(event)
    *parents, last = path
    place = changed
    for parent in parents:
        place = place[parent]
    place[last] = value
    return changed


def matches(pattern: dict[str, Any], event: object) -> bool:
    """What EventBridge says: each field of the pattern matches, and one branch of each `$or`."""
    for field, wanted in pattern.items():
        if field == "$or":
            if not any(matches(branch, event) for branch in wanted):
                return False
        elif not _field_matches(wanted, event.get(field) if isinstance(event, dict) else None):
            return False
    return True


def _field_matches(wanted: Any, value: object) -> bool:  # noqa: ANN401 - any JSON
    if isinstance(wanted, dict):
        return matches(wanted, value)
    assert isinstance(wanted, list)
    for one in wanted:
        if one == {"exists": False}:
            if value is None:
                return True
        else:
            assert isinstance(one, str), f"this matcher does not know {one}"
            if one == value:
                return True
    return False


def deployed(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """A part of a template in the account of the records, where the cluster is called demo."""
    match value:
        case {"Ref": str(name)} if name.startswith("Cluster"):
            return "demo"
        case {"Fn::GetAtt": [str(name), "Arn"]} if name.startswith("Cluster"):
            return ARN
        case dict():
            return {key: deployed(child) for key, child in value.items()}
        case list():
            return [deployed(child) for child in value]
    return value


def put(scope: cdk.Stack, *, one_cluster: bool = False, **options: Any) -> ExecEvents:  # noqa: ANN401 - passed on
    if one_cluster:
        options["cluster"] = EcsCluster(scope, "Cluster", network=PrivateNetwork(scope, "Network"))
    return ExecEvents(scope, "ExecEvents", **options)


def with_all(scope: cdk.Stack) -> ExecEvents:
    """A stack with everything: one cluster, own keys, an encrypted topic."""
    key = kms.Key(scope, "Key", enable_key_rotation=True)
    topic_key = kms.Key(scope, "TopicKey", enable_key_rotation=True)
    topic = sns.Topic(scope, "Topic", master_key=topic_key, enforce_ssl=True)
    return put(scope, one_cluster=True, topic=topic, encryption_key=key)


@cache
def everything(region: str | None = "us-east-1", *, flags: bool = True) -> dict[str, Any]:
    scope = stack(flags=flags, env=None if region is None else cdk.Environment(account=ACCOUNT, region=region))
    with_all(scope)
    return template(scope)


@cache
def plain() -> dict[str, Any]:
    scope = stack(env=ENVIRONMENT)
    put(scope)
    return template(scope)


def pattern(made: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = deployed(only(made, "AWS::Events::Rule")["EventPattern"])
    return found


def document(made: dict[str, Any]) -> list[dict[str, Any]]:
    """The statements on the log group, with logical ids in angle brackets."""
    delimiter, parts = only(made, "AWS::Logs::ResourcePolicy")["PolicyDocument"]["Fn::Join"]
    text = delimiter.join(
        part if isinstance(part, str) else f"<{'.'.join(part.get('Fn::GetAtt', [part.get('Ref')]))}>" for part in parts
    )
    statements: list[dict[str, Any]] = json.loads(text)["Statement"]
    return statements


def the_id(made: dict[str, Any], resource_type: str, prefix: str = "ExecEvents") -> str:
    """The logical id of a type's single resource whose id begins so."""
    (found,) = [name for name in of_type(made, resource_type) if name.startswith(prefix)]
    return found


def said(made: dict[str, Any], logical_id: str) -> set[tuple[str, str]]:
    """Who may do what by the policy of a key."""
    key = {"Resources": {logical_id: made["Resources"][logical_id]}}
    return {(principal, action) for _, principal, action, _, _ in permissions(key)[logical_id]}


def without_log_policy(made: dict[str, Any]) -> dict[str, Any]:
    """The template without the one policy that is text; a partition that is spelled out does not count."""
    resources = made["Resources"].items()
    left = {key: value for key, value in resources if value["Type"] != "AWS::Logs::ResourcePolicy"}
    text = json.dumps({"Resources": left})
    for partition in ("aws-cn", "aws-us-gov"):
        text = text.replace(f"arn:{partition}:", "arn:aws:")
    template_: dict[str, Any] = json.loads(text)
    return template_


EVERYWHERE = [
    opened(),
    opened(cluster=ARN),
    opened(cluster=None),
    refused(),
    refused(cluster=ARN),
    refused(cluster=None),
    refused(parameters=False),
]
ELSEWHERE = [
    opened(cluster="other", arn=f"{ARN}-other"),
    opened(cluster=f"{ARN}-other", arn=f"{ARN}-other"),
    opened(cluster=None, arn=f"{ARN}-other"),
    opened(cluster="Demo", arn=f"{ARN}-other"),
    refused(cluster="other"),
    refused(cluster=ARN.replace("us-east-1", "eu-west-1")),
]
NO_EXEC = [
    described(),
    with_(opened(), "source", value="com.example"),
    with_(opened(), "detail-type", value="ECS Task State Change"),
    with_(opened(), "detail", "eventSource", value="ssm.amazonaws.com"),
    with_(opened(), "detail", "eventName", value="RunTask"),
]


@pytest.mark.parametrize("event", EVERYWHERE)
def test_each_exec_on_the_cluster_is_seen_also_one_that_was_refused(event: Event) -> None:
    assert matches(pattern(everything()), event)


@pytest.mark.parametrize("event", ELSEWHERE)
def test_an_exec_on_another_cluster_is_not_seen(event: Event) -> None:
    assert not matches(pattern(everything()), event)


@pytest.mark.parametrize("event", EVERYWHERE + ELSEWHERE)
def test_without_a_cluster_each_exec_of_the_account_is_seen(event: Event) -> None:
    assert matches(pattern(plain()), event)


@pytest.mark.parametrize("event", NO_EXEC)
@pytest.mark.parametrize("made", [everything, plain])
def test_nothing_but_an_exec_is_seen(made: Callable[[], dict[str, Any]], event: Event) -> None:
    assert not matches(pattern(made()), event)


@pytest.mark.parametrize("made", [everything, plain])
def test_the_pattern_is_within_eventbridge_s_quota(made: Callable[[], dict[str, Any]]) -> None:
    longest = json.dumps(pattern(made())).replace("demo", "d" * 255)
    assert len(longest) <= 2048


def test_the_log_group_gets_the_whole_event_by_its_arn_without_an_asterisk() -> None:
    target = only(everything(), "AWS::Events::Rule")["Targets"][0]
    group = the_id(everything(), "AWS::Logs::LogGroup")
    assert set(target) == {"Id", "Arn"}
    delimiter, parts = target["Arn"]["Fn::Join"]
    arn = delimiter.join(part if isinstance(part, str) else part["Ref"] for part in parts)
    assert arn.replace("AWS::Partition", "aws") == f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:{group}"


def test_only_this_rule_writes_and_only_to_this_group() -> None:
    group, rule = the_id(everything(), "AWS::Logs::LogGroup"), the_id(everything(), "AWS::Events::Rule")
    create, write = document(everything())
    assert [create["Action"], write["Action"]] == ["logs:CreateLogStream", "logs:PutLogEvents"]
    for statement in (create, write):
        assert statement["Effect"] == "Allow"
        assert statement["Resource"] == f"<{group}.Arn>"
        assert statement["Principal"] == {"Service": ["events.amazonaws.com", "delivery.logs.amazonaws.com"]}
    assert "Condition" not in create
    assert write["Condition"] == {"ArnEquals": {"aws:SourceArn": f"<{rule}.Arn>"}}


def test_the_policy_s_name_is_as_unique_as_the_group_s() -> None:
    policy = only(everything(), "AWS::Logs::ResourcePolicy")
    assert policy["PolicyName"] == {"Ref": the_id(everything(), "AWS::Logs::LogGroup")}


def test_two_in_one_stack_have_a_rule_a_group_and_a_policy_each() -> None:
    scope = stack()
    topic = sns.Topic(scope, "Topic")
    ExecEvents(scope, "One", topic=topic)
    ExecEvents(scope, "Two", topic=topic)
    made = template(scope)
    assert [len(of_type(made, f"AWS::{kind}")) for kind in ("Events::Rule", "Logs::ResourcePolicy")] == [2, 2]
    assert len(only(made, "AWS::SNS::TopicPolicy")["PolicyDocument"]["Statement"]) == 1


def test_there_is_no_lambda_no_custom_resource_and_no_role() -> None:
    types = {resource["Type"] for resource in plain()["Resources"].values()}
    assert types == {"AWS::Events::Rule", "AWS::Logs::LogGroup", "AWS::Logs::ResourcePolicy"}


def test_records_are_kept_for_a_year_and_survive_the_stack_unless_told_otherwise() -> None:
    (group,) = of_type(plain(), "AWS::Logs::LogGroup").values()
    assert (group["Properties"]["RetentionInDays"], group["DeletionPolicy"]) == (365, "Retain")
    scope = stack()
    put(scope, retention_days=30, removal_policy=cdk.RemovalPolicy.DESTROY)
    (group,) = of_type(template(scope), "AWS::Logs::LogGroup").values()
    assert (group["Properties"]["RetentionInDays"], group["DeletionPolicy"]) == (30, "Delete")


def test_an_own_key_encrypts_the_records_and_lets_cloudwatch_logs_use_it() -> None:
    group = everything()["Resources"][the_id(everything(), "AWS::Logs::LogGroup")]["Properties"]
    key = the_id(everything(), "AWS::KMS::Key", "Key")
    assert group["KmsKeyId"] == {"Fn::GetAtt": [key, "Arn"]}
    assert "Service:logs.us-east-1.amazonaws.com" in {who for who, _ in said(everything(), key)}


def message(event: Event) -> str:
    """What the topic's subscribers read."""
    transformer = only(everything(), "AWS::Events::Rule")["Targets"][1]["InputTransformer"]
    delimiter, parts = transformer["InputTemplate"]["Fn::Join"]
    text = delimiter.join(part if isinstance(part, str) else "the-group" for part in parts)
    for name, path in transformer["InputPathsMap"].items():
        value: Any = event
        for step in path.removeprefix("$.").split("."):
            value = value.get(step) if isinstance(value, dict) else None
        # EventBridge leaves out what is not there, and escapes nothing.
        text = text.replace(f"<{name}>", "" if value is None else value)
    assert "<" not in text
    read: str = json.loads(text)
    return read


def test_the_topic_is_told_who_opened_what_from_where_and_when() -> None:
    told = message(opened())
    assert told.count("\n") == 0
    for part in ("jane@example.com", "203.0.113.7", "2026-03-02T09:30:00Z", TASK, "container: web,", "error:  ("):
        assert part in told
    for part in ("eae87c48", "the-group", ACCOUNT, "us-east-1"):
        assert part in told


def test_a_refused_call_is_told_with_its_error() -> None:
    assert "error: AccessDenied" in message(refused())


def test_nothing_that_a_caller_may_word_is_in_the_message() -> None:
    event = refused(cluster='"')
    parameters = event["detail"]["requestParameters"]
    parameters |= {"container": 'a"', "command": '{"x":', "task": '"\\'}
    event["detail"] |= {"userAgent": '"', "errorMessage": '"'}
    assert message(event) == message(refused())


def test_eventbridge_may_publish_before_the_rule_is_there() -> None:
    made = everything()
    ((topic_policy, policy),) = of_type(made, "AWS::SNS::TopicPolicy").items()
    topic = the_id(made, "AWS::SNS::Topic", "Topic")
    (allow,) = [s for s in policy["Properties"]["PolicyDocument"]["Statement"] if s["Effect"] == "Allow"]
    assert allow == {
        "Sid": "EventBridge",
        "Effect": "Allow",
        "Principal": {"Service": "events.amazonaws.com"},
        "Action": "sns:Publish",
        "Resource": {"Ref": topic},
    }
    (rule,) = of_type(made, "AWS::Events::Rule").values()
    assert topic_policy in rule["DependsOn"]


def test_eventbridge_may_use_the_topic_s_key() -> None:
    key = the_id(everything(), "AWS::KMS::Key", "TopicKey")
    events = "Service:events.amazonaws.com"
    assert {(who, what) for who, what in said(everything(), key) if who == events} == {
        (events, "kms:Decrypt"),
        (events, "kms:GenerateDataKey"),
    }


def test_a_topic_of_another_stack_can_be_told() -> None:
    root = app()
    shared = cdk.Stack(root, "Shared")
    topic = sns.Topic(shared, "Topic", master_key=kms.Key(shared, "Key"))
    scope = cdk.Stack(root, "Test")
    put(scope, topic=topic)
    target = only(template(scope), "AWS::Events::Rule")["Targets"][1]
    assert target["Arn"]["Fn::ImportValue"].startswith("Shared:")
    assert of_type(template(shared), "AWS::SNS::TopicPolicy")


def test_what_an_imported_topic_and_its_key_lack_is_said_ready_to_paste() -> None:
    scope = stack(env=ENVIRONMENT)
    arn, key = f"arn:aws:sns:us-east-1:{ACCOUNT}:security", f"arn:aws:kms:us-east-1:{ACCOUNT}:key/1"
    put(scope, topic=sns.Topic.from_topic_attributes(scope, "Topic", topic_arn=arn, key_arn=key))
    assert not of_type(template(scope), "AWS::SNS::TopicPolicy")
    lacking = [json.loads(text[text.index("{") : text.rindex("}") + 1]) for text in warnings(scope)]
    assert sorted(json.dumps(statement["Action"]) for statement in lacking) == [
        '"sns:Publish"',
        '["kms:Decrypt", "kms:GenerateDataKey"]',
    ]
    assert all(statement["Principal"] == {"Service": "events.amazonaws.com"} for statement in lacking)
    assert arn in {statement["Resource"] for statement in lacking}


def test_an_own_topic_and_own_keys_need_no_warning() -> None:
    scope = stack(env=ENVIRONMENT)
    with_all(scope)
    assert warnings(scope) == []


def test_the_rule_takes_further_targets() -> None:
    scope = stack()
    made = put(scope)
    made.rule.add_target(targets.SnsTopic(sns.Topic(scope, "Topic")))
    assert len(only(template(scope), "AWS::Events::Rule")["Targets"]) == 2


@pytest.mark.parametrize("region", [None, "us-east-1", "us-gov-west-1", "cn-north-1"])
def test_flags_change_neither_resources_nor_permissions(region: str | None) -> None:
    none, every = everything(region, flags=False), everything(region, flags=True)
    assert document(none) == document(every)
    assert meaning(without_log_policy(none)) == meaning(without_log_policy(every))
    assert permissions(without_log_policy(none)) == permissions(without_log_policy(every))


@pytest.mark.parametrize("region", [None, "us-gov-west-1", "cn-north-1"])
def test_each_partition_sees_the_same_events_of_the_same_services(region: str | None) -> None:
    assert pattern(everything(region)) == pattern(everything())
    assert [s["Principal"] for s in document(everything(region))] == [s["Principal"] for s in document(everything())]
    key = the_id(everything(region), "AWS::KMS::Key", "TopicKey")
    assert "Service:events.amazonaws.com" in {who for who, _ in said(everything(region), key)}


def test_no_nag_finding_is_left() -> None:
    for build in (with_all, put):
        scope = stack(env=ENVIRONMENT)
        build(scope)
        assert findings(scope.node.root) == []  # type: ignore[arg-type]


def test_the_log_group_without_an_own_key_is_acknowledged_on_itself_alone() -> None:
    scope = stack(env=ENVIRONMENT)
    put(scope)
    found = suppressed(scope.node.root)  # type: ignore[arg-type]
    assert {finding.path for finding in found} == {"Test/ExecEvents/LogGroup/Resource"}
    assert all(finding.rule.endswith("CloudWatchLogGroupEncrypted") for finding in found)


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"cluster": "demo"}, Code.SETTING),
        ({"retention_days": 2}, Code.RETENTION),
        ({"retention_days": "365"}, Code.RETENTION),
        ({"removal_policy": "DESTROY"}, Code.SETTING),
        ({"removal_policy": cdk.RemovalPolicy.SNAPSHOT}, Code.SETTING),
    ],
)
def test_what_is_no_setting_is_refused(options: dict[str, Any], code: Code) -> None:
    with pytest.raises(InvalidValueError) as caught:
        put(stack(), **options)
    assert caught.value.code is code


def test_a_fifo_topic_is_refused_as_eventbridge_publishes_to_none() -> None:
    scope = stack()
    imported = sns.Topic.from_topic_arn(scope, "Imported", f"arn:aws:sns:us-east-1:{ACCOUNT}:alarms.fifo")
    for topic in (sns.Topic(scope, "Topic", fifo=True), imported):
        with pytest.raises(InvalidValueError, match="FIFO") as caught:
            put(scope, topic=topic)
        assert caught.value.code is Code.SETTING


@pytest.mark.parametrize(
    ("cluster", "name", "events"),
    [
        (ENVIRONMENT, "demo", cdk.Environment(account=ACCOUNT, region="eu-west-1")),
        (ENVIRONMENT, "demo", cdk.Environment(account="444455556666", region="us-east-1")),
        (ENVIRONMENT, None, cdk.Environment(account=ACCOUNT, region="eu-west-1")),
        (ENVIRONMENT, None, None),
        (None, None, ENVIRONMENT),
    ],
)
def test_a_cluster_whose_events_are_elsewhere_or_that_has_no_name_there_is_refused(
    cluster: cdk.Environment | None, name: str | None, events: cdk.Environment | None
) -> None:
    root = app()
    platform, audit = cdk.Stack(root, "Platform", env=cluster), cdk.Stack(root, "Audit", env=events)
    made = EcsCluster(platform, "Cluster", network=PrivateNetwork(platform, "Network"), cluster_name=name)
    with pytest.raises(ConflictError) as caught:
        ExecEvents(audit, "ExecEvents", cluster=made)
    assert caught.value.code is Code.EXEC_ACCESS
    assert audit.node.try_find_child("ExecEvents") is None


def test_a_cluster_that_may_be_here_is_taken_by_its_name() -> None:
    root = app()
    platform, audit = cdk.Stack(root, "Platform", env=ENVIRONMENT), cdk.Stack(root, "Audit")
    made = EcsCluster(platform, "Cluster", network=PrivateNetwork(platform, "Network"), cluster_name="demo")
    ExecEvents(audit, "ExecEvents", cluster=made)
    assert "demo" in json.dumps(only(template(audit), "AWS::Events::Rule"))


def test_a_retention_that_only_aws_knows_passes() -> None:
    scope = stack()
    put(scope, retention_days=cdk.CfnParameter(scope, "Days", type="Number").value_as_number)
    assert only(template(scope), "AWS::Logs::LogGroup")["RetentionInDays"] == {"Ref": "Days"}


def test_works_in_a_stage_and_a_nested_stack() -> None:
    stage = cdk.Stage(app(), "Production")
    parent = cdk.Stack(stage, "Parent")
    nested = cdk.NestedStack(parent, "Nested")
    put(nested, topic=sns.Topic(parent, "Topic"))
    assembly = json.dumps(stage.synth().get_stack_by_name("Production-Parent").template)
    assert "AWS::CloudFormation::Stack" in assembly
