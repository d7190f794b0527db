import pytest

from constructs_ecs.preflight.findings import Severity
from constructs_ecs.preflight.rules.c04_instances_cut_off import InstancesCutOff
from tests.preflight.rules.support_network import INTERNET_GATEWAY, NAT_GATEWAY, OPEN, Change, removed, set_to
from tests.preflight.rules.support_roles import also
from tests.preflight.rules.support_tasks import Resources, findings, fixture

LACKING = removed("EcsEndpoint", "EcsAgentEndpoint", "EcsTelemetryEndpoint")


def associate(value: object) -> Change:
    def change(resources: Resources) -> None:
        data = resources["LaunchTemplate"]["Properties"]["LaunchTemplateData"]
        groups = data.pop("SecurityGroupIds")
        interface = {"DeviceIndex": 0, "Groups": groups, "AssociatePublicIpAddress": value}
        data["NetworkInterfaces"] = [interface]

    return change


@pytest.mark.parametrize("change", [also(), associate(value=False)])
def test_instances_without_a_public_address_do_not_get_through_an_internet_gateway(change: Change) -> None:
    (found,) = findings(InstancesCutOff, fixture("ec2", also(LACKING, INTERNET_GATEWAY, change)))
    assert (found.severity, found.where.logical_id) == (Severity.START, "AutoScalingGroup")
    assert found.symptom == "unable to place a task because no container instance met all of its requirements."
    assert [site.logical_id for site in found.launch_sites] == ["Worker", "Proxy"]
    assert found.fix.startswith("Set AssociatePublicIpAddress to true for the instances of the resource AutoScaling")


def test_what_only_their_tasks_need_is_said_as_that() -> None:
    (found,) = findings(InstancesCutOff, fixture("ec2", also(removed("SsmMessagesEndpoint"), INTERNET_GATEWAY)))
    assert found.severity is Severity.EXEC
    assert [site.logical_id for site in found.launch_sites] == ["Proxy"]


@pytest.mark.parametrize(
    "change",
    [
        also(LACKING, INTERNET_GATEWAY, set_to("Subnet", MapPublicIpOnLaunch=True)),
        also(LACKING, INTERNET_GATEWAY, associate(value=True)),
        also(LACKING, NAT_GATEWAY),
        INTERNET_GATEWAY,
    ],
    ids=["by the subnet", "by the template", "NAT", "endpoints"],
)
def test_a_public_address_a_nat_gateway_or_endpoints_pass(change: Change) -> None:
    assert findings(InstancesCutOff, fixture("ec2", change)) == []


def test_isolated_subnets_and_fargate_are_other_rules() -> None:
    assert findings(InstancesCutOff, fixture("ec2", LACKING)) == []
    assert findings(InstancesCutOff, fixture("fargate", also(removed("LogsEndpoint"), INTERNET_GATEWAY))) == []


@pytest.mark.parametrize(
    "change",
    [OPEN["a transit gateway"], also(INTERNET_GATEWAY, set_to("Subnet", MapPublicIpOnLaunch={"Ref": "Given"}))],
)
def test_what_the_templates_do_not_show_is_not_judged(change: Change) -> None:
    template = fixture("ec2", also(LACKING, change))
    template["Parameters"] = {"Given": {"Type": "String"}}
    assert findings(InstancesCutOff, template) == []
