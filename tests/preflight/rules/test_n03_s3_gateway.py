from constructs_ecs.preflight.findings import Severity
from constructs_ecs.preflight.rules.n03_s3_gateway import S3Gateway
from tests.preflight.rules.support_network import NAT_GATEWAY, added, container, ref, removed, set_to
from tests.preflight.rules.support_roles import also
from tests.preflight.rules.support_tasks import Resources, findings, fixture

S3_INTERFACE = added(
    S3Interface=(
        "EC2::VPCEndpoint",
        {
            "VpcEndpointType": "Interface",
            "ServiceName": {"Fn::Sub": "com.amazonaws.${AWS::Region}.s3"},
            "VpcId": ref("Vpc"),
            "SubnetIds": [ref("SubnetA")],
            "SecurityGroupIds": [{"Fn::GetAtt": ["EndpointSecurityGroup", "GroupId"]}],
        },
    )
)


def test_layers_do_not_come_without_a_gateway() -> None:
    (found,) = findings(S3Gateway, fixture("fargate", removed("S3Endpoint")))
    assert (found.severity, found.where.logical_id) == (Severity.START, "Vpc")
    assert found.symptom.startswith("CannotPullContainerError")


def test_a_gateway_on_other_route_tables_does_not_do() -> None:
    def second_table(resources: Resources) -> None:
        added(OtherTable=("EC2::RouteTable", {"VpcId": ref("Vpc")}))(resources)
        resources["RouteTableOfB"]["Properties"]["RouteTableId"] = ref("OtherTable")

    (found,) = findings(S3Gateway, fixture("fargate", second_table))
    assert found.where.logical_id == "S3Endpoint"
    assert found.fix.endswith("in RouteTableIds of the endpoint S3Endpoint.")
    assert "OtherTable" in found.message


def test_a_gateway_on_the_route_table_passes() -> None:
    assert findings(S3Gateway, fixture("fargate")) == findings(S3Gateway, fixture("ec2")) == []


def test_with_a_nat_gateway_layers_come_from_the_public_addresses() -> None:
    assert findings(S3Gateway, fixture("fargate", also(removed("S3Endpoint"), NAT_GATEWAY))) == []


def test_images_from_elsewhere_have_no_layers_in_s3() -> None:
    change = also(removed("S3Endpoint"), container(Image="nginx:1", EnvironmentFiles=[]))
    assert findings(S3Gateway, fixture("fargate", change)) == []


def test_an_environment_file_needs_it_too() -> None:
    change = also(removed("S3Endpoint"), container(Image="nginx:1"))
    assert len(findings(S3Gateway, fixture("fargate", change))) == 1


def test_an_interface_endpoint_with_private_dns_may_do() -> None:
    change = also(removed("S3Endpoint"), S3_INTERFACE, set_to("S3Interface", PrivateDnsEnabled=True))
    assert findings(S3Gateway, fixture("fargate", change)) == []


def test_an_interface_endpoint_without_private_dns_does_not() -> None:
    (found,) = findings(S3Gateway, fixture("fargate", also(removed("S3Endpoint"), S3_INTERFACE)))
    assert found.where.logical_id == "S3Interface"
    assert found.fix.startswith("Add a gateway endpoint for s3")
