import pytest

from constructs_ecs.preflight.findings import Severity
from constructs_ecs.preflight.rules.c06_capacity_provider import CapacityProvider
from tests.preflight.rules.support_network import Change, ref, removed, set_to
from tests.preflight.rules.support_roles import also
from tests.preflight.rules.support_tasks import findings, fixture


def strategy(*names: object) -> Change:
    return set_to("Worker", CapacityProviderStrategy=[{"CapacityProvider": name, "Weight": 1} for name in names])


def test_a_launch_on_a_provider_that_the_cluster_lacks_is_warned_of() -> None:
    (found,) = findings(CapacityProvider, fixture("ec2", strategy(ref("CapacityProvider"), "FARGATE")))
    assert (found.severity, found.where.logical_id) == (Severity.WARNING, "Worker")
    assert "capacity provider FARGATE" in found.message
    assert found.where.property_path == ("CapacityProviderStrategy",)


def test_a_cluster_without_associations_has_no_provider() -> None:
    (found,) = findings(CapacityProvider, fixture("ec2", also(removed("CapacityProviders"), strategy("FARGATE_SPOT"))))
    assert found.where.logical_id == "Worker"


def test_a_default_that_the_cluster_lacks_is_warned_of() -> None:
    (found,) = findings(CapacityProvider, fixture("ec2", set_to("CapacityProviders", CapacityProviders=["FARGATE"])))
    assert found.where.logical_id == "CapacityProviders"
    assert [site.logical_id for site in found.launch_sites] == ["Worker", "Proxy"]


@pytest.mark.parametrize(
    "change",
    [
        also(),
        strategy(ref("CapacityProvider")),
        also(strategy("FARGATE"), set_to("Cluster", CapacityProviders=["FARGATE", "FARGATE_SPOT"])),
    ],
)
def test_a_provider_of_the_cluster_passes(change: Change) -> None:
    assert findings(CapacityProvider, fixture("ec2", change)) == []


@pytest.mark.parametrize(
    "change",
    [
        also(strategy("FARGATE"), set_to("Worker", Cluster={"Fn::ImportValue": "Cluster"})),
        strategy({"Ref": "Given"}),
        also(strategy("FARGATE"), set_to("CapacityProviders", CapacityProviders={"Ref": "Given"})),
        also(strategy("FARGATE"), set_to("CapacityProviders", Cluster={"Fn::ImportValue": "Cluster"})),
    ],
    ids=["a cluster of another stack", "a parameter", "a list by parameter", "associations of another cluster"],
)
def test_clusters_and_names_that_are_not_in_the_templates_are_not_judged(change: Change) -> None:
    template = fixture("ec2", change)
    template["Parameters"] = {"Given": {"Type": "String"}}
    assert findings(CapacityProvider, template) == []


def test_a_launch_type_needs_no_provider() -> None:
    assert findings(CapacityProvider, fixture("fargate")) == []
