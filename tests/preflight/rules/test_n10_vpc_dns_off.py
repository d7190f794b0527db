import pytest

from constructs_ecs.preflight.findings import Severity
from constructs_ecs.preflight.rules.n10_vpc_dns_off import VpcDnsOff
from tests.preflight.rules.support_network import NAT_GATEWAY, added, ref, removed, set_to
from tests.preflight.rules.support_roles import also
from tests.preflight.rules.support_tasks import findings, fixture

ENDPOINTS = tuple(f"{name}Endpoint" for name in ("EcrApi", "EcrDocker", "Logs", "SecretsManager", "Ssm", "Kms"))


@pytest.mark.parametrize(
    ("attributes", "named"),
    [
        ({"EnableDnsHostnames": None}, "EnableDnsHostnames off"),
        ({"EnableDnsHostnames": "false"}, "EnableDnsHostnames off"),
        ({"EnableDnsSupport": False}, "EnableDnsSupport off"),
        ({"EnableDnsSupport": False, "EnableDnsHostnames": None}, "EnableDnsSupport and EnableDnsHostnames off"),
    ],
)
def test_an_endpoint_with_private_dns_cannot_be_created(attributes: dict[str, object], named: str) -> None:
    (found,) = findings(VpcDnsOff, fixture("fargate", set_to("Vpc", **attributes)))
    assert (found.severity, found.where.logical_id) == (Severity.DEPLOY, "Vpc")
    assert found.message.startswith(f"Vpc has {named}, which private DNS of EcrApiEndpoint, ")
    assert found.symptom.startswith("Enabling private DNS requires both")
    assert [site.logical_id for site in found.launch_sites] == ["Service"]


def test_without_an_endpoint_names_are_still_not_resolved() -> None:
    change = also(removed(*ENDPOINTS, "SsmMessagesEndpoint"), NAT_GATEWAY, set_to("Vpc", EnableDnsSupport=False))
    found = findings(VpcDnsOff, fixture("fargate", change))
    assert [each.severity for each in found] == [Severity.START, Severity.EXEC]
    assert {each.where.logical_id for each in found} == {"Vpc"}


def test_without_an_endpoint_hostnames_are_not_needed() -> None:
    change = also(removed(*ENDPOINTS, "SsmMessagesEndpoint"), NAT_GATEWAY, set_to("Vpc", EnableDnsHostnames=None))
    assert findings(VpcDnsOff, fixture("fargate", change)) == []


def test_both_attributes_pass() -> None:
    assert findings(VpcDnsOff, fixture("fargate")) == []


def test_an_attribute_that_a_parameter_decides_is_not_judged() -> None:
    template = fixture("fargate", set_to("Vpc", EnableDnsHostnames={"Ref": "Dns"}))
    template["Parameters"] = {"Dns": {"Type": "String"}}
    assert findings(VpcDnsOff, template) == []


def test_dns_servers_of_one_s_own_are_not_judged() -> None:
    options = added(
        Options=("EC2::DHCPOptions", {"DomainNameServers": ["10.0.0.9"]}),
        Association=("EC2::VPCDHCPOptionsAssociation", {"VpcId": ref("Vpc"), "DhcpOptionsId": ref("Options")}),
    )
    change = also(removed(*ENDPOINTS, "SsmMessagesEndpoint"), options, set_to("Vpc", EnableDnsSupport=False))
    assert findings(VpcDnsOff, fixture("fargate", change)) == []
