from typing import Any

from constructs_ecs.preflight.findings import Where
from constructs_ecs.preflight.task_definition import TaskDefinition, below, read_task_definition
from constructs_ecs.preflight.values import Ternary, Unknown
from tests.preflight.launches import FIXTURES, resource, task_definition
from tests.preflight.support import graph


def read(body: dict[str, Any] | str, logical_id: str = "Task") -> TaskDefinition:
    made = graph(body)
    found = made.resource("Template", logical_id)
    assert found is not None
    return read_task_definition(made, found)


def test_a_whole_task_definition_is_read() -> None:
    found = read((FIXTURES / "fargate.yaml").read_text(), "TaskDefinition")
    (container,) = found.containers
    (volume,) = found.volumes
    assert (found.network_mode, found.compatibilities, found.unknown) == ("awsvpc", ("FARGATE",), None)
    assert str(found.execution_role).endswith("role/${ExecutionRole}")
    assert str(found.task_role).endswith("role/${TaskRole}")
    assert (container.name, str(container.image).rpartition("/")[2]) == ("app", "${Repository}:1.4.2")
    assert [(secret.name, secret.fields) for secret in container.secrets] == [
        ("PASSWORD", ("password", "", "")),
        ("LEVEL", ()),
    ]
    assert [str(secret.where) for secret in container.secrets] == [
        f"Template#TaskDefinition.ContainerDefinitions[0].Secrets[{index}].ValueFrom" for index in (0, 1)
    ]
    assert [str(value) for value in container.environment_files] == ["arn:${AWS::Partition}:s3:::${Bucket}/app.env"]
    assert container.log is not None
    assert (container.log.driver, str(container.log.options["awslogs-group"])) == ("awslogs", "${LogGroup}")
    assert container.mounts == {"files": Ternary.NO}
    assert (volume.name, str(volume.file_system), str(volume.access_point)) == (
        "files",
        "${FileSystem}",
        "${AccessPoint}",
    )
    assert (volume.iam, volume.transit_encryption, volume.root_directory) == (Ternary.YES, Ternary.YES, None)


def test_a_bare_one_has_nothing_but_defaults() -> None:
    found = read({"Task": resource("ECS::TaskDefinition", ContainerDefinitions=[{"Name": "app"}])})
    (container,) = found.containers
    assert (found.execution_role, found.task_role, found.network_mode, found.volumes) == (None, None, None, ())
    assert (container.image, container.credentials, container.secrets, container.log) == (None, None, (), None)
    assert (container.is_log_router, container.configuration_file) == (False, None)


def test_containers_that_are_not_known_are_said_to_be_missing() -> None:
    found = read({"Task": resource("ECS::TaskDefinition", ContainerDefinitions={"Fn::ImportValue": "containers"})})
    assert (found.containers, isinstance(found.unknown, Unknown)) == ((), True)
    one = {"Name": "app", "Image": "nginx"}
    found = read({"Task": resource("ECS::TaskDefinition", ContainerDefinitions=[one, {"Fn::ImportValue": "second"}])})
    assert (len(found.containers), isinstance(found.unknown, Unknown)) == (1, True)


def test_a_name_that_is_not_known_is_replaced_by_the_index() -> None:
    body = {
        "Parameters": {"Name": {"Type": "String"}},
        "Resources": {"Task": task_definition({"Name": {"Ref": "Name"}})},
    }
    assert read(body).containers[0].name == "[0]"


def test_switches_of_a_volume_may_be_open() -> None:
    volume = {"FilesystemId": "fs-1", "TransitEncryption": {"Ref": "E"}, "AuthorizationConfig": {"IAM": {"Ref": "E"}}}
    body = {
        "Parameters": {"E": {"Type": "String"}},
        "Resources": {"Task": task_definition(Volumes=[{"Name": "v", "EFSVolumeConfiguration": volume}])},
    }
    (found,) = read(body).volumes
    assert (found.iam, found.transit_encryption) == (Ternary.UNKNOWN, Ternary.UNKNOWN)


def test_what_is_no_task_definition_at_all_is_read_without_an_error() -> None:
    for odd in ("x", 1, [["x"]], [None], {"a": 1}, [{"Secrets": "x", "LogConfiguration": "y", "MountPoints": [1]}]):
        read(
            {
                "Task": resource(
                    "ECS::TaskDefinition", ContainerDefinitions=odd, Volumes=odd, RequiresCompatibilities=odd
                )
            }
        )


def test_a_place_below_another_adds_to_its_path() -> None:
    assert str(below(Where("T", "R", ("A", 0)), "B", 1)) == "T#R.A[0].B[1]"
