import aws_cdk as cdk
import pytest
from aws_cdk import aws_stepfunctions as sfn

from constructs_ecs.jobs.steps import Steps
from constructs_ecs.jobs.workflow import Workflow
from tests.jobs.builds import LANGUAGES, MINUTE, built, job
from tests.nag import findings, suppressed
from tests.state_language import states
from tests.support import app

AGAIN = {
    "ErrorEquals": ["States.ALL"],
    "IntervalSeconds": 2,
    "MaxAttempts": 5,
    "BackoffRate": 2,
    "JitterStrategy": "FULL",
}


@pytest.mark.parametrize("language", LANGUAGES, ids=["JSONPath", "JSONata"])
def test_each_task_that_was_started_under_the_name_of_the_attempt_is_stopped(language: sfn.QueryLanguage) -> None:
    inside = states(built(language)["token"].definition)
    find, each, stop = (inside[f"Extract: {name}"] for name in ("find tasks", "each task", "stop task"))
    cluster = find["Arguments"].pop("Cluster")
    assert cluster == stop["Arguments"].pop("Cluster")
    assert find == {
        "Type": "Task",
        "QueryLanguage": "JSONata",
        "Resource": "arn:<AWS::Partition>:states:::aws-sdk:ecs:listTasks",
        "Arguments": {"StartedBy": "{% $ecsStartedBy %}"},
        "Retry": [AGAIN],
        "Next": "Extract: each task",
    }
    assert each["Items"] == "{% $states.input.TaskArns %}"
    assert each["ItemProcessor"]["StartAt"] == "Extract: stop task"
    assert stop == {
        "Type": "Task",
        "QueryLanguage": "JSONata",
        "Resource": "arn:<AWS::Partition>:states:::aws-sdk:ecs:stopTask",
        "Arguments": {
            "Task": "{% $states.input %}",
            "Reason": "The state that waited for this task has timed out",
        },
        "Retry": [AGAIN],
        "End": True,
    }


@pytest.mark.parametrize("language", LANGUAGES, ids=["JSONPath", "JSONata"])
def test_tasks_are_listed_and_stopped_on_the_cluster_of_the_job_alone(language: sfn.QueryLanguage) -> None:
    made = built(language)["token"]
    cluster = states(made.definition)["Extract: find tasks"]["Arguments"]["Cluster"]
    (allowed,) = [each for each in made.permissions if "ecs:ListTasks" in each["Action"]]
    assert allowed["Action"] == ["ecs:ListTasks", "ecs:StopTask"]
    (on,) = allowed["Condition"].values()
    assert f"<{'.'.join(on['ecs:cluster']['Fn::GetAtt'])}>" == cluster
    assert allowed["Resource"] == "*"
    assert allowed["Effect"] == "Allow"


@pytest.mark.parametrize("language", LANGUAGES, ids=["JSONPath", "JSONata"])
def test_a_machine_that_need_not_stop_tasks_itself_may_not_list_them(language: sfn.QueryLanguage) -> None:
    for name in ("run", "spot", "start", "map"):
        assert "ecs:ListTasks" not in str(built(language)[name].permissions)


def test_a_workflow_says_why_it_may_stop_tasks_of_any_id() -> None:
    root = app()
    place = cdk.Stack(root, "Test")
    steps = Steps(place, "Steps")
    Workflow(place, "Nightly", definition=steps.run_with_token("Extract", job(place), heartbeat_timeout=MINUTE))
    assert not [each for each in findings(root) if "IAM5" in each.rule]
    reasons = [each.text for each in suppressed(root) if each.path.startswith("Test/Nightly/") and "IAM5" in each.rule]
    assert any(reason.startswith("Listing tasks has no resource.") for reason in reasons)
