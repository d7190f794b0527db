"""The library's errors: one tree, and a stable code for each rule.

Every error says the rule, what was given, what is allowed and what to do, and starts with its code::

    ECS010: cpu=512 allows memory_mib 1024, 2048, 3072 or 4096; got 512. Raise memory_mib or lower cpu.

Catch :class:`ConstructsEcsError` for all of them, a subclass for a kind, or compare ``error.code`` for one rule.
"""

from enum import Enum
from typing import Self

__all__ = [
    "Code",
    "ConflictError",
    "ConstructsEcsError",
    "InvalidValueError",
    "UnreachableError",
    "UnsafeError",
]


class Code(Enum):
    """The stable code of each rule; the value never changes and is never used again for another rule."""

    # Values that AWS would not take.
    TASK_SIZE = "ECS010"
    """CPU and memory are not a pair that Fargate offers."""
    TASK_SIZE_WINDOWS = "ECS011"
    """Windows tasks on Fargate have fewer sizes."""
    EPHEMERAL_STORAGE = "ECS012"
    """Ephemeral storage is 21 to 200 GiB."""
    CONTAINER_COUNT = "ECS013"
    """A task has one to ten containers."""
    ESSENTIAL_CONTAINER = "ECS014"
    """At least one container of a task is essential."""
    FAMILY = "ECS015"
    """A task definition's family is 1 to 255 letters, digits, hyphens and underscores."""
    PORT = "ECS016"
    """A port is 1 to 65535, and used once in a task."""
    CIDR = "ECS017"
    """A VPC's IPv4 block is between /16 and /28, a rule's peer is a CIDR block."""
    RETENTION = "ECS018"
    """CloudWatch Logs offers certain retention periods only."""
    SECRET_ARN = "ECS019"  # noqa: S105 - the code of a rule, not a secret
    """A secret is named by its complete ARN, with the six-character suffix."""
    SECRET_JSON_KEY = "ECS020"  # noqa: S105 - as above
    """A JSON key that a container reads exists in the secret."""
    IMAGE_REFERENCE = "ECS021"
    """An image reference follows the grammar of the distribution project."""
    CONTAINER_NAME = "ECS022"
    """A container's name is 1 to 255 letters, digits, hyphens and underscores, and unique in its task."""
    HEALTH_CHECK = "ECS023"
    """A health check's figures are within what ECS takes."""
    AVAILABILITY_ZONES = "ECS024"
    """A network spans one to six Availability Zones."""
    SERVICE_COUNT = "ECS025"
    """Desired count and healthy percentages are within what ECS takes."""
    CONTAINER_SETTING = "ECS026"
    """A container's setting is within what its capacity takes."""
    WILDCARD = "ECS027"
    """A permission on every resource states why."""
    INSTANCE = "ECS028"
    """The figures of EC2 capacity are within what Auto Scaling takes."""
    SECRET_SHAPE = "ECS029"  # noqa: S105 - as above
    """A registry's credentials are a JSON object of username and password."""
    SETTING = "ECS030"
    """A setting has one of the values that it can have."""
    SECRET_NAME = "ECS032"  # noqa: S105 - as above
    """A secret's name has the length and the characters that Secrets Manager takes."""
    ECR_REPOSITORY = "ECS033"
    """An ECR repository's name and lifecycle are within what ECR takes."""
    CAPACITY_STRATEGY = "ECS034"
    """A capacity provider strategy's providers, weights and bases are what ECS takes."""
    CLUSTER_NAME = "ECS035"
    """A cluster's name is 1 to 255 letters, digits, hyphens and underscores."""
    SERVICE_NAME = "ECS036"
    """A service's name is 1 to 255 letters, digits, hyphens and underscores."""
    PUBLISH_PATH = "ECS037"
    """A path of parameters is known at synth, one that Systems Manager takes, published to once and read elsewhere."""
    LOAD_BALANCER = "ECS038"
    """A load balancer's figures, names and routes are within what Elastic Load Balancing takes."""
    EXEC_ACCESS = "ECS039"
    """A policy on ECS Exec names tasks, tags and clusters as AWS does, and is not too long."""

    # Choices that exclude each other.
    FARGATE_SPOT = "ECS040"
    """FARGATE_SPOT is used on a cluster that has it, by tasks on Linux."""
    WINDOWS_ON_ARM = "ECS041"
    """ECS has no Windows on Arm."""
    MIXED_CAPACITY = "ECS042"
    """One strategy does not mix Fargate with Auto Scaling group providers."""
    READ_ONLY_ROOT_WITH_EXEC = "ECS043"
    """ECS Exec needs a root file system that can be written, or its three writable mounts."""
    CAPACITY = "ECS044"
    """A service's capacity belongs to its cluster."""
    EXEC_AUDIT = "ECS045"
    """The settings of an exec audit go together."""
    EXEC_UNSUPPORTED = "ECS046"
    """ECS Exec does not work with this setting."""

    CHECKS_SCOPE = "ECS047"
    """Rule packs are attached to the app."""
    IMAGE_CREDENTIALS = "ECS048"
    """An ECR image is pulled with the execution role, not with a registry's credentials."""
    EXEC_UNKNOWN = "ECS049"
    """ECS Exec is for clusters of which is known how they record sessions."""
    LOAD_BALANCER_CHOICE = "ECS050"
    """The choices for a load balancer go together, and its routes do not collide."""
    STAGES = "ECS051"
    """A service and its peer, or a job and the state that runs it, are in the same Stage."""
    STACK_RESOURCES = "ECS052"
    """A stack holds no more resources than CloudFormation takes."""

    # Calls that could not be made.
    UNREACHABLE_IMAGE = "ECS060"
    """An image's registry can be reached from the network."""
    MISSING_ENDPOINT = "ECS061"
    """An endpoint that is needed exists, or may be made, or the network has egress."""
    INTERNET = "ECS062"
    """What needs the internet is placed in a network with egress."""

    # Jobs.
    TASK_OVERRIDES = "ECS070"
    """What a task's overrides change is in its task definition, and no longer than ECS takes."""
    QUERY_LANGUAGE = "ECS071"
    """The values of one state are in one query language, written as Step Functions takes them."""
    TASK_TOKEN = "ECS072"  # noqa: S105 - the code of a rule, not a secret
    """A state that waits for its task's token gives the token to a container, and no other state does."""
    STATE_TIMEOUT = "ECS073"
    """A state's timeout and heartbeat are within what Step Functions takes, and mean something in its pattern."""

    # What a workflow of jobs takes.
    WORKFLOW = "ECS074"
    """A workflow has a definition, and Step Functions takes its settings."""
    TRIGGER = "ECS075"
    """A schedule's or an event's figures, input and pattern are within what EventBridge takes."""
    WORKFLOW_ALARM = "ECS076"
    """A workflow's alarms look back over a stretch that CloudWatch sees."""
    RETRY = "ECS077"
    """A retry's figures and the names of its errors are what Step Functions takes."""
    STEP = "ECS078"
    """A step's id, parts and items are what a workflow takes."""

    # What is refused for security.
    MUTABLE_IMAGE = "ECS080"
    """An image is named by a tag other than latest, or by digest."""
    OPEN_INGRESS = "ECS081"
    """Ingress from any address is for a public load balancer's 80 and 443 alone."""
    PUBLIC_IP = "ECS082"
    """A task in a private network has no public IP address."""


class ConstructsEcsError(Exception):
    """Base of all errors that this library raises on purpose.

    Args:
        code: the rule that does not hold.
        problem: the rule, what was given and what is allowed, in a sentence.
        remedy: what to do, in a sentence.
    """

    def __init__(self, code: Code, problem: str, remedy: str) -> None:
        super().__init__(f"{code.value}: {problem} {remedy}")
        self.code = code
        self.problem = problem
        self.remedy = remedy

    def __reduce__(self) -> tuple[type[Self], tuple[Code, str, str]]:
        """Be copied and pickled from the constructor's arguments, not from the message."""
        return type(self), (self.code, self.problem, self.remedy)


class InvalidValueError(ConstructsEcsError, ValueError):
    """A value is outside of what AWS takes."""


class ConflictError(ConstructsEcsError):
    """Two choices exclude each other."""


class UnreachableError(ConstructsEcsError):
    """A call that the workload has to make could not be made from its network."""


class UnsafeError(ConstructsEcsError):
    """A choice is refused for security; where there is an opt-in, the message names it."""
