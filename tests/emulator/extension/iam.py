"""IAM: instance profiles, whose ``Ref`` is their name."""

from typing import Any

from tests.emulator.extension.api import client
from tests.emulator.extension.naming import made_up
from tests.emulator.extension.resource import Created, Properties, ResourceType


def _create(logical_id: str, properties: Properties, stack: str) -> Created:
    name = properties.get("InstanceProfileName") or made_up(stack, logical_id)
    made = client("iam").create_instance_profile(InstanceProfileName=name, Path=properties.get("Path", "/"))
    _add(name, properties)
    return name, {"Arn": made["InstanceProfile"]["Arn"]}


def _add(name: str, properties: Properties) -> None:
    for role in properties["Roles"]:
        client("iam").add_role_to_instance_profile(InstanceProfileName=name, RoleName=role)


def _remove(name: str) -> None:
    for role in client("iam").get_instance_profile(InstanceProfileName=name)["InstanceProfile"]["Roles"]:
        client("iam").remove_role_from_instance_profile(InstanceProfileName=name, RoleName=role["RoleName"])


def _update(physical_id: str, _old: Properties, new: Properties) -> dict[str, Any]:
    _remove(physical_id)
    _add(physical_id, new)
    return {}


def _delete(physical_id: str, _properties: Properties) -> None:
    _remove(physical_id)
    client("iam").delete_instance_profile(InstanceProfileName=physical_id)


TYPES = {
    "AWS::IAM::InstanceProfile": ResourceType(
        create=_create, update=_update, delete=_delete, replacing=("InstanceProfileName", "Path")
    )
}
