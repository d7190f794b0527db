"""Secrets Manager: secrets, whose ``Ref`` is their ARN, with the value that the template wants made for them."""

import json
from typing import Any

from tests.emulator.extension.api import client
from tests.emulator.extension.naming import made_up
from tests.emulator.extension.resource import Created, Properties, ResourceType, only, without
from tests.emulator.extension.shapes import call

_VALUES = ("GenerateSecretString", "SecretString")


def _value(properties: Properties) -> str:
    """The value that the template has, or wants made up."""
    if "GenerateSecretString" not in properties:
        return str(properties.get("SecretString", ""))
    wanted = properties["GenerateSecretString"]
    kept = ("GenerateStringKey", "SecretStringTemplate")
    password = call("secretsmanager", "GetRandomPassword", without(wanted, *kept))["RandomPassword"]
    if "SecretStringTemplate" not in wanted:
        return str(password)
    return json.dumps({**json.loads(wanted["SecretStringTemplate"]), wanted["GenerateStringKey"]: password})


def _create(logical_id: str, properties: Properties, stack: str) -> Created:
    only(properties, "Description", "KmsKeyId", "Name", "Tags", *_VALUES)
    name = properties.get("Name") or made_up(stack, logical_id)
    own = without(properties, "Name", *_VALUES)
    arn = str(call("secretsmanager", "CreateSecret", own, Name=name, SecretString=_value(properties))["ARN"])
    return arn, {"Id": arn}


def _update(physical_id: str, old: Properties, new: Properties) -> dict[str, Any]:
    """A value that the template wants made in another way is made anew, over whatever was put in."""
    changed = {name: new.get(name) for name in _VALUES} != {name: old.get(name) for name in _VALUES}
    value = {"SecretString": _value(new)} if changed else {}
    call("secretsmanager", "UpdateSecret", without(new, "Name", "Tags", *_VALUES), SecretId=physical_id, **value)
    gone = {tag["Key"] for tag in old.get("Tags", [])} - {tag["Key"] for tag in new.get("Tags", [])}
    client("secretsmanager").untag_resource(SecretId=physical_id, TagKeys=sorted(gone))
    client("secretsmanager").tag_resource(SecretId=physical_id, Tags=new.get("Tags", []))
    return {}


def _delete(physical_id: str, _properties: Properties) -> None:
    client("secretsmanager").delete_secret(SecretId=physical_id, ForceDeleteWithoutRecovery=True)


TYPES = {
    "AWS::SecretsManager::Secret": ResourceType(create=_create, update=_update, delete=_delete, replacing=("Name",))
}
