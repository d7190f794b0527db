import json
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from aws_cdk import aws_stepfunctions as sfn
from hypothesis import given
from hypothesis import strategies as st

from constructs_ecs.errors import Code, ConstructsEcsError, InvalidValueError
from constructs_ecs.jobs.run_task import RunTask
from constructs_ecs.jobs.workflow import Workflow
from tests.jobs.builds import MINUTE, job
from tests.jobs.workflows import Template, statements, trust, whole, workflow
from tests.meaning import meaning
from tests.nag import findings, suppressed
from tests.state_language import definition, permissions, states
from tests.support import ENVIRONMENT, app, of_type, only, stack, template, warnings

MACHINE = "AWS::StepFunctions::StateMachine"
KEY_ARN = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"


@pytest.fixture(scope="module")
def plain() -> Template:
    scope = stack()
    workflow(scope)
    return template(scope)


@pytest.fixture(scope="module")
def running() -> Template:
    """A workflow that runs one job by two states, one of them in a branch."""
    scope = stack()
    made = job(scope)
    branches = sfn.Parallel(scope, "Both").branch(RunTask(scope, "Inner", job=made))
    Workflow(scope, "Nightly", definition=RunTask(scope, "Outer", job=made).next(branches))
    return template(scope)


def test_the_state_machine_is_a_standard_one_without_a_name_of_its_own(plain: Template) -> None:
    machine = only(plain, MACHINE)
    assert machine["StateMachineType"] == "STANDARD"
    assert "StateMachineName" not in machine


def test_everything_is_logged_but_data_and_traced(plain: Template) -> None:
    (group,) = of_type(plain, "AWS::Logs::LogGroup")
    machine = only(plain, MACHINE)
    assert machine["LoggingConfiguration"] == {
        "Level": "ALL",
        "IncludeExecutionData": False,
        "Destinations": [{"CloudWatchLogsLogGroup": {"LogGroupArn": {"Fn::GetAtt": [group, "Arn"]}}}],
    }
    assert machine["TracingConfiguration"] == {"Enabled": True}


def test_data_is_logged_when_asked() -> None:
    scope = stack()
    workflow(scope, include_execution_data=True)
    assert only(template(scope), MACHINE)["LoggingConfiguration"]["IncludeExecutionData"] is True


def test_the_log_is_encrypted_with_a_key_that_rotates_and_both_are_kept(plain: Template) -> None:
    (key,) = of_type(plain, "AWS::KMS::Key")
    assert only(plain, "AWS::KMS::Key")["EnableKeyRotation"] is True
    assert only(plain, "AWS::Logs::LogGroup")["KmsKeyId"] == {"Fn::GetAtt": [key, "Arn"]}
    kept = [each for kind in ("AWS::KMS::Key", "AWS::Logs::LogGroup") for each in of_type(plain, kind).values()]
    assert {each["DeletionPolicy"] for each in kept} == {"Retain"}


def test_the_log_s_name_takes_no_room_in_the_resource_policy_and_is_new_with_each_stack(plain: Template) -> None:
    _, (prefix, made_by) = only(plain, "AWS::Logs::LogGroup")["LogGroupName"]["Fn::Join"]
    assert prefix.startswith("/aws/vendedlogs/states/Test-Nightly")
    assert {"Ref": "AWS::StackId"} in made_by["Fn::Select"][1]["Fn::Split"]


def test_log_and_key_can_go_with_the_stack() -> None:
    scope = stack()
    workflow(scope, removal_policy=cdk.RemovalPolicy.DESTROY)
    assert {each.get("DeletionPolicy", "Delete") for each in template(scope)["Resources"].values()} == {"Delete"}


def test_the_role_may_log_and_trace_and_nothing_else(plain: Template) -> None:
    (statement,) = statements(plain, "NightlyRole")
    assert {action.split(":")[0] for action in statement["Action"]} == {"logs", "xray"}
    assert statement["Resource"] == "*"
    assert not of_type(plain, "AWS::IAM::Policy")


def test_step_functions_assumes_the_role_for_state_machines_of_the_account_alone(plain: Template) -> None:
    condition = trust(plain, "states.amazonaws.com")["Condition"]
    assert condition["StringEquals"] == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
    arn = condition["ArnLike"]["aws:SourceArn"]["Fn::Join"][1]
    assert arn[-1] == ":stateMachine:*"
    assert {"Ref": "AWS::Region"} in arn


def test_the_state_machine_waits_for_its_permissions_and_for_the_jobs_that_it_runs(running: Template) -> None:
    (machine,) = of_type(running, MACHINE).values()
    waits_for = {running["Resources"][logical_id]["Type"] for logical_id in machine["DependsOn"]}
    assert {"AWS::IAM::Role", "AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::ECS::TaskDefinition"} <= waits_for


def test_steps_give_the_role_what_they_need(running: Template) -> None:
    policies = [
        statement
        for policy in of_type(running, "AWS::IAM::Policy").values()
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
    ]
    assert "ecs:RunTask" in json.dumps(policies)
    assert "logs:" not in json.dumps(policies)


def test_a_job_of_another_stack_can_be_run() -> None:
    root = app()
    jobs, flows = cdk.Stack(root, "Jobs"), cdk.Stack(root, "Flows")
    made = job(jobs)
    Workflow(flows, "Nightly", definition=RunTask(flows, "Run", job=made))
    assert "ecs:runTask.sync" in json.dumps(template(flows))
    assert jobs in flows.dependencies


def test_timeout_language_and_comment_are_in_the_definition() -> None:
    scope = stack()
    workflow(scope, timeout=cdk.Duration.hours(2), comment="At night", query_language=sfn.QueryLanguage.JSONATA)
    definition = json.loads(only(template(scope), MACHINE)["DefinitionString"])
    assert definition["TimeoutSeconds"] == 7_200
    assert definition["QueryLanguage"] == "JSONata"
    assert definition["Comment"] == "At night"


def test_states_in_a_map_and_a_parallel_are_in_the_language_of_the_workflow() -> None:
    scope = stack()
    made = job(scope)
    waits: dict[str, Any] = {
        "integration_pattern": sfn.IntegrationPattern.WAIT_FOR_TASK_TOKEN,
        "heartbeat_timeout": MINUTE,
    }
    each = sfn.Map(scope, "Each", items=sfn.ProvideItems.jsonata("{% $states.input %}"))
    each.item_processor(RunTask(scope, "In a map", job=made, **waits))
    both = sfn.Parallel(scope, "Both").branch(each, RunTask(scope, "In a branch", job=made, **waits))
    flow = Workflow(scope, "Nightly", definition=both, query_language=sfn.QueryLanguage.JSONATA)
    written = states(definition(flow.state_machine, template(scope)))
    for name in ("In a map", "In a branch"):
        assert "Parameters" not in written[name]
        (container,) = written[name]["Arguments"]["Overrides"]["ContainerOverrides"]
        assert container["Environment"] == [{"Name": "TASK_TOKEN", "Value": "{% $states.context.Task.Token %}"}]


def test_a_distributed_map_runs_jobs_and_its_role_may_start_its_executions() -> None:
    scope = stack()
    bucket = s3.Bucket.from_bucket_name(scope, "Files", "files")
    reader = sfn.S3JsonItemReader(bucket=bucket, key="list.json")
    each = sfn.DistributedMap(scope, "Each", item_reader=reader).item_processor(RunTask(scope, "Run", job=job(scope)))
    flow = Workflow(scope, "Nightly", definition=each)
    made = template(scope)
    written = states(definition(flow.state_machine, made))
    assert written["Each"]["ItemProcessor"]["ProcessorConfig"] == {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}
    allowed = {
        action
        for statement in permissions(flow.state_machine, made)
        for action in ([statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"])
    }
    assert {"ecs:RunTask", "ecs:StopTask", "iam:PassRole", "s3:GetObject", "states:StartExecution"} <= allowed


def test_others_are_allowed_to_start_it_with_the_cdk_s_grants() -> None:
    scope = stack()
    made = workflow(scope)
    starter = iam.Role(scope, "Starter", assumed_by=iam.AccountRootPrincipal())
    made.state_machine.grant_start_execution(starter)
    (statement,) = only(template(scope), "AWS::IAM::Policy")["PolicyDocument"]["Statement"]
    (machine,) = of_type(template(scope), MACHINE)
    assert (statement["Action"], statement["Resource"]) == ("states:StartExecution", {"Ref": machine})


def test_an_own_key_of_another_stack_encrypts_the_log() -> None:
    root = app()
    keys, flows = cdk.Stack(root, "Keys"), cdk.Stack(root, "Flows")
    key = kms.Key(keys, "Key")
    made = workflow(flows, encryption_key=key)
    assert made.encryption_key is key
    assert not of_type(template(flows), "AWS::KMS::Key")
    assert "Fn::ImportValue" in only(template(flows), "AWS::Logs::LogGroup")["KmsKeyId"]


def test_an_imported_key_says_what_its_policy_lacks() -> None:
    scope = stack()
    workflow(scope, encryption_key=kms.Key.from_key_arn(scope, "Imported", KEY_ARN))
    assert only(template(scope), "AWS::Logs::LogGroup")["KmsKeyId"] == KEY_ARN
    assert ["CloudWatchLogs" in warning for warning in warnings(scope)] == [True]


@pytest.mark.parametrize("env", [None, ENVIRONMENT], ids=["any environment", "one environment"])
def test_feature_flags_change_nothing(env: cdk.Environment | None) -> None:
    with_flags, without = stack(flags=True, env=env), stack(flags=False, env=env)
    whole(with_flags)
    whole(without)
    assert meaning(template(with_flags)) == meaning(template(without))


def test_feature_flags_change_nothing_of_what_runs_a_job() -> None:
    meanings = []
    for flags in (True, False):
        scope = stack(flags=flags)
        Workflow(scope, "Nightly", definition=RunTask(scope, "Run", job=job(scope)))
        made = meaning(template(scope))
        meanings.append({name: each for name, each in made.items() if name.startswith("Nightly")})
    assert meanings[0] == meanings[1]


def test_no_template_has_a_lambda_function_or_a_custom_resource() -> None:
    scope = stack()
    whole(scope)
    types = {each["Type"] for each in template(scope)["Resources"].values()}
    assert not [each for each in types if "Lambda" in each or "Custom" in each]


@pytest.mark.parametrize("flags", [True, False], ids=["all flags", "no flags"])
def test_no_pack_finds_anything_and_each_acknowledgement_has_its_place(flags: bool) -> None:
    root = app(flags=flags)
    scope = cdk.Stack(root, "Test")
    whole(scope)
    assert findings(root) == []
    assert {finding.path for finding in suppressed(root)} == {
        "Test/Nightly/Role/Policy/Resource",
        "Test/Nightly/DeadLetters/Resource",
    }


def _of_the_flow(root: cdk.App) -> set[str]:
    return {finding.rule for finding in findings(root) if finding.path.startswith("Test/Nightly")}


def test_the_wildcards_of_steps_are_acknowledged_with_their_reasons() -> None:
    root = app()
    scope = cdk.Stack(root, "Test")
    Workflow(scope, "Nightly", definition=RunTask(scope, "Run", job=job(scope)))
    assert _of_the_flow(root) == set()
    wild = [each for each in suppressed(root) if "Nightly/Role/Role/DefaultPolicy" in each.path and "IAM5" in each.rule]
    assert len(wild) == 2
    assert all(each.text for each in wild)


def test_a_wildcard_that_somebody_else_adds_beside_those_of_the_steps_stays_a_finding() -> None:
    root = app()
    scope = cdk.Stack(root, "Test")
    made = Workflow(scope, "Nightly", definition=RunTask(scope, "Run", job=job(scope)))
    made.state_machine.add_to_role_policy(iam.PolicyStatement(actions=["ecs:StopTask"], resources=["*"]))
    s3.Bucket.from_bucket_name(scope, "Files", "files").grant_read(made.role)
    assert "AwsSolutions-IAM5[Resource::*]" in _of_the_flow(root)
    assert any("s3" in rule for rule in _of_the_flow(root))


@pytest.mark.parametrize(
    ("option", "code"),
    [
        ({"definition": "start"}, Code.WORKFLOW),
        ({"definition": None}, Code.WORKFLOW),
        ({"definition": sfn.Pass}, Code.WORKFLOW),
        ({"encryption_key": KEY_ARN}, Code.SETTING),
        ({"log_retention_days": 2}, Code.RETENTION),
        ({"include_execution_data": "yes"}, Code.WORKFLOW),
        ({"timeout": 60}, Code.WORKFLOW),
        ({"timeout": cdk.Duration.seconds(0)}, Code.WORKFLOW),
        ({"timeout": cdk.Duration.millis(1_500)}, Code.WORKFLOW),
        ({"timeout": cdk.Duration.seconds(100_000_000)}, Code.WORKFLOW),
        ({"query_language": "JSONata"}, Code.WORKFLOW),
        ({"comment": 3}, Code.WORKFLOW),
        ({"removal_policy": cdk.RemovalPolicy.SNAPSHOT}, Code.SETTING),
    ],
)
def test_what_makes_no_workflow_is_refused(option: dict[str, Any], code: Code) -> None:
    scope = stack()
    with pytest.raises(InvalidValueError) as caught:
        Workflow(scope, "Nightly", **{"definition": sfn.Pass(scope, "Step"), **option})
    assert caught.value.code is code


@pytest.mark.parametrize("method", ["alarm_on_failures", "alarm_on_failed_triggers"])
def test_only_a_topic_can_be_told(method: str) -> None:
    with pytest.raises(InvalidValueError) as caught:
        getattr(workflow(stack()), method)("arn:aws:sns:us-east-1:123456789012:topic")
    assert caught.value.code is Code.SETTING


def test_a_timeout_that_only_cloudformation_knows_is_taken() -> None:
    scope = stack()
    seconds = cdk.CfnParameter(scope, "Seconds", type="Number").value_as_number
    workflow(scope, timeout=cdk.Duration.seconds(seconds))
    assert '{"Ref": "Seconds"}' in json.dumps(only(template(scope), MACHINE)["DefinitionString"])


@pytest.fixture(scope="module")
def shared_key() -> kms.Key:
    return kms.Key(stack(), "Shared")


@given(
    settings=st.fixed_dictionaries(
        {
            "log_retention_days": st.sampled_from([0, 2, 30, None]),
            "include_execution_data": st.sampled_from([True, None]),
            "timeout": st.none() | st.integers(-1, 100_000_001) | st.text(max_size=2),
            "comment": st.none() | st.text(max_size=5),
        }
    )
)
def test_any_settings_give_a_workflow_or_our_error(shared_key: kms.Key, settings: dict[str, Any]) -> None:
    shared = cdk.Stack.of(shared_key)
    for name in ("Any", "Any step"):
        shared.node.try_remove_child(name)
    seconds = settings["timeout"]
    if isinstance(seconds, int) and seconds >= 0:
        settings = {**settings, "timeout": cdk.Duration.seconds(seconds)}
    try:
        made = workflow(shared, "Any", encryption_key=shared_key, **settings)
    except ConstructsEcsError:
        return
    assert made.log_group.node.path == "Test/Any/LogGroup"


def test_a_topic_of_another_stack_is_told() -> None:
    root = app()
    topics, flows = cdk.Stack(root, "Topics"), cdk.Stack(root, "Flows")
    alarms = workflow(flows).alarm_on_failures(sns.Topic(topics, "Topic"))
    assert len(alarms) == 4
    made = of_type(template(flows), "AWS::CloudWatch::Alarm").values()
    assert all("Fn::ImportValue" in json.dumps(alarm["Properties"]["AlarmActions"]) for alarm in made)
