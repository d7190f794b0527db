import pytest

from constructs_ecs.preflight.findings import Severity
from constructs_ecs.preflight.rules.n08_registry_without_endpoint import RegistryWithoutEndpoint
from tests.preflight.rules.support_network import NAT_GATEWAY, container
from tests.preflight.rules.support_roles import also
from tests.preflight.rules.support_tasks import Resources, findings, fixture


@pytest.mark.parametrize(
    ("image", "host"),
    [
        ("nginx", "docker.io"),
        ("library/nginx:1.27", "docker.io"),
        ("public.ecr.aws/nginx/nginx:1", "public.ecr.aws"),
        ("ghcr.io/org/app@sha256:" + "0" * 64, "ghcr.io"),
        ("quay.io/org/app:1", "quay.io"),
        ("gcr.io/org/app:1", "gcr.io"),
        ("mcr.microsoft.com/dotnet/aspnet:8.0", "mcr.microsoft.com"),
        ("registry.example.com:5000/app:1", "registry.example.com"),
    ],
)
def test_an_isolated_task_does_not_pull_from_a_host_without_an_endpoint(image: str, host: str) -> None:
    (found,) = findings(RegistryWithoutEndpoint, fixture("fargate", container(Image=image)))
    assert (found.severity, found.where.logical_id) == (Severity.START, "TaskDefinition")
    assert found.where.property_path == ("ContainerDefinitions", 0, "Image")
    assert found.message == f"The image of app is on {host}; SubnetA has no default route in RouteTable."
    assert found.fix.startswith(
        "Pull the image of the task definition TaskDefinition through an ECR pull-through cache"
    )


def test_images_in_ecr_are_none_of_its_business() -> None:
    assert findings(RegistryWithoutEndpoint, fixture("fargate")) == findings(RegistryWithoutEndpoint, fixture("ec2"))
    assert findings(RegistryWithoutEndpoint, fixture("fargate")) == []


def test_a_nat_gateway_passes() -> None:
    assert findings(RegistryWithoutEndpoint, fixture("fargate", also(container(Image="nginx"), NAT_GATEWAY))) == []


def test_instances_that_are_told_of_a_proxy_are_not_judged() -> None:
    def proxy(resources: Resources) -> None:
        resources["LaunchTemplate"]["Properties"]["LaunchTemplateData"]["UserData"] = {
            "Fn::Base64": {
                "Fn::Sub": "#!/bin/bash\necho ECS_CLUSTER=${Cluster} >> /etc/ecs/ecs.config\n"
                "echo HTTP_PROXY=10.0.0.9:3128 >> /etc/ecs/ecs.config\n"
            }
        }

    image = container(Image="nginx")
    assert len(findings(RegistryWithoutEndpoint, fixture("ec2", image))) == 1
    assert findings(RegistryWithoutEndpoint, fixture("ec2", also(image, proxy))) == []


def test_a_private_zone_for_the_host_is_not_judged() -> None:
    def zone(resources: Resources) -> None:
        resources["Zone"] = {
            "Type": "AWS::Route53::HostedZone",
            "Properties": {
                "Name": "registry.example.com",
                "VPCs": [{"VPCId": {"Ref": "Vpc"}, "VPCRegion": "eu-west-1"}],
            },
        }

    change = also(container(Image="registry.example.com/app:1"), zone)
    assert findings(RegistryWithoutEndpoint, fixture("fargate", change)) == []


def test_an_image_that_is_a_parameter_is_judged_by_its_default() -> None:
    template = fixture("fargate", container(Image={"Ref": "Image"}))
    template["Parameters"] = {"Image": {"Type": "String", "Default": "nginx"}}
    assert len(findings(RegistryWithoutEndpoint, template)) == 1
    template["Parameters"] = {"Image": {"Type": "String"}}
    assert findings(RegistryWithoutEndpoint, template) == []
