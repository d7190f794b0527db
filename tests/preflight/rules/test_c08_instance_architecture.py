from typing import Any

import pytest

from constructs_ecs.preflight.findings import Finding, Severity
from constructs_ecs.preflight.rules.c08_instance_architecture import InstanceArchitecture
from tests.preflight.rules.support_network import Change, ref
from tests.preflight.rules.support_roles import also
from tests.preflight.rules.support_tasks import Resources, findings, fixture

ECS = "/aws/service/ecs/optimized-ami"
ARM = (
    f"{ECS}/amazon-linux-2023/arm64/recommended/image_id",
    f"{ECS}/amazon-linux-2/kernel-5.10/arm64/recommended/image_id",
    f"{ECS}/amazon-linux-2023/arm64/al2023-ami-ecs-hvm-2023.0.20250101-kernel-6.1-arm64/image_id",
    "/aws/service/bottlerocket/aws-ecs-2/arm64/latest/image_id",
    "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64",
    "/aws/service/canonical/ubuntu/server/24.04/stable/current/arm64/hvm/ebs-gp3/ami-id",
)
X86 = (
    f"{ECS}/amazon-linux-2023/recommended/image_id",
    f"{ECS}/amazon-linux/recommended/image_id",
    f"{ECS}/amazon-linux-2/gpu/recommended/image_id",
    f"{ECS}/amazon-linux-2/kernel-5.10/recommended/image_id",
    f"{ECS}/amazon-linux-2023/neuron/recommended/image_id",
    f"{ECS}/amazon-linux-2/amzn2-ami-ecs-hvm-2.0.20250101-x86_64-ebs/image_id",
    "/aws/service/bottlerocket/aws-ecs-2-nvidia/x86_64/latest/image_id",
    "/aws/service/ami-windows-latest/Windows_Server-2022-English-Core-ECS_Optimized/image_id",
    "/aws/service/canonical/ubuntu/server/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id",
)


def launch(**data: Any) -> Change:  # noqa: ANN401 - properties
    def change(resources: Resources) -> None:
        resources["LaunchTemplate"]["Properties"]["LaunchTemplateData"].update(data)

    return change


def image(name: str) -> Change:
    return launch(ImageId=f"{{{{resolve:ssm:{name}}}}}")


def overridden(*overrides: dict[str, Any]) -> Change:
    """Let the group choose among types."""

    def change(resources: Resources) -> None:
        group = resources["AutoScalingGroup"]["Properties"]
        specification = group.pop("LaunchTemplate")
        template = {"LaunchTemplateSpecification": specification, "Overrides": list(overrides)}
        group["MixedInstancesPolicy"] = {"LaunchTemplate": template}

    return change


def found_in(*changes: Change, **parameters: object) -> list[Finding]:
    given = {"Given": {"Type": "String"}} | parameters
    return findings(InstanceArchitecture, fixture("ec2", also(*changes)) | {"Parameters": given})


@pytest.mark.parametrize("name", ARM)
def test_an_image_for_arm_does_not_start_on_x86(name: str) -> None:
    (found,) = found_in(image(name))
    assert (found.severity, found.where.logical_id) == (Severity.START, "LaunchTemplate")
    assert found.message == "m7i.large is X86_64, and the machine image is for ARM64."
    assert "The architecture 'x86_64' of the specified instance type" in found.symptom
    assert [site.logical_id for site in found.launch_sites] == ["Worker", "Proxy"]


@pytest.mark.parametrize("name", X86)
def test_an_image_for_x86_does_not_start_on_arm(name: str) -> None:
    (found,) = found_in(image(name), launch(InstanceType="m7g.large"))
    assert found.message == "m7g.large is ARM64, and the machine image is for X86_64."
    assert "The architecture 'arm64' of the specified instance type" in found.symptom


@pytest.mark.parametrize(("names", "instance_type"), [(ARM, "c7gn.large"), (X86, "t3.small")], ids=["Arm", "x86"])
def test_an_image_of_the_same_architecture_passes(names: tuple[str, ...], instance_type: str) -> None:
    assert [found_in(image(name), launch(InstanceType=instance_type)) for name in names] == [[]] * len(names)


def test_an_image_by_a_parameter_of_the_template_counts_too() -> None:
    parameter = {"Type": "AWS::SSM::Parameter::Value<AWS::EC2::Image::Id>", "Default": ARM[0]}
    assert len(found_in(launch(ImageId=ref("Image")), Image=parameter)) == 1
    assert found_in(launch(ImageId=ref("Image"), InstanceType="t4g.small"), Image=parameter) == []


def test_the_types_that_a_group_chooses_from_go_before_the_template_s() -> None:
    (found,) = found_in(overridden({"InstanceType": "m7g.large"}))
    assert (found.severity, found.where.logical_id) == (Severity.START, "AutoScalingGroup")
    assert found.where.property_path[-2:] == (0, "InstanceType")
    assert found_in(image(ARM[0]), overridden({"InstanceType": "m7g.large"}, {"InstanceType": "c7g.large"})) == []


def test_some_types_that_do_not_fit_are_a_warning() -> None:
    (found,) = found_in(overridden({"InstanceType": "m7g.large"}, {"InstanceType": "m7i.large"}))
    assert found.severity is Severity.WARNING


@pytest.mark.parametrize("other", [{"ImageId": "ami-1"}, {"LaunchTemplateSpecification": {"LaunchTemplateId": "lt-1"}}])
def test_a_type_with_an_image_of_its_own_is_not_judged(other: dict[str, Any]) -> None:
    assert found_in(overridden({"InstanceType": "m7g.large"} | other)) == []


def test_a_launch_configuration_and_a_single_instance_count_too() -> None:
    def configured(resources: Resources) -> None:
        data = resources.pop("LaunchTemplate")["Properties"]["LaunchTemplateData"]
        groups = data.pop("SecurityGroupIds")
        properties = {**data, "SecurityGroups": groups, "IamInstanceProfile": ref("InstanceProfile")}
        resources["Configuration"] = {"Type": "AWS::AutoScaling::LaunchConfiguration", "Properties": properties}
        group = resources["AutoScalingGroup"]["Properties"]
        del group["LaunchTemplate"]
        group["LaunchConfigurationName"] = ref("Configuration")

    def single(resources: Resources) -> None:
        template = {"LaunchTemplateId": ref("LaunchTemplate"), "Version": "1"}
        properties = {"LaunchTemplate": template, "SubnetId": ref("Subnet"), "InstanceType": "m7g.large"}
        resources["Instance"] = {"Type": "AWS::EC2::Instance", "Properties": properties}
        resources["Worker"]["Properties"].pop("CapacityProviderStrategy", None)
        resources["Worker"]["Properties"]["LaunchType"] = "EC2"

    (found,) = found_in(launch(InstanceType="m7g.large"), configured)
    assert found.where.logical_id == "Configuration"
    (found,) = found_in(single)
    assert found.where.logical_id == "Instance"


@pytest.mark.parametrize(
    "change",
    [
        launch(ImageId="ami-0123456789abcdef0", InstanceType="m7g.large"),
        launch(ImageId=ref("Given"), InstanceType="m7g.large"),
        image("/company/images/arm64"),
        image(f"{ECS}/amazon-linux-2027/recommended/image_id"),
        also(image(f"{ECS}/amazon-linux-2023/arm/recommended/image_id"), launch(InstanceType="m7g.large")),
        also(image(ARM[0]), launch(InstanceType=ref("Given"))),
        also(image(ARM[0]), launch(InstanceType="u-6tb1.metal")),
        also(image(ARM[0]), launch(InstanceType=None)),
        also(image(ARM[0]), overridden({"InstanceRequirements": {"VCpuCount": {"Min": 2}}})),
        also(image(ARM[0]), overridden({"InstanceType": ref("Given")})),
    ],
)
def test_what_the_templates_do_not_show_is_not_judged(change: Change) -> None:
    assert found_in(change) == []


def test_fargate_has_no_instances() -> None:
    assert findings(InstanceArchitecture, fixture("fargate")) == []
