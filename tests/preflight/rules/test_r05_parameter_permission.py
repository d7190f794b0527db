from constructs_ecs.preflight.findings import Severity
from constructs_ecs.preflight.rules.r05_parameter_permission import ParameterPermission
from tests.preflight.rules.support_roles import allowed, also, with_unknown_policy, without
from tests.preflight.rules.support_tasks import Resources, findings, fixture, proven

ROLE = "ExecutionRole"


def test_a_role_that_may_read_one_parameter_only_by_the_singular_action_stops_the_task() -> None:
    singular = also(without(ROLE, "Parameter"), allowed(ROLE, "ssm:GetParameter"))
    (found,) = findings(ParameterPermission, fixture("fargate", singular))
    assert (found.severity, found.where.logical_id) == (Severity.START, ROLE)
    assert "ssm:GetParameters" in found.symptom
    assert "ssm:GetParameters on " in found.fix


def test_the_plural_action_passes() -> None:
    assert proven(ParameterPermission, fixture("fargate"))


def test_the_grant_may_name_the_parameter_s_arn_from_the_template() -> None:
    grant = {"Fn::Sub": "arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:parameter${Parameter}"}
    change = also(without(ROLE, "Parameter"), allowed(ROLE, "ssm:GetParameters", grant))
    assert proven(ParameterPermission, fixture("fargate", change))


def test_a_task_without_parameters_needs_none() -> None:
    def change(resources: Resources) -> None:
        without(ROLE, "Parameter")(resources)
        secrets = resources["TaskDefinition"]["Properties"]["ContainerDefinitions"][0]["Secrets"]
        secrets[:] = [each for each in secrets if each["Name"] != "LEVEL"]

    assert findings(ParameterPermission, fixture("fargate", change)) == []


def test_a_managed_policy_that_is_not_known_leaves_it_open() -> None:
    template = fixture("fargate", also(without(ROLE, "Parameter"), with_unknown_policy(ROLE)))
    assert findings(ParameterPermission, template) == []
