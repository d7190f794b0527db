import pytest

from constructs_ecs.preflight.findings import Severity
from constructs_ecs.preflight.rules.n11_endpoint_group_closed import EndpointGroupClosed
from constructs_ecs.preflight.rules.n12_client_group_closed import ClientGroupClosed
from constructs_ecs.preflight.rules.v01_mount_target_closed import MountTargetClosed
from tests.preflight.rules.support_network import Change, added, attribute, set_to
from tests.preflight.rules.support_tasks import Resources, findings, fixture

GROUP = "FileSystemSecurityGroup"
HTTPS = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "0.0.0.0/0"}


def admits(**peer: object) -> Change:
    return set_to(GROUP, SecurityGroupIngress=[{"IpProtocol": "tcp", "FromPort": 2049, "ToPort": 2049, **peer}])


def default_group(resources: Resources) -> None:
    for name in ("MountTargetA", "MountTargetB"):
        del resources[name]["Properties"]["SecurityGroups"]


@pytest.mark.parametrize("change", [set_to(GROUP, SecurityGroupIngress=[]), admits(CidrIp="10.9.0.0/16")])
def test_a_mount_target_that_does_not_admit_the_task_stops_it(change: Change) -> None:
    (found,) = findings(MountTargetClosed, fixture("fargate", change))
    assert (found.severity, found.where.logical_id) == (Severity.START, GROUP)
    assert found.symptom.startswith("ResourceInitializationError: failed to invoke EFS utils commands")
    assert found.fix == f"Let tcp/2049 from TaskSecurityGroup into the security group {GROUP}."


def test_a_mount_target_without_groups_has_the_vpc_s_default_one() -> None:
    (found,) = findings(MountTargetClosed, fixture("fargate", default_group))
    assert found.where.logical_id == "Vpc"
    assert found.fix.endswith("into the default security group of the VPC Vpc.")


def test_a_task_that_may_not_call_out_on_the_port_is_stopped_too() -> None:
    template = fixture("fargate", set_to("TaskSecurityGroup", SecurityGroupEgress=[HTTPS]))
    (found,) = findings(MountTargetClosed, template)
    assert found.where.logical_id == "TaskSecurityGroup"
    assert found.fix.endswith("out of the security group TaskSecurityGroup.")
    assert findings(ClientGroupClosed, template) == findings(EndpointGroupClosed, template) == []


@pytest.mark.parametrize(
    "change",
    [
        admits(CidrIp="10.0.0.0/16"),
        admits(SourceSecurityGroupId=attribute("TaskSecurityGroup", "GroupId")),
    ],
)
def test_a_rule_by_group_or_block_passes(change: Change) -> None:
    assert findings(MountTargetClosed, fixture("fargate", change)) == []


def test_a_task_without_a_file_system_is_not_looked_at() -> None:
    assert findings(MountTargetClosed, fixture("ec2")) == []


@pytest.mark.parametrize(
    "change",
    [
        set_to("MountTargetA", SecurityGroups=[{"Fn::ImportValue": "Group"}]),
        admits(SourcePrefixListId="pl-0123456789abcdef0"),
        added(
            Beside=(
                "EC2::SecurityGroupIngress",
                {
                    "GroupId": {"Fn::ImportValue": "Some"},
                    "IpProtocol": "-1",
                    "CidrIp": "0.0.0.0/0",
                },
            )
        ),
    ],
)
def test_groups_and_rules_that_are_not_in_the_templates_are_not_judged(change: Change) -> None:
    def both(resources: Resources) -> None:
        if "MountTargetB" in resources:
            resources["MountTargetB"]["Properties"]["SecurityGroups"] = [{"Fn::ImportValue": "Group"}]
        set_to(GROUP, SecurityGroupIngress=[])(resources)
        change(resources)

    assert findings(MountTargetClosed, fixture("fargate", both)) == []
