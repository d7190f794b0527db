import pytest

from constructs_ecs.preflight.findings import Severity
from constructs_ecs.preflight.rules.n19_other_region import OtherRegion
from tests.preflight.rules.support_network import NAT_GATEWAY, Change, container
from tests.preflight.rules.support_roles import also
from tests.preflight.rules.support_tasks import findings, fixture

IMAGE = container(Image="111122223333.dkr.ecr.us-west-2.amazonaws.com/app:1")
SECRET = container(
    Secrets=[{"Name": "A", "ValueFrom": "arn:aws:secretsmanager:us-west-2:111122223333:secret:a-AbCdEf"}]
)
PARAMETER = container(Secrets=[{"Name": "A", "ValueFrom": "arn:aws:ssm:us-west-2:111122223333:parameter/a"}])
LOG = container(
    LogConfiguration={
        "LogDriver": "awslogs",
        "Options": {"awslogs-group": "a", "awslogs-region": "us-west-2", "awslogs-stream-prefix": "a"},
    }
)


@pytest.mark.parametrize(
    ("change", "service"),
    [(IMAGE, "ecr.api"), (SECRET, "secretsmanager"), (PARAMETER, "ssm"), (LOG, "logs")],
)
def test_no_endpoint_leads_to_another_region(change: Change, service: str) -> None:
    (found, *_) = findings(OtherRegion, fixture("fargate", change), region="eu-west-1")
    assert (found.severity, found.where.logical_id) == (Severity.START, "TaskDefinition")
    assert f"{service} of us-west-2" in found.message
    assert found.fix.startswith("Copy or replicate what the resource TaskDefinition names")


@pytest.mark.parametrize("change", [IMAGE, SECRET, PARAMETER, LOG])
def test_a_nat_gateway_passes(change: Change) -> None:
    assert findings(OtherRegion, fixture("fargate", also(change, NAT_GATEWAY)), region="eu-west-1") == []


@pytest.mark.parametrize("change", [IMAGE, SECRET, PARAMETER, LOG])
def test_the_own_region_passes(change: Change) -> None:
    assert findings(OtherRegion, fixture("fargate", change), region="us-west-2") == []


@pytest.mark.parametrize("change", [IMAGE, SECRET, PARAMETER, LOG])
def test_a_stack_without_a_region_is_not_judged(change: Change) -> None:
    assert findings(OtherRegion, fixture("fargate", change)) == []


def test_a_template_that_names_no_region_passes() -> None:
    assert findings(OtherRegion, fixture("fargate"), region="eu-west-1") == []
