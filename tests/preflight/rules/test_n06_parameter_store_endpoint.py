from constructs_ecs.preflight.findings import Severity
from constructs_ecs.preflight.rules.n06_parameter_store_endpoint import ParameterStoreEndpoint
from tests.preflight.rules.support_network import container, ref, removed
from tests.preflight.rules.support_roles import also
from tests.preflight.rules.support_tasks import findings, fixture

WITHOUT = removed("SsmEndpoint")


def test_an_isolated_task_gets_no_parameter() -> None:
    (found,) = findings(ParameterStoreEndpoint, fixture("fargate", WITHOUT))
    assert (found.severity, found.where.logical_id) == (Severity.START, "Vpc")
    assert found.symptom.endswith("The task cannot pull secrets from AWS Systems Manager Parameter Store.")
    assert found.fix == "Add an interface endpoint for ssm with private DNS to the VPC Vpc."


def test_a_parameter_by_its_plain_name_is_one_too() -> None:
    secrets = [{"Name": "LEVEL", "ValueFrom": "/app/level"}]
    assert len(findings(ParameterStoreEndpoint, fixture("fargate", also(WITHOUT, container(Secrets=secrets))))) == 1


def test_an_endpoint_passes() -> None:
    assert findings(ParameterStoreEndpoint, fixture("fargate")) == []


def test_secrets_need_none() -> None:
    secrets = [{"Name": "PASSWORD", "ValueFrom": ref("Secret")}]
    assert findings(ParameterStoreEndpoint, fixture("fargate", also(WITHOUT, container(Secrets=secrets)))) == []
