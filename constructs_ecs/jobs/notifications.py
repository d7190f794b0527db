"""Buckets that send their events to EventBridge.

Sources: S3 user guide, "Enabling Amazon EventBridge"; CloudFormation, ``AWS::S3::Bucket EventBridgeConfiguration``.
"""

from typing import Final

import aws_cdk as cdk
import jsii
from aws_cdk import aws_s3 as s3
from constructs import IConstruct, IValidation

from constructs_ecs.known import once

_NOTIFICATIONS: Final = "Notifications"
"""What the CDK makes below a bucket that has notifications: a custom resource, which writes all of them."""
_ENABLED: Final = "NotificationConfiguration.EventBridgeConfiguration.EventBridgeEnabled"


@once
def send_events(bucket: s3.IBucket) -> None:
    """Let a bucket send its events to EventBridge, without the custom resource that the CDK does it with.

    A bucket that has that resource for other notifications tells it of EventBridge, since it writes all of them. An
    imported bucket cannot be changed: a warning says what to do.
    """
    resource = bucket.node.default_child
    if not isinstance(resource, s3.CfnBucket):
        cdk.Annotations.of(bucket).add_warning_v2(
            "constructs-ecs:imported-bucket",
            f"{bucket.node.path} is imported, and this app cannot change it. Unless it does, let it send its events "
            "to Amazon EventBridge (aws s3api put-bucket-notification-configuration, EventBridgeConfiguration).",
        )
        return
    resource.add_property_override(_ENABLED, True)  # noqa: FBT003 - the value
    if isinstance(bucket, s3.Bucket):
        bucket.node.add_validation(_Notifications(bucket))


@jsii.implements(IValidation)
class _Notifications:
    """Tells the custom resource of a bucket's other notifications, if it has any in the end, of EventBridge, too."""

    def __init__(self, bucket: s3.Bucket) -> None:
        self._bucket = bucket

    def validate(self) -> list[str]:
        found: IConstruct | None = self._bucket.node.try_find_child(_NOTIFICATIONS)
        if found is not None:
            self._bucket.enable_event_bridge_notification()
        return []
