from constructs_ecs.preflight.findings import Severity
from constructs_ecs.preflight.rules.r01_execution_role import ExecutionRole
from tests.preflight.rules.support_tasks import Resources, findings, fixture, launched

AWSLOGS = {
    "LogConfiguration": {
        "LogDriver": "awslogs",
        "Options": {"awslogs-group": "app", "awslogs-region": "eu-west-1", "awslogs-stream-prefix": "app"},
    }
}
ECR_IMAGE = {"Image": "111122223333.dkr.ecr.eu-west-1.amazonaws.com/app:1"}


def without_role(resources: Resources) -> None:
    del resources["TaskDefinition"]["Properties"]["ExecutionRoleArn"]


def test_a_fargate_task_that_needs_an_execution_role_and_has_none_is_refused() -> None:
    (found,) = findings(ExecutionRole, fixture("fargate", without_role))
    assert (found.severity, found.where.logical_id) == (Severity.DEPLOY, "TaskDefinition")
    assert found.launch_sites[0].logical_id == "Service"
    assert "read the secret" in found.message
    assert found.symptom.startswith(
        "ClientException: Fargate requires task definition to have execution role ARN to support ECR images"
    )
    assert found.fix.startswith("Set ExecutionRoleArn of the task definition TaskDefinition")


def test_a_task_that_only_logs_is_refused_in_ecs_s_words_for_logs() -> None:
    (found,) = findings(ExecutionRole, launched(AWSLOGS))
    assert "log driver awslogs" in found.symptom
    (found,) = findings(ExecutionRole, launched({"Secrets": [{"Name": "A", "ValueFrom": "level"}]}))
    assert "log driver" not in found.symptom
    assert "ECR" not in found.symptom


def test_a_fargate_task_with_its_role_passes() -> None:
    assert findings(ExecutionRole, fixture("fargate")) == []


def test_a_public_image_without_logs_and_secrets_needs_no_execution_role() -> None:
    assert findings(ExecutionRole, launched()) == []


def test_on_ec2_the_instance_role_may_stand_in() -> None:
    assert findings(ExecutionRole, launched(ECR_IMAGE | AWSLOGS, fargate=False)) == []


def test_a_role_that_is_not_in_the_templates_is_a_role() -> None:
    task = {"ExecutionRoleArn": {"Fn::ImportValue": "Role"}}
    assert findings(ExecutionRole, launched(ECR_IMAGE | AWSLOGS, task=task)) == []
