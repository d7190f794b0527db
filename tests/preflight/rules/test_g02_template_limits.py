import json
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_sns as sns

from constructs_ecs import enforce_preflight
from constructs_ecs.preflight.engine import analyse
from constructs_ecs.preflight.findings import Finding, Severity, Verdict
from constructs_ecs.preflight.rules.g02_template_limits import TemplateLimits
from constructs_ecs.preflight.templates.reader import template
from tests.preflight.rules.support_tasks import findings, fixture, launched
from tests.support import app


def _topics(count: int, **more: object) -> dict[str, Any]:
    return {f"Topic{number}": {"Type": "AWS::SNS::Topic", **more} for number in range(count)}


def _sized(size_bytes: int | None, body: dict[str, Any] | None = None) -> list[Finding]:
    resources = launched() if body is None else body
    return findings(TemplateLimits, template({"Resources": resources}, "Web", size_bytes=size_bytes))


@pytest.mark.parametrize(("topics", "count"), [(498, 0), (499, 1)])
def test_a_template_declares_500_resources_at_most(topics: int, count: int) -> None:
    assert len(findings(TemplateLimits, launched(**_topics(topics)))) == count


def test_what_cloudformation_would_say_and_whom_it_stops_is_said() -> None:
    (found,) = findings(TemplateLimits, launched(**_topics(502)))
    assert (found.severity, found.verdict) == (Severity.DEPLOY, Verdict.FAIL)
    assert found.message == "Template has 504 resources, and CloudFormation takes 500."
    assert found.symptom == "Template format error: Number of resources, 504, is greater than maximum allowed, 500"
    assert "another stack" in found.fix
    assert [site.logical_id for site in found.launch_sites] == ["Service"]


def test_resources_whose_condition_is_false_are_declared_too() -> None:
    never = {"Never": {"Fn::Equals": ["a", "b"]}}
    body = {"Conditions": never, "Resources": _topics(501, Condition="Never")}
    assert [found.verdict for found in findings(TemplateLimits, body)] == [Verdict.FAIL]


def test_each_template_is_counted_by_itself() -> None:
    assert findings(TemplateLimits, launched(**_topics(300)), _topics(300)) == []
    (found,) = findings(TemplateLimits, launched(), _topics(501))
    assert (found.where.template, found.launch_sites) == ("Template2", ())


@pytest.mark.parametrize("transform", ["AWS::LanguageExtensions", ["Own"]])
def test_what_a_transform_makes_of_too_many_resources_is_open(transform: object) -> None:
    body = {"Transform": transform, "Resources": _topics(501)}
    assert [found.verdict for found in findings(TemplateLimits, body)] == [Verdict.UNKNOWN]


def test_a_loop_is_no_resource() -> None:
    loop = {"Fn::ForEach::Topics": ["Name", ["A"], {"${Name}": {"Type": "AWS::SNS::Topic"}}]}
    assert findings(TemplateLimits, {"Transform": "AWS::LanguageExtensions", "Resources": _topics(500) | loop}) == []


@pytest.mark.parametrize(("size_bytes", "count"), [(None, 0), (1_000_000, 0), (1_000_001, 1)])
def test_a_template_s_file_has_a_million_bytes_at_most(size_bytes: int | None, count: int) -> None:
    assert len(_sized(size_bytes)) == count


def test_how_large_it_would_be_without_indentation_is_said() -> None:
    (found,) = _sized(1_234_567, {"T\u00f6pic": {"Type": "T"}})
    assert found.message == (
        "Web has 1,234,567 bytes, and CloudFormation takes 1,000,000. As JSON without indentation it has 37."
    )
    assert found.symptom == "Template may not exceed 1000000 bytes in size."
    assert "suppress_template_indentation=True" in found.fix
    assert "another stack" in found.fix


def test_a_file_that_is_too_large_for_its_indentation_stops_its_launches_alone(tmp_path: Path) -> None:
    body = fixture()
    body["Resources"] |= _topics(25, Metadata={"lines": [0] * 3_000})
    path = tmp_path / "Web.template.json"
    path.write_text(json.dumps(body, indent=2))
    assert path.stat().st_size > 1_000_000
    report = analyse([path])
    (found,) = report.findings
    assert (found.rule, report.verdict) == ("G02", Verdict.FAIL)
    assert {site.start.verdict for site in report.launch_sites} == {Verdict.FAIL}
    path.write_text(json.dumps(body, separators=(",", ":")))
    assert path.stat().st_size < 1_000_000
    assert analyse([path]).verdict is Verdict.PASS


def test_an_app_without_a_service_fails_for_a_template_that_the_cdk_lets_pass() -> None:
    root = app(context={"@aws-cdk/core:stackResourceLimit": 0})
    stack = cdk.Stack(root, "Web")
    for name in _topics(501):
        sns.CfnTopic(stack, name)
    enforce_preflight(root)
    with pytest.raises(RuntimeError, match="Web has 501 resources, and CloudFormation takes 500"):
        root.synth()


def test_an_app_passes_without_the_indentation_that_makes_its_template_too_large() -> None:
    _metadata_app(suppress_template_indentation=True).synth()
    with pytest.raises(RuntimeError, match="suppress_template_indentation=True"):
        _metadata_app(suppress_template_indentation=False).synth()


def _metadata_app(*, suppress_template_indentation: bool) -> cdk.App:
    root = app()
    stack = cdk.Stack(root, "Web", suppress_template_indentation=suppress_template_indentation)
    sns.CfnTopic(stack, "Topic")
    stack.template_options.metadata = {"Lines": [0] * 200_000}
    enforce_preflight(root)
    return root
