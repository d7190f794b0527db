from typing import Any

import pytest

from constructs_ecs.preflight.findings import Severity
from constructs_ecs.preflight.rules.t11_load_balancer_target import LoadBalancerTarget
from tests.preflight.rules.support_tasks import findings, launched, parameters

CONTAINER = {"PortMappings": [{"ContainerPort": 8080}]}
GROUP = {"Type": "AWS::ElasticLoadBalancingV2::TargetGroup", "Properties": {"TargetType": "ip"}}


def behind(
    target: dict[str, Any] | None = None,
    *,
    container: dict[str, Any] | None = None,
    group: dict[str, Any] | None = None,
    fargate: bool = True,
) -> dict[str, Any]:
    """A service behind a load balancer, but for what is changed."""
    registered = {"ContainerName": "app", "ContainerPort": 8080, "TargetGroupArn": {"Ref": "Targets"}}
    return launched(
        CONTAINER if container is None else container,
        service={"LoadBalancers": [registered | (target or {})]},
        fargate=fargate,
        Targets=GROUP if group is None else {**GROUP, "Properties": group},
    )


def test_a_container_that_the_task_does_not_have_is_refused() -> None:
    (found,) = findings(LoadBalancerTarget, behind({"ContainerName": "web"}))
    assert (found.severity, found.message) == (Severity.DEPLOY, "TaskDefinition has no container web.")
    assert found.symptom == "InvalidParameterException: The container web does not exist in the task definition."
    assert found.where.property_path == ("LoadBalancers", 0, "ContainerName")
    assert [site.logical_id for site in found.launch_sites] == ["Service"]


@pytest.mark.parametrize("container", [CONTAINER, {}, {"PortMappings": []}])
def test_a_port_that_the_container_does_not_map_is_refused(container: dict[str, Any]) -> None:
    (found,) = findings(LoadBalancerTarget, behind({"ContainerPort": 9090}, container=container))
    assert "did not have a container port 9090 defined" in found.symptom
    assert found.where.property_path == ("LoadBalancers", 0, "ContainerPort")


@pytest.mark.parametrize(
    ("group", "fargate", "said"),
    [
        ({"TargetType": "instance"}, True, "type instance, which is incompatible with the awsvpc"),
        ({}, True, "type instance, which is incompatible with the awsvpc"),
        ({"TargetType": "ip"}, False, "type ip, which is incompatible with the bridge"),
    ],
)
def test_a_target_group_that_does_not_fit_the_network_mode_is_refused(
    group: dict[str, Any], fargate: bool, said: str
) -> None:
    (found,) = findings(LoadBalancerTarget, behind(group=group, fargate=fargate))
    assert said in found.symptom
    assert "Targets has the target type" in found.message


@pytest.mark.parametrize(
    "body",
    [
        behind(),
        behind({"ContainerPort": "8080"}),
        behind(group={"TargetType": "instance"}, fargate=False),
        launched(),
    ],
)
def test_what_the_task_has_passes(body: dict[str, Any]) -> None:
    assert findings(LoadBalancerTarget, body) == []


@pytest.mark.parametrize(
    "body",
    [
        behind({"ContainerName": {"Ref": "Given"}}),
        behind({"ContainerPort": {"Ref": "Given"}}),
        behind({"TargetGroupArn": {"Ref": "Given"}}, group={"TargetType": "instance"}),
        behind({"ContainerPort": 9090}, container={"PortMappings": {"Ref": "Given"}}),
        behind({"ContainerPort": 9090}, container={"PortMappings": [{"ContainerPortRange": "9000-9100"}]}),
        behind({"ContainerName": "web"}, container={"Name": {"Ref": "Given"}}),
        behind(group={"TargetType": {"Ref": "Given"}}),
        launched(service={"LoadBalancers": {"Ref": "Given"}}),
        launched(service={"TaskDefinition": {"Ref": "Given"}, "LoadBalancers": [{"ContainerName": "web"}]}),
    ],
)
def test_what_is_not_known_leaves_it_open(body: dict[str, Any]) -> None:
    assert findings(LoadBalancerTarget, {"Parameters": parameters("Given"), "Resources": body}) == []
