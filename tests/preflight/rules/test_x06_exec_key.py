from constructs_ecs.preflight.findings import Severity
from constructs_ecs.preflight.rules.x06_exec_key import ExecKey
from tests.preflight.rules.support_roles import also, with_unknown_policy, without
from tests.preflight.rules.support_tasks import Resources, findings, fixture, proven
from tests.preflight.rules.support_ways import with_nat

ROLE = "TaskRole"


def without_endpoint(resources: Resources) -> None:
    del resources["KmsEndpoint"]


def test_a_task_role_that_may_not_decrypt_ends_sessions() -> None:
    (found,) = findings(ExecKey, fixture("fargate", without(ROLE, "Key")))
    assert (found.severity, found.where.logical_id) == (Severity.EXEC, ROLE)
    assert "kms:Decrypt" in found.fix
    assert "handshake" in found.symptom


def test_isolated_subnets_without_the_endpoint_end_sessions() -> None:
    (found,) = findings(ExecKey, fixture("fargate", without_endpoint))
    assert (found.severity, found.where.logical_id) == (Severity.EXEC, "Vpc")
    assert found.fix == "Add an interface endpoint for kms with private DNS to the VPC Vpc."


def test_a_key_that_leaves_nothing_to_the_account_ends_sessions() -> None:
    def change(resources: Resources) -> None:
        policy = resources["Key"]["Properties"]["KeyPolicy"]
        policy["Statement"] = [each for each in policy["Statement"] if each["Sid"] != "Account"]

    (found,) = findings(ExecKey, fixture("fargate", change))
    assert found.where.logical_id == "Key"
    assert found.fix.startswith("Let the key's policy in the resource Key allow the task role")


def test_the_grant_and_the_endpoint_or_a_way_out_pass() -> None:
    assert proven(ExecKey, fixture("fargate"))
    assert proven(ExecKey, fixture("fargate", also(without_endpoint, with_nat)))


def test_a_cluster_without_a_key_needs_neither() -> None:
    def change(resources: Resources) -> None:
        without_endpoint(resources)
        without(ROLE, "Key")(resources)
        del resources["Cluster"]["Properties"]["Configuration"]["ExecuteCommandConfiguration"]["KmsKeyId"]

    assert findings(ExecKey, fixture("fargate", change)) == []


def test_a_key_of_another_stack_leaves_it_open() -> None:
    def change(resources: Resources) -> None:
        without(ROLE, "Key")(resources)
        configuration = resources["Cluster"]["Properties"]["Configuration"]["ExecuteCommandConfiguration"]
        configuration["KmsKeyId"] = {"Fn::ImportValue": "Key"}

    assert findings(ExecKey, fixture("fargate", change)) == []


def test_a_managed_policy_that_is_not_known_leaves_it_open() -> None:
    assert findings(ExecKey, fixture("fargate", also(without(ROLE, "Key"), with_unknown_policy(ROLE)))) == []
