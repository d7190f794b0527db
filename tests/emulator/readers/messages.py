"""What SQS and SNS tell of their things, in CloudFormation's shape."""

import json
from typing import Any

from tests.emulator.aws import Aws, tags

Found = dict[str, Any]

_DOCUMENTS = ("RedriveAllowPolicy", "RedrivePolicy")
_NO_PROPERTIES = frozenset(
    {
        "ApproximateNumberOfMessages",
        "ApproximateNumberOfMessagesDelayed",
        "ApproximateNumberOfMessagesNotVisible",
        "CreatedTimestamp",
        "LastModifiedTimestamp",
        "Policy",
        "QueueArn",
    }
)
_TOPIC = ("DisplayName", "KmsMasterKeyId", "SignatureVersion", "TracingConfig")


def _attributes(aws: Aws, url: str) -> dict[str, str]:
    return dict(aws("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"])


def queue(aws: Aws, identity: str) -> Found:
    own: Found = {key: each for key, each in _attributes(aws, identity).items() if key not in _NO_PROPERTIES}
    own |= {key: json.loads(own[key]) for key in _DOCUMENTS if key in own}
    found = aws("sqs").list_queue_tags(QueueUrl=identity).get("Tags", {})
    return {**own, "Tags": tags([{"Key": key, "Value": each} for key, each in found.items()])}


def queue_arn(aws: Aws, identity: str, _name: str) -> str:
    return _attributes(aws, identity)["QueueArn"]


def queue_name(aws: Aws, identity: str, _name: str) -> str:
    return _attributes(aws, identity)["QueueArn"].rpartition(":")[2]


def queue_policy(aws: Aws, identity: str) -> Found:
    queues = identity.split("|")
    (document,) = {_attributes(aws, each)["Policy"] for each in queues}
    return {"PolicyDocument": document, "Queues": queues}


def topic(aws: Aws, identity: str) -> Found:
    found = aws("sns").get_topic_attributes(TopicArn=identity)["Attributes"]
    own = {key: found[key] for key in _TOPIC if key in found}
    return {**own, "Tags": tags(aws("sns").list_tags_for_resource(ResourceArn=identity)["Tags"])}


def topic_name(_aws: Aws, identity: str, _name: str) -> str:
    return identity.rpartition(":")[2]


def topic_policy(aws: Aws, identity: str) -> Found:
    topics = identity.split("|")
    (document,) = {aws("sns").get_topic_attributes(TopicArn=each)["Attributes"]["Policy"] for each in topics}
    return {"PolicyDocument": document, "Topics": topics}
