from typing import Any

import pytest

from constructs_ecs.preflight.launch_sites import Capacity, LaunchSite
from constructs_ecs.preflight.values import Ternary
from tests.preflight.launches import (
    NETWORK,
    auto_scaling_group,
    ec2,
    fargate,
    launch_template,
    only_site,
    resource,
    service,
    task_definition,
)

PROVIDER = resource(
    "ECS::CapacityProvider",
    AutoScalingGroupProvider={"AutoScalingGroupArn": {"Ref": "Asg"}, "ManagedDraining": "ENABLED"},
)
BY_DEFAULT = service(LaunchType=None)
STRATEGY = [{"CapacityProvider": {"Ref": "Provider"}, "Weight": 1}]


def groups(site: LaunchSite) -> list[str]:
    return [instances.where.logical_id for instances in site.instances]


@pytest.mark.parametrize(
    ("launch_type", "capacity"),
    [
        ("FARGATE", Capacity.FARGATE),
        ("EC2", Capacity.EC2),
        ("EXTERNAL", Capacity.EXTERNAL),
        ("MANAGED_INSTANCES", Capacity.MANAGED_INSTANCES),
    ],
)
def test_the_launch_type_says_it(launch_type: str, capacity: Capacity) -> None:
    assert only_site(fargate(Service=service(LaunchType=launch_type))).capacity is capacity


def test_fargate_and_fargate_spot_need_no_cluster_in_the_templates() -> None:
    strategy = [{"CapacityProvider": "FARGATE_SPOT", "Weight": 1}, {"CapacityProvider": "FARGATE", "Base": 1}]
    site = only_site(fargate(Service=service(LaunchType=None, CapacityProviderStrategy=strategy, Cluster="shared")))
    assert site.capacity is Capacity.FARGATE


def test_a_capacity_provider_leads_to_the_instances_of_its_group() -> None:
    body = ec2(Service=service(LaunchType=None, CapacityProviderStrategy=STRATEGY), Provider=PROVIDER)
    body["Other"] = auto_scaling_group()
    site = only_site(body)
    assert (site.capacity, groups(site)) == (Capacity.EC2, ["Asg"])


def test_a_capacity_provider_of_managed_instances_leads_to_its_own() -> None:
    template = {"NetworkConfiguration": {"Subnets": [{"Ref": "Subnet"}], "SecurityGroups": [{"Ref": "Group"}]}}
    provider = resource("ECS::CapacityProvider", ManagedInstancesProvider={"InstanceLaunchTemplate": template})
    body = fargate(Service=service(LaunchType=None, CapacityProviderStrategy=STRATEGY), Provider=provider)
    site = only_site(body)
    assert (site.capacity, groups(site)) == (Capacity.MANAGED_INSTANCES, ["Provider"])


@pytest.mark.parametrize("place", ["cluster", "associations"])
def test_without_launch_type_and_strategy_the_cluster_s_default_counts(place: str) -> None:
    default: dict[str, Any] = {"DefaultCapacityProviderStrategy": STRATEGY, "CapacityProviders": [{"Ref": "Provider"}]}
    cluster = resource("ECS::Cluster", **default if place == "cluster" else {})
    body = ec2(Service=BY_DEFAULT, Provider=PROVIDER, Cluster=cluster)
    if place == "associations":
        body["Associations"] = resource(
            "ECS::ClusterCapacityProviderAssociations", Cluster={"Ref": "Cluster"}, **default
        )
    site = only_site(body)
    assert (site.capacity, groups(site)) == (Capacity.EC2, ["Asg"])


def test_a_cluster_without_a_default_launches_on_ec2() -> None:
    assert only_site(fargate(Service=BY_DEFAULT)).capacity is Capacity.EC2


def test_of_a_cluster_elsewhere_the_task_definition_s_only_compatibility_decides() -> None:
    imported = service(LaunchType=None, Cluster={"Fn::ImportValue": "cluster"})
    assert only_site(fargate(Service=imported)).capacity is Capacity.FARGATE
    both = task_definition(RequiresCompatibilities=["EC2", "FARGATE"])
    assert only_site(fargate(Service=imported, Task=both)).capacity is Capacity.UNKNOWN


def test_providers_of_two_kinds_are_unknown() -> None:
    mixed = [*STRATEGY, {"CapacityProvider": "FARGATE"}]
    both = task_definition(RequiresCompatibilities=["EC2", "FARGATE"])
    body = ec2(Service=service(LaunchType=None, CapacityProviderStrategy=mixed), Provider=PROVIDER, Task=both)
    assert only_site(body).capacity is Capacity.UNKNOWN


def test_launch_type_ec2_lands_on_whatever_registers_with_the_cluster() -> None:
    other_cluster = launch_template(
        UserData={"Fn::Base64": "#!/bin/bash\necho ECS_CLUSTER=other >> /etc/ecs/ecs.config"}
    )
    provided = auto_scaling_group(LaunchTemplate={"LaunchTemplateId": {"Ref": "OtherTemplate"}})
    body = ec2(
        OtherTemplate=other_cluster,
        Elsewhere=auto_scaling_group(LaunchTemplate={"LaunchTemplateId": {"Ref": "OtherTemplate"}}),
        Provided=provided,
        Provider=resource(
            "ECS::CapacityProvider", AutoScalingGroupProvider={"AutoScalingGroupArn": {"Ref": "Provided"}}
        ),
        Cluster=resource("ECS::Cluster", CapacityProviders=["FARGATE", {"Ref": "Provider"}]),
    )
    # Asg by its start script, Provided by its capacity provider; Elsewhere joins another cluster.
    assert groups(only_site(body)) == ["Provided", "Asg"]


def test_a_group_that_is_provided_and_names_the_cluster_counts_once() -> None:
    body = ec2(Provider=PROVIDER, Cluster=resource("ECS::Cluster", CapacityProviders=[{"Ref": "Provider"}]))
    assert groups(only_site(body)) == ["Asg"]


def test_a_single_instance_is_found_by_its_start_script() -> None:
    body = ec2()
    del body["Asg"]
    script = {"Fn::Base64": {"Fn::Sub": "echo ECS_CLUSTER=${Cluster} >> /etc/ecs/ecs.config"}}
    body["Host"] = resource("EC2::Instance", SubnetId={"Ref": "Subnet"}, UserData=script)
    site = only_site(body)
    assert groups(site) == ["Host"]


def test_a_task_on_an_instance_uses_its_interface_unless_it_has_awsvpc() -> None:
    assert only_site(ec2()).task_interface is None
    assert only_site(ec2(mode="host")).task_interface is None
    own = only_site(ec2(mode="awsvpc")).task_interface
    assert own is not None


def test_a_task_s_own_interface_on_an_instance_never_has_a_public_address() -> None:
    public = {"AwsvpcConfiguration": {"Subnets": [{"Ref": "Subnet"}], "AssignPublicIp": "ENABLED"}}
    body = ec2(mode="awsvpc", Service=service(LaunchType="EC2", NetworkConfiguration=public))
    assert getattr(only_site(body).task_interface, "public_ip", None) is Ternary.NO
    on_fargate = fargate(Service=service(NetworkConfiguration=public))
    assert getattr(only_site(on_fargate).task_interface, "public_ip", None) is Ternary.YES


def test_a_provider_whose_group_is_elsewhere_is_ec2_without_instances() -> None:
    provider = resource("ECS::CapacityProvider", AutoScalingGroupProvider={"AutoScalingGroupArn": "arn:aws:elsewhere"})
    strategy = service(LaunchType=None, CapacityProviderStrategy=STRATEGY)
    site = only_site({**NETWORK, **fargate(Service=strategy, Provider=provider)})
    assert (site.capacity, site.instances) == (Capacity.EC2, ())


def test_launch_type_ec2_lands_on_no_managed_instance() -> None:
    managed = resource("ECS::CapacityProvider", ManagedInstancesProvider={"InstanceLaunchTemplate": {}})
    cluster = resource("ECS::Cluster", CapacityProviders=[{"Ref": "Managed"}])
    assert groups(only_site(ec2(Managed=managed, Cluster=cluster))) == ["Asg"]
    on_managed = service(LaunchType="MANAGED_INSTANCES", NetworkConfiguration=None)
    assert groups(only_site(ec2(Managed=managed, Cluster=cluster, Service=on_managed))) == ["Managed"]
