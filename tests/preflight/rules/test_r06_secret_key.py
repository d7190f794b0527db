from constructs_ecs.preflight.findings import Severity
from constructs_ecs.preflight.rules.r06_secret_key import SecretKey
from tests.preflight.rules.support_roles import also, with_unknown_policy, without
from tests.preflight.rules.support_tasks import Resources, findings, fixture, proven

ROLE = "ExecutionRole"


def key_without_account(resources: Resources) -> None:
    policy = resources["Key"]["Properties"]["KeyPolicy"]
    policy["Statement"] = [each for each in policy["Statement"] if each["Sid"] != "Account"]


def test_a_role_that_may_not_decrypt_stops_the_task() -> None:
    (found,) = findings(SecretKey, fixture("fargate", without(ROLE, "Key")))
    assert (found.severity, found.where.logical_id) == (Severity.START, ROLE)
    assert found.symptom.endswith("Access to KMS is not allowed.")
    assert "kms:Decrypt" in found.fix


def test_a_key_that_leaves_nothing_to_the_account_stops_the_task() -> None:
    (found,) = findings(SecretKey, fixture("fargate", key_without_account))
    assert found.where.logical_id == "Key"
    assert found.fix.startswith("Let the key's policy in the resource Key allow the execution role")


def test_a_key_whose_policy_names_the_role_passes_without_the_role_s_own() -> None:
    def change(resources: Resources) -> None:
        without(ROLE, "Key")(resources)
        role = {"AWS": {"Fn::GetAtt": [ROLE, "Arn"]}}
        statement = {"Effect": "Allow", "Principal": role, "Action": "kms:Decrypt", "Resource": "*"}
        resources["Key"]["Properties"]["KeyPolicy"]["Statement"].append(statement)

    assert proven(SecretKey, fixture("fargate", change))


def test_a_grant_and_a_key_that_leaves_it_to_the_account_pass() -> None:
    assert proven(SecretKey, fixture("fargate"))


def test_a_secret_under_aws_s_own_key_needs_no_grant() -> None:
    def change(resources: Resources) -> None:
        without(ROLE, "Key")(resources)
        resources["Secret"]["Properties"]["KmsKeyId"] = "alias/aws/secretsmanager"

    assert findings(SecretKey, fixture("fargate", change)) == []


def test_a_key_from_another_stack_leaves_it_open() -> None:
    def change(resources: Resources) -> None:
        without(ROLE, "Key")(resources)
        resources["Secret"]["Properties"]["KmsKeyId"] = {"Fn::ImportValue": "Key"}

    assert findings(SecretKey, fixture("fargate", change)) == []


def test_a_managed_policy_that_is_not_known_leaves_it_open() -> None:
    assert findings(SecretKey, fixture("fargate", also(without(ROLE, "Key"), with_unknown_policy(ROLE)))) == []
