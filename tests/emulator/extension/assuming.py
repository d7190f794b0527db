"""STS: the services of AWS assume roles as well, and no client can be one of them.

So the emulator's root user asks for a role with a service as the session's name, ``ecs-tasks.amazonaws.com``, and the
role's trust policy is then judged as for that service, which acts for something of this account and Region. Before an
``@`` it may say the name of what it acts for; inside of the emulator a service says its ARN (``session_name``).
"""

import copy
import dataclasses
import json
from typing import Any

from ministack.core import iam_evaluator
from ministack.core.responses import get_account_id, get_region, new_uuid

_evaluate = iam_evaluator.evaluate_trust_policy
_SUFFIX = ".amazonaws.com"
# What each of these acts for, where its ARN does not start with the first part of the principal's name.
_SOURCES = {"ecs-tasks": "ecs", "vpc-flow-logs": "ec2"}
_KINDS = {
    "ecs-tasks": "task/",
    "events": "rule/",
    "scheduler": "schedule-group/",
    "states": "stateMachine:",
    "vpc-flow-logs": "vpc-flow-log/",
}
_said: dict[str, str] = {}


def session_name(service: str, source_arn: str) -> str:
    """The session's name for a service that acts for something."""
    key = str(new_uuid())[:8]
    _said[key] = source_arn
    return f"{key}@{service}"


def _trusts(document: str | dict[str, Any], caller: str, context: Any = None) -> bool:
    """As before, but a service is told from the account's root user, whom MiniStack takes for every service."""
    session = context.service_context.get("sts:rolesessionname") if context else None
    key, _, name = str(session).rpartition("@")
    service = name if caller.endswith(":root") and name.endswith(_SUFFIX) else None
    policy = copy.deepcopy(json.loads(document) if isinstance(document, str) else document)
    for statement in policy["Statement"]:
        statement["Principal"] = _principal(statement.get("Principal"), service)
    if service is not None:
        context = dataclasses.replace(context, service_context={**context.service_context, **_context(service, key)})
    return bool(_evaluate(policy, caller, context))


def _context(service: str, key: str) -> dict[str, str]:
    """What the service says of the thing that it acts for."""
    name = service.removesuffix(_SUFFIX)
    where = f"{_SOURCES.get(name, name)}:{get_region()}:{get_account_id()}"
    return {
        "aws:principalisawsservice": "true",
        "aws:sourceaccount": get_account_id(),
        "aws:sourcearn": _said.get(key) or f"arn:aws:{where}:{_KINDS.get(name, f'{name}/')}{key or 'any'}",
    }


def _principal(principal: Any, service: str | None) -> Any:
    """The part of a principal that is judged, in words that MiniStack does not take for more than they say."""
    if not isinstance(principal, dict):
        return principal
    if service is None:
        return {key: each for key, each in principal.items() if key != "Service"}
    return {"AWS": "*"} if iam_evaluator._service_principal_matches(principal, service) else {}


def install() -> None:
    """STS looks the function up each time."""
    iam_evaluator.evaluate_trust_policy = _trusts
