from constructs_ecs.preflight.findings import Severity
from constructs_ecs.preflight.rules.r07_log_permission import LogPermission
from tests.preflight.rules.support_roles import allowed, also, with_unknown_policy, without
from tests.preflight.rules.support_tasks import Resources, findings, fixture, proven

ROLE = "ExecutionRole"


def creating_the_group(resources: Resources) -> None:
    options = resources["TaskDefinition"]["Properties"]["ContainerDefinitions"][0]["LogConfiguration"]["Options"]
    options["awslogs-create-group"] = "true"


def test_a_role_that_may_not_write_the_log_stops_the_task() -> None:
    (found,) = findings(LogPermission, fixture("fargate", without(ROLE, "Logs")))
    assert (found.severity, found.where.logical_id) == (Severity.START, ROLE)
    assert "AccessDenied" in found.symptom
    assert "logs:CreateLogStream, logs:PutLogEvents" in found.fix


def test_a_role_that_may_not_create_the_group_it_is_told_to_stops_the_task() -> None:
    (found,) = findings(LogPermission, fixture("fargate", creating_the_group))
    assert "logs:CreateLogGroup" in found.fix


def test_the_managed_execution_policy_does_not_create_groups() -> None:
    def change(resources: Resources) -> None:
        resources[ROLE]["Properties"]["ManagedPolicyArns"] = [
            "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
        ]
        creating_the_group(resources)

    assert len(findings(LogPermission, fixture("fargate", change))) == 1


def test_a_role_that_may_write_and_create_passes() -> None:
    assert proven(LogPermission, fixture("fargate"))
    change = also(creating_the_group, allowed(ROLE, "logs:CreateLogGroup"))
    assert proven(LogPermission, fixture("fargate", change))


def test_a_task_with_another_log_driver_needs_none() -> None:
    def change(resources: Resources) -> None:
        without(ROLE, "Logs")(resources)
        log = resources["TaskDefinition"]["Properties"]["ContainerDefinitions"][0]["LogConfiguration"]
        log["LogDriver"] = "splunk"

    assert findings(LogPermission, fixture("fargate", change)) == []


def test_on_ec2_without_an_execution_role_the_instance_role_writes() -> None:
    def change(resources: Resources) -> None:
        for task in ("WorkerTaskDefinition", "ProxyTaskDefinition"):
            del resources[task]["Properties"]["ExecutionRoleArn"]

    assert proven(LogPermission, fixture("ec2", change))


def test_a_managed_policy_that_is_not_known_leaves_it_open() -> None:
    assert findings(LogPermission, fixture("fargate", also(without(ROLE, "Logs"), with_unknown_policy(ROLE)))) == []
