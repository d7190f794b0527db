import pytest

from constructs_ecs.preflight.findings import Severity
from constructs_ecs.preflight.rules.c07_scale_in_protection import ScaleInProtection
from tests.preflight.rules.support_network import Change, ref, set_to
from tests.preflight.rules.support_roles import also
from tests.preflight.rules.support_tasks import findings, fixture


def provider(protection: object, group: object = None) -> Change:
    settings = {"AutoScalingGroupArn": ref("AutoScalingGroup") if group is None else group}
    return set_to(
        "CapacityProvider",
        AutoScalingGroupProvider=settings | {"ManagedTerminationProtection": protection},
    )


@pytest.mark.parametrize("protected", [False, "false", {"Ref": "AWS::NoValue"}])
def test_protection_of_a_group_that_has_none_is_refused(protected: object) -> None:
    change = also(provider("ENABLED"), set_to("AutoScalingGroup", NewInstancesProtectedFromScaleIn=protected))
    (found,) = findings(ScaleInProtection, fixture("ec2", change))
    assert (found.severity, found.where.logical_id) == (Severity.DEPLOY, "CapacityProvider")
    assert found.where.property_path == ("AutoScalingGroupProvider", "ManagedTerminationProtection")
    assert "AutoScalingGroup does not." in found.message
    assert [site.logical_id for site in found.launch_sites] == ["Worker", "Proxy"]


@pytest.mark.parametrize(
    "change",
    [
        also(),
        also(provider("ENABLED"), set_to("AutoScalingGroup", NewInstancesProtectedFromScaleIn=True)),
        also(provider("ENABLED"), set_to("AutoScalingGroup", NewInstancesProtectedFromScaleIn="true")),
        provider("DISABLED"),
        provider({"Ref": "AWS::NoValue"}),
    ],
)
def test_a_provider_and_its_group_that_agree_pass(change: Change) -> None:
    assert findings(ScaleInProtection, fixture("ec2", change)) == []


@pytest.mark.parametrize(
    "change",
    [
        provider("ENABLED", {"Fn::ImportValue": "AutoScalingGroup"}),
        also(
            provider("ENABLED"),
            set_to("AutoScalingGroup", NewInstancesProtectedFromScaleIn={"Fn::ImportValue": "Protected"}),
        ),
        provider({"Fn::ImportValue": "Protection"}),
    ],
)
def test_what_is_not_known_leaves_it_open(change: Change) -> None:
    assert findings(ScaleInProtection, fixture("ec2", change)) == []
