import pytest

from constructs_ecs.preflight.findings import Severity
from constructs_ecs.preflight.rules.n11_endpoint_group_closed import EndpointGroupClosed
from tests.preflight.rules.support_network import NAT_GATEWAY, Change, added, attribute, removed, set_to
from tests.preflight.rules.support_roles import also
from tests.preflight.rules.support_tasks import Resources, findings, fixture

GROUP = "EndpointSecurityGroup"


def admits(**peer: object) -> Change:
    return set_to(GROUP, SecurityGroupIngress=[{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, **peer}])


CLOSED = set_to(GROUP, SecurityGroupIngress=[])


@pytest.mark.parametrize(
    "change",
    [
        CLOSED,
        set_to(GROUP, SecurityGroupIngress=None),
        admits(CidrIp="10.1.0.0/16"),
        admits(SourceSecurityGroupId=attribute("FileSystemSecurityGroup", "GroupId")),
        admits(CidrIp="10.0.0.0/16", FromPort=80, ToPort=80),
    ],
)
def test_a_group_that_does_not_admit_the_task_stops_it(change: Change) -> None:
    found = findings(EndpointGroupClosed, fixture("fargate", change))
    assert [(each.severity, each.where.logical_id) for each in found] == [
        (Severity.START, GROUP),
        (Severity.EXEC, GROUP),
    ]
    assert found[0].fix == f"Let tcp/443 from TaskSecurityGroup into the security group {GROUP}."
    assert found[1].symptom.startswith("TargetNotConnectedException")


def test_a_nat_gateway_does_not_help() -> None:
    assert len(findings(EndpointGroupClosed, fixture("fargate", also(CLOSED, NAT_GATEWAY)))) == 2


def test_an_endpoint_without_groups_has_the_vpc_s_default_one() -> None:
    (found,) = findings(EndpointGroupClosed, fixture("fargate", set_to("SsmEndpoint", SecurityGroupIds=None)))
    assert found.where.logical_id == "Vpc"
    assert found.fix.endswith("into the default security group of the VPC Vpc.")


@pytest.mark.parametrize("emptied", [False, True])
def test_the_default_group_admits_itself_unless_it_has_been_emptied(*, emptied: bool) -> None:
    def in_default_group(resources: Resources) -> None:
        default = attribute("Vpc", "DefaultSecurityGroup")
        for name, resource in resources.items():
            if name.endswith("Endpoint") and name != "S3Endpoint":
                resource["Properties"]["SecurityGroupIds"] = [default]
        configuration = resources["Service"]["Properties"]["NetworkConfiguration"]["AwsvpcConfiguration"]
        configuration["SecurityGroups"] = [default]
        if emptied:
            properties = {"ServiceToken": "arn:aws:lambda:eu-west-1:1:function:f", "DefaultSecurityGroupId": default}
            resources["Restrict"] = {"Type": "Custom::VpcRestrictDefaultSG", "Properties": properties}

    found = findings(EndpointGroupClosed, fixture("fargate", in_default_group))
    assert bool(found) is emptied


@pytest.mark.parametrize(
    "change",
    [
        admits(CidrIp="10.0.0.0/16"),
        admits(CidrIp={"Fn::GetAtt": ["Vpc", "CidrBlock"]}),
        admits(IpProtocol="-1", CidrIp="0.0.0.0/0"),
        also(
            set_to(GROUP, SecurityGroupIngress=None),
            added(
                Beside=(
                    "EC2::SecurityGroupIngress",
                    {
                        "GroupId": attribute(GROUP, "GroupId"),
                        "IpProtocol": "tcp",
                        "FromPort": 443,
                        "ToPort": 443,
                        "SourceSecurityGroupId": attribute("TaskSecurityGroup", "GroupId"),
                    },
                )
            ),
        ),
    ],
)
def test_a_group_that_admits_the_task_passes(change: Change) -> None:
    assert findings(EndpointGroupClosed, fixture("fargate", change)) == []


@pytest.mark.parametrize(
    "change",
    [
        set_to("LogsEndpoint", SecurityGroupIds=[{"Fn::ImportValue": "Group"}]),
        set_to("LogsEndpoint", SecurityGroupIds=["sg-0123456789abcdef0"]),
        admits(SourcePrefixListId="pl-0123456789abcdef0"),
        admits(CidrIp={"Fn::ImportValue": "Cidr"}),
    ],
)
def test_groups_and_lists_that_are_not_in_the_templates_are_not_judged(change: Change) -> None:
    assert findings(EndpointGroupClosed, fixture("fargate", change)) == []


def test_a_rule_of_another_stack_may_admit_the_task() -> None:
    beside = added(
        Beside=(
            "EC2::SecurityGroupIngress",
            {
                "GroupId": {"Fn::ImportValue": "SomeGroup"},
                "IpProtocol": "tcp",
                "FromPort": 443,
                "ToPort": 443,
                "CidrIp": "10.0.0.0/8",
            },
        )
    )
    assert findings(EndpointGroupClosed, fixture("fargate", also(CLOSED, beside))) == []


def test_a_task_that_uses_no_endpoint_is_not_looked_at() -> None:
    endpoints = ("EcrApi", "EcrDocker", "Logs", "SecretsManager", "Ssm", "SsmMessages", "Kms")
    change = also(CLOSED, removed(*(f"{name}Endpoint" for name in endpoints)), NAT_GATEWAY)
    assert findings(EndpointGroupClosed, fixture("fargate", change)) == []
