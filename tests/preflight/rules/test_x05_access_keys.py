import pytest

from constructs_ecs.preflight.findings import Severity
from constructs_ecs.preflight.rules.x05_access_keys import AccessKeys
from tests.preflight.rules.support_tasks import findings, fixture, launched

EXEC = {"EnableExecuteCommand": True}
NAMES = ["AWS_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"]


@pytest.mark.parametrize("name", NAMES)
def test_access_keys_in_the_environment_give_a_warning(name: str) -> None:
    for container in (
        {"Environment": [{"Name": "A", "Value": "b"}, {"Name": name, "Value": "x"}]},
        {"Secrets": [{"Name": name, "ValueFrom": "key"}]},
    ):
        (found,) = findings(AccessKeys, launched(container, service=EXEC))
        assert (found.severity, found.where.logical_id) == (Severity.WARNING, "TaskDefinition")
        assert name in found.message
        assert found.symptom.startswith("TargetNotConnectedException")


def test_a_launch_that_sets_them_gives_a_warning() -> None:
    overrides = (
        '{"containerOverrides": [{"name": "app", "environment": [{"name": "AWS_ACCESS_KEY_ID", "value": "x"}]}]}'
    )
    target = {
        "Id": "T",
        "Arn": "arn:aws:ecs:eu-west-1:111122223333:cluster/c",
        "Input": overrides,
        "EcsParameters": {"TaskDefinitionArn": {"Ref": "TaskDefinition"}, "EnableExecuteCommand": True},
    }
    rule = {"Type": "AWS::Events::Rule", "Properties": {"Targets": [target]}}
    (found,) = findings(AccessKeys, launched(Nightly=rule))
    assert (found.where.logical_id, found.launch_sites[0].logical_id) == ("Nightly", "Nightly")


def test_other_variables_pass() -> None:
    container = {"Environment": [{"Name": "AWS_REGION", "Value": "x"}, {"Name": "MY_AWS_ACCESS_KEY_ID", "Value": "x"}]}
    assert findings(AccessKeys, launched(container, service=EXEC)) == []
    assert findings(AccessKeys, fixture("fargate")) == []


def test_without_exec_keys_are_the_container_s_own_business() -> None:
    assert findings(AccessKeys, launched({"Environment": [{"Name": NAMES[0], "Value": "x"}]})) == []


def test_an_environment_that_is_not_known_leaves_it_open() -> None:
    template = {
        "Parameters": {"Name": {"Type": "String"}},
        "Resources": launched({"Environment": [{"Name": {"Ref": "Name"}, "Value": "x"}]}, service=EXEC),
    }
    assert findings(AccessKeys, template) == []
