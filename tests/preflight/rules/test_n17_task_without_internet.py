from constructs_ecs.preflight.findings import Severity
from constructs_ecs.preflight.rules.n17_task_without_internet import TaskWithoutInternet
from tests.preflight.rules.support_network import INTERNET_GATEWAY, NAT_GATEWAY, OPEN, removed, set_to
from tests.preflight.rules.support_roles import also
from tests.preflight.rules.support_tasks import Resources, findings, fixture

PUBLIC_INSTANCES = also(INTERNET_GATEWAY, set_to("Subnet", MapPublicIpOnLaunch=True))


def test_exec_does_not_connect_from_an_awsvpc_task_on_an_instance_by_an_internet_gateway() -> None:
    change = also(removed("SsmMessagesEndpoint"), PUBLIC_INSTANCES)
    (found,) = findings(TaskWithoutInternet, fixture("ec2", change))
    assert (found.severity, found.where.logical_id) == (Severity.EXEC, "Worker")
    assert [site.logical_id for site in found.launch_sites] == ["Worker"]
    assert found.symptom.startswith("TargetNotConnectedException")
    assert found.fix.startswith("Run the launch Worker in subnets that lead to a NAT gateway")


def test_a_public_address_cannot_be_asked_for() -> None:
    def asked(resources: Resources) -> None:
        resources["Worker"]["Properties"]["NetworkConfiguration"]["AwsvpcConfiguration"]["AssignPublicIp"] = "ENABLED"

    change = also(removed("SsmMessagesEndpoint"), PUBLIC_INSTANCES, asked)
    assert [each.severity for each in findings(TaskWithoutInternet, fixture("ec2", change))] == [Severity.EXEC]


def test_with_all_endpoints_it_is_a_warning_for_what_the_containers_call() -> None:
    (found,) = findings(TaskWithoutInternet, fixture("ec2", PUBLIC_INSTANCES))
    assert (found.severity, found.where.logical_id) == (Severity.WARNING, "Worker")


def test_a_nat_gateway_passes() -> None:
    def nat(resources: Resources) -> None:
        NAT_GATEWAY(resources)
        resources["RouteTableOfSubnet"]["Properties"]["RouteTableId"] = {"Ref": "RouteTable"}

    assert findings(TaskWithoutInternet, fixture("ec2", also(removed("SsmMessagesEndpoint"), nat))) == []


def test_isolated_subnets_have_no_internet_on_purpose() -> None:
    assert findings(TaskWithoutInternet, fixture("ec2")) == []


def test_the_bridge_and_fargate_are_other_rules() -> None:
    change = also(removed("SsmMessagesEndpoint"), INTERNET_GATEWAY)
    found = findings(TaskWithoutInternet, fixture("ec2", change))
    assert {site.logical_id for each in found for site in each.launch_sites} == {"Worker"}
    assert findings(TaskWithoutInternet, fixture("fargate", change)) == []


def test_a_way_that_the_templates_do_not_show_is_not_judged() -> None:
    change = also(removed("SsmMessagesEndpoint"), OPEN["a transit gateway"])
    assert findings(TaskWithoutInternet, fixture("ec2", change)) == []
