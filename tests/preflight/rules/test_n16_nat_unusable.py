import pytest

from constructs_ecs.preflight.findings import Severity
from constructs_ecs.preflight.rules.n16_nat_unusable import NatUnusable
from tests.preflight.rules.support_network import NAT_GATEWAY, Change, added, ref, removed, set_to
from tests.preflight.rules.support_roles import also
from tests.preflight.rules.support_tasks import findings, fixture

PRIVATE = set_to("Nat", ConnectivityType="private")
WITHOUT_ROUTE = removed("PublicDefault")
LACKING = removed("SsmEndpoint")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (PRIVATE, "which is a private one"),
        (WITHOUT_ROUTE, "whose subnet PublicSubnet has no default route"),
        (removed("Attachment"), "which an unattached gateway follows"),
    ],
)
def test_a_nat_gateway_without_a_way_out_stops_what_has_no_endpoint(change: Change, why: str) -> None:
    (found,) = findings(NatUnusable, fixture("fargate", also(LACKING, NAT_GATEWAY, change)))
    assert (found.severity, found.where.logical_id) == (Severity.START, "Nat")
    assert why in found.message
    assert found.message.endswith("Vpc has no endpoint for ssm.")


@pytest.mark.parametrize("change", [PRIVATE, WITHOUT_ROUTE])
def test_with_all_endpoints_it_is_a_warning_for_what_the_containers_call(change: Change) -> None:
    (found,) = findings(NatUnusable, fixture("fargate", also(NAT_GATEWAY, change)))
    assert (found.severity, found.where.logical_id) == (Severity.WARNING, "Nat")
    assert [site.logical_id for site in found.launch_sites] == ["Service"]


@pytest.mark.parametrize(
    "change",
    [
        NAT_GATEWAY,
        also(NAT_GATEWAY, set_to("Nat", ConnectivityType="public")),
        also(NAT_GATEWAY, set_to("Nat", SubnetId=None, AvailabilityMode="regional", VpcId=ref("Vpc"))),
        also(),
    ],
    ids=["public", "public by name", "regional", "none at all"],
)
def test_a_public_or_regional_nat_gateway_passes(change: Change) -> None:
    assert findings(NatUnusable, fixture("fargate", also(LACKING, change))) == []


@pytest.mark.parametrize(
    "change",
    [
        also(
            WITHOUT_ROUTE,
            added(
                Onward=(
                    "EC2::Route",
                    {
                        "RouteTableId": ref("PublicTable"),
                        "DestinationCidrBlock": "0.0.0.0/0",
                        "TransitGatewayId": "tgw-1",
                    },
                )
            ),
        ),
        set_to("Nat", ConnectivityType={"Ref": "Given"}),
        set_to("Default", NatGatewayId={"Fn::ImportValue": "Nat"}),
    ],
    ids=["through a transit gateway", "a parameter", "in another stack"],
)
def test_a_way_on_that_the_templates_do_not_show_is_not_judged(change: Change) -> None:
    template = fixture("fargate", also(LACKING, NAT_GATEWAY, change))
    template["Parameters"] = {"Given": {"Type": "String"}}
    assert findings(NatUnusable, template) == []
