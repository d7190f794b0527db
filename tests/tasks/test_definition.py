from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_secretsmanager as secretsmanager

from constructs_ecs import (
    Code,
    ConstructsEcsError,
    ContainerSecret,
    CpuArchitecture,
    ExecConfiguration,
    HealthCheck,
    OperatingSystem,
    TaskSize,
)
from constructs_ecs.tasks import TaskDefinition
from tests.scene import scene
from tests.support import of_type, only


def _definition(**options: Any) -> tuple[dict[str, Any], dict[str, Any]]:  # noqa: ANN401 - any option
    place = scene()
    size = options.pop("size", None)
    exec_on = options.pop("exec_on", True)
    sidecar = options.pop("sidecar", None)
    place.fargate(
        containers=[place.container(**options), *([] if sidecar is None else [place.container(**sidecar)])],
        enable_execute_command=exec_on,
        **({} if size is None else {"size": size}),
    )
    made = place.template
    return only(made, "AWS::ECS::TaskDefinition"), made


def test_a_container_reaches_the_template_as_it_was_described() -> None:
    definition, _ = _definition(
        environment={"LEVEL": "info"},
        command=["serve"],
        entry_point=["/bin/sh"],
        user="1000",
        working_directory="/srv",
        stop_timeout_seconds=60,
        cpu=128,
        memory_mib=256,
        health_check=HealthCheck(command="true", interval_seconds=10, start_period_seconds=20),
    )
    (container,) = definition["ContainerDefinitions"]
    assert container["Environment"] == [{"Name": "LEVEL", "Value": "info"}]
    assert (container["Command"], container["EntryPoint"]) == (["serve"], ["/bin/sh"])
    assert (container["User"], container["WorkingDirectory"], container["StopTimeout"]) == ("1000", "/srv", 60)
    assert (container["Cpu"], container["Memory"]) == (128, 256)
    assert container["PortMappings"] == [{"ContainerPort": 8080, "Protocol": "tcp"}]
    assert container["HealthCheck"] == {
        "Command": ["CMD-SHELL", "true"],
        "Interval": 10,
        "Retries": 3,
        "StartPeriod": 20,
        "Timeout": 5,
    }


def test_a_size_says_its_platform() -> None:
    size = TaskSize(cpu=1024, memory_mib=2048, ephemeral_storage_gib=50, cpu_architecture=CpuArchitecture.ARM64)
    definition, _ = _definition(size=size)
    assert (definition["Cpu"], definition["Memory"]) == ("1024", "2048")
    assert definition["EphemeralStorage"] == {"SizeInGiB": 50}
    assert definition["RuntimePlatform"] == {"CpuArchitecture": "ARM64", "OperatingSystemFamily": "LINUX"}


@pytest.mark.parametrize("system", [system for system in OperatingSystem if system.is_windows])
def test_windows_gets_no_init_process(system: OperatingSystem) -> None:
    definition, _ = _definition(size=TaskSize(cpu=1024, memory_mib=2048, operating_system=system))
    (container,) = definition["ContainerDefinitions"]
    assert "LinuxParameters" not in container
    assert definition["RuntimePlatform"]["OperatingSystemFamily"] == system.value


def test_a_read_only_root_with_exec_gets_the_three_writable_mounts() -> None:
    definition, _ = _definition(read_only_root_filesystem=True, exec_writable_mounts=True)
    (container,) = definition["ContainerDefinitions"]
    assert container["ReadonlyRootFilesystem"] is True
    mounts = {mount["ContainerPath"]: mount for mount in container["MountPoints"]}
    assert set(mounts) == {"/managed-agents", "/var/lib/amazon/ssm", "/var/log/amazon/ssm"}
    assert not any(mount["ReadOnly"] for mount in mounts.values())
    assert {volume["Name"] for volume in definition["Volumes"]} == {m["SourceVolume"] for m in mounts.values()}


def test_a_read_only_root_without_exec_gets_no_mounts() -> None:
    definition, _ = _definition(read_only_root_filesystem=True, exec_on=False)
    (container,) = definition["ContainerDefinitions"]
    assert container["ReadonlyRootFilesystem"] is True
    assert "Volumes" not in definition
    assert "MountPoints" not in container


def test_each_container_writes_streams_of_its_own_name() -> None:
    definition, _ = _definition(sidecar={"name": "proxy", "port": 9090, "essential": False})
    prefixes = {
        container["Name"]: container["LogConfiguration"]["Options"]["awslogs-stream-prefix"]
        for container in definition["ContainerDefinitions"]
    }
    assert prefixes == {"app": "app", "proxy": "proxy"}


def test_a_task_always_has_two_roles_of_its_own() -> None:
    definition, made = _definition(exec_on=False)
    assert definition["TaskRoleArn"] != definition["ExecutionRoleArn"]
    trusts = [
        role["Properties"]["AssumeRolePolicyDocument"]["Statement"][0]
        for name, role in of_type(made, "AWS::IAM::Role").items()
        if name.startswith("Web")
    ]
    assert len(trusts) == 2
    for trust in trusts:
        assert trust["Principal"] == {"Service": "ecs-tasks.amazonaws.com"}
        assert set(trust["Condition"]) == {"StringEquals", "ArnLike"}


def test_a_task_definition_can_be_made_without_a_service() -> None:
    place = scene()
    task = TaskDefinition(
        place.stack,
        "Job",
        containers=[place.container()],
        size=TaskSize(cpu=256, memory_mib=512),
        enable_execute_command=False,
        exec_configuration=ExecConfiguration(),
    )
    assert task.needs.execution_role
    assert len(of_type(place.template, "AWS::ECS::Service")) == 0


def test_figures_that_only_cloudformation_knows_are_taken() -> None:
    place = scene()

    def number(name: str) -> int:
        return int(cdk.CfnParameter(place.stack, name, type="Number").value_as_number)

    place.fargate(
        container=place.container(
            port=number("Port"),
            cpu=number("ContainerCpu"),
            memory_mib=number("Limit"),
            memory_reservation_mib=256,
            stop_timeout_seconds=number("Stop"),
            health_check=HealthCheck(
                command="true",
                interval_seconds=number("Interval"),
                timeout_seconds=number("Timeout"),
                retries=number("Retries"),
                start_period_seconds=number("Start"),
            ),
        ),
        size=TaskSize(cpu=number("Cpu"), memory_mib=number("Memory"), ephemeral_storage_gib=number("Storage")),
        desired_count=number("Count"),
    )
    definition = only(place.template, "AWS::ECS::TaskDefinition")
    assert (definition["Cpu"], definition["Memory"]) == ({"Ref": "Cpu"}, {"Ref": "Memory"})
    assert definition["EphemeralStorage"] == {"SizeInGiB": {"Ref": "Storage"}}
    (container,) = definition["ContainerDefinitions"]
    assert (container["Memory"], container["MemoryReservation"]) == ({"Ref": "Limit"}, 256)
    assert (container["Cpu"], container["StopTimeout"]) == ({"Ref": "ContainerCpu"}, {"Ref": "Stop"})
    assert container["HealthCheck"] == {
        "Command": ["CMD-SHELL", "true"],
        "Interval": {"Ref": "Interval"},
        "Retries": {"Ref": "Retries"},
        "StartPeriod": {"Ref": "Start"},
        "Timeout": {"Ref": "Timeout"},
    }


def test_names_of_containers_and_variables_are_free_of_each_other() -> None:
    place = scene()
    secret = ContainerSecret.from_secrets_manager(secretsmanager.Secret(place.stack, "Secret"))
    names = ("Resource", "TaskRole", "LogGroup", "a", "a-b")
    variables = {"LinuxParameters": secret, "b-c": secret, "c": secret}
    place.fargate(containers=[place.container(name=name, port=None, secrets=variables) for name in names])
    containers = only(place.template, "AWS::ECS::TaskDefinition")["ContainerDefinitions"]
    assert tuple(container["Name"] for container in containers) == names


def test_logging_of_another_type_is_refused() -> None:
    with pytest.raises(ConstructsEcsError) as caught:
        scene().fargate(logging="awslogs")
    assert caught.value.code is Code.SETTING
