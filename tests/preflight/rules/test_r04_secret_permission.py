import pytest

from constructs_ecs.preflight.findings import Severity
from constructs_ecs.preflight.rules.r04_secret_permission import SecretPermission
from tests.preflight.rules.support_roles import allowed, also, with_unknown_policy, without
from tests.preflight.rules.support_tasks import Resources, findings, fixture, proven

ROLE = "ExecutionRole"
READ = "secretsmanager:GetSecretValue"
ARN = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:app/db"


def reading(value_from: str, grant: str) -> dict[str, object]:
    def change(resources: Resources) -> None:
        (container,) = resources["TaskDefinition"]["Properties"]["ContainerDefinitions"]
        container["Secrets"] = [{"Name": "PASSWORD", "ValueFrom": value_from}]
        del resources["SecretsManagerEndpoint"]["Properties"]["PolicyDocument"]

    return fixture("fargate", also(change, without(ROLE, "Secret"), allowed(ROLE, READ, grant)))


def test_a_role_that_may_not_read_the_secret_stops_the_task() -> None:
    (found,) = findings(SecretPermission, fixture("fargate", without(ROLE, "Secret")))
    assert (found.severity, found.where.logical_id) == (Severity.START, ROLE)
    assert READ in found.fix
    assert found.symptom.endswith("AccessDeniedException.")


def test_registry_credentials_and_log_options_are_secrets_too() -> None:
    def change(resources: Resources) -> None:
        without(ROLE, "Secret")(resources)
        (container,) = resources["TaskDefinition"]["Properties"]["ContainerDefinitions"]
        del container["Secrets"]
        container["RepositoryCredentials"] = {"CredentialsParameter": {"Ref": "Secret"}}

    assert len(findings(SecretPermission, fixture("fargate", change))) == 1


def test_a_grant_on_the_secret_passes_whatever_key_is_read() -> None:
    assert proven(SecretPermission, fixture("fargate"))


def test_a_task_without_secrets_needs_none() -> None:
    def change(resources: Resources) -> None:
        without(ROLE, "Secret")(resources)
        del resources["TaskDefinition"]["Properties"]["ContainerDefinitions"][0]["Secrets"]

    assert findings(SecretPermission, fixture("fargate", change)) == []


@pytest.mark.parametrize("grant", [f"{ARN}*", f"{ARN}-??????", f"{ARN}-*"])
def test_a_partial_arn_is_read_by_a_grant_that_ends_in_wildcards(grant: str) -> None:
    assert proven(SecretPermission, reading(ARN, grant), account="111122223333", region="eu-west-1")


def test_a_grant_on_another_secret_does_not_do() -> None:
    template = reading(f"{ARN}-AbCdEf", f"{ARN}x-*")
    assert len(findings(SecretPermission, template, account="111122223333", region="eu-west-1")) == 1


def test_a_partial_arn_of_another_account_is_no_failure_by_itself() -> None:
    other = ARN.replace("111122223333", "999999999999")
    assert findings(SecretPermission, reading(other, f"{other}-??????"), account="111122223333") == []


def test_a_managed_policy_that_is_not_known_leaves_it_open() -> None:
    template = fixture("fargate", also(without(ROLE, "Secret"), with_unknown_policy(ROLE)))
    assert findings(SecretPermission, template) == []
