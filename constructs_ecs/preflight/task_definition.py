"""A typed view of a task definition: what is in it, of whatever resource type it is.

Sources: CloudFormation, ``AWS::ECS::TaskDefinition``, ``AWS::ECS::DaemonTaskDefinition`` and
``AWS::ECS::ExpressGatewayService``.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from constructs_ecs.preflight.findings import Where
from constructs_ecs.preflight.launch_sites.reading import as_mapping, as_text, items, walk
from constructs_ecs.preflight.secret_references import SecretReference, secret_reference
from constructs_ecs.preflight.templates.graph import Graph, Resource
from constructs_ecs.preflight.values import Ternary, Text, Unknown, boolean

EXPRESS: Final = "AWS::ECS::ExpressGatewayService"
DAEMON: Final = "AWS::ECS::DaemonTaskDefinition"


@dataclass(frozen=True, kw_only=True)
class LogConfiguration:
    """Where a container's output goes.

    Args:
        driver: the log driver.
        options: its options.
        secrets: the options that the agent fetches.
        where: the property.
    """

    driver: Text
    options: Mapping[str, Any]
    secrets: tuple[SecretReference, ...]
    where: Where


@dataclass(frozen=True, kw_only=True)
class Container:
    """A container definition.

    Args:
        name: its name, for people; its index where the name is not known.
        image: the image; None if it names none.
        credentials: the ARN of the secret with the registry's credentials.
        secrets: what is fetched into its environment.
        environment_files: the ARNs of the objects that its environment is read from.
        log: where its output goes; None for the host's default.
        configuration_file: the ARN of FireLens's configuration in a bucket.
        is_log_router: whether it is the FireLens router.
        mounts: the names of the volumes that it mounts -> whether it only reads them.
        properties: all of its properties, for what is not told here.
        where: the property.
    """

    name: str
    image: Text | None
    credentials: Text | None
    secrets: tuple[SecretReference, ...]
    environment_files: tuple[Text, ...]
    log: LogConfiguration | None
    configuration_file: Text | None
    is_log_router: bool
    mounts: Mapping[str, Ternary]
    properties: Mapping[str, Any]
    where: Where


@dataclass(frozen=True, kw_only=True)
class EfsVolume:
    """A volume in Amazon EFS.

    Args:
        name: the volume's name.
        file_system: the file system's id.
        access_point: the access point's id; None without one.
        iam: whether the task role has to be let in.
        root_directory: the directory that is mounted; None for the root.
        transit_encryption: whether the connection is encrypted.
        where: the property.
    """

    name: Text
    file_system: Text
    access_point: Text | None
    iam: Ternary
    root_directory: Text | None
    transit_encryption: Ternary
    where: Where


@dataclass(frozen=True, kw_only=True)
class TaskDefinition:
    """What is run.

    Args:
        resource: the resource that says so.
        containers: its containers, as far as they are known.
        volumes: its volumes in Amazon EFS.
        execution_role: the execution role's ARN; None without one.
        task_role: the task role's ARN; None without one.
        network_mode: as it is written; None for the default.
        compatibilities: the launch types that it is made for.
        unknown: why there may be more in it than is shown.
        where: the resource.
    """

    resource: Resource
    containers: tuple[Container, ...]
    volumes: tuple[EfsVolume, ...]
    execution_role: Text | None
    task_role: Text | None
    network_mode: Text | None
    compatibilities: tuple[Text, ...]
    unknown: Unknown | None
    where: Where


def read_task_definition(graph: Graph, resource: Resource) -> TaskDefinition:
    """Read a task definition, a daemon's, or the one that is within an Express Mode service."""
    express = resource.type == EXPRESS
    containers = _express_container(resource) if express else resource.get("ContainerDefinitions")
    return TaskDefinition(
        resource=resource,
        containers=() if isinstance(containers, Unknown) else tuple(_containers(graph, containers, resource)),
        volumes=tuple(_volumes(resource)),
        execution_role=as_text(resource.get("ExecutionRoleArn")),
        task_role=as_text(resource.get("TaskRoleArn")),
        network_mode="awsvpc" if express else as_text(resource.get("NetworkMode")),
        compatibilities=tuple(as_text(value) or "" for _, value in items(resource.get("RequiresCompatibilities"))),
        unknown=_unknown(containers),
        where=resource.where,
    )


def _unknown(containers: Any) -> Unknown | None:  # noqa: ANN401 - any resolved value
    if isinstance(containers, Unknown):
        return containers
    return next((item for _, item in items(containers) if isinstance(item, Unknown)), None)


def _containers(graph: Graph, definitions: Any, resource: Resource) -> Iterator[Container]:  # noqa: ANN401
    express = resource.type == EXPRESS
    for index, definition in items(definitions):
        if isinstance(definition, Mapping):
            path = ("PrimaryContainer",) if express else ("ContainerDefinitions", index)
            yield _container(graph, definition, index, replace(resource.where, property_path=path))


def _container(graph: Graph, definition: Mapping[str, Any], index: int, where: Where) -> Container:
    name = definition.get("Name")
    firelens = walk(definition, "FirelensConfiguration")
    return Container(
        name=name if isinstance(name, str) else f"[{index}]",
        image=as_text(definition.get("Image")),
        credentials=as_text(walk(definition, "RepositoryCredentials", "CredentialsParameter")),
        secrets=_secrets(graph, definition.get("Secrets"), below(where, "Secrets")),
        environment_files=tuple(
            as_text(walk(item, "Value")) or "" for _, item in items(definition.get("EnvironmentFiles"))
        ),
        log=read_log(graph, definition.get("LogConfiguration"), below(where, "LogConfiguration")),
        configuration_file=_configuration_file(firelens),
        is_log_router=firelens is not None,
        mounts=_mounts(definition.get("MountPoints")),
        properties=definition,
        where=where,
    )


def read_log(graph: Graph, configuration: Any, where: Where) -> LogConfiguration | None:  # noqa: ANN401
    """Read a log configuration, of a container or of a Service Connect proxy; None for none."""
    if configuration is None:
        return None
    return LogConfiguration(
        driver=as_text(walk(configuration, "LogDriver")) or Unknown(f"{where} names no log driver"),
        options=as_mapping(walk(configuration, "Options")),
        secrets=_secrets(graph, walk(configuration, "SecretOptions"), below(where, "SecretOptions")),
        where=where,
    )


def _secrets(graph: Graph, value: Any, where: Where) -> tuple[SecretReference, ...]:  # noqa: ANN401
    return tuple(
        secret_reference(
            graph,
            walk(item, "Name"),
            as_text(walk(item, "ValueFrom")) or Unknown(f"{below(where, index)} names no value"),
            below(where, index, "ValueFrom"),
        )
        for index, item in items(value)
    )


def _configuration_file(firelens: Any) -> Text | None:  # noqa: ANN401 - any resolved value
    if walk(firelens, "Options", "config-file-type") != "s3":
        return None
    return as_text(walk(firelens, "Options", "config-file-value"))


def _mounts(value: Any) -> dict[str, Ternary]:  # noqa: ANN401 - any resolved value
    named = ((walk(item, "SourceVolume"), boolean(walk(item, "ReadOnly"), default=False)) for _, item in items(value))
    return {str(name): read_only for name, read_only in named if name is not None}


def _volumes(resource: Resource) -> Iterator[EfsVolume]:
    for index, volume in items(resource.get("Volumes")):
        configuration = walk(volume, "EFSVolumeConfiguration")
        if configuration is not None:
            where = replace(resource.where, property_path=("Volumes", index, "EFSVolumeConfiguration"))
            yield EfsVolume(
                name=as_text(walk(volume, "Name")) or "",
                file_system=as_text(walk(configuration, "FilesystemId")) or Unknown(f"{where} names no file system"),
                access_point=as_text(walk(configuration, "AuthorizationConfig", "AccessPointId")),
                iam=_enabled(walk(configuration, "AuthorizationConfig", "IAM")),
                root_directory=as_text(walk(configuration, "RootDirectory")),
                transit_encryption=_enabled(walk(configuration, "TransitEncryption")),
                where=where,
            )


def _enabled(value: Any) -> Ternary:  # noqa: ANN401 - any resolved value
    if value is None or value == "DISABLED":
        return Ternary.NO
    return Ternary.YES if value == "ENABLED" else Ternary.UNKNOWN


def _express_container(resource: Resource) -> Any:  # noqa: ANN401 - any resolved value
    """Return the container of an Express Mode service in a task definition's terms."""
    container = resource.get("PrimaryContainer")
    if not isinstance(container, Mapping):
        return container
    logs = walk(container, "AwsLogsConfiguration")
    made_up = Unknown(f"{resource.where} leaves its log group to Express Mode")
    options = {
        "awslogs-group": made_up if logs is None else walk(logs, "LogGroup"),
        "awslogs-stream-prefix": walk(logs, "LogStreamPrefix"),
    }
    return [{"Name": "Main", **container, "LogConfiguration": {"LogDriver": "awslogs", "Options": options}}]


def below(where: Where, *path: str | int) -> Where:
    """Return a place below another."""
    return replace(where, property_path=(*where.property_path, *path))
