"""CloudWatch Logs: log groups, under names that are made up anew each time."""

from typing import Any

from ministack.core.responses import get_account_id, get_region

from tests.emulator.extension.api import client
from tests.emulator.extension.naming import made_up
from tests.emulator.extension.resource import Created, Properties, ResourceType, only
from tests.emulator.extension.shapes import call


def _create(logical_id: str, properties: Properties, stack: str) -> Created:
    only(properties, "KmsKeyId", "LogGroupClass", "LogGroupName", "RetentionInDays", "Tags")
    name = properties.get("LogGroupName") or made_up(stack, logical_id, limit=512)
    tags = {tag["Key"]: tag["Value"] for tag in properties.get("Tags", [])}
    given: Properties = {key: properties[key] for key in ("KmsKeyId", "LogGroupClass") if key in properties}
    call("logs", "CreateLogGroup", given, logGroupName=name, tags=tags)
    _retain(name, properties)
    return name, {"Arn": f"arn:aws:logs:{get_region()}:{get_account_id()}:log-group:{name}:*"}


def _retain(name: str, properties: Properties) -> None:
    if "RetentionInDays" in properties:
        call("logs", "PutRetentionPolicy", {"RetentionInDays": properties["RetentionInDays"]}, logGroupName=name)
    else:
        client("logs").delete_retention_policy(logGroupName=name)


def _update(physical_id: str, _old: Properties, new: Properties) -> dict[str, Any]:
    _retain(physical_id, new)
    if "KmsKeyId" in new:
        client("logs").associate_kms_key(logGroupName=physical_id, kmsKeyId=new["KmsKeyId"])
    else:
        client("logs").disassociate_kms_key(logGroupName=physical_id)
    return {}


def _delete(physical_id: str, _properties: Properties) -> None:
    client("logs").delete_log_group(logGroupName=physical_id)


TYPES = {
    "AWS::Logs::LogGroup": ResourceType(
        create=_create, update=_update, delete=_delete, replacing=("LogGroupClass", "LogGroupName")
    )
}
