"""One task: its containers, its definition with own roles and logs, its needs. Services and jobs run it."""

from constructs_ecs.tasks.container import Container, HealthCheck
from constructs_ecs.tasks.definition import TaskDefinition
from constructs_ecs.tasks.logging import AwsLogs, BoundLogging, Logging, LogMode
from constructs_ecs.tasks.secrets import BoundSecret, ContainerSecret
from constructs_ecs.tasks.workload import Workload

__all__ = [
    "AwsLogs",
    "BoundLogging",
    "BoundSecret",
    "Container",
    "ContainerSecret",
    "HealthCheck",
    "LogMode",
    "Logging",
    "TaskDefinition",
    "Workload",
]
