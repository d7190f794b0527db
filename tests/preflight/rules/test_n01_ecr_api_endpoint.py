import pytest

from constructs_ecs.preflight.findings import Severity, Verdict
from constructs_ecs.preflight.rules.n01_ecr_api_endpoint import EcrApiEndpoint
from tests.preflight.rules.support_network import added, container, ref, removed
from tests.preflight.rules.support_roles import also
from tests.preflight.rules.support_tasks import Resources, findings, fixture

WITHOUT = removed("EcrApiEndpoint")


def test_an_isolated_task_does_not_log_in_to_ecr() -> None:
    (found,) = findings(EcrApiEndpoint, fixture("fargate", WITHOUT))
    assert (found.severity, found.verdict, found.where.logical_id) == (Severity.START, Verdict.FAIL, "Vpc")
    assert [site.logical_id for site in found.launch_sites] == ["Service"]
    assert found.symptom.startswith("ResourceInitializationError: unable to pull secrets or registry auth: ")
    assert found.message == "Vpc has no endpoint for ecr.api; SubnetA has no default route in RouteTable."
    assert found.fix == "Add an interface endpoint for ecr.api with private DNS to the VPC Vpc."


def test_on_ec2_it_is_the_instances_that_log_in() -> None:
    (found,) = findings(EcrApiEndpoint, fixture("ec2", WITHOUT))
    assert [site.logical_id for site in found.launch_sites] == ["Worker", "Proxy"]


@pytest.mark.parametrize("name", ["fargate", "ec2"])
def test_an_endpoint_passes(name: str) -> None:
    assert findings(EcrApiEndpoint, fixture(name)) == []


def test_an_endpoint_in_another_vpc_does_not_do() -> None:
    def elsewhere(resources: Resources) -> None:
        added(Other=("EC2::VPC", {"CidrBlock": "10.1.0.0/16"}))(resources)
        resources["EcrApiEndpoint"]["Properties"]["VpcId"] = ref("Other")

    assert len(findings(EcrApiEndpoint, fixture("fargate", elsewhere))) == 1


def test_an_endpoint_of_another_template_does() -> None:
    network = fixture("fargate")["Resources"]["EcrApiEndpoint"]
    network["Properties"] |= {
        "VpcId": {"Fn::ImportValue": "Vpc"},
        "SubnetIds": [{"Fn::ImportValue": "Subnet"}],
        "SecurityGroupIds": [{"Fn::ImportValue": "Group"}],
    }
    own = fixture("fargate", WITHOUT)
    own["Outputs"] = {
        "Vpc": {"Value": ref("Vpc"), "Export": {"Name": "Vpc"}},
        "Subnet": {"Value": ref("SubnetA"), "Export": {"Name": "Subnet"}},
        "Group": {"Value": {"Fn::GetAtt": ["EndpointSecurityGroup", "GroupId"]}, "Export": {"Name": "Group"}},
    }
    assert findings(EcrApiEndpoint, own, {"EcrApiEndpoint": network}) == []


@pytest.mark.parametrize("image", ["nginx:1", "public.ecr.aws/nginx/nginx:1"])
def test_images_from_elsewhere_need_no_login(image: str) -> None:
    assert findings(EcrApiEndpoint, fixture("fargate", also(WITHOUT, container(Image=image)))) == []


def test_fargate_s_old_platform_logs_in_by_a_network_of_its_own() -> None:
    def old(resources: Resources) -> None:
        resources["Service"]["Properties"]["PlatformVersion"] = "1.3.0"

    assert findings(EcrApiEndpoint, fixture("fargate", also(WITHOUT, old))) == []
