import pytest

from constructs_ecs.preflight.findings import Severity
from constructs_ecs.preflight.rules.n12_client_group_closed import ClientGroupClosed
from tests.preflight.rules.support_network import NAT_GATEWAY, Change, added, attribute, container, network, set_to
from tests.preflight.rules.support_roles import also
from tests.preflight.rules.support_tasks import findings, fixture

GROUP = "TaskSecurityGroup"
NOTHING = {"IpProtocol": "icmp", "FromPort": 252, "ToPort": 86, "CidrIp": "255.255.255.255/32"}
"""What the CDK writes for a group that lets nothing out."""
ENDPOINTS = {
    "IpProtocol": "tcp",
    "FromPort": 443,
    "ToPort": 443,
    "DestinationSecurityGroupId": attribute("EndpointSecurityGroup", "GroupId"),
}
S3 = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "DestinationPrefixListId": "pl-6da54004"}


def lets_out(*rules: dict[str, object]) -> Change:
    return set_to(GROUP, SecurityGroupEgress=list(rules))


def test_a_group_that_lets_nothing_out_stops_the_task() -> None:
    start, exec_ = findings(ClientGroupClosed, fixture("fargate", lets_out(NOTHING)))
    assert (start.severity, start.where.logical_id) == (Severity.START, GROUP)
    assert start.fix == (
        "Let tcp/443 to the endpoint for ecr.api, ecr.dkr, secretsmanager, ssm, logs and tcp/443 to the prefix list of "
        f"Amazon S3 out of the security group {GROUP}."
    )
    assert exec_.severity is Severity.EXEC
    assert exec_.symptom.startswith("TargetNotConnectedException")


def test_endpoints_alone_do_not_do_for_the_layers() -> None:
    start, _ = findings(ClientGroupClosed, fixture("fargate", lets_out(ENDPOINTS)), region="eu-west-1")
    assert start.fix == f"Let tcp/443 to the prefix list of Amazon S3 out of the security group {GROUP}."
    assert start.symptom.startswith("CannotPullContainerError")


def test_endpoints_and_the_prefix_list_pass() -> None:
    assert findings(ClientGroupClosed, fixture("fargate", lets_out(ENDPOINTS, S3)), region="eu-west-1") == []


def test_a_registry_on_the_internet_needs_a_rule_too() -> None:
    change = also(lets_out(ENDPOINTS, S3), container(Image="registry.example.com:5000/app"), NAT_GATEWAY)
    (found,) = findings(ClientGroupClosed, fixture("fargate", change), region="eu-west-1")
    assert found.fix == f"Let tcp/5000 to registry.example.com out of the security group {GROUP}."


@pytest.mark.parametrize(
    "change",
    [
        set_to(GROUP, SecurityGroupEgress=None),
        lets_out({"IpProtocol": "-1", "CidrIp": "0.0.0.0/0"}),
        lets_out({"IpProtocol": "tcp", "FromPort": 0, "ToPort": 65535, "CidrIp": "0.0.0.0/0"}),
    ],
)
def test_a_group_that_lets_all_out_passes(change: Change) -> None:
    assert findings(ClientGroupClosed, fixture("fargate", change)) == []


def test_a_group_with_rules_beside_it_only_may_keep_the_one_that_lets_all_out() -> None:
    beside = added(
        Beside=(
            "EC2::SecurityGroupEgress",
            {
                "GroupId": attribute(GROUP, "GroupId"),
                "IpProtocol": "tcp",
                "FromPort": 5432,
                "ToPort": 5432,
                "CidrIp": "10.0.0.0/16",
            },
        )
    )
    change = also(set_to(GROUP, SecurityGroupEgress=None), beside)
    assert findings(ClientGroupClosed, fixture("fargate", change)) == []


@pytest.mark.parametrize(
    "change",
    [
        lets_out(ENDPOINTS, {**S3, "DestinationPrefixListId": {"Ref": "List"}}),
        lets_out(ENDPOINTS, {**S3, "DestinationPrefixListId": "pl-0123456789abcdef0"}),
        network(SecurityGroups=[{"Ref": "List"}]),
        network(SecurityGroups=["sg-0123456789abcdef0"]),
    ],
)
def test_groups_and_lists_that_are_not_in_the_templates_are_not_judged(change: Change) -> None:
    template = fixture("fargate", change)
    template["Parameters"] = {"List": {"Type": "String"}}
    assert findings(ClientGroupClosed, template) == []


def test_a_second_group_may_open_what_the_first_does_not() -> None:
    second = added(Open=("EC2::SecurityGroup", {"VpcId": {"Ref": "Vpc"}, "GroupDescription": "Lets all out"}))
    groups = network(SecurityGroups=[attribute(GROUP, "GroupId"), attribute("Open", "GroupId")])
    assert findings(ClientGroupClosed, fixture("fargate", also(lets_out(NOTHING), second, groups))) == []


def test_dns_needs_no_rule() -> None:
    rule = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "0.0.0.0/0"}
    assert findings(ClientGroupClosed, fixture("fargate", lets_out(rule))) == []
