from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs

from constructs_ecs import AwsLogs, Code, ConstructsEcsError, LogMode
from tests.meaning import permissions
from tests.scene import Scene, scene
from tests.support import of_type, only


def _options(place: Scene) -> dict[str, Any]:
    (container,) = only(place.template, "AWS::ECS::TaskDefinition")["ContainerDefinitions"]
    assert container["LogConfiguration"]["LogDriver"] == "awslogs"
    options: dict[str, Any] = container["LogConfiguration"]["Options"]
    return options


def _group(place: Scene) -> tuple[str, dict[str, Any]]:
    (found,) = [(n, g) for n, g in of_type(place.template, "AWS::Logs::LogGroup").items() if n.startswith("Web")]
    return found


def test_output_goes_to_a_group_of_the_tasks_own_that_is_kept_for_a_year() -> None:
    place = scene()
    place.fargate()
    name, group = _group(place)
    assert group["Properties"]["RetentionInDays"] == 365
    assert group["DeletionPolicy"] == "Retain"
    options = _options(place)
    assert options["awslogs-group"] == {"Ref": name}
    assert options["awslogs-stream-prefix"] == "app"
    assert options["mode"] == "non-blocking"


def test_a_container_that_must_not_lose_output_waits() -> None:
    place = scene()
    place.fargate(logging=AwsLogs(mode=LogMode.BLOCKING))
    options = _options(place)
    assert options["mode"] == "blocking"
    assert "max-buffer-size" not in options


def test_a_key_encrypts_the_group_and_the_role_uses_it_through_the_log_service_alone() -> None:
    place = scene()
    key = kms.Key(place.stack, "Key")
    place.fargate(logging=AwsLogs(encryption_key=key))
    name, group = _group(place)
    assert group["Properties"]["KmsKeyId"] == place.stack.resolve(key.key_arn)
    (policy,) = [p for p in of_type(place.template, "AWS::IAM::ManagedPolicy") if "WebTaskExecutionRole" in p]
    said = permissions(place.template)[policy]
    assert ("Allow", "", "logs:PutLogEvents", f"<{name}.Arn>", "{}") in said
    uses = [condition for _, _, action, _, condition in said if action.startswith("kms:")]
    assert uses
    assert all("logs.<AWS::Region>.amazonaws.com" in condition for condition in uses)


def test_output_can_go_to_a_group_that_exists() -> None:
    place = scene()
    existing = logs.LogGroup.from_log_group_name(place.stack, "Existing", "/shop/web")
    place.fargate(logging=AwsLogs(existing=existing))
    assert _options(place)["awslogs-group"] == "/shop/web"
    assert [name for name in of_type(place.template, "AWS::Logs::LogGroup") if name.startswith("Web")] == []


def test_a_retention_that_cloudwatch_does_not_offer_is_refused() -> None:
    with pytest.raises(ConstructsEcsError) as caught:
        AwsLogs(retention_days=42)
    assert caught.value.code is Code.RETENTION


@pytest.mark.parametrize(
    "settings",
    [
        {"mode": "blocking"},
        {"buffer_mib": 0},
        {"buffer_mib": "25m"},
        {"buffer_mib": -1.8881545897087535e289},
        {"removal_policy": cdk.RemovalPolicy.SNAPSHOT},
    ],
)
def test_a_setting_that_cannot_be_is_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(ConstructsEcsError) as caught:
        AwsLogs(**settings)
    assert caught.value.code is Code.SETTING
