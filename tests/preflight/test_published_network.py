"""What one app stores in Systems Manager and a service of another app reads: network, cluster and all the rest."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from constructs_ecs.preflight.engine import analyse
from constructs_ecs.preflight.findings import Verdict
from constructs_ecs.preflight.report import Report
from constructs_ecs.preflight.templates.documents import parse

FARGATE = Path(__file__).parent / "fixtures" / "fargate.yaml"
OWN = ("ExecutionRole", "TaskRole", "TaskDefinition", "Service")
"""What is the service's; the rest is the platform's."""
_MENTION = re.compile(r"\$\{([A-Za-z.]+)\}")
AGNOSTIC = "aws://unknown-account/unknown-region"


class Apps:
    """The fixture's template as that of two apps, where all that one needs of the other goes by its path."""

    def __init__(self) -> None:
        body: dict[str, Any] = parse(FARGATE.read_text(), "fargate").body
        self._stored: dict[str, Any] = {}
        own = {name: raw for name, raw in body["Resources"].items() if name in OWN}
        self._platform = {name: raw for name, raw in body["Resources"].items() if name not in OWN}
        own["Service"].pop("DependsOn")
        place = own["Service"]["Properties"]["NetworkConfiguration"]["AwsvpcConfiguration"]
        subnets = self._read("SubnetIds", {"Fn::Join": [",", place["Subnets"]]})
        resources = self._replaced(own)
        place = resources["Service"]["Properties"]["NetworkConfiguration"]["AwsvpcConfiguration"]
        place["Subnets"] = {"Fn::Split": [",", subnets]}
        kind = "AWS::SSM::Parameter::Value<String>"
        declared = {name: {"Type": kind, "Default": f"/platform/{name}"} for name in self._stored}
        self.app = {"Parameters": declared, "Resources": resources}

    @property
    def platform(self) -> dict[str, Any]:
        """The template that has the rest, and stores what the other reads."""
        stored = {
            f"Stored{name}": {
                "Type": "AWS::SSM::Parameter",
                "Properties": {"Name": f"/platform/{name}", "Type": "String", "Value": value},
            }
            for name, value in self._stored.items()
        }
        return {"Resources": {**self._platform, **stored}}

    def _read(self, name: str, value: Any) -> dict[str, str]:  # noqa: ANN401 - any JSON
        self._stored[name] = value
        return {"Ref": name}

    def _replaced(self, value: Any) -> Any:  # noqa: ANN401 - any JSON
        if isinstance(value, list):
            return [self._replaced(item) for item in value]
        if not isinstance(value, dict):
            return value
        name, attribute = _referred(value)
        if name in self._platform:
            return self._read(name + attribute, value)
        if "Fn::Sub" in value:
            return {"Fn::Sub": _MENTION.sub(self._mention, value["Fn::Sub"])}
        return {key: self._replaced(child) for key, child in value.items()}

    def _mention(self, match: re.Match[str]) -> str:
        name, _, attribute = match[1].partition(".")
        if name not in self._platform:
            return match[0]
        written = {"Fn::GetAtt": [name, attribute]} if attribute else {"Ref": name}
        return f"${{{self._read(name + attribute, written)['Ref']}}}"


def _referred(value: dict[str, Any]) -> tuple[str, str]:
    """The resource and the attribute that a value is; nothing if it is something else."""
    path = value.get("Fn::GetAtt", value.get("Ref", ""))
    name, _, attribute = (path if isinstance(path, str) else ".".join(path)).partition(".")
    return name, attribute


def assembly(folder: Path, body: dict[str, Any], environment: str = AGNOSTIC) -> Path:
    """Write one stack as the CDK does; every assembly here calls it the same."""
    folder.mkdir()
    artifact = {
        "type": "aws:cloudformation:stack",
        "environment": environment,
        "properties": {"templateFile": "Main.template.json"},
    }
    (folder / "manifest.json").write_text(json.dumps({"version": "53.0.0", "artifacts": {"Main": artifact}}))
    (folder / "Main.template.json").write_text(json.dumps(body))
    return folder


def report_on(tmp_path: Path, platform: dict[str, Any] | None, environment: str = AGNOSTIC) -> Report:
    """Look at the service's assembly, together with the platform's if there is one."""
    folders = [assembly(tmp_path / "app", Apps().app)]
    if platform is not None:
        folders.append(assembly(tmp_path / "platform", platform, environment))
    return analyse(folders)


def test_a_service_is_proven_over_both_assemblies(tmp_path: Path) -> None:
    report = report_on(tmp_path, Apps().platform)

    (site,) = report.launch_sites
    assert (site.start.verdict, site.exec.verdict) == (Verdict.PASS, Verdict.PASS)
    assert (report.findings, report.unknowns) == ((), ())
    assert len(report.templates) == 2


@pytest.mark.parametrize(
    ("endpoint", "rule"),
    [("LogsEndpoint", "N07"), ("EcrApiEndpoint", "N01"), ("S3Endpoint", "N03"), ("SecretsManagerEndpoint", "N05")],
)
def test_an_endpoint_that_the_other_app_lacks_is_found(tmp_path: Path, endpoint: str, rule: str) -> None:
    platform = Apps().platform
    del platform["Resources"][endpoint]

    report = report_on(tmp_path, platform)

    (site,) = report.launch_sites
    assert site.start.verdict is Verdict.FAIL
    assert rule in {finding.rule for finding in report.findings}


def test_ecs_exec_is_refused_its_channel_where_the_other_app_has_none(tmp_path: Path) -> None:
    platform = Apps().platform
    del platform["Resources"]["SsmMessagesEndpoint"]

    (site,) = report_on(tmp_path, platform).launch_sites

    assert (site.start.verdict, site.exec.verdict) == (Verdict.PASS, Verdict.FAIL)


def test_without_the_other_app_nothing_is_proven_and_the_parameters_are_named(tmp_path: Path) -> None:
    report = report_on(tmp_path, None)

    (site,) = report.launch_sites
    assert (site.start.verdict, site.exec.verdict, report.findings) == (Verdict.UNKNOWN, Verdict.UNKNOWN, ())
    said = [link.text for call in site.calls for link in call.evidence]
    assert any("the parameter /platform/SubnetIds of Systems Manager" in text for text in said)


@pytest.mark.parametrize("environment", ["aws://123456789012/eu-west-1", "aws://unknown-account/us-east-1"])
def test_a_platform_of_a_fixed_environment_is_taken_for_the_services_and_that_is_noted(
    tmp_path: Path, environment: str
) -> None:
    report = report_on(tmp_path, Apps().platform, environment)

    (site,) = report.launch_sites
    assert site.start.verdict is not Verdict.FAIL
    assert any("creates the parameter /platform/SubnetIds" in note for note in report.assumed)


def test_what_the_other_app_does_not_publish_is_said_of_the_reader(tmp_path: Path) -> None:
    apps = Apps()
    version = {"Type": "AWS::SSM::Parameter", "Properties": {"Name": "/platform/schema-version", "Value": "1"}}
    app, platform = apps.app, apps.platform
    platform["Resources"]["Version"] = version
    app["Parameters"]["Kms"] = {
        "Type": "AWS::SSM::Parameter::Value<String>",
        "Default": "/platform/endpoints/kms",
    }

    report = analyse([assembly(tmp_path / "app", app), assembly(tmp_path / "platform", platform)])

    (question,) = report.unknowns
    assert "/platform/endpoints/kms of Systems Manager: no template that was given does" in question.message
    assert report.verdict is Verdict.UNKNOWN


def test_two_platforms_under_one_path_leave_everything_open(tmp_path: Path) -> None:
    again = assembly(tmp_path / "again", Apps().platform)
    assembly(tmp_path / "platform", Apps().platform)
    app = assembly(tmp_path / "app", Apps().app)

    report = analyse([app, tmp_path / "platform", again])

    (site,) = report.launch_sites
    assert (site.start.verdict, site.exec.verdict, report.findings) == (Verdict.UNKNOWN, Verdict.UNKNOWN, ())
