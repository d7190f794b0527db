import pytest

from constructs_ecs.preflight.findings import Severity
from constructs_ecs.preflight.rules.c05_metadata_off import MetadataOff
from tests.preflight.rules.support_network import Change
from tests.preflight.rules.support_tasks import Resources, findings, fixture


def options(**values: object) -> Change:
    def change(resources: Resources) -> None:
        resources["LaunchTemplate"]["Properties"]["LaunchTemplateData"]["MetadataOptions"] = values

    return change


def test_instances_without_metadata_are_warned_of() -> None:
    (found,) = findings(MetadataOff, fixture("ec2", options(HttpEndpoint="disabled")))
    assert (found.severity, found.where.logical_id) == (Severity.WARNING, "LaunchTemplate")
    assert [site.logical_id for site in found.launch_sites] == ["Worker", "Proxy"]
    assert found.fix == "Set HttpEndpoint in the MetadataOptions of the resource LaunchTemplate to enabled."


@pytest.mark.parametrize("values", [{}, {"HttpEndpoint": "enabled"}, {"HttpTokens": "required"}])
def test_metadata_that_is_on_passes(values: dict[str, object]) -> None:
    assert findings(MetadataOff, fixture("ec2", options(**values))) == []


def test_what_a_parameter_decides_is_not_judged() -> None:
    template = fixture("ec2", options(HttpEndpoint={"Ref": "Given"}))
    template["Parameters"] = {"Given": {"Type": "String"}}
    assert findings(MetadataOff, template) == []


def test_fargate_has_no_instances() -> None:
    assert findings(MetadataOff, fixture("fargate")) == []
