import pytest

from constructs_ecs.preflight.findings import Severity
from constructs_ecs.preflight.rules.n14_no_public_address import NoPublicAddress
from tests.preflight.rules.support_network import (
    INTERNET_GATEWAY,
    NAT_GATEWAY,
    Change,
    container,
    network,
    removed,
    set_to,
)
from tests.preflight.rules.support_roles import also
from tests.preflight.rules.support_tasks import Resources, findings, fixture

PUBLIC = also(removed("LogsEndpoint", "EcrApiEndpoint"), INTERNET_GATEWAY)


def without_setting(resources: Resources) -> None:
    del resources["Service"]["Properties"]["NetworkConfiguration"]["AwsvpcConfiguration"]["AssignPublicIp"]


@pytest.mark.parametrize("setting", [network(AssignPublicIp="DISABLED"), without_setting])
def test_a_fargate_task_without_a_public_address_does_not_get_through_an_internet_gateway(setting: Change) -> None:
    found = findings(NoPublicAddress, fixture("fargate", also(PUBLIC, setting)))
    assert [each.severity for each in found] == [Severity.START, Severity.EXEC]
    assert found[0].where.logical_id == "Service"
    assert found[0].message == (
        "SubnetA has a default route to the internet gateway Gateway, but the network interface has no public address. "
        "Vpc has no endpoint for ecr.api; Vpc has no endpoint for logs."
    )
    assert found[0].fix.startswith("Set AssignPublicIp to ENABLED in the launch Service")
    assert found[0].symptom.startswith("ResourceInitializationError")


def test_an_image_on_the_internet_needs_the_address_too() -> None:
    (found,) = findings(NoPublicAddress, fixture("fargate", also(INTERNET_GATEWAY, container(Image="nginx"))))
    assert found.symptom.startswith("CannotPullContainerError")


@pytest.mark.parametrize(
    "change",
    [
        also(PUBLIC, network(AssignPublicIp="ENABLED")),
        also(removed("LogsEndpoint"), NAT_GATEWAY),
        INTERNET_GATEWAY,
    ],
    ids=["with a public address", "with a NAT gateway", "with all endpoints"],
)
def test_an_address_a_nat_gateway_or_endpoints_pass(change: Change) -> None:
    assert findings(NoPublicAddress, fixture("fargate", change)) == []


def test_an_endpoint_that_is_there_but_unused_is_another_rule_s() -> None:
    change = also(INTERNET_GATEWAY, set_to("LogsEndpoint", PrivateDnsEnabled=False))
    assert findings(NoPublicAddress, fixture("fargate", change)) == []


def test_tasks_on_instances_are_other_rules() -> None:
    assert findings(NoPublicAddress, fixture("ec2", also(removed("LogsEndpoint"), INTERNET_GATEWAY))) == []


def test_a_public_address_that_a_parameter_decides_is_not_judged() -> None:
    template = fixture("fargate", also(PUBLIC, network(AssignPublicIp={"Ref": "Given"})))
    template["Parameters"] = {"Given": {"Type": "String"}}
    assert findings(NoPublicAddress, template) == []
