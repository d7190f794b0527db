"""EC2: subnets and security groups that network interfaces of something are in cannot be deleted."""

from collections.abc import Callable, Iterator
from typing import Any

from ministack.services import alb, ec2, ecs

from tests.emulator.extension.resource import Properties, RefusedError

TYPES = ("AWS::EC2::SecurityGroup", "AWS::EC2::Subnet")


def _in_use() -> Iterator[tuple[str, str]]:
    """What is used, and by what."""
    for name, service in ecs._services.items():
        network = service.get("networkConfiguration", {}).get("awsvpcConfiguration", {})
        if service["status"] == "ACTIVE":
            yield from ((each, name) for key in ("subnets", "securityGroups") for each in network.get(key, []))
    for name, endpoint in ec2._vpc_endpoints.items():
        yield from ((each, name) for each in endpoint.get("SubnetIds", []))
    for name, balancer in alb._lbs.items():
        yield from ((each, name) for key in ("Subnets", "SecurityGroups") for each in balancer[key])


def checked(handler: dict[str, Callable[..., Any]]) -> dict[str, Callable[..., Any]]:
    """MiniStack's handler, behind this check."""
    delete = handler["delete"]

    def deleted(physical_id: str, properties: Properties, *more: Any) -> Any:
        users = sorted({user for used, user in _in_use() if used == physical_id})
        if users:
            raise RefusedError(f"resource {physical_id} has a dependent object: {', '.join(users)}")
        return delete(physical_id, properties, *more)

    return {**handler, "delete": deleted}
