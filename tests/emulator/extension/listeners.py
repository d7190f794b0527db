"""Elastic Load Balancing: what it refuses of a listener."""

from collections.abc import Callable
from typing import Any

from ministack.services import acm, alb

from tests.emulator.extension.resource import Properties, RefusedError, require


def _check(properties: Properties, *, own: str | None = None) -> None:
    for certificate in properties.get("Certificates", []):
        require("certificate", certificate["CertificateArn"], acm._certificates)
    for arn, each in alb._listeners.items():
        same = (each["LoadBalancerArn"], str(each["Port"]))
        if arn != own and same == (properties["LoadBalancerArn"], str(properties["Port"])):
            raise RefusedError(f"A listener already exists on this port for this load balancer '{same[0]}'")


def checked(handler: dict[str, Callable[..., Any]]) -> dict[str, Callable[..., Any]]:
    """MiniStack's handler, behind these checks."""
    create, update = handler["create"], handler["update"]

    def created(logical_id: str, properties: Properties, *more: Any) -> Any:
        _check(properties)
        return create(logical_id, properties, *more)

    def updated(physical_id: str, old: Properties, new: Properties, *more: Any) -> Any:
        _check(new, own=physical_id)
        return update(physical_id, old, new, *more)

    return {**handler, "create": created, "update": updated}
