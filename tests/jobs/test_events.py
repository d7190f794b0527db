import json
from dataclasses import dataclass
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_events as events
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sqs as sqs
from constructs import Construct
from hypothesis import given
from hypothesis import strategies as st

from constructs_ecs.errors import Code, ConflictError, ConstructsEcsError, InvalidValueError
from constructs_ecs.jobs.events import EventSource, ImagePushed, ObjectCreated
from constructs_ecs.jobs.workflow import Workflow
from tests.jobs.workflows import Template, statements, trust, workflow
from tests.support import ENVIRONMENT, app, of_type, only, stack, template

RULE = "AWS::Events::Rule"
PATTERN = events.EventPattern(source=["own.app"])
QUEUE_ARN = "arn:aws:sqs:us-east-1:123456789012:queue"


@pytest.fixture(scope="module")
def plain() -> Template:
    scope = stack()
    workflow(scope).on_event("Order", PATTERN)
    return template(scope)


def bucket(scope: Construct) -> s3.IBucket:
    return s3.Bucket.from_bucket_name(scope, "Bucket", "files")


def repository(scope: Construct) -> ecr.IRepository:
    return ecr.Repository.from_repository_name(scope, "Repository", "web")


def ruled(scope: cdk.Stack, event: EventSource | events.EventPattern, **options: Any) -> dict[str, Any]:  # noqa: ANN401
    """The properties of a rule."""
    workflow(scope).on_event("Order", event, **options)
    return only(template(scope), RULE)


def test_an_object_of_a_bucket_is_matched_by_its_key() -> None:
    scope = stack()
    assert ruled(scope, ObjectCreated(bucket=bucket(scope), prefix="in/", suffix=".csv"))["EventPattern"] == {
        "source": ["aws.s3"],
        "detail-type": ["Object Created"],
        "detail": {"bucket": {"name": ["files"]}, "object": {"key": [{"wildcard": "in/*.csv"}]}},
    }


def test_every_object_of_a_bucket_is_matched_by_default() -> None:
    scope = stack()
    assert ruled(scope, ObjectCreated(bucket=bucket(scope)))["EventPattern"]["detail"] == {
        "bucket": {"name": ["files"]}
    }


def test_a_pushed_image_is_matched_by_its_tag() -> None:
    scope = stack()
    assert ruled(scope, ImagePushed(repository=repository(scope), tag="stable"))["EventPattern"] == {
        "source": ["aws.ecr"],
        "detail-type": ["ECR Image Action"],
        "detail": {
            "action-type": ["PUSH"],
            "result": ["SUCCESS"],
            "repository-name": ["web"],
            "image-tag": ["stable"],
        },
    }


def test_every_pushed_image_is_matched_by_default() -> None:
    scope = stack()
    assert "image-tag" not in ruled(scope, ImagePushed(repository=repository(scope)))["EventPattern"]["detail"]


def test_any_pattern_of_any_bus_starts_the_state_machine() -> None:
    scope = stack()
    bus = events.EventBus(scope, "Bus")
    made = ruled(scope, PATTERN, event_bus=bus)
    (machine,) = of_type(template(scope), "AWS::StepFunctions::StateMachine")
    assert made["EventPattern"] == {"source": ["own.app"]}
    assert list(made["EventBusName"]) == ["Ref"]
    assert made["Targets"][0]["Arn"] == {"Ref": machine}


def test_a_source_of_one_s_own_is_taken() -> None:
    @dataclass(frozen=True)
    class Said(EventSource):
        source: str

        def bind(self, scope: Construct) -> events.EventPattern:
            assert isinstance(scope, Construct)
            return events.EventPattern(source=[self.source])

    assert ruled(stack(), Said("own.app"))["EventPattern"] == {"source": ["own.app"]}


def test_the_execution_s_input_is_made_of_the_event() -> None:
    made = ruled(
        stack(),
        PATTERN,
        input=events.RuleTargetInput.from_object({"key": events.EventField.from_path("$.detail.object.key")}),
    )
    transformer = made["Targets"][0]["InputTransformer"]
    assert transformer["InputPathsMap"] == {"detail-object-key": "$.detail.object.key"}
    assert transformer["InputTemplate"] == '{"key":<detail-object-key>}'


def test_the_whole_event_is_the_input_by_default(plain: Template) -> None:
    assert not {"Input", "InputPath", "InputTransformer"} & only(plain, RULE)["Targets"][0].keys()


def test_what_could_not_be_delivered_goes_to_the_workflow_s_queue_after_all_retries(plain: Template) -> None:
    (queue,) = of_type(plain, "AWS::SQS::Queue")
    target = only(plain, RULE)["Targets"][0]
    assert target["DeadLetterConfig"] == {"Arn": {"Fn::GetAtt": [queue, "Arn"]}}
    assert target["RetryPolicy"] == {"MaximumRetryAttempts": 185}


def test_retries_age_state_and_description_can_be_chosen() -> None:
    made = ruled(
        stack(), PATTERN, retries=0, max_event_age=cdk.Duration.hours(1), enabled=False, description="Each order"
    )
    assert made["Targets"][0]["RetryPolicy"] == {"MaximumRetryAttempts": 0, "MaximumEventAgeInSeconds": 3_600}
    assert (made["State"], made["Description"]) == ("DISABLED", "Each order")


def test_the_role_may_start_the_state_machine_and_nothing_else(plain: Template) -> None:
    (machine,) = of_type(plain, "AWS::StepFunctions::StateMachine")
    (statement,) = statements(plain, "NightlyEventsRole")
    assert (statement["Action"], statement["Resource"]) == ("states:StartExecution", {"Ref": machine})
    assert not of_type(plain, "AWS::IAM::Policy")


def test_eventbridge_assumes_the_role_for_rules_of_the_account_alone(plain: Template) -> None:
    condition = trust(plain, "events.amazonaws.com")["Condition"]
    assert condition["StringEquals"] == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
    assert condition["ArnLike"]["aws:SourceArn"]["Fn::Join"][1][-1] == ":rule/*"


def queue_statement(made: Template) -> dict[str, Any]:
    """What a queue's policy allows."""
    document = only(made, "AWS::SQS::QueuePolicy")["PolicyDocument"]
    (statement,) = [each for each in document["Statement"] if each["Effect"] == "Allow"]
    return dict(statement)


def test_the_queue_takes_what_this_rule_could_not_deliver_alone(plain: Template) -> None:
    (rule,) = of_type(plain, RULE)
    statement = queue_statement(plain)
    assert statement["Principal"] == {"Service": "events.amazonaws.com"}
    assert statement["Action"] == "sqs:SendMessage"
    assert statement["Condition"] == {"ArnEquals": {"aws:SourceArn": {"Fn::GetAtt": [rule, "Arn"]}}}


@pytest.mark.parametrize("own_bus", [False, True], ids=["default bus", "own bus"])
def test_a_queue_of_another_stack_names_the_rule_without_waiting_for_it(own_bus: bool) -> None:
    root = app()
    queues, flows = cdk.Stack(root, "Queues"), cdk.Stack(root, "Flows")
    queue = sqs.Queue(queues, "Queue")
    bus = events.EventBus.from_event_bus_name(flows, "Bus", "orders") if own_bus else None
    workflow(flows).on_event("Order", PATTERN, dead_letters=queue, event_bus=bus)
    name = only(template(flows), RULE)["Name"]
    arn = queue_statement(template(queues))["Condition"]["ArnEquals"]["aws:SourceArn"]
    assert arn["Fn::Join"][1][-1] == (f":rule/orders/{name}" if own_bus else f":rule/{name}")
    assert flows not in queues.dependencies
    assert len(name) <= 64


def test_a_rule_has_no_name_of_its_own_unless_a_queue_elsewhere_names_it(plain: Template) -> None:
    assert "Name" not in only(plain, RULE)


@pytest.mark.parametrize(
    ("source", "code"),
    [
        (lambda _: ObjectCreated(bucket="files"), Code.SETTING),  # type: ignore[arg-type]
        (lambda scope: ObjectCreated(bucket=bucket(scope), prefix=""), Code.TRIGGER),
        (lambda scope: ObjectCreated(bucket=bucket(scope), suffix="x" * 1_025), Code.TRIGGER),
        (lambda _: ImagePushed(repository="web"), Code.SETTING),  # type: ignore[arg-type]
        (lambda scope: ImagePushed(repository=repository(scope), tag="a b"), Code.IMAGE_REFERENCE),
    ],
    ids=["bucket", "prefix", "suffix", "repository", "tag"],
)
def test_what_is_no_source_is_refused(source: Any, code: Code) -> None:  # noqa: ANN401 - makes one
    with pytest.raises(InvalidValueError) as caught:
        source(stack())
    assert caught.value.code is code


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"event": "aws.s3"}, Code.TRIGGER),
        ({"event": None}, Code.TRIGGER),
        ({"event": events.EventPattern()}, Code.TRIGGER),
        ({"event": {"source": ["aws.s3"]}}, Code.TRIGGER),
        ({"input": {"a": 1}}, Code.TRIGGER),
        ({"event_bus": "orders"}, Code.SETTING),
        ({"retries": 186}, Code.TRIGGER),
        ({"max_event_age": cdk.Duration.seconds(59)}, Code.TRIGGER),
        ({"enabled": 1}, Code.TRIGGER),
        ({"description": 1}, Code.TRIGGER),
        ({"dead_letters": QUEUE_ARN}, Code.SETTING),
    ],
)
def test_what_makes_no_rule_is_refused_and_leaves_nothing_behind(options: dict[str, Any], code: Code) -> None:
    made = workflow(stack())
    with pytest.raises(InvalidValueError) as caught:
        made.on_event("Order", **{"event": PATTERN, **options})
    assert caught.value.code is code
    assert made.node.try_find_child("Events") is None


def test_events_of_another_region_are_refused_since_they_are_not_seen() -> None:
    root = app()
    far = cdk.Stack(root, "Far", env=cdk.Environment(account=ENVIRONMENT.account, region="eu-west-1"))
    near = cdk.Stack(root, "Near", env=ENVIRONMENT)
    made = workflow(near)
    with pytest.raises(ConflictError, match="eu-west-1") as caught:
        made.on_event("File", ObjectCreated(bucket=s3.Bucket(far, "Bucket")))
    assert caught.value.code is Code.TRIGGER


@pytest.fixture(scope="module")
def shared() -> Workflow:
    return workflow(stack())


@given(
    name=st.text(st.characters(codec="utf-8"), min_size=1, max_size=3),
    parts=st.tuples(*[st.none() | st.text(st.characters(codec="utf-8"), max_size=4)] * 2),
)
def test_any_parts_of_a_key_give_a_rule_or_our_error(
    shared: Workflow, name: str, parts: tuple[str | None, str | None]
) -> None:
    holder = Construct(shared, f"Source{len(shared.node.children)}")
    try:
        event = ObjectCreated(bucket=bucket(holder), prefix=parts[0], suffix=parts[1])
        made = shared.on_event(name, event)
    except ConstructsEcsError as error:
        assert error.code is Code.TRIGGER
        return
    assert isinstance(made, events.Rule)


def test_a_rule_s_pattern_holds_any_text_of_a_key() -> None:
    scope = stack()
    made = ruled(scope, ObjectCreated(bucket=bucket(scope), prefix='a"b*', suffix="\\é"))
    assert json.loads(json.dumps(made["EventPattern"]["detail"]["object"]["key"])) == [{"wildcard": 'a"b\\**\\\\é'}]
