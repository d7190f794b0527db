import pytest

from constructs_ecs.preflight.findings import Severity
from constructs_ecs.preflight.rules.n05_secrets_manager_endpoint import SecretsManagerEndpoint
from tests.preflight.rules.support_network import container, ref, removed
from tests.preflight.rules.support_roles import also
from tests.preflight.rules.support_tasks import findings, fixture

WITHOUT = removed("SecretsManagerEndpoint")
CREDENTIALS = {"CredentialsParameter": ref("Secret")}
OPTION = {
    "LogDriver": "splunk",
    "Options": {"splunk-url": "https://splunk.example.com"},
    "SecretOptions": [{"Name": "splunk-token", "ValueFrom": ref("Secret")}],
}


@pytest.mark.parametrize(
    "properties",
    [
        {},
        {"Secrets": [], "RepositoryCredentials": CREDENTIALS},
        {"Secrets": [], "LogConfiguration": OPTION},
    ],
)
def test_an_isolated_task_gets_no_secret(properties: dict[str, object]) -> None:
    (found,) = findings(SecretsManagerEndpoint, fixture("fargate", also(WITHOUT, container(**properties))))
    assert (found.severity, found.where.logical_id) == (Severity.START, "Vpc")
    assert found.symptom.endswith("There is a connection issue between the task and AWS Secrets Manager.")
    assert found.fix == "Add an interface endpoint for secretsmanager with private DNS to the VPC Vpc."


def test_an_endpoint_passes() -> None:
    assert findings(SecretsManagerEndpoint, fixture("fargate")) == []


def test_a_task_without_secrets_needs_none() -> None:
    assert findings(SecretsManagerEndpoint, fixture("fargate", also(WITHOUT, container(Secrets=[])))) == []


def test_a_parameter_is_no_secret() -> None:
    secrets = [{"Name": "LEVEL", "ValueFrom": ref("Parameter")}]
    assert findings(SecretsManagerEndpoint, fixture("fargate", also(WITHOUT, container(Secrets=secrets)))) == []


def test_what_may_be_either_is_not_judged() -> None:
    secrets = [{"Name": "LEVEL", "ValueFrom": {"Ref": "Given"}}]
    template = fixture("fargate", also(WITHOUT, container(Secrets=secrets)))
    template["Parameters"] = {"Given": {"Type": "String"}}
    assert findings(SecretsManagerEndpoint, template) == []
