"""AWS CDK constructs for Amazon ECS in private networks.

The public names are loaded when they are first used, so that importing a part without the CDK stays fast.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from constructs_ecs.capacity import CapacityShare, ClusterDefault, Ec2Capacity, ExistingCapacity, FargateProvider
    from constructs_ecs.checks import NagPack, enforce_best_practices, enforce_preflight
    from constructs_ecs.cluster import Cluster, EcsCluster, ExistingCluster, PublishedCluster, PublishedExec
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
    from constructs_ecs.jobs import (
        AtPath,
        ContainerOverride,
        Ec2Job,
        EventSource,
        FargateJob,
        ImagePushed,
        Job,
        Jsonata,
        ObjectCreated,
        Retry,
        RunTask,
        Steps,
        Workflow,
    )
    from constructs_ecs.load_balancer import InternalLoadBalancer, LoadBalancerTarget, TargetHealthCheck
    from constructs_ecs.network import (
        Egress,
        EndpointSet,
        ExistingEndpoint,
        ExistingNetwork,
        Network,
        PrivateNetwork,
        PublishedNetwork,
    )
    from constructs_ecs.operators import (
        AllowExec,
        AllowLaunchWithoutExec,
        DenyExec,
        DenyLaunchWithExec,
        DenyStartSession,
        ExecEvents,
        ExecPolicy,
        ExecRule,
        NamedCluster,
        exec_policy_document,
    )
    from constructs_ecs.registry import EcrRepository, Image, RegistryCredentials
    from constructs_ecs.services import Deployment, Ec2Service, FargateService
    from constructs_ecs.tasks import AwsLogs, Container, ContainerSecret, HealthCheck, Logging, LogMode

_MODULES = {
    "capacity": ("CapacityShare", "ClusterDefault", "Ec2Capacity", "ExistingCapacity", "FargateProvider"),
    "checks": ("NagPack", "enforce_best_practices", "enforce_preflight"),
    "cluster": ("Cluster", "EcsCluster", "ExistingCluster", "PublishedCluster", "PublishedExec"),
    "errors": ("Code", "ConflictError", "ConstructsEcsError", "InvalidValueError", "UnreachableError", "UnsafeError"),
    "exec": ("ExecAudit", "ExecConfiguration", "ExecLogging"),
    "facts.endpoints": ("Endpoint",),
    "facts.needs": ("Needs", "Permission"),
    "facts.task_sizes": ("CpuArchitecture", "OperatingSystem", "TaskSize"),
    "jobs": (
        "AtPath",
        "ContainerOverride",
        "Ec2Job",
        "EventSource",
        "FargateJob",
        "ImagePushed",
        "Job",
        "Jsonata",
        "ObjectCreated",
        "Retry",
        "RunTask",
        "Steps",
        "Workflow",
    ),
    "load_balancer": ("InternalLoadBalancer", "LoadBalancerTarget", "TargetHealthCheck"),
    "network": (
        "Egress",
        "EndpointSet",
        "ExistingEndpoint",
        "ExistingNetwork",
        "Network",
        "PrivateNetwork",
        "PublishedNetwork",
    ),
    "operators": (
        "AllowExec",
        "AllowLaunchWithoutExec",
        "DenyExec",
        "DenyLaunchWithExec",
        "DenyStartSession",
        "ExecEvents",
        "ExecPolicy",
        "ExecRule",
        "NamedCluster",
        "exec_policy_document",
    ),
    "registry": ("EcrRepository", "Image", "RegistryCredentials"),
    "services": ("Deployment", "Ec2Service", "FargateService"),
    "tasks": ("AwsLogs", "Container", "ContainerSecret", "HealthCheck", "LogMode", "Logging"),
}
_MODULE_OF = {name: module for module, names in _MODULES.items() for name in names}

__all__ = [
    "AllowExec",
    "AllowLaunchWithoutExec",
    "AtPath",
    "AwsLogs",
    "CapacityShare",
    "Cluster",
    "ClusterDefault",
    "Code",
    "ConflictError",
    "ConstructsEcsError",
    "Container",
    "ContainerOverride",
    "ContainerSecret",
    "CpuArchitecture",
    "DenyExec",
    "DenyLaunchWithExec",
    "DenyStartSession",
    "Deployment",
    "Ec2Capacity",
    "Ec2Job",
    "Ec2Service",
    "EcrRepository",
    "EcsCluster",
    "Egress",
    "Endpoint",
    "EndpointSet",
    "EventSource",
    "ExecAudit",
    "ExecConfiguration",
    "ExecEvents",
    "ExecLogging",
    "ExecPolicy",
    "ExecRule",
    "ExistingCapacity",
    "ExistingCluster",
    "ExistingEndpoint",
    "ExistingNetwork",
    "FargateJob",
    "FargateProvider",
    "FargateService",
    "HealthCheck",
    "Image",
    "ImagePushed",
    "InternalLoadBalancer",
    "InvalidValueError",
    "Job",
    "Jsonata",
    "LoadBalancerTarget",
    "LogMode",
    "Logging",
    "NagPack",
    "NamedCluster",
    "Needs",
    "Network",
    "ObjectCreated",
    "OperatingSystem",
    "Permission",
    "PrivateNetwork",
    "PublishedCluster",
    "PublishedExec",
    "PublishedNetwork",
    "RegistryCredentials",
    "Retry",
    "RunTask",
    "Steps",
    "TargetHealthCheck",
    "TaskSize",
    "UnreachableError",
    "UnsafeError",
    "Workflow",
    "enforce_best_practices",
    "enforce_preflight",
    "exec_policy_document",
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
