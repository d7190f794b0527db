from typing import Any

from constructs_ecs.preflight.calls import Purpose
from constructs_ecs.preflight.launch_sites import Capacity, LaunchKind
from constructs_ecs.preflight.values import Ternary
from tests.preflight.launches import NETWORK, calls, leaves_by, name_of, of, only, only_site, resource, role


def daemon() -> dict[str, Any]:
    managed = {
        "InstanceLaunchTemplate": {
            "Ec2InstanceProfileArn": {"Fn::GetAtt": ["Profile", "Arn"]},
            "NetworkConfiguration": {"Subnets": [{"Ref": "Subnet"}], "SecurityGroups": [{"Ref": "Group"}]},
        }
    }
    container = {"Name": "agent", "Image": "registry.example.com/agent:1"}
    return {
        **NETWORK,
        "Cluster": resource("ECS::Cluster"),
        "Daemon": resource(
            "ECS::Daemon",
            ClusterArn={"Fn::GetAtt": ["Cluster", "Arn"]},
            CapacityProviderArns=[{"Fn::GetAtt": ["Provider", "Arn"]}],
            DaemonTaskDefinitionArn={"Fn::GetAtt": ["Task", "DaemonTaskDefinitionArn"]},
            EnableExecuteCommand=True,
        ),
        "Provider": resource("ECS::CapacityProvider", ManagedInstancesProvider=managed),
        "Task": resource("ECS::DaemonTaskDefinition", ContainerDefinitions=[container]),
        "Profile": resource("IAM::InstanceProfile", Roles=[{"Ref": "InstanceRole"}]),
        "InstanceRole": role("ec2", "*"),
    }


def test_a_daemon_runs_on_the_instances_of_its_capacity_providers() -> None:
    site = only_site(daemon())
    assert (site.kind, site.capacity) == (LaunchKind.DAEMON, Capacity.MANAGED_INSTANCES)
    assert (name_of(site.task_definition), name_of(site.cluster)) == ("Task", "Cluster")
    assert [name_of(instances.role) for instances in site.instances] == ["InstanceRole"]
    assert (site.task_interface, site.exec_enabled) == (None, Ternary.YES)


def test_what_managed_instances_call_no_page_says_so_a_failure_proves_nothing() -> None:
    made = calls(daemon())
    pull, channel = only(Purpose.PULL_FROM_REGISTRY, made), only(Purpose.OPEN_EXEC_CHANNEL, made)
    assert leaves_by(pull) == leaves_by(channel) == "Group"
    assert pull.advisory is not None
    assert channel.advisory is not None
    assert all(call.advisory for call in of(Purpose.REGISTER_INSTANCE, made))
