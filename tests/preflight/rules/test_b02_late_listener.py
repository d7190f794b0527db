from copy import deepcopy
from typing import Any

import pytest

from constructs_ecs.preflight.findings import Finding, Severity
from constructs_ecs.preflight.rules.b02_late_listener import LateListener
from tests.preflight.rules.support_balancing import BALANCED, BY_A_RULE
from tests.preflight.rules.support_network import Change, ref, removed, set_to
from tests.preflight.rules.support_roles import also
from tests.preflight.rules.support_tasks import Resources, findings, fixture

FORWARD = {"Type": "forward", "TargetGroupArn": ref("Targets")}


def body(*changes: Change) -> dict[str, Any]:
    parameters = {"Parameters": {"Given": {"Type": "String"}}}
    return fixture("fargate", also(BALANCED, *changes)) | parameters


def found_in(*changes: Change) -> list[Finding]:
    return findings(LateListener, body(*changes))


def waits_for(*names: str) -> Change:
    def change(resources: Resources) -> None:
        waits = resources["Service"]["DependsOn"]
        waits[:] = [*(name for name in waits if name != "Listener"), *names]

    return change


def second_rule(resources: Resources) -> None:
    resources["Second"] = deepcopy(resources["Rule"])


def test_a_service_that_does_not_wait_for_the_listener_is_warned_of() -> None:
    (found,) = found_in(waits_for())
    assert (found.severity, found.where.property_path) == (Severity.WARNING, ("LoadBalancers", 0))
    assert found.message == "Service does not wait for Listener, which forwards to Targets."
    assert found.fix == "Name Listener in DependsOn of the service Service."
    assert "does not have an associated load balancer" in found.symptom


def test_waiting_for_the_listener_does_not_help_where_a_rule_forwards() -> None:
    (found,) = found_in(BY_A_RULE, waits_for("Listener"))
    assert found.message == "Service does not wait for Rule, which forwards to Targets."


def test_a_service_that_waits_passes() -> None:
    assert found_in() == found_in(BY_A_RULE, waits_for("Rule")) == []
    assert found_in(set_to("Listener", DefaultActions=[FORWARD])) == []


def test_one_of_several_rules_is_enough() -> None:
    assert found_in(BY_A_RULE, second_rule, waits_for("Second")) == []
    (found,) = found_in(BY_A_RULE, second_rule, waits_for())
    assert found.message == "Service does not wait for Rule, Second, which forwards to Targets."


def test_waiting_by_way_of_something_else_passes() -> None:
    def by_the_cluster(resources: Resources) -> None:
        resources["Cluster"]["DependsOn"] = "Listener"

    assert found_in(waits_for(), by_the_cluster) == []


def test_a_service_without_tasks_is_refused_all_the_same() -> None:
    assert len(found_in(waits_for(), set_to("Service", DesiredCount=0))) == 1


def test_a_target_group_that_nothing_forwards_to_is_warned_of() -> None:
    (found,) = found_in(removed("Listener"))
    assert (found.severity, found.message) == (
        Severity.WARNING,
        "No listener or rule of the templates forwards to Targets.",
    )


def apart(*names: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Move resources to a stack of their own, which takes the rest from the first one."""
    services = body(waits_for())
    moved = {name: services["Resources"].pop(name) for name in names}
    services["Outputs"] = {
        "Targets": {"Value": ref("Targets"), "Export": {"Name": "Targets"}},
        "Balancer": {"Value": ref("Balancer"), "Export": {"Name": "Balancer"}},
    }
    properties = moved["Listener"]["Properties"]
    properties["LoadBalancerArn"] = {"Fn::ImportValue": "Balancer"}
    properties["DefaultActions"][0]["TargetGroupArn"] = {"Fn::ImportValue": "Targets"}
    return services, {"Resources": moved}


def test_a_stack_that_takes_the_target_group_from_the_service_s_comes_too_late() -> None:
    (found,) = findings(LateListener, *apart("Listener"))
    assert found.message == "Service does not wait for Listener, which forwards to Targets."
    assert found.fix == "Create Listener in the stack of the service, and name it in DependsOn of the service Service."


def test_a_listener_in_the_stack_that_the_target_group_comes_from_is_there_before() -> None:
    balancing = body(waits_for())
    service = balancing["Resources"].pop("Service")
    outputs = {name: {"Value": ref(name), "Export": {"Name": name}} for name in ("Targets", "TaskDefinition")}
    balancing["Outputs"] = outputs
    service["DependsOn"] = []
    service["Properties"]["TaskDefinition"] = {"Fn::ImportValue": "TaskDefinition"}
    service["Properties"]["LoadBalancers"][0]["TargetGroupArn"] = {"Fn::ImportValue": "Targets"}
    assert findings(LateListener, balancing, {"Service": service}) == []


@pytest.mark.parametrize(
    "change",
    [
        set_to("Listener", DefaultActions=ref("Given")),
        set_to("Listener", DefaultActions=[ref("Given")]),
        set_to("Listener", DefaultActions=[{"Type": "forward", "TargetGroupArn": ref("Given")}]),
        set_to("Service", LoadBalancers=ref("Given")),
        set_to("Service", LoadBalancers=[{"ContainerPort": 8080, "TargetGroupArn": ref("Given")}]),
    ],
)
def test_what_the_templates_do_not_show_is_not_judged(change: Change) -> None:
    assert found_in(waits_for(), change) == []


def test_another_target_group_s_listener_leaves_no_doubt() -> None:
    arn = "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/other/0123456789abcdef"
    other = [{"Type": "forward", "TargetGroupArn": arn}]
    assert len(found_in(set_to("Listener", DefaultActions=other))) == 1


def test_a_service_without_a_load_balancer_is_not_looked_at() -> None:
    assert findings(LateListener, fixture("fargate")) == []
