from copy import deepcopy

import pytest

from constructs_ecs.preflight.findings import Severity
from constructs_ecs.preflight.rules.k02_service_connect_paths import ServiceConnectPaths
from tests.preflight.rules.support_connect import connected
from tests.preflight.rules.support_network import NAT_GATEWAY, OPEN, Change, added, attribute, ref, set_to
from tests.preflight.rules.support_roles import also
from tests.preflight.rules.support_tasks import Resources, findings, fixture

AGENT = added(
    AgentEndpoint=(
        "EC2::VPCEndpoint",
        {
            "VpcEndpointType": "Interface",
            "ServiceName": {"Fn::Sub": "com.amazonaws.${AWS::Region}.ecs-agent"},
            "VpcId": ref("Vpc"),
            "SubnetIds": [ref("SubnetA"), ref("SubnetB")],
            "SecurityGroupIds": [attribute("EndpointSecurityGroup", "GroupId")],
            "PrivateDnsEnabled": True,
        },
    )
)
CLIENT_GROUP = added(
    ClientGroup=("EC2::SecurityGroup", {"VpcId": ref("Vpc"), "GroupDescription": "The client's tasks"})
)


def client(name: str = "Client", **configuration: object) -> Change:
    """Add a second service of the namespace, with a group of its own."""

    def change(resources: Resources) -> None:
        if "ClientGroup" not in resources:
            CLIENT_GROUP(resources)
        service = deepcopy(resources["Service"])
        properties = service["Properties"]
        properties["ServiceConnectConfiguration"] = {"Enabled": True, "Namespace": "apps", **configuration}
        groups = [attribute("ClientGroup", "GroupId"), attribute("TaskSecurityGroup", "GroupId")]
        properties["NetworkConfiguration"]["AwsvpcConfiguration"]["SecurityGroups"] = groups
        resources[name] = service

    return change


def admits(port: int, **peer: object) -> Change:
    rule = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, **peer}
    return set_to("TaskSecurityGroup", SecurityGroupIngress=[rule])


def open_egress(resources: Resources) -> None:
    resources["TaskSecurityGroup"]["Properties"].pop("SecurityGroupEgress")


BOTH = also(connected(), AGENT, open_egress, client())


def test_an_isolated_proxy_needs_the_endpoint_of_the_agent() -> None:
    (found,) = findings(ServiceConnectPaths, fixture("fargate", connected()))
    assert (found.severity, found.where.logical_id) == (Severity.WARNING, "Vpc")
    assert found.fix == "Add an interface endpoint for ecs-agent with private DNS to the VPC Vpc."
    assert [site.logical_id for site in found.launch_sites] == ["Service"]


@pytest.mark.parametrize("change", [AGENT, NAT_GATEWAY])
def test_an_endpoint_or_a_nat_gateway_passes(change: Change) -> None:
    assert findings(ServiceConnectPaths, fixture("fargate", also(connected(), change))) == []


def test_a_server_that_lets_no_client_in_is_warned_of() -> None:
    (found,) = findings(ServiceConnectPaths, fixture("fargate", BOTH))
    assert (found.severity, found.where.logical_id) == (Severity.WARNING, "TaskSecurityGroup")
    assert found.message == "No other service of the namespace gets in to Service on tcp/8080."
    assert found.fix.endswith("into the security group TaskSecurityGroup.")


def test_the_port_that_is_said_for_the_proxy_counts() -> None:
    configuration = connected(Services=[{"PortName": "http", "IngressPortOverride": 9000}])
    change = also(BOTH, configuration, admits(8080, CidrIp="10.0.0.0/16"))
    (found,) = findings(ServiceConnectPaths, fixture("fargate", change))
    assert "tcp/9000" in found.message
    assert findings(ServiceConnectPaths, fixture("fargate", also(change, admits(9000, CidrIp="10.0.0.0/16")))) == []


@pytest.mark.parametrize(
    "peer", [{"CidrIp": "10.0.0.0/16"}, {"SourceSecurityGroupId": attribute("ClientGroup", "GroupId")}]
)
def test_a_server_that_lets_its_client_in_passes(peer: dict[str, object]) -> None:
    assert findings(ServiceConnectPaths, fixture("fargate", also(BOTH, admits(8080, **peer)))) == []


def test_one_client_that_gets_in_is_enough() -> None:
    def second(resources: Resources) -> None:
        client("Second")(resources)
        own = added(Own=("EC2::SecurityGroup", {"VpcId": ref("Vpc"), "GroupDescription": "The second's tasks"}))
        own(resources)
        configuration = resources["Second"]["Properties"]["NetworkConfiguration"]["AwsvpcConfiguration"]
        configuration["SecurityGroups"] = [attribute("Own", "GroupId")]

    change = also(BOTH, second, admits(8080, SourceSecurityGroupId=attribute("ClientGroup", "GroupId")))
    assert findings(ServiceConnectPaths, fixture("fargate", change)) == []


@pytest.mark.parametrize(
    "change",
    [
        also(connected(), AGENT, open_egress, client(Namespace="others")),
        also(connected(), AGENT, open_egress),
        also(connected(Enabled=False), client(Enabled=False)),
    ],
    ids=["another namespace", "no client", "off"],
)
def test_a_server_without_clients_is_not_looked_at(change: Change) -> None:
    assert findings(ServiceConnectPaths, fixture("fargate", change)) == []


@pytest.mark.parametrize(
    "change",
    [
        also(connected(), OPEN["a transit gateway"]),
        also(BOTH, connected(Namespace={"Ref": "Given"})),
        also(BOTH, admits(8080, SourcePrefixListId="pl-0123456789abcdef0")),
        also(BOTH, connected(Services=[{"PortName": "http", "IngressPortOverride": {"Ref": "Given"}}])),
    ],
    ids=["a way out", "a namespace", "a prefix list", "a port"],
)
def test_what_the_templates_do_not_show_is_not_judged(change: Change) -> None:
    template = fixture("fargate", change)
    template["Parameters"] = {"Given": {"Type": "String"}}
    assert findings(ServiceConnectPaths, template) == []
