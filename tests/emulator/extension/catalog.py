"""Everything the extension teaches the emulator."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from ministack.core.responses import new_uuid
from ministack.services.cloudformation import provisioners

from tests.emulator.extension import (
    alarms,
    assuming,
    authorization,
    conditions,
    containers,
    ec2,
    ecs,
    ecs_services,
    ecs_tasks,
    events,
    executions,
    exports,
    iam,
    in_use,
    launch_templates,
    listeners,
    logs,
    memory,
    messages,
    pausing,
    s3,
    schedules,
    secrets,
    security_groups,
    ssm,
    state_machines,
)
from tests.emulator.extension.resource import ResourceType

_TYPES: dict[str, ResourceType] = {
    **ec2.TYPES,
    **security_groups.TYPES,
    **launch_templates.TYPES,
    **ecs.TYPES,
    **ecs_services.TYPES,
    **iam.TYPES,
    **logs.TYPES,
    **s3.TYPES,
    **secrets.TYPES,
    **alarms.TYPES,
    **events.TYPES,
    **messages.TYPES,
    **schedules.TYPES,
    **state_machines.TYPES,
}
_LISTENER = "AWS::ElasticLoadBalancingV2::Listener"


def install(folder: Path) -> None:
    """Teach it: after MiniStack is imported, before it serves from a folder of its own."""
    handlers = provisioners._RESOURCE_HANDLERS
    for name, resource_type in _TYPES.items():
        handlers[name] = resource_type.handler()
        provisioners._REPLACING_PROPERTIES[name] = resource_type.replacing
    for name in in_use.TYPES:
        handlers[name] = in_use.checked(handlers[name])
    handlers[_LISTENER] = listeners.checked(handlers[_LISTENER])
    for handler in handlers.values():
        if "create" in handler:
            handler["create"] = _under_a_new_name(handler["create"])
    assuming.install()
    authorization.install()
    conditions.install()
    containers.install(folder)
    ecs_tasks.install()
    events.install()
    executions.install()
    exports.install()
    memory.install()
    pausing.install(folder)
    s3.install()
    security_groups.install()
    ssm.install()


def _under_a_new_name(create: Callable[..., Any]) -> Callable[..., Any]:
    """MiniStack makes up the same name for a resource each time; on AWS it ends in something new."""

    def named(*arguments: Any) -> Any:
        if not provisioners._NAME_SEED.get():
            provisioners._NAME_SEED.set(new_uuid()[:8])
        return create(*arguments)

    return named
