import pytest

from constructs_ecs.preflight.findings import Severity
from constructs_ecs.preflight.rules.n22_late_dependency import LateDependency
from tests.preflight.rules.support_network import NAT_GATEWAY, Change, container, removed, set_to
from tests.preflight.rules.support_roles import also
from tests.preflight.rules.support_tasks import Resources, findings, fixture


def not_waiting_for(name: str, service: str = "Service") -> Change:
    def change(resources: Resources) -> None:
        resources[service]["DependsOn"].remove(name)

    return change


def test_a_service_that_does_not_wait_for_an_endpoint_is_warned_of() -> None:
    (found,) = findings(LateDependency, fixture("fargate", not_waiting_for("LogsEndpoint")))
    assert (found.severity, found.where.logical_id) == (Severity.WARNING, "Service")
    assert found.message == "Service does not wait for LogsEndpoint."
    assert found.fix == "Name LogsEndpoint in DependsOn of the launch Service."


@pytest.mark.parametrize("name", ["TaskRolePolicy", "TasksIntoEndpoints"])
def test_policies_and_rules_beside_their_groups_count_too(name: str) -> None:
    (found,) = findings(LateDependency, fixture("ec2", not_waiting_for(name, "Worker")))
    assert found.message == f"Worker does not wait for {name}."


def test_a_default_route_counts_where_it_is_used() -> None:
    (found,) = findings(LateDependency, fixture("fargate", also(container(Image="nginx"), NAT_GATEWAY)))
    assert found.message == "Service does not wait for Default."


def test_a_service_that_waits_passes() -> None:
    assert findings(LateDependency, fixture("fargate")) == findings(LateDependency, fixture("ec2")) == []


def test_waiting_by_way_of_something_else_passes() -> None:
    def by_the_cluster(resources: Resources) -> None:
        not_waiting_for("LogsEndpoint")(resources)
        resources["Cluster"]["DependsOn"] = "LogsEndpoint"

    assert findings(LateDependency, fixture("fargate", by_the_cluster)) == []


def test_a_service_without_tasks_at_first_has_time() -> None:
    change = also(not_waiting_for("LogsEndpoint"), set_to("Service", DesiredCount=0))
    assert findings(LateDependency, fixture("fargate", change)) == []


def test_an_event_starts_tasks_later() -> None:
    def by_an_event(resources: Resources) -> None:
        service = resources.pop("Service")["Properties"]
        parameters = {
            "TaskDefinitionArn": service["TaskDefinition"],
            "LaunchType": "FARGATE",
            "NetworkConfiguration": {"AwsVpcConfiguration": service["NetworkConfiguration"]["AwsvpcConfiguration"]},
        }
        target = {"Id": "1", "Arn": {"Fn::GetAtt": ["Cluster", "Arn"]}, "EcsParameters": parameters}
        resources["Rule"] = {
            "Type": "AWS::Events::Rule",
            "Properties": {"ScheduleExpression": "rate(1 day)", "Targets": [target]},
        }

    assert findings(LateDependency, fixture("fargate", by_an_event)) == []


def test_what_another_stack_creates_is_there_before() -> None:
    services = fixture("fargate")
    endpoint = services["Resources"].pop("LogsEndpoint")
    not_waiting_for("LogsEndpoint")(services["Resources"])
    endpoint["Properties"] |= {
        "VpcId": {"Fn::ImportValue": "Vpc"},
        "SubnetIds": [{"Fn::ImportValue": "Subnet"}],
        "SecurityGroupIds": [{"Fn::ImportValue": "Group"}],
    }
    values = {
        "Vpc": {"Ref": "Vpc"},
        "Subnet": {"Ref": "SubnetA"},
        "Group": {"Fn::GetAtt": ["EndpointSecurityGroup", "GroupId"]},
    }
    services["Outputs"] = {name: {"Value": value, "Export": {"Name": name}} for name, value in values.items()}
    assert findings(LateDependency, services, {"LogsEndpoint": endpoint}) == []


def test_what_does_not_work_at_all_is_not_waited_for() -> None:
    change = also(not_waiting_for("LogsEndpoint"), set_to("LogsEndpoint", PrivateDnsEnabled=False))
    assert findings(LateDependency, fixture("fargate", change)) == []
    assert findings(LateDependency, fixture("fargate", removed("LogsEndpoint"))) == []


def test_an_endpoint_that_calls_pass_by_is_not_waited_for() -> None:
    change = also(
        not_waiting_for("LogsEndpoint"),
        set_to("LogsEndpoint", PrivateDnsEnabled=False),
        NAT_GATEWAY,
        set_to("Cluster", Tags=[{"Key": "Way", "Value": {"Ref": "Default"}}]),
    )
    assert findings(LateDependency, fixture("fargate", change)) == []
