import pytest

from constructs_ecs.preflight.findings import Severity
from constructs_ecs.preflight.rules.n09_private_dns_off import PrivateDnsOff
from tests.preflight.rules.support_network import NAT_GATEWAY, Change, added, ref, removed, set_to
from tests.preflight.rules.support_roles import also
from tests.preflight.rules.support_tasks import Resources, findings, fixture

OFF = set_to("SecretsManagerEndpoint", PrivateDnsEnabled=None)


@pytest.mark.parametrize("value", [None, False, "false"])
def test_an_endpoint_without_private_dns_is_not_reached_by_name(value: object) -> None:
    (found,) = findings(PrivateDnsOff, fixture("fargate", set_to("SsmEndpoint", PrivateDnsEnabled=value)))
    assert (found.severity, found.where.logical_id) == (Severity.START, "SsmEndpoint")
    assert found.symptom.startswith("ResourceInitializationError")
    assert found.fix == "Set PrivateDnsEnabled to true on the endpoint SsmEndpoint."


def test_what_only_exec_needs_stops_only_exec() -> None:
    (found,) = findings(PrivateDnsOff, fixture("fargate", set_to("SsmMessagesEndpoint", PrivateDnsEnabled=False)))
    assert found.severity is Severity.EXEC
    assert found.symptom.startswith("TargetNotConnectedException")


def test_with_a_nat_gateway_it_is_a_note_that_the_endpoint_is_not_used() -> None:
    (found,) = findings(PrivateDnsOff, fixture("fargate", also(OFF, NAT_GATEWAY)))
    assert (found.severity, found.where.logical_id) == (Severity.NOTE, "SecretsManagerEndpoint")
    assert [site.logical_id for site in found.launch_sites] == ["Service"]


def test_private_dns_passes() -> None:
    assert findings(PrivateDnsOff, fixture("fargate")) == findings(PrivateDnsOff, fixture("ec2")) == []


def test_an_endpoint_that_nothing_calls_is_not_looked_at() -> None:
    def other(resources: Resources) -> None:
        resources["SqsEndpoint"] = {
            "Type": "AWS::EC2::VPCEndpoint",
            "Properties": {
                "VpcEndpointType": "Interface",
                "ServiceName": {"Fn::Sub": "com.amazonaws.${AWS::Region}.sqs"},
                "VpcId": ref("Vpc"),
            },
        }

    assert findings(PrivateDnsOff, fixture("fargate", other)) == []


@pytest.mark.parametrize("way", [also(), NAT_GATEWAY])
def test_a_private_zone_of_one_s_own_may_lead_there(way: Change) -> None:
    zone = added(
        Zone=(
            "Route53::HostedZone",
            {
                "Name": {"Fn::Sub": "secretsmanager.${AWS::Region}.amazonaws.com"},
                "VPCs": [{"VPCId": ref("Vpc"), "VPCRegion": ref("AWS::Region")}],
            },
        )
    )
    assert findings(PrivateDnsOff, fixture("fargate", also(OFF, zone, way))) == []


def test_private_dns_that_a_parameter_decides_is_not_judged() -> None:
    template = fixture("fargate", set_to("SsmEndpoint", PrivateDnsEnabled={"Ref": "Dns"}))
    template["Parameters"] = {"Dns": {"Type": "String"}}
    assert findings(PrivateDnsOff, template) == []


def test_a_gateway_has_none_to_turn_on() -> None:
    assert findings(PrivateDnsOff, fixture("fargate", removed("S3Endpoint"))) == []
