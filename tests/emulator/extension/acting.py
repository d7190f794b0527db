"""Services that act with a role's rights: their requests take the way that any client's take, to the same checks."""

import os
import threading
from collections.abc import Callable
from functools import cache
from typing import Any

import boto3
from botocore.config import Config
from ministack.core import iam_evaluator
from ministack.core.responses import get_account_id, get_region
from ministack.services import iam

from tests.emulator.extension.assuming import session_name
from tests.emulator.extension.resource import RefusedError

_lock = threading.Lock()


@cache
def acting_as(role_arn: str, service: str, source_arn: str) -> Callable[[str], Any]:
    """Clients with the rights of a role, for a service that acts for something; the role is asked for once."""
    root = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
    made = _client("sts", **root).assume_role(RoleArn=role_arn, RoleSessionName=session_name(service, source_arn))
    own = {
        "aws_access_key_id": made["Credentials"]["AccessKeyId"],
        "aws_secret_access_key": made["Credentials"]["SecretAccessKey"],
        "aws_session_token": made["Credentials"]["SessionToken"],
    }
    return cache(lambda name: _client(name, **own))


@cache
def _session() -> boto3.Session:
    """What reads the model of each service once."""
    return boto3.Session(region_name=get_region())


def _client(name: str, **credentials: str) -> Any:
    with _lock:  # making a client is not safe for threads, using it is
        return _session().client(
            name,
            endpoint_url=f"https://localhost:{os.environ['GATEWAY_PORT']}",
            verify=os.environ["MINISTACK_SSL_CERT"],
            config=Config(retries={"total_max_attempts": 1}, max_pool_connections=50),
            **credentials,
        )


def may(role_arn: str, action: str, resource: str, **keys: str) -> bool:
    """Whether a role's own policies allow an action; ``ecs__cluster`` is the condition key ``ecs:cluster``."""
    context = iam_evaluator.EvalContext(
        principal_arn=role_arn,
        principal_type="AssumedRole",
        principal_account=get_account_id(),
        action=action,
        resource_arn=resource,
        region=get_region(),
        service_context={key.replace("__", ":").lower(): value for key, value in keys.items()},
    )
    policies = iam_evaluator._gather_role_policies(role_arn.rpartition("/")[2], get_account_id())
    return bool(iam_evaluator.evaluate(context, policies).decision == "Allow")


def require_right(role_arn: str, action: str, resource: str, **keys: str) -> None:
    """Refuse what a role may not do."""
    if not may(role_arn, action, resource, **keys):
        raise RefusedError(
            f"User: {role_arn} is not authorized to perform: {action} on resource: {resource} "
            f"because no identity-based policy allows the {action} action"
        )


def require_trust(role_arn: str, service: str, source_arn: str) -> None:
    """Refuse a role that a service cannot assume for something."""
    role = _role(role_arn)
    context = iam_evaluator.EvalContext(
        principal_arn=f"arn:aws:iam::{get_account_id()}:root",
        principal_type="Root",
        principal_account=get_account_id(),
        action="sts:AssumeRole",
        resource_arn=role_arn,
        region=get_region(),
        service_context={"sts:rolesessionname": session_name(service, source_arn)},
    )
    root = f"arn:aws:iam::{get_account_id()}:root"
    if role is None or not iam_evaluator.evaluate_trust_policy(role["AssumeRolePolicyDocument"], root, context):
        raise RefusedError(f"{service} is not authorized to assume the provided role {role_arn}.")


def _role(role_arn: str) -> Any:
    """What IAM knows of a role; nothing if there is none."""
    found = iam._roles.get(role_arn.rpartition("/")[2])
    return found if found is not None and found["Arn"] == role_arn else None
