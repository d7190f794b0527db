from typing import Any

import pytest

from constructs_ecs.preflight.findings import Finding, Severity
from constructs_ecs.preflight.rules.r11_no_role import NoRole
from tests.preflight.rules.support_network import Change, added, attribute, ref, set_to
from tests.preflight.rules.support_roles import also
from tests.preflight.rules.support_states import arguments, runs_task
from tests.preflight.rules.support_tasks import findings, fixture

OTHERS = added(
    Policy=("IAM::ManagedPolicy", {"PolicyDocument": {"Statement": []}}),
    Named=("IAM::ManagedPolicy", {"PolicyDocument": {"Statement": []}, "ManagedPolicyName": "start"}),
    Profile=("IAM::InstanceProfile", {"Roles": [ref("TaskRole")]}),
    Function=("Lambda::Function", {"Role": attribute("TaskRole", "Arn")}),
    Stack=("CloudFormation::Stack", {"TemplateURL": "https://example.com/roles.yaml"}),
    Custom=("CloudFormation::CustomResource", {"ServiceToken": attribute("Function", "Arn")}),
)


def found_in(*changes: Change) -> list[Finding]:
    body = fixture("fargate", also(OTHERS, *changes)) | {"Parameters": {"Given": {"Type": "String"}}}
    return findings(NoRole, body)


def role(value: object, name: str = "ExecutionRoleArn") -> Change:
    return set_to("TaskDefinition", **{name: value})


@pytest.mark.parametrize(
    ("value", "logical_id"),
    [
        (ref("Policy"), "Policy"),
        (ref("Named"), "Named"),
        ({"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:policy/start"}, "Named"),
        (attribute("Profile", "Arn"), "Profile"),
        (attribute("Function", "Arn"), "Function"),
        (attribute("Secret", "Id"), "Secret"),
        (attribute("Bucket", "Arn"), "Bucket"),
    ],
)
@pytest.mark.parametrize(("name", "called"), [("ExecutionRoleArn", "execution role"), ("TaskRoleArn", "task role")])
def test_a_resource_of_another_type_is_refused(value: Any, logical_id: str, name: str, called: str) -> None:  # noqa: ANN401
    (found,) = found_in(role(value, name))
    assert (found.severity, found.where.property_path) == (Severity.DEPLOY, (name,))
    assert found.message.startswith(f"The {called} is {logical_id}, of the type AWS::")
    assert [site.logical_id for site in found.launch_sites] == ["Service"]


def test_a_launch_that_replaces_a_role_by_another_thing_is_refused() -> None:
    def state(given: str) -> Change:
        overrides = {"TaskRoleArn": "${Given}"}
        machine = runs_task(given=arguments(Overrides=overrides))

        def change(resources: dict[str, Any]) -> None:
            machine(resources)
            resources["Machine"]["Properties"]["DefinitionSubstitutions"]["Given"] = attribute(given, "Arn")

        return change

    (found,) = found_in(state("Function"))
    assert found.where.logical_id == "Machine"
    assert found_in(state("TaskRole")) == []


@pytest.mark.parametrize(
    "value",
    [
        attribute("TaskRole", "Arn"),
        ref("TaskRole"),
        {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/${TaskRole}"},
    ],
)
def test_a_role_passes(value: Any) -> None:  # noqa: ANN401
    assert found_in(role(value)) == []


@pytest.mark.parametrize(
    "value",
    [
        ref("Given"),
        {"Fn::ImportValue": "Role"},
        "arn:aws:iam::123456789012:role/elsewhere",
        "start",
        attribute("Stack", "Outputs.Role"),
        attribute("Custom", "Arn"),
        ref("Custom"),
        attribute("Function", "Role"),
    ],
)
def test_what_the_templates_do_not_show_is_not_judged(value: Any) -> None:  # noqa: ANN401
    assert found_in(role(value)) == []


def test_a_role_may_have_the_name_of_something_else() -> None:
    log_group = set_to("LogGroup", LogGroupName="start")
    assert found_in(log_group, role(ref("LogGroup"))) == found_in(log_group, role("start")) == []
