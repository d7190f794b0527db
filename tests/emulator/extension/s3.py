"""S3: buckets and their policies, with every part of them through the API."""

import json
import re
from typing import Any

from ministack.core.responses import get_region
from ministack.services import s3

from tests.emulator.extension.api import client
from tests.emulator.extension.naming import made_up
from tests.emulator.extension.resource import Created, Properties, ResourceType, only, without
from tests.emulator.extension.shapes import call


def _rule(properties: Properties) -> dict[str, Any]:
    """A lifecycle rule as the API takes it."""
    rule = {
        **without(properties, "ExpirationInDays", "Id", "Prefix"),
        "Filter": {"Prefix": properties.get("Prefix", "")},
    }
    if "Id" in properties:
        rule["ID"] = properties["Id"]
    if "ExpirationInDays" in properties:
        rule["Expiration"] = {"Days": properties["ExpirationInDays"]}
    return rule


def _encryption(properties: Properties) -> dict[str, Any]:
    return {
        "Rules": [
            {"ApplyServerSideEncryptionByDefault": rule["ServerSideEncryptionByDefault"]}
            | {name: rule[name] for name in ("BucketKeyEnabled",) if name in rule}
            for rule in properties["ServerSideEncryptionConfiguration"]
        ]
    }


def _notifications(properties: Properties) -> dict[str, Any]:
    """Only EventBridge is told, and only as long as the template says so."""
    only(properties, "EventBridgeConfiguration")
    told = properties.get("EventBridgeConfiguration", {}).get("EventBridgeEnabled", True)
    return {"EventBridgeConfiguration": {}} if str(told).lower() == "true" else {}


def _lifecycle(properties: Properties) -> dict[str, Any]:
    return {"Rules": [_rule(each) for each in properties["Rules"]]}


# The operation that puts each part of a bucket: the part, the operation's argument, and how the one becomes the other.
_PARTS: dict[str, tuple[str, str, Any]] = {
    "PutBucketEncryption": ("BucketEncryption", "ServerSideEncryptionConfiguration", _encryption),
    "PutBucketLifecycleConfiguration": ("LifecycleConfiguration", "LifecycleConfiguration", _lifecycle),
    "PutBucketNotificationConfiguration": ("NotificationConfiguration", "NotificationConfiguration", _notifications),
    "PutBucketOwnershipControls": ("OwnershipControls", "OwnershipControls", dict),
    "PutBucketTagging": ("Tags", "Tagging", lambda tags: {"TagSet": tags}),
    "PutBucketVersioning": ("VersioningConfiguration", "VersioningConfiguration", dict),
    "PutPublicAccessBlock": ("PublicAccessBlockConfiguration", "PublicAccessBlockConfiguration", dict),
}


def _apply(bucket: str, properties: Properties) -> None:
    """Put each part of the bucket that the template has; a part that this does not know fails the resource."""
    only(
        properties,
        "AccessControl",
        "BucketEncryption",
        "BucketName",
        "LifecycleConfiguration",
        "NotificationConfiguration",
        "OwnershipControls",
        "PublicAccessBlockConfiguration",
        "Tags",
        "VersioningConfiguration",
    )
    for operation, (name, argument, shaped) in _PARTS.items():
        if name in properties:
            call("s3", operation, {}, Bucket=bucket, **{argument: shaped(properties[name])})


def _create(logical_id: str, properties: Properties, stack: str) -> Created:
    name = properties.get("BucketName") or made_up(stack, logical_id, limit=63).lower()
    # "AwsExecRead" in a template is "aws-exec-read" in the API.
    acl = re.sub(r"(?<!^)(?=[A-Z])", "-", properties.get("AccessControl", "Private")).lower()
    client("s3").create_bucket(Bucket=name, ACL=acl)
    _apply(name, properties)
    return name, {
        "Arn": f"arn:aws:s3:::{name}",
        "DomainName": f"{name}.s3.amazonaws.com",
        "RegionalDomainName": f"{name}.s3.{get_region()}.amazonaws.com",
    }


def _update(physical_id: str, old: Properties, new: Properties) -> dict[str, Any]:
    if "LifecycleConfiguration" in old and "LifecycleConfiguration" not in new:
        client("s3").delete_bucket_lifecycle(Bucket=physical_id)
    if "NotificationConfiguration" in old and "NotificationConfiguration" not in new:
        client("s3").put_bucket_notification_configuration(Bucket=physical_id, NotificationConfiguration={})
    _apply(physical_id, new)
    return {}


def _delete(physical_id: str, _properties: Properties) -> None:
    client("s3").delete_bucket(Bucket=physical_id)


def _put_policy(properties: Properties) -> None:
    document = properties["PolicyDocument"]
    client("s3").put_bucket_policy(
        Bucket=properties["Bucket"], Policy=document if isinstance(document, str) else json.dumps(document)
    )


def _create_policy(_logical_id: str, properties: Properties, _stack: str) -> Created:
    _put_policy(properties)
    return properties["Bucket"], {}


def _update_policy(_physical_id: str, _old: Properties, new: Properties) -> dict[str, Any]:
    _put_policy(new)
    return {}


def _delete_policy(physical_id: str, _properties: Properties) -> None:
    client("s3").delete_bucket_policy(Bucket=physical_id)


TYPES = {
    "AWS::S3::Bucket": ResourceType(create=_create, update=_update, delete=_delete, replacing=("BucketName",)),
    "AWS::S3::BucketPolicy": ResourceType(
        create=_create_policy, update=_update_policy, delete=_delete_policy, replacing=("Bucket",)
    ),
}


def install() -> None:
    """Let a write with aws:kms and no key use the account's own key for S3, as on AWS."""
    resolve = s3._resolve_sse_write_headers

    def with_key(headers: dict[str, str], bucket: str) -> Any:
        if headers.get("x-amz-server-side-encryption") == "aws:kms":
            headers = {"x-amz-server-side-encryption-aws-kms-key-id": "alias/aws/s3", **headers}
        return resolve(headers, bucket)

    s3._resolve_sse_write_headers = with_key
