"""Under which names a network and a cluster are published as parameters of Systems Manager, and in which form.

Sources: Systems Manager API reference, ``PutParameter``, and user guide, "Requirements and constraints for parameter
names".
"""

import re
from enum import StrEnum
from typing import Final

from constructs_ecs.errors import Code, InvalidValueError
from constructs_ecs.facts.endpoints import Endpoint
from constructs_ecs.facts.limits import is_token, shown

SCHEMA_VERSION: Final = "1"
"""The version of the names and forms below: another one where a reader of the last would go wrong."""

SCHEMA_VERSION_PARAMETER: Final = "schema-version"
"""The parameter that says it, of networks and clusters alike."""

AVAILABLE: Final = "available"
"""The value of a parameter whose existence is what it says."""

_ALLOWED: Final = re.compile(r"(/[a-zA-Z0-9_.-]+)+", re.ASCII)
_RESERVED: Final = re.compile(r"/(aws|ssm)", re.ASCII | re.IGNORECASE)
# Of the 1,011 characters of a name 111 are left for the ARN in front of it and the parameter's own name behind; of the
# 15 levels two, for the longest of those.
_PATH_LENGTH: Final = 900
_PATH_LEVELS: Final = 13
_ACTION: Final = re.compile(r"s3:([a-zA-Z0-9]+)", re.ASCII)


class NetworkParameter(StrEnum):
    """What is published of a network, by its name under the path. Lists are separated by commas."""

    VPC_ID = "vpc-id"
    AVAILABILITY_ZONES = "availability-zones"
    """Of the task subnets, one each, in their order."""
    TASK_SUBNET_IDS = "task-subnet-ids"
    TASK_SUBNET_COUNT = "task-subnet-count"
    PUBLIC_SUBNET_IDS = "public-subnet-ids"
    PUBLIC_SUBNET_COUNT = "public-subnet-count"
    ENDPOINT_CLIENT_SECURITY_GROUP_ID = "endpoint-client-security-group-id"
    EGRESS = "egress"


class ClusterParameter(StrEnum):
    """What is published of a cluster, by its name under the path."""

    NAME = "cluster-name"
    ARN = "cluster-arn"
    EXEC = "exec/configuration"
    """What :func:`exec_words` says."""
    EXEC_SESSION_KEY_ARN = "exec/session-key-arn"
    EXEC_LOG_GROUP_NAME = "exec/log-group-name"
    EXEC_LOG_GROUP_KEY_ARN = "exec/log-group-key-arn"
    EXEC_BUCKET_NAME = "exec/bucket-name"
    EXEC_BUCKET_KEY_ARN = "exec/bucket-key-arn"
    EXEC_KEY_PREFIX = "exec/key-prefix"
    DEFAULT_STRATEGY = "default-strategy"
    """One of :class:`StrategyKind`."""


class StrategyKind(StrEnum):
    """What a cluster's default capacity provider strategy is of."""

    NONE = "none"
    FARGATE = "fargate"
    EC2 = "ec2"


def endpoint_parameter(endpoint: Endpoint) -> str:
    """Return the name, under the path, of the parameter that exists where an endpoint does."""
    return f"endpoints/{endpoint.value}"


def s3_action_parameter(action: str) -> str | None:
    """Return the name, under the path, of the parameter that exists where the S3 gateway lets an action through.

    None for an action that is not written in full: a wildcard is no part of a parameter's name.
    """
    match = _ACTION.fullmatch(action)
    return None if match is None else f"s3-actions/{match[1]}"


def capacity_provider_parameter(name: str) -> str:
    """Return the name, under the path, of the parameter that exists where a cluster has a capacity provider."""
    return f"capacity-providers/{name}"


def exec_words(
    logging: str,
    *,
    session_key: bool,
    log_group: bool,
    log_group_key: bool,
    bucket: bool,
    bucket_key: bool,
    key_prefix: bool,
) -> str:
    """Say how a cluster records ECS Exec sessions, in words of a fixed order.

    What a task's role needs follows from them, so a reader compares all of them at once.

    Args:
        logging: ECS's own word.
        session_key: whether an own key encrypts the sessions.
        log_group: whether sessions are recorded in a log group.
        log_group_key: whether an own key encrypts it.
        bucket: whether sessions are recorded in a bucket.
        bucket_key: whether an own key encrypts it.
        key_prefix: whether the objects in it have a prefix.
    """
    words = {
        "session-key": session_key,
        "log-group": log_group,
        "log-group-key": log_group_key,
        "bucket": bucket,
        "bucket-key": bucket_key,
        "key-prefix": key_prefix,
    }
    return " ".join((logging, *(word for word, said in words.items() if said)))


def check_path(path: str) -> None:
    """Check the path under which something is published. It is part of a name in a template, so no token passes.

    Raises:
        InvalidValueError: ECS037.
    """
    if is_token(path):
        raise InvalidValueError(
            Code.PUBLISH_PATH,
            "A path of parameters is known at synth, since CloudFormation takes only literal names to read them; got "
            f"the token {shown(path)}.",
            "Write the path out, or read it from the app's context.",
        )
    wrong = _wrong_with(path)
    if wrong is not None:
        raise InvalidValueError(
            Code.PUBLISH_PATH,
            f"A path of parameters is 1 to {_PATH_LEVELS} names of letters, digits and _.- with a slash before each, "
            f"{_PATH_LENGTH} characters at most, and does not begin with /aws or /ssm; {wrong} in {shown(path)}.",
            "Write it like '/platform/network'.",
        )


def _wrong_with(path: object) -> str | None:
    if not isinstance(path, str):
        return "it is no text"
    if _ALLOWED.fullmatch(path) is None:
        return "there is another character, an empty name, or no slash at the beginning"
    if _RESERVED.match(path) is not None:
        return "AWS keeps the first name for itself"
    if len(path) > _PATH_LENGTH:
        return f"there are {len(path)} characters"
    levels = path.count("/")
    return f"there are {levels} names" if levels > _PATH_LEVELS else None
