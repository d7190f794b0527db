from constructs_ecs.preflight.findings import Severity
from constructs_ecs.preflight.rules.x01_exec_role import ExecRole
from tests.preflight.rules.support_tasks import Change, Resources, findings, fixture, proven

CHANNELS = [f"ssmmessages:{name}{kind}Channel" for name in ("Create", "Open") for kind in ("Control", "Data")]


def without_task_role(*tasks: str) -> Change:
    def change(resources: Resources) -> None:
        for task in tasks:
            del resources[task]["Properties"]["TaskRoleArn"]

    return change


def test_a_fargate_task_without_a_task_role_cannot_be_exec_d_into() -> None:
    (found,) = findings(ExecRole, fixture("fargate", without_task_role("TaskDefinition")))
    assert (found.severity, found.launch_sites[0].logical_id) == (Severity.EXEC, "Service")
    assert found.symptom.startswith("TargetNotConnectedException")
    assert found.fix.startswith("Give the task definition TaskDefinition a task role")
    assert all(action in found.fix for action in CHANNELS)


def test_on_ec2_the_instance_role_stands_in_and_lacks_the_grant() -> None:
    change = without_task_role("WorkerTaskDefinition", "ProxyTaskDefinition")
    found = findings(ExecRole, fixture("ec2", change))
    assert {site.logical_id for each in found for site in each.launch_sites} == {"Worker", "Proxy"}


def test_on_ec2_an_instance_role_with_the_grant_passes() -> None:
    def change(resources: Resources) -> None:
        without_task_role("WorkerTaskDefinition", "ProxyTaskDefinition")(resources)
        resources["InstanceRole"]["Properties"]["ManagedPolicyArns"].append(
            "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"
        )

    assert proven(ExecRole, fixture("ec2", change))


def test_a_task_role_passes_whatever_it_allows() -> None:
    assert findings(ExecRole, fixture("fargate")) == []

    def change(resources: Resources) -> None:
        resources["TaskRole"]["Properties"]["Policies"] = []

    assert findings(ExecRole, fixture("fargate", change)) == []


def test_without_exec_a_task_needs_no_role() -> None:
    def change(resources: Resources) -> None:
        without_task_role("TaskDefinition")(resources)
        resources["Service"]["Properties"]["EnableExecuteCommand"] = False

    assert findings(ExecRole, fixture("fargate", change)) == []


def test_an_instance_role_with_a_policy_that_is_not_known_leaves_it_open() -> None:
    def change(resources: Resources) -> None:
        without_task_role("WorkerTaskDefinition", "ProxyTaskDefinition")(resources)
        resources["InstanceRole"]["Properties"]["ManagedPolicyArns"].append("arn:aws:iam::111122223333:policy/Own")

    assert findings(ExecRole, fixture("ec2", change)) == []
