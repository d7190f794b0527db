from typing import Any

import pytest

from constructs_ecs.preflight.findings import Finding, Severity
from constructs_ecs.preflight.rules.c09_no_group import NoGroup
from tests.preflight.rules.support_network import attribute, ref, set_to
from tests.preflight.rules.support_tasks import findings, fixture

ARN = (
    "arn:aws:autoscaling:us-east-1:123456789012:autoScalingGroup:"
    "12345678-1234-1234-1234-123456789012:autoScalingGroupName/workers"
)


def found_in(group: object) -> list[Finding]:
    change = set_to("CapacityProvider", AutoScalingGroupProvider={"AutoScalingGroupArn": group})
    return findings(NoGroup, fixture("ec2", change) | {"Parameters": {"Given": {"Type": "String"}}})


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:autoscaling:us-east-1:1:group",
        ARN.replace("123456789012:", "1234:", 1),
        ARN.replace(":autoscaling:", ":ec2:"),
        ARN.partition(":autoScalingGroupName")[0],
    ],
)
def test_a_malformed_arn_is_refused(arn: str) -> None:
    (found,) = found_in(arn)
    assert (found.severity, found.where.logical_id) == (Severity.DEPLOY, "CapacityProvider")
    assert found.message == f"The Auto Scaling group is {arn}, which is no ARN of a group."


@pytest.mark.parametrize("value", [ref("LaunchTemplate"), attribute("ExecutionRole", "Arn")])
def test_a_resource_of_another_type_is_refused(value: Any) -> None:  # noqa: ANN401
    (found,) = found_in(value)
    assert ", of the type AWS::" in found.message


@pytest.mark.parametrize(
    "value",
    [
        ref("AutoScalingGroup"),
        ARN,
        "workers",
        ref("Given"),
        {"Fn::ImportValue": "Group"},
        {"Fn::Sub": "arn:${AWS::Partition}:autoscaling:${AWS::Region}:${AWS::AccountId}:${Given}"},
    ],
)
def test_a_group_and_what_the_templates_do_not_show_pass(value: Any) -> None:  # noqa: ANN401
    assert found_in(value) == []


def test_a_capacity_provider_of_managed_instances_has_no_group() -> None:
    change = set_to("CapacityProvider", AutoScalingGroupProvider=None, ManagedInstancesProvider={})
    assert findings(NoGroup, fixture("ec2", change)) == []
