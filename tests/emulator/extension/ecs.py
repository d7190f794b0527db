"""ECS: every property goes through the API, which checks it against AWS's model and keeps it."""

from typing import Any

from ministack.services import autoscaling, ecs

from tests.emulator.extension.api import client
from tests.emulator.extension.naming import made_up
from tests.emulator.extension.resource import Created, Properties, RefusedError, ResourceType, require, without
from tests.emulator.extension.shapes import call, typed

_AWS_PROVIDERS = frozenset({"FARGATE", "FARGATE_SPOT"})


def _keep(record: Properties, operation: str, properties: Properties) -> None:
    """Put into the emulator's record what it was told and did not keep."""
    shape = client("ecs").meta.service_model.operation_model(operation).input_shape
    record |= typed(properties, shape)


def _create_cluster(logical_id: str, properties: Properties, stack: str) -> Created:
    name = properties.get("ClusterName") or made_up(stack, logical_id)
    made = call(
        "ecs",
        "CreateCluster",
        without(properties, "ClusterName", "ClusterSettings"),
        ClusterName=name,
        Settings=properties.get("ClusterSettings", []),
    )
    return name, {"Arn": made["cluster"]["clusterArn"]}


def _update_cluster(physical_id: str, _old: Properties, new: Properties) -> dict[str, Any]:
    call(
        "ecs",
        "UpdateCluster",
        {name: new[name] for name in ("Configuration", "ServiceConnectDefaults") if name in new},
        Cluster=physical_id,
        Settings=new.get("ClusterSettings", []),
    )
    return {}


def _delete_cluster(physical_id: str, _properties: Properties) -> None:
    active = [
        each["serviceName"]
        for each in ecs._services.values()
        if each["clusterArn"].endswith(f"/{physical_id}") and each["status"] == "ACTIVE"
    ]
    if active:
        raise RefusedError(f"The Cluster cannot be deleted while Services are active: {active}")
    client("ecs").delete_cluster(cluster=physical_id)


def _create_provider(logical_id: str, properties: Properties, stack: str) -> Created:
    name = properties.get("Name") or made_up(stack, logical_id)
    own = dict(properties.get("AutoScalingGroupProvider", {}))
    if own:  # a template gives the group's name or its ARN
        own["AutoScalingGroupArn"] = _group(own["AutoScalingGroupArn"])
    made = call("ecs", "CreateCapacityProvider", properties, Name=name, AutoScalingGroupProvider=own)
    _keep(ecs._capacity_providers[name], "CreateCapacityProvider", {"AutoScalingGroupProvider": own})
    return name, {"Arn": made["capacityProvider"]["capacityProviderArn"]}


def _group(reference: str) -> str:
    for name, group in autoscaling._asgs.items():
        if reference in (name, group["AutoScalingGroupARN"]):
            return str(group["AutoScalingGroupARN"])
    raise RefusedError(f"The Auto Scaling group {reference} does not exist")


def _update_provider(physical_id: str, _old: Properties, new: Properties) -> dict[str, Any]:
    own = {**new["AutoScalingGroupProvider"]}
    own["AutoScalingGroupArn"] = _group(own["AutoScalingGroupArn"])
    _keep(ecs._capacity_providers[physical_id], "CreateCapacityProvider", {"AutoScalingGroupProvider": own})
    return {}


def _delete_provider(physical_id: str, _properties: Properties) -> None:
    used = [name for name, each in ecs._clusters.items() if physical_id in each["capacityProviders"]]
    if used:
        raise RefusedError(f"The capacity provider is in use by clusters: {used}")
    client("ecs").delete_capacity_provider(capacityProvider=physical_id)


def _associate(cluster: str, properties: Properties) -> None:
    for provider in set(properties["CapacityProviders"]) - _AWS_PROVIDERS:
        require("capacity provider", provider, ecs._capacity_providers)
    call("ecs", "PutClusterCapacityProviders", properties, Cluster=cluster)


def _create_association(_logical_id: str, properties: Properties, _stack: str) -> Created:
    _associate(properties["Cluster"], without(properties, "Cluster"))
    return properties["Cluster"], {}


def _update_association(physical_id: str, _old: Properties, new: Properties) -> dict[str, Any]:
    _associate(physical_id, without(new, "Cluster"))
    return {}


def _delete_association(physical_id: str, _properties: Properties) -> None:
    _associate(physical_id, {"CapacityProviders": [], "DefaultCapacityProviderStrategy": []})


def _create_task_definition(logical_id: str, properties: Properties, stack: str) -> Created:
    family = properties.get("Family") or f"{stack}{logical_id}"
    made = call("ecs", "RegisterTaskDefinition", properties, Family=family)["taskDefinition"]
    return made["taskDefinitionArn"], {"TaskDefinitionArn": made["taskDefinitionArn"]}


def _retag(physical_id: str, _old: Properties, new: Properties) -> dict[str, Any]:
    ecs._tags[physical_id] = [{"key": tag["Key"], "value": tag["Value"]} for tag in new.get("Tags", [])]
    return {}


def _delete_task_definition(physical_id: str, _properties: Properties) -> None:
    client("ecs").deregister_task_definition(taskDefinition=physical_id)


TYPES = {
    "AWS::ECS::Cluster": ResourceType(
        create=_create_cluster, update=_update_cluster, delete=_delete_cluster, replacing=("ClusterName",)
    ),
    "AWS::ECS::CapacityProvider": ResourceType(
        create=_create_provider, update=_update_provider, delete=_delete_provider, replacing=("ClusterName", "Name")
    ),
    "AWS::ECS::ClusterCapacityProviderAssociations": ResourceType(
        create=_create_association, update=_update_association, delete=_delete_association, replacing=("Cluster",)
    ),
    "AWS::ECS::TaskDefinition": ResourceType(
        create=_create_task_definition,
        update=_retag,
        delete=_delete_task_definition,
        replacing=(
            "ContainerDefinitions",
            "Cpu",
            "EnableFaultInjection",
            "EphemeralStorage",
            "ExecutionRoleArn",
            "Family",
            "IpcMode",
            "Memory",
            "NetworkMode",
            "PidMode",
            "PlacementConstraints",
            "ProxyConfiguration",
            "RequiresCompatibilities",
            "RuntimePlatform",
            "TaskRoleArn",
            "Volumes",
        ),
    ),
}
