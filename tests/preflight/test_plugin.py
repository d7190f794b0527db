import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sns as sns

from constructs_ecs import Code, ConflictError, InvalidValueError, checks, enforce_preflight
from constructs_ecs.preflight.engine import analyse
from constructs_ecs.preflight.findings import Finding, Severity, Where
from constructs_ecs.preflight.report import OpenQuestion, Report
from constructs_ecs.preflight.rules import RULES
from constructs_ecs.preflight.topology import Assumptions
from tests.preflight.scene import finding
from tests.support import app

Finds = Callable[..., None]


@pytest.fixture
def finds(monkeypatch: pytest.MonkeyPatch) -> Finds:
    """Let the engine find something, in the templates that it is really given."""

    def arrange(*findings: Finding, unknowns: Iterable[OpenQuestion] = ()) -> None:
        def answer(paths: list[str], assumptions: Assumptions) -> Report:
            real = analyse(paths, assumptions)
            return Report((), findings, tuple(unknowns), real.templates, locate=real.locate)

        monkeypatch.setattr(checks, "analyse", answer)

    return arrange


def _app() -> tuple[cdk.App, sns.Topic, Where]:
    root = app()
    stack = cdk.Stack(root, "Web")
    topic = sns.Topic(stack, "Topic")
    resource = topic.node.default_child
    assert isinstance(resource, cdk.CfnResource)
    return root, topic, Where("Web", str(stack.resolve(resource.logical_id)))


def _report(root: cdk.App) -> dict[str, Any]:
    reports = json.loads((Path(root.outdir) / "validation-report.json").read_text())["pluginReports"]
    (report,) = [item for item in reports if item["pluginName"] == "ecs-preflight"]
    return dict(report)


def _cut_off(root: cdk.App) -> ecs.FargateService:
    """A service in isolated subnets without endpoints, as somebody writes it who does not know better."""
    stack = cdk.Stack(root, "CutOff")
    subnets = ec2.SubnetConfiguration(name="Tasks", subnet_type=ec2.SubnetType.PRIVATE_ISOLATED)
    vpc = ec2.Vpc(stack, "Vpc", max_azs=2, nat_gateways=0, subnet_configuration=[subnets])
    task = ecs.FargateTaskDefinition(stack, "Task")
    task.add_container(
        "app",
        image=ecs.ContainerImage.from_ecr_repository(ecr.Repository(stack, "Repository"), "1.4.2"),
        logging=ecs.LogDriver.aws_logs(stream_prefix="app", log_group=logs.LogGroup(stack, "Logs")),
    )
    cluster = ecs.Cluster(stack, "Cluster", vpc=vpc)
    return ecs.FargateService(
        stack,
        "Service",
        cluster=cluster,
        task_definition=task,
        min_healthy_percent=100,
        vpc_subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED),
    )


def test_a_service_that_is_cut_off_fails_the_synthesis_of_any_app() -> None:
    root = app(context={"aws:cdk:enable-path-metadata": True})  # as the CDK's command line has it
    _cut_off(root)
    enforce_preflight(root)
    with pytest.raises(RuntimeError, match="N01"):
        root.synth()
    errors = [item for item in _report(root)["violations"] if item["severity"] == "error"]
    assert sorted({item["ruleName"] for item in errors}) == ["N01", "N02", "N03", "N07"]
    paths = {construct["constructPath"] for item in errors for construct in item["violatingConstructs"]}
    assert all(path.startswith("CutOff/Vpc") for path in paths)
    assert {item["ruleMetadata"]["Stops"] for item in errors} == {"CutOff/Service/Service"}


def test_acknowledging_what_is_known_lets_the_app_through() -> None:
    root = app()
    service = _cut_off(root)
    enforce_preflight(root)
    for rule in ("N01", "N02", "N03", "N07"):
        acknowledgement = cdk.Acknowledgment(id=f"ecs-preflight::{rule}", reason="Another team adds the endpoints.")
        cdk.Validations.of(service.cluster.vpc).acknowledge(acknowledgement)
    root.synth()
    assert len(_report(root)["suppressedViolations"]) >= 4


def test_synthesis_fails_with_the_finding_on_the_construct_s_path(finds: Finds) -> None:
    root, topic, where = _app()
    finds(finding(where=where))
    enforce_preflight(root)
    with pytest.raises(RuntimeError, match="N07"):
        root.synth()
    (violation,) = _report(root)["violations"]
    (construct,) = violation["violatingConstructs"]
    assert construct["constructPath"] == f"{topic.node.path}/Resource"
    assert construct["cloudFormationResource"]["logicalId"] == where.logical_id
    assert (violation["ruleName"], violation["severity"]) == ("N07", "error")
    assert violation["description"] == "No endpoint. On AWS: It times out."
    assert violation["suggestedFix"] == "Add one."


@pytest.mark.parametrize(("severity", "shown"), [(Severity.WARNING, "warning"), (Severity.NOTE, "info")])
def test_a_warning_is_shown_and_fails_nothing(severity: Severity, shown: str, finds: Finds) -> None:
    root, _, where = _app()
    finds(finding(where=where, severity=severity))
    enforce_preflight(root)
    root.synth()
    assert [violation["severity"] for violation in _report(root)["violations"]] == [shown]


def test_what_is_open_is_a_warning(finds: Finds) -> None:
    root, _, where = _app()
    finds(unknowns=[OpenQuestion("The route is not known.", where), OpenQuestion("Of no resource.")])
    enforce_preflight(root)
    root.synth()
    violations = _report(root)["violations"]
    assert [(item["ruleName"], item["severity"]) for item in violations] == [("UNKNOWN", "warning")] * 2
    assert "The route is not known." in violations[0]["description"]


def test_a_finding_is_acknowledged_on_its_resource_with_a_reason(finds: Finds) -> None:
    root, topic, where = _app()
    finds(finding(where=where), finding(where=where, rule="N08", severity=Severity.EXEC))
    enforce_preflight(root)
    cdk.Validations.of(topic).acknowledge(cdk.Acknowledgment(id="ecs-preflight::N07", reason="A mirror answers."))
    with pytest.raises(RuntimeError, match="N08"):
        root.synth()
    report = _report(root)
    assert [item["ruleName"] for item in report["violations"]] == ["N08"]
    assert [(item["ruleName"], item["reason"]) for item in report["suppressedViolations"]] == [
        ("N07", "A mirror answers.")
    ]


def test_acknowledged_findings_let_synthesis_pass(finds: Finds) -> None:
    root, topic, where = _app()
    finds(finding(where=where), unknowns=[OpenQuestion("The route is not known.", where)])
    enforce_preflight(root)
    for rule in ("N07", "UNKNOWN"):
        cdk.Validations.of(topic).acknowledge(cdk.Acknowledgment(id=f"ecs-preflight::{rule}", reason="Settled."))
    root.synth()
    assert _report(root)["violations"] == []


def test_an_error_of_the_analysis_fails_synthesis(monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_: object) -> Report:
        raise ZeroDivisionError("odd")

    monkeypatch.setattr(checks, "analyse", crash)
    root, _, _ = _app()
    enforce_preflight(root)
    with pytest.raises(RuntimeError, match="ecs-preflight"):
        root.synth()


def test_a_rule_that_failed_is_shown_though_it_has_no_resource(finds: Finds) -> None:
    root, _, _ = _app()
    finds(finding("The rule itself failed.", where=Where("Web", "")))
    enforce_preflight(root)
    with pytest.raises(RuntimeError, match="The rule itself failed"):
        root.synth()


def test_all_stages_are_read_as_one_and_once(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[tuple[str, ...]] = []

    def watch(paths: list[str], assumptions: Assumptions) -> Report:
        report = analyse(paths, assumptions)
        read.append(report.templates)
        return Report((), (), (), report.templates)

    monkeypatch.setattr(checks, "analyse", watch)
    root = app()
    for scope in (root, cdk.Stage(root, "Test"), cdk.Stage(root, "Prod")):
        sns.Topic(cdk.Stack(scope, "Web"), "Topic")
    enforce_preflight(root)
    root.synth()
    assert [len(templates) for templates in read] == [3]


def test_rule_ids_can_be_acknowledged_as_they_are() -> None:
    ids = checks.PreflightPlugin().rule_ids
    assert ids == [*(rule.id for rule in RULES), "UNKNOWN"]
    assert all(rule_id.isalnum() for rule_id in ids)


def test_the_preflight_is_attached_to_the_app_alone() -> None:
    for scope in (cdk.Stage(app(), "Stage"), cdk.Stack(app(), "Stack")):
        with pytest.raises(ConflictError) as caught:
            enforce_preflight(scope)
        assert caught.value.code is Code.CHECKS_SCOPE


def test_an_assumption_is_checked_when_it_is_made() -> None:
    with pytest.raises(InvalidValueError, match="egress=perhaps"):
        enforce_preflight(app(), assume=["egress=perhaps"])
