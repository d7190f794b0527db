import aws_cdk as cdk
import pytest
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_s3_notifications as notifications
from aws_cdk import aws_sns as sns

from constructs_ecs.jobs.notifications import send_events
from tests.support import of_type, only, stack, template, warnings

ENABLED = {"EventBridgeConfiguration": {"EventBridgeEnabled": True}}
RESOURCE = "Custom::S3BucketNotifications"


def tell(bucket: s3.Bucket) -> None:
    """Add a notification of the CDK's, which a custom resource writes."""
    topic = sns.Topic(cdk.Stack.of(bucket), "Topic")
    bucket.add_event_notification(s3.EventType.OBJECT_REMOVED, notifications.SnsDestination(topic))


def test_a_bucket_of_the_app_sends_its_events_without_a_custom_resource() -> None:
    scope = stack()
    send_events(s3.Bucket(scope, "Bucket"))
    made = template(scope)
    assert only(made, "AWS::S3::Bucket")["NotificationConfiguration"] == ENABLED
    assert len(made["Resources"]) == 1


@pytest.mark.parametrize("first", [True, False], ids=["made before", "made after"])
def test_a_custom_resource_for_other_notifications_does_not_undo_it(first: bool) -> None:
    scope = stack()
    bucket = s3.Bucket(scope, "Bucket")
    if first:
        tell(bucket)
    send_events(bucket)
    if not first:
        tell(bucket)
    configuration = only(template(scope), RESOURCE)["NotificationConfiguration"]
    assert configuration["EventBridgeConfiguration"] == {}
    assert configuration["TopicConfigurations"]


def test_notifications_that_are_written_on_the_bucket_itself_stay() -> None:
    scope = stack()
    bucket = s3.Bucket(scope, "Bucket")
    resource = bucket.node.default_child
    assert isinstance(resource, s3.CfnBucket)
    topic = s3.CfnBucket.TopicConfigurationProperty(event="s3:ObjectRemoved:*", topic="arn:aws:sns:us-east-1:1:topic")
    resource.notification_configuration = s3.CfnBucket.NotificationConfigurationProperty(topic_configurations=[topic])
    send_events(bucket)
    configuration = only(template(scope), "AWS::S3::Bucket")["NotificationConfiguration"]
    assert configuration.keys() == {"TopicConfigurations", "EventBridgeConfiguration"}


def test_a_bucket_of_another_stack_is_changed_there() -> None:
    app = cdk.App()
    files = cdk.Stack(app, "Files")
    send_events(s3.Bucket(files, "Bucket"))
    assert only(template(files), "AWS::S3::Bucket")["NotificationConfiguration"] == ENABLED


def test_an_imported_bucket_says_what_it_lacks_once() -> None:
    scope = stack()
    bucket = s3.Bucket.from_bucket_name(scope, "Bucket", "files")
    send_events(bucket)
    send_events(bucket)
    (warning,) = warnings(scope)
    assert "Amazon EventBridge" in warning
    assert not of_type({"Resources": {}, **template(scope)}, "AWS::S3::Bucket")
