from typing import Any

import pytest

from constructs_ecs.facts.task_sizes import FARGATE_MEMORY_MIB
from constructs_ecs.preflight.findings import Severity
from constructs_ecs.preflight.rules.t06_fargate_limits import FargateLimits
from tests.preflight.rules.support_tasks import findings, fixture, launched, parameters

WINDOWS = {"RuntimePlatform": {"OperatingSystemFamily": "WINDOWS_SERVER_2022_CORE"}}


@pytest.mark.parametrize(("cpu", "memory"), [("256", "4096"), (512, 512), ("0.5 vCPU", "8 GB"), ("300", "512")])
def test_a_size_that_fargate_does_not_offer_is_refused(cpu: object, memory: object) -> None:
    (found,) = findings(FargateLimits, launched(task={"Cpu": cpu, "Memory": memory}))
    assert (found.severity, found.where.logical_id) == (Severity.DEPLOY, "TaskDefinition")
    assert found.symptom == "No Fargate configuration exists for given values"
    assert found.launch_sites[0].logical_id == "Service"


@pytest.mark.parametrize("name", ["Cpu", "Memory"])
def test_a_task_without_a_size_is_refused(name: str) -> None:
    (found,) = findings(FargateLimits, launched(task={name: {"Ref": "AWS::NoValue"}}))
    assert f"no {name}" in found.message


@pytest.mark.parametrize("cpu", sorted(FARGATE_MEMORY_MIB)[:-1])
def test_every_size_that_fargate_offers_passes(cpu: int) -> None:
    for memory in (FARGATE_MEMORY_MIB[cpu][0], FARGATE_MEMORY_MIB[cpu][-1]):
        assert findings(FargateLimits, launched(task={"Cpu": str(cpu), "Memory": str(memory)})) == []


@pytest.mark.parametrize(("cpu", "memory"), [(".25 vCPU", "0.5 GB"), ("1 vCPU", "2GB"), (" 2 vcpu ", "4 gb")])
def test_a_size_may_be_written_with_its_unit(cpu: str, memory: str) -> None:
    assert findings(FargateLimits, launched(task={"Cpu": cpu, "Memory": memory})) == []


def test_the_largest_size_gives_a_warning_as_not_every_account_has_it() -> None:
    (found,) = findings(FargateLimits, launched(task={"Cpu": "32768", "Memory": "61440"}))
    assert found.severity is Severity.WARNING


def test_windows_has_fewer_sizes() -> None:
    assert len(findings(FargateLimits, launched(task={"Cpu": "512", "Memory": "1024", **WINDOWS}))) == 1
    assert findings(FargateLimits, launched(task={"Cpu": "1024", "Memory": "2048", **WINDOWS})) == []


@pytest.mark.parametrize(("size", "count"), [(20, 1), (21, 0), (200, 0), ("201", 1)])
def test_ephemeral_storage_has_bounds(size: object, count: int) -> None:
    assert len(findings(FargateLimits, launched(task={"EphemeralStorage": {"SizeInGiB": size}}))) == count


@pytest.mark.parametrize(
    "task",
    [
        {"NetworkMode": "bridge"},
        {"NetworkMode": {"Ref": "AWS::NoValue"}},
        {"PidMode": "host"},
        {"IpcMode": "task"},
        {"PlacementConstraints": [{"Type": "memberOf"}]},
        {"Volumes": [{"Name": "v", "DockerVolumeConfiguration": {"Scope": "task"}}]},
        {"Volumes": [{"Name": "v", "Host": {"SourcePath": "/var/run"}}]},
    ],
)
def test_a_property_of_the_task_that_fargate_does_not_take_is_refused(task: dict[str, Any]) -> None:
    (found,) = findings(FargateLimits, launched(task=task))
    assert found.symptom.startswith("ClientException")


@pytest.mark.parametrize(
    "container",
    [
        {"Privileged": True},
        {"Privileged": "true"},
        {"DisableNetworking": True},
        {"DnsServers": ["10.0.0.2"]},
        {"DnsSearchDomains": ["example.com"]},
        {"DockerSecurityOptions": ["no-new-privileges"]},
        {"ExtraHosts": [{"Hostname": "a", "IpAddress": "10.0.0.1"}]},
        {"Links": ["other"]},
        {"LinuxParameters": {"Devices": [{"HostPath": "/dev/null"}]}},
        {"LinuxParameters": {"SharedMemorySize": 64}},
        {"LinuxParameters": {"Tmpfs": [{"ContainerPath": "/scratch", "Size": 64}]}},
        {"LinuxParameters": {"MaxSwap": 64}},
        {"LinuxParameters": {"Swappiness": 60}},
        {"LinuxParameters": {"Capabilities": {"Add": ["SYS_PTRACE", "NET_ADMIN"]}}},
        {"ResourceRequirements": [{"Type": "GPU", "Value": "1"}]},
        {"PortMappings": [{"ContainerPort": 80, "HostPort": 8080}]},
    ],
)
def test_a_property_of_a_container_that_fargate_does_not_take_is_refused(container: dict[str, Any]) -> None:
    (found,) = findings(FargateLimits, launched(container))
    assert found.severity is Severity.DEPLOY
    assert "app" in found.message
    assert findings(FargateLimits, launched(container, fargate=False)) == []


@pytest.mark.parametrize(
    "container",
    [
        {"Privileged": False, "DisableNetworking": "false", "DnsServers": [], "LinuxParameters": {}},
        {"LinuxParameters": {"Capabilities": {"Add": ["SYS_PTRACE"], "Drop": ["ALL"]}, "InitProcessEnabled": True}},
        {"PortMappings": [{"ContainerPort": 80, "HostPort": 80}, {"ContainerPort": 81}]},
        {"PortMappings": [{"ContainerPort": 82, "HostPort": 0}]},
        {"ResourceRequirements": []},
    ],
)
def test_what_asks_for_nothing_or_for_what_fargate_has_passes(container: dict[str, Any]) -> None:
    assert findings(FargateLimits, launched(container, task={"PidMode": "task", "Volumes": [{"Name": "v"}]})) == []


def test_the_template_in_which_all_is_well_passes() -> None:
    assert findings(FargateLimits, fixture("fargate")) == []


def test_a_task_on_ec2_is_none_of_this_rule_s() -> None:
    assert findings(FargateLimits, fixture("ec2")) == []
    assert findings(FargateLimits, launched(task={"Cpu": "300", "Memory": "300"}, fargate=False)) == []


def test_a_definition_for_both_is_checked_for_fargate() -> None:
    task = {"RequiresCompatibilities": ["EC2", "FARGATE"], "NetworkMode": "awsvpc", "Cpu": "256", "Memory": "4096"}
    assert len(findings(FargateLimits, launched(task=task, fargate=False))) == 1


def test_a_definition_for_instances_alone_is_refused_on_fargate() -> None:
    (found,) = findings(FargateLimits, launched(task={"RequiresCompatibilities": ["EC2"]}))
    assert found.symptom == "InvalidParameterException: Task definition does not support launch_type FARGATE."
    assert found.message == "TaskDefinition is for EC2 alone, and is launched on Fargate."


@pytest.mark.parametrize("named", [[], ["EC2", "FARGATE"], [{"Ref": "Kind"}], {"Ref": "AWS::NoValue"}])
def test_a_definition_that_does_not_say_so_may_be_for_fargate(named: object) -> None:
    body = {"Parameters": parameters("Kind"), "Resources": launched(task={"RequiresCompatibilities": named})}
    assert findings(FargateLimits, body) == []


def test_a_volume_of_the_task_s_own_passes() -> None:
    assert findings(FargateLimits, launched(task={"Volumes": [{"Name": "v", "Host": {}}]})) == []


def test_what_is_not_known_leaves_it_open() -> None:
    task = {
        "Cpu": {"Ref": "Cpu"},
        "Memory": "4096",
        "NetworkMode": {"Ref": "Mode"},
        "EphemeralStorage": {"SizeInGiB": {"Ref": "Size"}},
        "RuntimePlatform": {"OperatingSystemFamily": {"Ref": "System"}},
    }
    container = {"Privileged": {"Ref": "Mode"}}
    resources = launched(container, task=task)
    names = parameters("Cpu", "Mode", "Size", "System")
    assert findings(FargateLimits, {"Parameters": names, "Resources": resources}) == []


def test_on_an_operating_system_that_is_not_known_a_size_is_open() -> None:
    task = {"Cpu": "512", "Memory": "1024", "RuntimePlatform": {"OperatingSystemFamily": {"Ref": "System"}}}
    template = {"Parameters": parameters("System"), "Resources": launched(task=task)}
    assert findings(FargateLimits, template) == []
