"""SQS queues and SNS topics, with every attribute through the API, and the policies that stand apart from them."""

import json
from typing import Any

from ministack.services import sns, sqs

from tests.emulator.extension.api import client
from tests.emulator.extension.naming import made_up
from tests.emulator.extension.resource import Created, Properties, ResourceType, only, require, without

_QUEUE = (
    "ContentBasedDeduplication",
    "DeduplicationScope",
    "DelaySeconds",
    "FifoQueue",
    "FifoThroughputLimit",
    "KmsDataKeyReusePeriodSeconds",
    "KmsMasterKeyId",
    "MaximumMessageSize",
    "MessageRetentionPeriod",
    "ReceiveMessageWaitTimeSeconds",
    "RedriveAllowPolicy",
    "RedrivePolicy",
    "SqsManagedSseEnabled",
    "VisibilityTimeout",
)
_TOPIC = ("DisplayName", "FifoTopic", "KmsMasterKeyId", "SignatureVersion", "TracingConfig")


def _text(value: Any) -> str:
    """An attribute as the API takes it."""
    if isinstance(value, dict):
        return json.dumps(value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def _attributes(properties: Properties, names: tuple[str, ...]) -> dict[str, str]:
    return {name: _text(properties[name]) for name in names if name in properties}


def _tags(properties: Properties) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in properties.get("Tags", [])}


def _create_queue(logical_id: str, properties: Properties, stack: str) -> Created:
    only(properties, "QueueName", "Tags", *_QUEUE)
    name = properties.get("QueueName") or made_up(stack, logical_id, limit=80)
    url = client("sqs").create_queue(
        QueueName=name, Attributes=_attributes(properties, _QUEUE), tags=_tags(properties)
    )["QueueUrl"]
    arn = client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    return url, {"Arn": arn, "QueueName": name, "QueueUrl": url}


def _update_queue(physical_id: str, old: Properties, new: Properties) -> dict[str, Any]:
    for name in {*_attributes(old, _QUEUE)} - {*_attributes(new, _QUEUE)}:
        sqs._queues[physical_id]["attributes"].pop(name, None)
    client("sqs").set_queue_attributes(QueueUrl=physical_id, Attributes=_attributes(without(new, "FifoQueue"), _QUEUE))
    sqs._queues[physical_id]["tags"] = _tags(new)
    return {}


def _delete_queue(physical_id: str, _properties: Properties) -> None:
    client("sqs").delete_queue(QueueUrl=physical_id)


def _create_topic(logical_id: str, properties: Properties, stack: str) -> Created:
    only(properties, "TopicName", "Tags", *_TOPIC)
    name = properties.get("TopicName") or made_up(stack, logical_id, limit=256)
    arn = client("sns").create_topic(Name=name, Tags=properties.get("Tags", []))["TopicArn"]
    _set_topic(arn, properties)
    return arn, {"TopicArn": arn, "TopicName": name}


def _set_topic(arn: str, properties: Properties) -> None:
    for name, value in _attributes(without(properties, "FifoTopic"), _TOPIC).items():
        client("sns").set_topic_attributes(TopicArn=arn, AttributeName=name, AttributeValue=value)


def _update_topic(physical_id: str, old: Properties, new: Properties) -> dict[str, Any]:
    for name in {*_attributes(old, _TOPIC)} - {*_attributes(new, _TOPIC)}:
        sns._topics[physical_id]["attributes"].pop(name, None)
    _set_topic(physical_id, new)
    sns._topics[physical_id]["tags"] = _tags(new)
    return {}


def _delete_topic(physical_id: str, _properties: Properties) -> None:
    client("sns").delete_topic(TopicArn=physical_id)


def _policy(members: str, what: str, known: Any) -> ResourceType:
    """A policy of several things, with their names for its own."""

    def put(_physical_id: str, _old: Properties, new: Properties) -> dict[str, Any]:
        for each in new[members]:
            require(what, each, known)
            known[each]["attributes"]["Policy"] = json.dumps(new["PolicyDocument"])
        return {}

    def create(_logical_id: str, properties: Properties, _stack: str) -> Created:
        only(properties, members, "PolicyDocument")
        put("", {}, properties)
        return "|".join(properties[members]), {}

    def delete(_physical_id: str, properties: Properties) -> None:
        for each in properties[members]:
            if each in known:
                known[each]["attributes"].pop("Policy", None)

    return ResourceType(create=create, update=put, delete=delete, replacing=(members,))


TYPES = {
    "AWS::SQS::Queue": ResourceType(
        create=_create_queue, update=_update_queue, delete=_delete_queue, replacing=("FifoQueue", "QueueName")
    ),
    "AWS::SQS::QueuePolicy": _policy("Queues", "queue", sqs._queues),
    "AWS::SNS::Topic": ResourceType(
        create=_create_topic, update=_update_topic, delete=_delete_topic, replacing=("FifoTopic", "TopicName")
    ),
    "AWS::SNS::TopicPolicy": _policy("Topics", "topic", sns._topics),
}
