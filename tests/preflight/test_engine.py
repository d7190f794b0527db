import json
from pathlib import Path
from typing import Any

import pytest

from constructs_ecs.preflight import engine
from constructs_ecs.preflight.engine import analyse
from constructs_ecs.preflight.findings import Severity, Verdict, Where
from constructs_ecs.preflight.report import Place, Report
from constructs_ecs.preflight.rules.base import Rule
from constructs_ecs.preflight.templates.documents import parse
from constructs_ecs.preflight.topology import Assumptions
from tests.preflight.scene import RuleStub, call, finding, link, proof

BUCKET = Where("web", "Bucket")
TEMPLATE = """\
Conditions:
  IsProd: !Equals [!Ref "AWS::Region", eu-west-1]
Resources:
  Bucket:
    Type: AWS::S3::Bucket
    Metadata: {"aws:cdk:path": Web/Bucket/Resource}
    Properties:
      BucketName: !If [IsProd, prod, test]
"""

FARGATE = Path(__file__).parent / "fixtures" / "fargate.yaml"


def _fargate() -> dict[str, Any]:
    body: dict[str, Any] = parse(FARGATE.read_text(), "fargate").body
    return body


def _written(body: dict[str, Any], folder: Path) -> Path:
    path = folder / "fargate.json"
    path.write_text(json.dumps(body, indent=1))
    return path


@pytest.fixture
def template(tmp_path: Path) -> Path:
    path = tmp_path / "web.yaml"
    path.write_text(TEMPLATE)
    return path


class OtherStub(RuleStub):
    """Another rule."""

    id = "R99"


def _report(template: Path, monkeypatch: pytest.MonkeyPatch, *rules: Rule) -> Report:
    monkeypatch.setattr(engine, "RULES", rules)
    return analyse([template])


def test_findings_come_the_gravest_first_and_in_one_order(template: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = [
        finding(rule="X02", severity=Severity.EXEC, sites=()),
        finding(rule="N23", severity=Severity.NOTE, sites=()),
        finding(rule="R03", sites=()),
        finding(rule="N07", sites=(), where=Where("web", "B")),
        finding(rule="N07", sites=(), where=BUCKET),
    ]
    one = _report(template, monkeypatch, RuleStub(*found))
    other = _report(template, monkeypatch, RuleStub(*found[::-1]))
    assert one.findings == other.findings
    assert [(item.rule, item.where.logical_id) for item in one.findings] == [
        ("N07", "B"),
        ("N07", "Bucket"),
        ("R03", "Vpc"),
        ("X02", "Vpc"),
        ("N23", "Vpc"),
    ]


def test_the_same_finding_twice_is_one(template: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(_report(template, monkeypatch, RuleStub(finding(sites=()), finding(sites=()))).findings) == 1


def test_what_a_rule_leaves_open_is_listed_as_unknown(template: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    report = _report(template, monkeypatch, RuleStub(finding(verdict=Verdict.UNKNOWN, sites=())))
    assert report.findings == ()
    assert [question.message for question in report.unknowns] == ["No endpoint."]
    assert report.verdict is Verdict.UNKNOWN


def test_a_rule_that_fails_is_a_finding_of_it_and_the_others_go_on(
    template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    crash = RuleStub(finding(sites=()), error=ValueError("out of\nluck"))
    report = _report(template, monkeypatch, crash, OtherStub(finding(rule="R99", sites=())))
    assert sorted(item.rule for item in report.findings) == ["N07", "N99", "R99"]
    (broken,) = [item for item in report.findings if item.rule == "N99"]
    assert broken.message == "The rule itself failed: ValueError: out of luck"
    assert report.verdict is Verdict.FAIL


def test_a_warning_s_rule_that_fails_is_no_pass_either(template: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert _report(template, monkeypatch, RuleStub(error=RecursionError())).verdict is Verdict.FAIL


@pytest.mark.parametrize("part", ["graphs", "Topology", "Authority", "prove"])
def test_an_analysis_that_fails_is_a_finding(part: str, template: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_: object, **__: object) -> None:
        raise ZeroDivisionError("odd")

    monkeypatch.setattr(engine, part, crash)
    report = analyse([template])
    assert [(item.rule, item.message) for item in report.findings] == [
        ("G00", "The analysis itself failed: ZeroDivisionError: odd")
    ]
    assert report.verdict is Verdict.FAIL


def test_a_call_that_fails_is_never_without_a_finding(template: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "prove", lambda *_, **__: (proof(call(link(Verdict.FAIL, "Odd."))),))
    assert [item.rule for item in _report(template, monkeypatch).findings] == ["G00"]
    named = _report(template, monkeypatch, RuleStub(finding(rule="R03")))
    assert [item.rule for item in named.findings] == ["R03"]


def test_a_place_has_file_line_and_construct(template: Path) -> None:
    locate = analyse([template]).locate
    assert locate(BUCKET) == Place(str(template), 4, "Web/Bucket/Resource")
    assert locate(Where("web", "Bucket", ("BucketName",))).line == 8
    assert locate(Where("web", "")) == Place(str(template))
    assert locate(Where("elsewhere", "Bucket")) == Place("elsewhere")


def test_templates_without_launch_sites_give_a_clean_report(template: Path) -> None:
    report = analyse([template])
    assert (report.launch_sites, report.findings, report.verdict) == ((), (), Verdict.PASS)
    assert report.templates == ("web",)


def test_a_template_whose_calls_all_go_through_is_a_pass() -> None:
    report = analyse([FARGATE])
    (site,) = report.launch_sites
    assert (site.start.verdict, site.exec.verdict, report.verdict) == (Verdict.PASS, Verdict.PASS, Verdict.PASS)
    assert len(site.calls) > 20
    assert {call.verdict for call in site.calls} == {Verdict.PASS}
    assert (report.findings, report.unknowns) == ((), ())


def test_without_the_logs_endpoint_the_report_names_it_the_service_the_message_and_the_fix(tmp_path: Path) -> None:
    body = _fargate()
    del body["Resources"]["LogsEndpoint"]
    report = analyse([_written(body, tmp_path)])
    (site,) = report.launch_sites
    finding_ = report.findings[0]
    assert site.start.verdict is Verdict.FAIL
    assert site.start.reasons[0].startswith("N07: ")
    assert (finding_.rule, finding_.where.logical_id, finding_.launch_sites) == ("N07", "Vpc", (site.where,))
    assert "failed to validate logger args" in finding_.symptom
    assert "endpoint for logs" in finding_.fix
    assert "Vpc" in finding_.fix
    assert "G00" not in [item.rule for item in report.findings]


def test_a_fault_under_a_condition_names_the_condition(tmp_path: Path) -> None:
    body = _fargate()
    body["Parameters"] = {"Private": {"Type": "String", "AllowedValues": ["yes", "no"], "Default": "yes"}}
    body["Conditions"] = {"IsPrivate": {"Fn::Equals": [{"Ref": "Private"}, "yes"]}}
    body["Resources"]["LogsEndpoint"]["Condition"] = "IsPrivate"
    body["Resources"]["Service"].pop("DependsOn")
    report = analyse([_written(body, tmp_path)])
    (site,) = report.launch_sites
    assert site.start.verdict is Verdict.UNKNOWN
    assert any(reason.startswith("If fargate#IsPrivate is false: N07: ") for reason in site.start.reasons)
    (question,) = [item for item in report.unknowns if item.finding and item.finding.rule == "N07"]
    assert question.assignment == (("fargate#IsPrivate", False),)
    assert "N07" not in [item.rule for item in report.findings]
    assert report.verdict is Verdict.UNKNOWN


def test_a_launch_site_of_either_condition_fails_where_it_exists(tmp_path: Path) -> None:
    body = _fargate()
    body["Parameters"] = {"Stage": {"Type": "String", "AllowedValues": ["prod", "test"]}}
    body["Conditions"] = {"IsProd": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]}}
    body["Resources"]["Service"]["Condition"] = "IsProd"
    del body["Resources"]["LogsEndpoint"]
    report = analyse([_written(body, tmp_path)])
    assert [site.start.verdict for site in report.launch_sites] == [Verdict.FAIL]
    assert "N07" in [item.rule for item in report.findings]


def test_an_assumption_settles_what_is_open(tmp_path: Path) -> None:
    body = _fargate()
    del body["Resources"]["LogsEndpoint"]
    body["Parameters"] = {"Gateway": {"Type": "String"}}
    body["Resources"]["WayOut"] = {
        "Type": "AWS::EC2::Route",
        "Properties": {
            "RouteTableId": {"Ref": "RouteTable"},
            "DestinationCidrBlock": "0.0.0.0/0",
            "TransitGatewayId": {"Ref": "Gateway"},
        },
    }
    path = _written(body, tmp_path)
    verdicts = {
        egress: analyse([path], Assumptions(egress)).launch_sites[0].start.verdict for egress in (None, "nat", "none")
    }
    assert verdicts == {None: Verdict.UNKNOWN, "nat": Verdict.PASS, "none": Verdict.FAIL}


def test_the_same_input_gives_the_same_report(tmp_path: Path) -> None:
    body = _fargate()
    del body["Resources"]["LogsEndpoint"], body["Resources"]["KmsEndpoint"]
    path = _written(body, tmp_path)
    one, other = analyse([path]), analyse([path])
    assert (one.launch_sites, one.findings, one.unknowns) == (other.launch_sites, other.findings, other.unknowns)


def test_a_state_machine_that_nobody_can_read_leaves_it_open_what_it_launches(tmp_path: Path) -> None:
    body = _fargate()
    body["Parameters"] = {**body.get("Parameters", {}), "Definition": {"Type": "String"}}
    properties = {"RoleArn": {"Fn::GetAtt": ["TaskRole", "Arn"]}, "DefinitionString": {"Ref": "Definition"}}
    body["Resources"]["Machine"] = {"Type": "AWS::StepFunctions::StateMachine", "Properties": properties}
    (question,) = [item for item in analyse([_written(body, tmp_path)]).unknowns if item.where is not None]
    assert question.where == Where("fargate", "Machine")
    assert "Machine launches cannot be read" in question.message


def test_an_account_that_is_taken_for_the_deployments_own_is_said(tmp_path: Path) -> None:
    body = _fargate()
    definition = body["Resources"]["TaskDefinition"]["Properties"]
    definition["ContainerDefinitions"][0]["Image"] = "111122223333.dkr.ecr.us-east-1.amazonaws.com/app:1"
    notes = analyse([_written(body, tmp_path)]).assumed
    assert "account 111122223333 is the one that fargate is deployed to" in notes
    assert analyse([FARGATE]).assumed == ()
