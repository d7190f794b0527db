"""ECS services, which AWS refuses when a part of them does not exist, and rolls back when a task cannot start."""

import json
from typing import Any

from ministack.services import alb, ec2, ecs

from tests.emulator.extension.api import client
from tests.emulator.extension.naming import made_up
from tests.emulator.extension.resource import Created, Properties, RefusedError, ResourceType, require, without
from tests.emulator.extension.shapes import call, typed
from tests.emulator.extension.starting import require_startable

# What UpdateService does not take: a change of it replaces the service, or CloudFormation refuses it.
_REPLACING = ("Cluster", "DeploymentController", "LaunchType", "Role", "SchedulingStrategy", "ServiceName")


def require_parts(properties: Properties) -> None:
    """Refuse, as CreateService and RunTask do, what names something that does not exist."""
    definition = definition_of(properties["TaskDefinition"])
    require_startable(definition)
    network = (properties.get("NetworkConfiguration") or {}).get("AwsvpcConfiguration", {})
    if definition["networkMode"] == "awsvpc" and not network.get("Subnets"):
        raise RefusedError("Network Configuration must be provided when networkMode 'awsvpc' is specified.")
    for subnet in network.get("Subnets", []):
        require("subnet ID", subnet, ec2._subnets)
    for group in network.get("SecurityGroups", []):
        require("security group", group, ec2._security_groups)
    if properties.get("LaunchType") == "FARGATE" and "FARGATE" not in definition.get("requiresCompatibilities", []):
        raise RefusedError("Task definition does not support launch_type FARGATE.")
    _require_providers(properties)
    for target in properties.get("LoadBalancers", []):
        _require_target(target, definition)


def definition_of(arn: str) -> dict[str, Any]:
    """The task definition of an ARN, or the newest of a family."""
    found = ecs._task_defs.get(ecs._resolve_td_key(arn))
    if found is None or found["status"] != "ACTIVE":
        raise RefusedError(f"Unable to find the task definition {arn}, or it is not active")
    return dict(found)


def _require_providers(properties: Properties) -> None:
    require("cluster", ecs._resolve_cluster_name(properties["Cluster"]), ecs._clusters)
    attached = ecs._clusters[ecs._resolve_cluster_name(properties["Cluster"])]["capacityProviders"]
    for item in properties.get("CapacityProviderStrategy", []):
        require("capacity provider of the cluster", item["CapacityProvider"], attached)


def _require_target(target: Properties, definition: dict[str, Any]) -> None:
    """A target group has to be in use by a load balancer, and the container to have the port."""
    require("target group", target["TargetGroupArn"], alb._tgs)
    if not _is_forwarded_to(target["TargetGroupArn"]):
        raise RefusedError(f"The target group {target['TargetGroupArn']} does not have an associated load balancer.")
    ports = {
        (container["name"], int(mapping["containerPort"]))
        for container in definition["containerDefinitions"]
        for mapping in container.get("portMappings", [])
    }
    if (target["ContainerName"], int(target["ContainerPort"])) not in ports:
        raise RefusedError(f"The container {target['ContainerName']} does not exist or lacks the port: {target}")


def _is_forwarded_to(target_group: str) -> bool:
    """Whether a listener, or one of its rules, sends requests to the target group."""
    actions = [each["DefaultActions"] for each in alb._listeners.values()] + [
        each["Actions"] for each in alb._rules.values()
    ]
    return any(target_group in json.dumps(each) for each in actions)


def _keep(key: str, properties: Properties) -> None:
    """Put into the emulator's record what it was told and did not keep."""
    shape = client("ecs").meta.service_model.operation_model("CreateService").input_shape
    ecs._services[key] |= typed(without(properties, *_REPLACING, "TaskDefinition", "Tags"), shape)


def _create(logical_id: str, properties: Properties, stack: str) -> Created:
    require_parts(properties)
    name = properties.get("ServiceName") or made_up(stack, logical_id)
    made = call("ecs", "CreateService", properties, ServiceName=name)["service"]
    _keep(f"{ecs._resolve_cluster_name(properties['Cluster'])}/{name}", properties)
    return made["serviceArn"], {"ServiceArn": made["serviceArn"], "Name": name}


def _update(physical_id: str, _old: Properties, new: Properties) -> dict[str, Any]:
    require_parts(new)
    name = physical_id.rsplit("/", 1)[-1]
    call("ecs", "UpdateService", without(new, *_REPLACING, "Tags"), Cluster=new["Cluster"], Service=name)
    _keep(f"{ecs._resolve_cluster_name(new['Cluster'])}/{name}", new)
    return {}


def _delete(physical_id: str, properties: Properties) -> None:
    client("ecs").delete_service(cluster=properties["Cluster"], service=physical_id, force=True)


TYPES = {"AWS::ECS::Service": ResourceType(create=_create, update=_update, delete=_delete, replacing=_REPLACING)}
