"""EventBridge Scheduler: schedules, whose ``Ref`` is their name, and their groups."""

from typing import Any

from ministack.services import scheduler

from tests.emulator.extension.acting import require_trust
from tests.emulator.extension.api import client
from tests.emulator.extension.naming import made_up
from tests.emulator.extension.resource import Created, Properties, ResourceType, only, without
from tests.emulator.extension.shapes import call

_DEFAULT = "default"


def _require_trust(properties: Properties) -> None:
    """Refuse, as the API does, a role that the schedule's group cannot use."""
    group = scheduler._group_arn(properties.get("GroupName", _DEFAULT))
    require_trust(properties["Target"]["RoleArn"], "scheduler.amazonaws.com", group)


def _create(logical_id: str, properties: Properties, stack: str) -> Created:
    _require_trust(properties)
    name = properties.get("Name") or made_up(stack, logical_id, limit=64)
    arn = str(call("scheduler", "CreateSchedule", properties, Name=name)["ScheduleArn"])
    return name, {"Arn": arn}


def _update(physical_id: str, _old: Properties, new: Properties) -> dict[str, Any]:
    _require_trust(new)
    call("scheduler", "UpdateSchedule", without(new, "Name"), Name=physical_id)
    return {}


def _delete(physical_id: str, properties: Properties) -> None:
    client("scheduler").delete_schedule(Name=physical_id, GroupName=properties.get("GroupName", _DEFAULT))


def _create_group(logical_id: str, properties: Properties, stack: str) -> Created:
    only(properties, "Name", "Tags")
    name = properties.get("Name") or made_up(stack, logical_id, limit=64)
    return name, {"Arn": call("scheduler", "CreateScheduleGroup", properties, Name=name)["ScheduleGroupArn"]}


def _update_group(physical_id: str, _old: Properties, new: Properties) -> dict[str, Any]:
    arn = scheduler._group_arn(physical_id)
    scheduler._tags[arn] = {tag["Key"]: tag["Value"] for tag in new.get("Tags", [])}
    return {}


def _delete_group(physical_id: str, _properties: Properties) -> None:
    client("scheduler").delete_schedule_group(Name=physical_id)


TYPES = {
    "AWS::Scheduler::Schedule": ResourceType(
        create=_create, update=_update, delete=_delete, replacing=("GroupName", "Name")
    ),
    "AWS::Scheduler::ScheduleGroup": ResourceType(
        create=_create_group, update=_update_group, delete=_delete_group, replacing=("Name",)
    ),
}
