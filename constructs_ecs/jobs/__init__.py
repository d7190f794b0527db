"""Jobs: one task that runs to its end, the states and workflows that run it, and what starts those."""

from constructs_ecs.jobs.base import Job
from constructs_ecs.jobs.ec2 import Ec2Job
from constructs_ecs.jobs.events import EventSource, ImagePushed, ObjectCreated
from constructs_ecs.jobs.fargate import FargateJob
from constructs_ecs.jobs.overrides import ContainerOverride
from constructs_ecs.jobs.retries import Retry
from constructs_ecs.jobs.run_task import RunTask
from constructs_ecs.jobs.steps import Steps
from constructs_ecs.jobs.values import AtPath, Jsonata
from constructs_ecs.jobs.workflow import Workflow

__all__ = [
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
]
