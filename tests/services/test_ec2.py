from collections.abc import Sequence
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_kms as kms

from constructs_ecs import (
    AwsLogs,
    CapacityShare,
    Code,
    ConflictError,
    Container,
    Ec2Capacity,
    Ec2Service,
    EcrRepository,
    EcsCluster,
    Egress,
    ExecAudit,
    FargateProvider,
    Image,
    InvalidValueError,
    PrivateNetwork,
)
from constructs_ecs.capacity import ClusterDefault, ExistingCapacity
from tests.nag import findings
from tests.scene import Scene, scene
from tests.support import of_type, only, stack


def _worker(
    place: Scene,
    capacity: Ec2Capacity | ExistingCapacity | Sequence[CapacityShare] | ClusterDefault,
    **options: Any,  # noqa: ANN401 - any option
) -> Ec2Service:
    containers = options.pop("containers", [Container(image=place.image, memory_mib=512)])
    return Ec2Service(
        place.stack, "Worker", cluster=place.cluster, **{"containers": containers, "capacity": capacity, **options}
    )


@pytest.fixture(scope="module")
def private() -> tuple[Scene, dict[str, Any]]:
    place = scene()
    _worker(place, place.cluster.add_ec2_capacity("Instances", instance_type="m7g.large"))
    return place, place.template


def test_a_task_has_a_network_interface_and_groups_of_its_own(private: tuple[Scene, dict[str, Any]]) -> None:
    _, made = private
    service = only(made, "AWS::ECS::Service")
    assert len(service["NetworkConfiguration"]["AwsvpcConfiguration"]["SecurityGroups"]) == 2
    definition = only(made, "AWS::ECS::TaskDefinition")
    assert (definition["NetworkMode"], definition["RequiresCompatibilities"]) == ("awsvpc", ["EC2"])


def test_a_service_runs_on_the_capacity_it_is_given(private: tuple[Scene, dict[str, Any]]) -> None:
    _, made = private
    service = only(made, "AWS::ECS::Service")
    (provider,) = of_type(made, "AWS::ECS::CapacityProvider")
    assert service["CapacityProviderStrategy"] == [{"CapacityProvider": {"Ref": provider}, "Weight": 1}]
    assert "LaunchType" not in service


def test_a_service_goes_before_the_association_of_its_capacity(private: tuple[Scene, dict[str, Any]]) -> None:
    _, made = private
    (service,) = of_type(made, "AWS::ECS::Service").values()
    (association,) = of_type(made, "AWS::ECS::ClusterCapacityProviderAssociations")
    assert association in service["DependsOn"]


def test_instances_and_not_tasks_reach_the_registry_that_images_come_from() -> None:
    place = scene(egress=Egress.NAT_GATEWAY)
    capacity = place.cluster.add_ec2_capacity("Instances", instance_type="m7g.large")
    service = _worker(
        place,
        capacity,
        containers=[Container(image=Image.from_registry("registry.example.com/worker:1"), memory_mib=512)],
    )
    groups = of_type(place.template, "AWS::EC2::SecurityGroup")
    open_groups = [
        {"Fn::GetAtt": [logical_id, "GroupId"]}
        for logical_id, group in groups.items()
        if any(rule.get("CidrIp") == "0.0.0.0/0" for rule in group["Properties"].get("SecurityGroupEgress", []))
    ]
    assert place.stack.resolve(service.security_group.security_group_id) not in open_groups
    assert place.stack.resolve(capacity.security_group.security_group_id) in open_groups


def test_a_service_that_follows_the_clusters_default_names_neither_launch_type_nor_strategy() -> None:
    place = scene(egress=Egress.NAT_GATEWAY)
    capacity = place.cluster.add_ec2_capacity("Instances", instance_type="m7g.large")
    place.cluster.set_default_strategy([CapacityShare(provider=capacity)])
    image = Image.from_registry("registry.example.com/worker:1")
    _worker(place, ClusterDefault.STRATEGY, containers=[Container(image=image, memory_mib=512)])
    made = place.template
    (service,) = of_type(made, "AWS::ECS::Service").values()
    (association,) = of_type(made, "AWS::ECS::ClusterCapacityProviderAssociations")
    assert not {"LaunchType", "CapacityProviderStrategy"} & service["Properties"].keys()
    assert association in service["DependsOn"]
    (group,) = (
        group["Properties"] for name, group in of_type(made, "AWS::EC2::SecurityGroup").items() if "Instances" in name
    )
    assert "0.0.0.0/0" in {rule["CidrIp"] for rule in group["SecurityGroupEgress"]}  # the instances pull the image


def test_a_default_of_fargate_cannot_be_followed() -> None:
    place = scene(default_strategy=[CapacityShare(provider=FargateProvider.FARGATE)])
    with pytest.raises(ConflictError, match="Test/Cluster is of Fargate") as caught:
        _worker(place, ClusterDefault.STRATEGY)
    assert caught.value.code is Code.CAPACITY


def test_existing_capacity_is_not_a_new_clusters() -> None:
    place = scene()
    with pytest.raises(ConflictError, match="machines is not capacity of the cluster Test/Cluster") as caught:
        _worker(place, ExistingCapacity(name="machines"))
    assert caught.value.code is Code.CAPACITY


@pytest.mark.parametrize("capacity", [None, 5, "machines", [], ["machines"], ClusterDefault])
def test_what_is_no_capacity_is_refused(capacity: Any) -> None:  # noqa: ANN401 - no capacity
    with pytest.raises(InvalidValueError) as caught:
        _worker(scene(), capacity)
    assert caught.value.code is Code.CAPACITY_STRATEGY


def test_fargate_capacity_is_refused() -> None:
    place = scene(fargate_spot=True)
    with pytest.raises(ConflictError) as caught:
        _worker(place, [CapacityShare(provider=FargateProvider.FARGATE)])
    assert caught.value.code is Code.CAPACITY


def test_fargate_and_instances_in_one_strategy_are_refused() -> None:
    place = scene(fargate_spot=True)
    capacity = place.cluster.add_ec2_capacity("Instances", instance_type="m7g.large")
    shares = [CapacityShare(provider=capacity), CapacityShare(provider=FargateProvider.FARGATE)]
    with pytest.raises(ConflictError) as caught:
        _worker(place, shares)
    assert caught.value.code is Code.MIXED_CAPACITY


def test_a_container_without_any_memory_is_refused() -> None:
    place = scene()
    capacity = place.cluster.add_ec2_capacity("Instances", instance_type="m7g.large")
    with pytest.raises(InvalidValueError) as caught:
        _worker(place, capacity, containers=[Container(image=place.image)])
    assert caught.value.code is Code.CONTAINER_SETTING


def test_a_service_with_own_keys_has_no_finding() -> None:
    root = stack()
    key = kms.Key(root, "Key", enable_key_rotation=True)
    network = PrivateNetwork(root, "Network", encryption_key=key)
    cluster = EcsCluster(root, "Cluster", network=network, exec_audit=ExecAudit(root, "ExecAudit"))
    image = Image.from_ecr(EcrRepository(root, "Repository", encryption_key=key), tag="1")
    capacity = cluster.add_ec2_capacity("Instances", instance_type="m7g.large", encryption_key=key)
    _worker(
        Scene(stack=root, network=network, cluster=cluster, image=image), capacity, logging=AwsLogs(encryption_key=key)
    )
    root_app = root.node.root
    assert isinstance(root_app, cdk.App)
    assert findings(root_app) == []
