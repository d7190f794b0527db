"""Act as a role that was deployed."""

from collections.abc import Callable
from functools import cache
from typing import Any

from tests.emulator.aws import Aws

Acting = Callable[[str], Any]
"""A client of a service, with a role's credentials."""


def acting_as(aws: Aws, role_arn: str, service: str | None = None, source: str | None = None) -> Acting:
    """Assume a role, as the service that its trust policy names, for something; or as the account's root user."""
    name = f"{source}@{service}" if source else service or "operator"
    made = aws("sts").assume_role(RoleArn=role_arn, RoleSessionName=name)["Credentials"]
    session = aws.session(
        aws_access_key_id=made["AccessKeyId"],
        aws_secret_access_key=made["SecretAccessKey"],
        aws_session_token=made["SessionToken"],
    )
    return cache(lambda name: session.client(name, **aws.where()))
