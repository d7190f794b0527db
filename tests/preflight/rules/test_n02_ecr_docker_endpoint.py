import pytest

from constructs_ecs.preflight.findings import Severity
from constructs_ecs.preflight.rules.n02_ecr_docker_endpoint import EcrDockerEndpoint
from tests.preflight.rules.support_network import container, removed
from tests.preflight.rules.support_roles import also
from tests.preflight.rules.support_tasks import Resources, findings, fixture

WITHOUT = removed("EcrDockerEndpoint")


def test_an_isolated_task_does_not_pull_from_ecr() -> None:
    (found,) = findings(EcrDockerEndpoint, fixture("fargate", WITHOUT))
    assert (found.severity, found.where.logical_id) == (Severity.START, "Vpc")
    assert found.symptom.startswith("CannotPullContainerError: ")
    assert found.fix == "Add an interface endpoint for ecr.dkr with private DNS to the VPC Vpc."


@pytest.mark.parametrize("name", ["fargate", "ec2"])
def test_an_endpoint_passes(name: str) -> None:
    assert findings(EcrDockerEndpoint, fixture(name)) == []


def test_images_from_elsewhere_are_pulled_elsewhere() -> None:
    assert findings(EcrDockerEndpoint, fixture("fargate", also(WITHOUT, container(Image="nginx:1")))) == []


def test_fargate_s_old_platform_pulls_by_the_task_s_network_all_the_same() -> None:
    def old(resources: Resources) -> None:
        resources["Service"]["Properties"]["PlatformVersion"] = "1.3.0"

    assert len(findings(EcrDockerEndpoint, fixture("fargate", also(WITHOUT, old)))) == 1


def test_an_image_whose_registry_is_a_parameter_is_not_judged() -> None:
    template = fixture("fargate", also(WITHOUT, container(Image={"Ref": "Image"})))
    template["Parameters"] = {"Image": {"Type": "String"}}
    assert findings(EcrDockerEndpoint, template) == []
