"""State machines run jobs in the emulated AWS, with the rights of their own roles."""

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.emulator.aws import Aws
from tests.emulator.cli import Cli
from tests.emulator.deployed import Stack
from tests.emulator.executing import Machines
from tests.emulator.readers.catalog import attribute

_APP = "python3 tests/emulator/apps/jobs.py"
_WELL = {"commands": ["exit", "0"], "day": "monday"}
_FILES = {"files": [{"name": name} for name in "abcde"]}


def _doing(script: str) -> dict[str, Any]:
    return {"commands": [script], "day": "monday"}


@pytest.fixture(scope="module")
def machines(own_cli: Cli, tmp_path_factory: pytest.TempPathFactory) -> Machines:
    assembly = own_cli.synth(tmp_path_factory.mktemp("jobs") / "out", app=_APP)
    own_cli.deploy(assembly)
    aws = Aws(own_cli.emulator)
    return Machines(
        aws, [Stack.read(aws, "Test-Batch", assembly / "Test-Batch.template.json", attribute(aws))], "Cluster/Cluster"
    )


def test_the_state_machine_runs_the_newest_revision_of_the_family_with_the_overrides(machines: Machines) -> None:
    with machines.new_tasks() as tasks:
        ended = machines.run("Waiting", _WELL)
    (task,) = tasks
    assert (ended.status, ended.output["TaskArn"]) == ("SUCCEEDED", task["taskArn"])
    assert task["taskDefinitionArn"] == machines.id_of("First/Task/TaskDefinition")
    assert task["launchType"] == "FARGATE"
    environment = [{"name": "DAY", "value": "monday"}]
    assert task["overrides"]["containerOverrides"] == [
        {"name": "app", "command": ["exit", "0"], "environment": environment}
    ]


@pytest.mark.parametrize(
    ("workflow", "script", "status", "error"),
    [
        ("Waiting", "exit 0", "SUCCEEDED", ""),
        ("Waiting", "exit 1", "FAILED", "States.TaskFailed"),
        ("Waiting", "no-capacity", "FAILED", "States.TaskFailed"),
        ("Waiting", "refused", "FAILED", "AmazonECS.Unknown"),
        ("Waiting", "hang", "FAILED", "States.Timeout"),
        ("Limited", "hang", "TIMED_OUT", "States.Timeout"),
        ("Reporting", "report-success", "SUCCEEDED", ""),
        ("Reporting", "report-failure Import.Failed", "FAILED", "Import.Failed"),
        ("Reporting", "refused", "FAILED", "AmazonECS.Unknown"),
        ("Reporting", "hang", "FAILED", "States.HeartbeatTimeout"),
        ("Reporting", "exit 0", "FAILED", "States.HeartbeatTimeout"),
        ("Reporting", "beat", "FAILED", "States.Timeout"),
        ("Accepting", "exit 1", "SUCCEEDED", ""),
        ("Accepting", "hang", "SUCCEEDED", ""),
        ("Accepting", "refused", "SUCCEEDED", ""),
    ],
)
def test_an_execution_ends_as_its_container_does(
    workflow: str, script: str, status: str, error: str, machines: Machines
) -> None:
    ended = machines.run(workflow, _WELL, First=script)
    assert (ended.status, ended.error) == (status, error)


def test_what_the_container_reports_is_the_output_of_the_state(machines: Machines) -> None:
    assert machines.run("Reporting", _doing('report-success {"rows": 3}')).output == {"rows": 3}


@pytest.mark.parametrize(("workflow", "stopped"), [("Waiting", True), ("Limited", True), ("Reporting", False)])
def test_a_timeout_stops_the_task_that_is_waited_for_to_its_end(
    workflow: str, *, stopped: bool, machines: Machines
) -> None:
    with machines.new_tasks() as tasks:
        machines.run(workflow, _doing("hang"))
    (arn,) = (task["taskArn"] for task in tasks)
    if stopped:  # which may be after the execution has ended
        _wait(lambda: machines.tasks()[arn]["lastStatus"] == "STOPPED")
    task = machines.tasks()[arn]
    assert (task["lastStatus"], task.get("stopCode")) == (("STOPPED", "UserInitiated") if stopped else ("RUNNING", ""))


@pytest.mark.parametrize(("workflow", "status"), [("Waiting", "STOPPED"), ("Reporting", "RUNNING")])
def test_stopping_an_execution_stops_the_task_that_it_waits_for_to_its_end(
    workflow: str, status: str, machines: Machines
) -> None:
    with machines.new_tasks() as tasks:
        execution = machines.start(workflow, _doing("work"))
        _wait(lambda: _works(machines))
        machines.aws("stepfunctions").stop_execution(executionArn=execution, error="Test", cause="enough")
        ended = machines.ended(execution)
        if status == "STOPPED":
            _wait(lambda: not _works(machines))
        else:
            time.sleep(0.2)
    assert (ended.status, ended.error, ended.cause) == ("ABORTED", "Test", "enough")
    assert [task["lastStatus"] for task in tasks] == [status]
    for task in tasks:
        machines.aws("ecs").stop_task(cluster=task["clusterArn"], task=task["taskArn"])


_OWN, _TASK = "{}/Role/Role", "First/Task/TaskRole/Role"


@pytest.mark.parametrize(
    ("workflow", "script", "role", "action", "error"),
    [
        ("Waiting", "exit 0", _OWN, "ecs:RunTask", "ECS.AccessDeniedException"),
        ("Waiting", "exit 0", _OWN, "iam:PassRole", "ECS.AccessDeniedException"),
        ("Waiting", "exit 0", _OWN, "ecs:DescribeTasks", "ECS.AccessDeniedException"),
        ("Reporting", "report-success", _OWN, "iam:PassRole", "ECS.AccessDeniedException"),
        ("Reporting", "report-success", _TASK, "states:SendTaskSuccess", "States.HeartbeatTimeout"),
        ("Reporting", "report-failure A", _TASK, "states:SendTaskFailure", "States.HeartbeatTimeout"),
        ("Reporting", "beat", _TASK, "states:SendTaskHeartbeat", "States.HeartbeatTimeout"),
    ],
)
def test_a_run_fails_when_a_right_is_taken_away(
    workflow: str, script: str, role: str, action: str, error: str, *, machines: Machines
) -> None:
    with machines.denied(role.format(workflow), action):
        assert machines.run(workflow, _doing(script)).error == error


def test_a_task_goes_on_when_the_role_may_not_stop_it(machines: Machines) -> None:
    with machines.denied("Waiting/Role/Role", "ecs:StopTask"), machines.new_tasks() as tasks:
        assert machines.run("Waiting", _doing("hang")).error == "States.Timeout"
    (task,) = tasks
    assert task["lastStatus"] == "RUNNING"


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"cluster": "gone"}, "The cluster 'gone' does not exist"),
        ({"taskDefinition": "gone"}, "Unable to find the task definition gone"),
        ({"networkConfiguration": {}}, "Network Configuration must be provided"),
        (
            {"networkConfiguration": {"awsvpcConfiguration": {"subnets": ["subnet-0"]}}},
            "The subnet ID 'subnet-0' does not exist",
        ),
        ({"overrides": {"containerOverrides": [{"name": "gone"}]}}, "container named gone is not a container"),
        ({"overrides": {"containerOverrides": [{"name": "app", "command": ["a" * 8192]}]}}, "Overrides length"),
        (
            {"launchType": None, "capacityProviderStrategy": [{"capacityProvider": "gone"}]},
            "capacity provider of the cluster 'gone' does not exist",
        ),
    ],
)
def test_a_task_is_refused_with(changed: dict[str, Any], reason: str, machines: Machines) -> None:
    well = {
        "cluster": machines.id_of("Cluster/Cluster"),
        "taskDefinition": machines.id_of("First/Task/TaskDefinition"),
        "launchType": "FARGATE",
        "networkConfiguration": {"awsvpcConfiguration": {"subnets": [machines.id_of("FirstTaskSubnet/Subnet")]}},
    }
    run_task = machines.aws("ecs").run_task
    assert run_task(**well)["failures"] == []
    with pytest.raises(ClientError, match=reason):
        run_task(**{key: each for key, each in {**well, **changed}.items() if each is not None})


def test_steps_run_one_after_another_side_by_side_and_for_each_item(machines: Machines) -> None:
    with machines.new_tasks() as tasks:
        ended = machines.run("Importing", _FILES, Second=["exit 0", 'report-success {"rows": 3}'])
    assert (ended.status, ended.output) == ("SUCCEEDED", [{"rows": 3}] * 5)
    families = [task["taskDefinitionArn"].rpartition("Batch-")[2].partition("-")[0] for task in tasks]
    assert families[0] == "First"
    assert sorted(families[1:3]) == ["First", "Second"]
    assert families[3:] == ["Second"] * 5
    files = {_environment(task)["FILE"] for task in tasks[3:]}
    assert files == set("abcde")
    assert len({_environment(task)["TASK_TOKEN"] for task in tasks[3:]}) == 5


def test_no_more_items_are_worked_on_than_the_map_allows(machines: Machines) -> None:
    with machines.aws.emulator.containers(Second=["exit 0", "work"]), machines.new_tasks() as tasks:
        execution = machines.start("Importing", _FILES)
        _wait(
            lambda: (
                sum(
                    each["lastStatus"] == "RUNNING" and "FILE" in _environment(each)
                    for each in machines.tasks().values()
                )
                >= 2
            )
        )
        time.sleep(0.3)
        machines.aws("stepfunctions").stop_execution(executionArn=execution)
    running = [task for task in tasks if task["lastStatus"] == "RUNNING"]
    assert len(running) == 2
    for task in running:
        machines.aws("ecs").stop_task(cluster=task["clusterArn"], task=task["taskArn"])


def test_what_may_pass_is_tried_again_and_what_the_container_says_is_not(machines: Machines) -> None:
    with machines.new_tasks() as tasks:
        scripts = ["no-capacity", "refused", "exit 0"]
        ended = machines.run("Importing", _FILES, First=scripts, Second=["exit 0", "report-success"])
    assert ended.status == "SUCCEEDED"
    stops = [task["stopCode"] for task in tasks if "First" in task["taskDefinitionArn"]]
    assert sorted(stops) == ["EssentialContainerExited", "EssentialContainerExited", "TaskFailedToStart"]
    with machines.new_tasks() as tasks:
        ended = machines.run("Importing", _FILES, First="exit 3")
    assert (ended.status, ended.error) == ("FAILED", "States.TaskFailed")
    assert [each["ExitCode"] for each in json.loads(ended.cause)["Containers"]] == [3]
    assert len(tasks) == 1


def test_a_branch_that_fails_stops_the_task_of_the_other(machines: Machines) -> None:
    with machines.new_tasks() as tasks:
        ended = machines.run("Importing", _FILES, First=["exit 0", "work"], Second="exit 4")
    assert ended.error == "States.TaskFailed"
    assert [task["stopCode"] for task in tasks if "Second" in task["taskDefinitionArn"]] == ["EssentialContainerExited"]
    stopped = [task["stopCode"] for task in tasks if "First" in task["taskDefinitionArn"]]
    assert stopped[1:] in ([], ["UserInitiated"])  # none, if the other had failed before this one was run


def test_the_step_stops_the_task_that_did_not_report_in_time_and_tries_again(machines: Machines) -> None:
    with machines.new_tasks() as tasks:
        ended = machines.run("Importing", {"files": [{"name": "a"}]}, Second=["exit 0", "hang", "report-success"])
    reporting = [task for task in tasks if "FILE" in _environment(task)]
    assert {task["stopCode"] for task in reporting} == {"UserInitiated"}
    assert (ended.status, ended.error) == ("FAILED", "States.HeartbeatTimeout")


def test_on_demand_takes_over_from_spot_but_not_from_a_container_that_fails(machines: Machines) -> None:
    with machines.new_tasks() as tasks:
        assert machines.run("Cheap", {}, First=["interrupted", "exit 0"]).status == "SUCCEEDED"
    assert [task["capacityProviderName"] for task in tasks] == ["FARGATE_SPOT", "FARGATE"]
    with machines.new_tasks() as tasks:
        assert machines.run("Cheap", {}, First="exit 2").error == "States.TaskFailed"
    assert [task["capacityProviderName"] for task in tasks] == ["FARGATE_SPOT"]


def test_a_state_in_jsonata_has_its_overrides_its_output_and_its_variables(machines: Machines) -> None:
    with machines.new_tasks() as tasks:
        ended = machines.run("Asking", {"words": ["exit", 0]})
    (task,) = tasks
    assert task["overrides"]["containerOverrides"] == [{"name": "app", "command": ["exit", "0"]}]
    assert ended.output == {"cluster": task["clusterArn"]}


def test_as_many_items_may_fail_as_are_tolerated(machines: Machines) -> None:
    failing, well = "report-failure Import.Failed", 'report-success {"rows": 3}'
    ended = machines.run("Tolerating", _FILES, Second=[well, failing, well])
    failed = {"ItemFailure": {"Error": "Import.Failed", "Cause": "as the test says"}}
    assert ended.output == [{"rows": 3}, failed, *[{"rows": 3}] * 3]
    ended = machines.run("Tolerating", _FILES, Second=[well, failing, failing, well])
    assert (ended.error, ended.cause) == ("Job.TooManyItemsFailed", "2 items failed")


def test_the_schedule_starts_the_workflow_with_its_own_role(machines: Machines) -> None:
    scheduler, group = machines.aws("scheduler"), machines.id_of("Waiting/Schedules/Group")
    found = scheduler.get_schedule(Name=machines.id_of("Waiting/Schedules/Each/Nightly"), GroupName=group)
    once = {name: found[name] for name in ("FlexibleTimeWindow", "GroupName", "Target")}
    before = machines.executions("Waiting")
    scheduler.create_schedule(Name="once", ScheduleExpression="at(2020-01-01T00:00:00)", **once)
    _wait(lambda: bool(machines.executions("Waiting") - before))
    (made,) = machines.executions("Waiting") - before
    assert machines.ended(made).status == "SUCCEEDED"
    given = machines.aws("stepfunctions").describe_execution(executionArn=made)["input"]
    assert json.loads(given) == {"commands": ["exit", "0"], "day": "monday"}


def test_an_object_starts_the_workflow_and_what_cannot_be_started_is_kept(machines: Machines) -> None:
    before, bucket = machines.executions("Limited"), machines.id_of("Files")
    for key in ("out/a", "in/a"):
        machines.aws("s3").put_object(Bucket=bucket, Key=key, Body=b"text")
    _wait(lambda: len(machines.executions("Limited") - before) == 1)
    (made,) = machines.executions("Limited") - before
    assert machines.ended(made).status == "SUCCEEDED"
    given = machines.aws("stepfunctions").describe_execution(executionArn=made)["input"]
    assert json.loads(given) == {"commands": ["exit", "0"], "day": "in/a"}
    queue = machines.id_of("Limited/DeadLetters")
    with machines.denied("Limited/Events/Role/Role", "states:StartExecution"):
        machines.aws("s3").put_object(Bucket=bucket, Key="in/b", Body=b"text")
        _wait(lambda: bool(machines.aws("sqs").receive_message(QueueUrl=queue).get("Messages")))
    assert len(machines.executions("Limited") - before) == 1


def test_a_failed_execution_raises_the_alarm_which_tells_the_topic(machines: Machines) -> None:
    sqs, sns = machines.aws("sqs"), machines.aws("sns")
    topic = machines.id_of("Alarms")
    url = sqs.create_queue(QueueName="inbox")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    policy = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": arn,
    }
    sqs.set_queue_attributes(
        QueueUrl=url, Attributes={"Policy": json.dumps({"Version": "2012-10-17", "Statement": [policy]})}
    )
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    alarm = machines.id_of("Waiting/Alarms/ExecutionsAborted")
    machines.aws("cloudwatch").set_alarm_state(AlarmName=alarm, StateValue="OK", StateReason="as the test says")
    execution = machines.start("Waiting", _doing("work"))
    machines.aws("stepfunctions").stop_execution(executionArn=execution)
    (found,) = machines.aws("cloudwatch").describe_alarms(AlarmNames=[alarm])["MetricAlarms"]
    assert found["StateValue"] == "ALARM"
    messages = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=1)["Messages"]
    assert alarm in messages[0]["Body"]


def _environment(task: dict[str, Any]) -> dict[str, str]:
    """What the task's container has in its environment in this run."""
    overrides = task["overrides"]["containerOverrides"]
    return {each["name"]: each["value"] for one in overrides for each in one.get("environment", [])}


def _wait(until: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not until():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.05)


def _works(machines: Machines) -> bool:
    """Whether a task with the command ``work`` is running."""
    return any(
        each["lastStatus"] == "RUNNING" and each["overrides"]["containerOverrides"][0].get("command") == ["work"]
        for each in machines.tasks().values()
    )
