"""AWS CDK constructs for Amazon ECS in private networks.

The public names are loaded when they are first used, so that importing a part without the CDK stays fast.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from constructs_ecs.capacity import CapacityShare, Ec2Capacity, FargateProvider
    from constructs_ecs.checks import NagPack, enforce_best_practices, enforce_preflight
    from constructs_ecs.cluster import Cluster, EcsCluster
    from constructs_ecs.errors import (
        Code,
        ConflictError,
        ConstructsEcsError,
        InvalidValueError,
        UnreachableError,
        UnsafeError,
    )
    from constructs_ecs.exec import ExecAudit, ExecConfiguration, ExecLogging
    from constructs_ecs.facts.endpoints import Endpoint
    from constructs_ecs.facts.needs import Needs, Permission
    from constructs_ecs.facts.task_sizes import CpuArchitecture, OperatingSystem, TaskSize
    from constructs_ecs.network import Egress, EndpointSet, Network, PrivateNetwork
    from constructs_ecs.registry import EcrRepository, Image, RegistryCredentials
    from constructs_ecs.services import Deployment, Ec2Service, FargateService
    from constructs_ecs.tasks import AwsLogs, Container, ContainerSecret, HealthCheck, Logging, LogMode

_MODULES = {
    "capacity": ("CapacityShare", "Ec2Capacity", "FargateProvider"),
    "checks": ("NagPack", "enforce_best_practices", "enforce_preflight"),
    "cluster": ("Cluster", "EcsCluster"),
    "errors": (
        "Code",
        "ConflictError",
        "ConstructsEcsError",
        "InvalidValueError",
        "UnreachableError",
        "UnsafeError",
    ),
    "exec": ("ExecAudit", "ExecConfiguration", "ExecLogging"),
    "facts.endpoints": ("Endpoint",),
    "facts.needs": ("Needs", "Permission"),
    "facts.task_sizes": ("CpuArchitecture", "OperatingSystem", "TaskSize"),
    "network": ("Egress", "EndpointSet", "Network", "PrivateNetwork"),
    "registry": ("EcrRepository", "Image", "RegistryCredentials"),
    "services": ("Deployment", "Ec2Service", "FargateService"),
    "tasks": ("AwsLogs", "Container", "ContainerSecret", "HealthCheck", "LogMode", "Logging"),
}
_MODULE_OF = {name: module for module, names in _MODULES.items() for name in names}

__all__ = [
    "AwsLogs",
    "CapacityShare",
    "Cluster",
    "Code",
    "ConflictError",
    "ConstructsEcsError",
    "Container",
    "ContainerSecret",
    "CpuArchitecture",
    "Deployment",
    "Ec2Capacity",
    "Ec2Service",
    "EcrRepository",
    "EcsCluster",
    "Egress",
    "Endpoint",
    "EndpointSet",
    "ExecAudit",
    "ExecConfiguration",
    "ExecLogging",
    "FargateProvider",
    "FargateService",
    "HealthCheck",
    "Image",
    "InvalidValueError",
    "LogMode",
    "Logging",
    "NagPack",
    "Needs",
    "Network",
    "OperatingSystem",
    "Permission",
    "PrivateNetwork",
    "RegistryCredentials",
    "TaskSize",
    "UnreachableError",
    "UnsafeError",
    "enforce_best_practices",
    "enforce_preflight",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - a module's names have any type
    module = _MODULE_OF.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{module}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_MODULE_OF})
