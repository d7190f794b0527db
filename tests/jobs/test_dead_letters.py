import aws_cdk as cdk
import pytest
from aws_cdk import aws_events as events
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sqs as sqs

from constructs_ecs.errors import Code, InvalidValueError
from constructs_ecs.jobs.dead_letters import check_dead_letters, dead_letter_queue, send_permissions
from tests.jobs.workflows import pasted, workflow
from tests.support import app, of_type, only, stack, template, warnings

PATTERN = events.EventPattern(source=["own.app"])
QUEUE_ARN = "arn:aws:sqs:us-east-1:123456789012:queue"
KEY_ARN = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"


def test_the_queue_is_encrypted_takes_tls_alone_and_keeps_messages_as_long_as_it_can() -> None:
    scope = stack()
    dead_letter_queue(scope, "Queue", removal_policy=cdk.RemovalPolicy.RETAIN)
    made = template(scope)
    assert only(made, "AWS::SQS::Queue") == {"SqsManagedSseEnabled": True, "MessageRetentionPeriod": 14 * 86_400}
    (statement,) = only(made, "AWS::SQS::QueuePolicy")["PolicyDocument"]["Statement"]
    assert (statement["Effect"], statement["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})


@pytest.mark.parametrize(
    ("policy", "deletion"), [(cdk.RemovalPolicy.RETAIN, "Retain"), (cdk.RemovalPolicy.DESTROY, "Delete")]
)
def test_queue_and_policy_stay_or_go_together(policy: cdk.RemovalPolicy, deletion: str) -> None:
    scope = stack()
    dead_letter_queue(scope, "Queue", removal_policy=policy)
    assert {each["DeletionPolicy"] for each in template(scope)["Resources"].values()} == {deletion}


def test_a_fifo_queue_is_refused_since_eventbridge_sends_to_none() -> None:
    queue = sqs.Queue(stack(), "Queue", fifo=True)
    with pytest.raises(InvalidValueError) as caught:
        check_dead_letters(queue)
    assert caught.value.code is Code.TRIGGER


def test_a_role_needs_the_key_of_a_queue_that_has_one() -> None:
    scope = stack()
    plain = sqs.Queue(scope, "Plain")
    locked = sqs.Queue(scope, "Locked", encryption_master_key=kms.Key(scope, "Key"))
    assert [each.actions for each in send_permissions(plain)] == [("sqs:SendMessage",)]
    assert [each.actions for each in send_permissions(locked)] == [
        ("sqs:SendMessage",),
        ("kms:Decrypt", "kms:GenerateDataKey"),
    ]


def test_the_key_of_a_queue_lets_eventbridge_use_it_once_however_many_rules_send() -> None:
    root = app()
    queues, flows = cdk.Stack(root, "Queues"), cdk.Stack(root, "Flows")
    queue = sqs.Queue(queues, "Queue", encryption_master_key=kms.Key(queues, "Key"))
    made = workflow(flows)
    for name in ("First", "Second"):
        made.on_event(name, PATTERN, dead_letters=queue)
    said = only(template(queues), "AWS::KMS::Key")["KeyPolicy"]["Statement"]
    (statement,) = [each for each in said if each["Principal"] == {"Service": "events.amazonaws.com"}]
    assert statement["Action"] == ["kms:Decrypt", "kms:GenerateDataKey"]
    allowed = [
        each
        for each in only(template(queues), "AWS::SQS::QueuePolicy")["PolicyDocument"]["Statement"]
        if each["Effect"] == "Allow"
    ]
    assert len(allowed) == 2


def test_an_imported_queue_says_what_its_policy_lacks_with_the_rule_s_name() -> None:
    scope = stack()
    queue = sqs.Queue.from_queue_arn(scope, "Imported", QUEUE_ARN)
    workflow(scope).on_event("Order", PATTERN, dead_letters=queue)
    (warning,) = warnings(scope)
    statement = pasted(warning)
    name = only(template(scope), "AWS::Events::Rule")["Name"]
    assert statement["Action"] == "sqs:SendMessage"
    assert statement["Resource"] == QUEUE_ARN
    assert str(statement["Condition"]["ArnEquals"]["aws:SourceArn"]).rstrip("'}]").endswith(f":rule/{name}")


def test_an_imported_key_says_what_its_policy_lacks() -> None:
    scope = stack()
    key = kms.Key.from_key_arn(scope, "Key", KEY_ARN)
    queue = sqs.Queue(scope, "Queue", encryption_master_key=key)
    workflow(scope).on_event("Order", PATTERN, dead_letters=queue)
    assert [pasted(each)["Action"] for each in warnings(scope)] == [["kms:Decrypt", "kms:GenerateDataKey"]]


def test_a_queue_of_the_same_stack_gives_no_warning_and_no_queue_beside_it() -> None:
    scope = stack()
    workflow(scope).on_event("Order", PATTERN, dead_letters=sqs.Queue(scope, "Queue"))
    assert len(of_type(template(scope), "AWS::SQS::Queue")) == 1
    assert warnings(scope) == []
