import pytest

from constructs_ecs.preflight.findings import Severity
from constructs_ecs.preflight.rules.c01_ecs_endpoints import EcsEndpoints
from tests.preflight.rules.support_network import NAT_GATEWAY, OPEN, Change, removed
from tests.preflight.rules.support_roles import also
from tests.preflight.rules.support_tasks import Resources, findings, fixture


@pytest.mark.parametrize(
    ("name", "service"),
    [("EcsEndpoint", "ecs"), ("EcsAgentEndpoint", "ecs-agent"), ("EcsTelemetryEndpoint", "ecs-telemetry")],
)
def test_isolated_instances_need_each_of_the_three(name: str, service: str) -> None:
    (found,) = findings(EcsEndpoints, fixture("ec2", removed(name)))
    assert (found.severity, found.where.logical_id) == (Severity.START, "Vpc")
    assert found.symptom == "unable to place a task because no container instance met all of its requirements."
    assert found.fix == f"Add an interface endpoint for {service} with private DNS to the VPC Vpc."
    assert [site.logical_id for site in found.launch_sites] == ["Worker", "Proxy"]


def test_all_that_are_missing_are_named_at_once() -> None:
    (found,) = findings(EcsEndpoints, fixture("ec2", removed("EcsEndpoint", "EcsTelemetryEndpoint")))
    assert found.fix == "Add interface endpoints for ecs-telemetry and ecs with private DNS to the VPC Vpc."


def test_the_three_pass() -> None:
    assert findings(EcsEndpoints, fixture("ec2")) == []


def test_a_nat_gateway_passes() -> None:
    change = also(removed("EcsEndpoint", "EcsAgentEndpoint", "EcsTelemetryEndpoint"), NAT_GATEWAY)
    assert findings(EcsEndpoints, fixture("ec2", change)) == []


def test_fargate_needs_none_of_them() -> None:
    assert findings(EcsEndpoints, fixture("fargate")) == []


def subnets_of_another_stack(resources: Resources) -> None:
    resources["AutoScalingGroup"]["Properties"]["VPCZoneIdentifier"] = [{"Fn::ImportValue": "Subnet"}]


def group_of_another_stack(resources: Resources) -> None:
    provider = resources["CapacityProvider"]["Properties"]["AutoScalingGroupProvider"]
    provider["AutoScalingGroupArn"] = {"Fn::ImportValue": "Group"}
    del resources["AutoScalingGroup"]


@pytest.mark.parametrize(
    "change",
    [OPEN["a transit gateway"], subnets_of_another_stack, group_of_another_stack],
    ids=["way", "subnets", "ASG"],
)
def test_instances_and_ways_that_are_not_in_the_templates_are_not_judged(change: Change) -> None:
    assert findings(EcsEndpoints, fixture("ec2", also(removed("EcsEndpoint"), change))) == []
