import pytest

from constructs_ecs.preflight.findings import Severity
from constructs_ecs.preflight.rules.n15_public_address_without_gateway import PublicAddressWithoutGateway
from tests.preflight.rules.support_network import INTERNET_GATEWAY, OPEN, Change, network, removed, set_to
from tests.preflight.rules.support_roles import also
from tests.preflight.rules.support_tasks import findings, fixture

WITHOUT = removed("LogsEndpoint")
PUBLIC = also(WITHOUT, network(AssignPublicIp="ENABLED"))


def test_a_public_address_without_a_default_route_is_of_no_use() -> None:
    start, exec_ = findings(PublicAddressWithoutGateway, fixture("fargate", PUBLIC))
    assert (start.severity, exec_.severity) == (Severity.START, Severity.EXEC)
    assert start.where.logical_id == "RouteTable"
    assert start.fix.endswith("attached to the VPC to the route table RouteTable.")
    assert start.symptom.startswith("ResourceInitializationError")


def test_a_gateway_that_is_not_attached_is_of_no_use_either() -> None:
    change = also(PUBLIC, INTERNET_GATEWAY, removed("Attachment"))
    start, _ = findings(PublicAddressWithoutGateway, fixture("fargate", change))
    assert start.where.logical_id == "Default"
    assert start.fix == "Attach the gateway of the route Default to the VPC with an AWS::EC2::VPCGatewayAttachment."


def test_instances_with_a_public_address_need_the_route_too() -> None:
    change = also(removed("EcsEndpoint"), set_to("Subnet", MapPublicIpOnLaunch=True))
    (found,) = findings(PublicAddressWithoutGateway, fixture("ec2", change))
    assert [site.logical_id for site in found.launch_sites] == ["Worker", "Proxy"]


def test_a_default_route_to_an_attached_gateway_passes() -> None:
    assert findings(PublicAddressWithoutGateway, fixture("fargate", also(PUBLIC, INTERNET_GATEWAY))) == []


def test_endpoints_for_all_calls_pass() -> None:
    assert findings(PublicAddressWithoutGateway, fixture("fargate", network(AssignPublicIp="ENABLED"))) == []


def test_a_task_without_a_public_address_is_another_rule_s() -> None:
    assert findings(PublicAddressWithoutGateway, fixture("fargate", WITHOUT)) == []


@pytest.mark.parametrize("change", OPEN.values(), ids=OPEN)
def test_a_way_that_the_templates_do_not_show_is_not_judged(change: Change) -> None:
    assert findings(PublicAddressWithoutGateway, fixture("fargate", also(PUBLIC, change))) == []
