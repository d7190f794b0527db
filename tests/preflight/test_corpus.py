"""Templates that other tools synthesize, with the verdicts that follow by hand from what AWS says.

How they were made is in ``corpus/generators``.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from tempfile import gettempdir
from typing import Any

import pytest

from constructs_ecs.preflight.engine import analyse_templates
from constructs_ecs.preflight.findings import Verdict
from constructs_ecs.preflight.report import BLOCKING, Report
from tests.preflight.support import templates
from tests.support import ENVIRONMENT, ROOT

TEMPLATES = Path(__file__).parent / "corpus" / "templates"
OWN = "own"
"""In the account and the Region that the template's literal ARNs name."""
OTHER = "other"
"""In another account, in the same Region."""
ANY = "any"
"""Without either."""
_ACCOUNTS = {OWN: ENVIRONMENT.account, OTHER: "999999999999", ANY: None}


@dataclass(frozen=True, kw_only=True)
class Case:
    """A template, and what is true of it.

    Args:
        name: the template's.
        place: where it is deployed.
        why: how the verdicts follow.
        start: whether its task starts.
        exec: whether ECS Exec works.
        rules: what has to be found.
    """

    name: str
    place: str = ANY
    why: str
    start: str = "PASS"
    exec: str = "OFF"
    rules: str = ""

    def __str__(self) -> str:
        return f"{self.name} in {self.place}"


CASES = (
    Case(name="patterns-load-balanced", why="Private subnets with NAT; open egress; the CDK grants the log."),
    Case(
        name="patterns-load-balanced-public",
        why="Public subnets, AssignPublicIp DISABLED, no endpoint: neither Docker Hub nor the log is reached.",
        start="FAIL",
        rules="N14",
    ),
    Case(name="patterns-scheduled", why="NAT; the rule's role may run the task and pass both of its roles."),
    Case(
        name="plain-isolated",
        why="No endpoint at all for an image of ECR, its layers, a secret, the log and ECS Exec.",
        start="FAIL",
        exec="FAIL",
        rules="N01 N02 N03 N05 N07 X03",
    ),
    Case(name="plain-isolated-endpoints", why="Each of these has its endpoint, open to the VPC.", exec="PASS"),
    Case(name="plain-instances", why="NAT for the instances; the CDK writes user data and grants registration."),
    Case(
        name="plain-instances-isolated",
        why="All endpoints that a task needs, none of those that an instance registers through.",
        start="FAIL",
        rules="C01",
    ),
    Case(
        name="plain-scheduled-exec",
        why="The target sets EnableExecuteCommand; the task role has no statement for ssmmessages.",
        exec="FAIL",
        rules="X02",
    ),
    Case(name="plain-state-machine", why="NAT; the role may run, stop and follow the task and pass its roles."),
    Case(
        name="solutions-fargate-sqs",
        place=OWN,
        why="Isolated, with ecr.api, ecr.dkr and S3, and no log driver: nothing else is called.",
    ),
    Case(
        name="solutions-fargate-sqs",
        why="The image is in us-east-1; endpoints serve their own Region, which the template does not name.",
        start="UNKNOWN",
    ),
    Case(name="solutions-fargate-secret", place=OWN, why="As with the queue; the container itself reads the secret."),
    Case(name="solutions-fargate-sqs-public", place=OWN, why="Endpoints for ECR and NAT for the rest."),
    Case(
        name="solutions-fargate-sqs-public",
        place=OTHER,
        why="The repository's policy has to let another account pull, and is not here.",
        start="UNKNOWN",
    ),
    Case(name="extensions-fargate", why="Docker Hub through NAT, no log driver, so no execution role is needed."),
    Case(name="extensions-instances", why="The same from instances, which register through NAT."),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_template_of_another_tool_gets_the_verdict_that_follows_from_the_facts(case: Case) -> None:
    found = _report(case)
    (site,) = found.launch_sites
    assert (site.start.verdict.value, site.exec.verdict.value) == (case.start, case.exec)
    rules = {finding.rule for finding in found.findings if finding.severity in BLOCKING}
    assert rules == set(case.rules.split())


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_finding_names_the_construct_and_what_to_change(case: Case) -> None:
    found = _report(case)
    for finding in found.findings:
        assert finding.message.endswith(".")
        assert finding.fix.endswith(".")
        assert finding.where.logical_id in _read(case.name)["Resources"]
    for site in found.launch_sites:
        assert site.construct_path is not None
        assert site.construct_path.startswith("Stack/")


def test_every_call_that_is_proven_has_its_evidence() -> None:
    for case in CASES:
        for site in _report(case).launch_sites:
            for call in site.calls:
                assert call.evidence or call.verdict is not Verdict.PASS, (case.name, call.purpose)


def test_each_template_has_a_case_and_names_no_machine() -> None:
    files = sorted(TEMPLATES.glob("*.template.json"))
    assert {file.name.removesuffix(".template.json") for file in files} == {case.name for case in CASES}
    for file in files:
        text = file.read_text("utf-8")
        assert file.stat().st_size < 64 * 1024
        assert not any(place in text for place in (str(ROOT), gettempdir(), str(Path.home())))


def _report(case: Case) -> Report:
    account = _ACCOUNTS[case.place]
    region = None if case.place == ANY else ENVIRONMENT.region
    return analyse_templates(templates(_read(case.name), names=("Stack",), account=account, region=region))


def _read(name: str) -> dict[str, Any]:
    body: dict[str, Any] = json.loads((TEMPLATES / f"{name}.template.json").read_text("utf-8"))
    return body
