"""The preflight: what it finds, and what it cannot decide."""

from collections.abc import Iterator

from constructs_ecs.preflight.engine import analyse
from constructs_ecs.preflight.findings import Where
from constructs_ecs.preflight.report import Report
from tests.audit.assemblies import Subject
from tests.audit.checkers.cdk_report import PREFLIGHT as NAME
from tests.audit.checkers.cdk_report import acknowledged
from tests.audit.findings import Finding, Key, Outcome, by_variant, one_line
from tests.audit.tools import ToolError


def preflight(subject: Subject) -> Outcome:
    """Prove each variant on its own."""
    reports = {assembly.variant: analyse([assembly.folder]) for assembly in subject.assemblies}
    sites = sum(len(report.launch_sites) for report in reports.values())
    if not sites:
        raise ToolError("there is no launch site to prove")
    known = {assembly.variant: acknowledged(NAME, assembly) for assembly in subject.assemblies}
    found = by_variant(
        (variant, finding)
        for variant, report in reports.items()
        for finding in _findings(report)
        if finding.key not in known[variant]
    )
    return Outcome(NAME, f"{sites} launch sites", found, known)


def _findings(report: Report) -> Iterator[Finding]:
    for finding in report.findings:
        yield Finding(Key(NAME, finding.rule, _resource(finding.where, report)), one_line(finding.message))
    for question in report.unknowns:
        rule = "UNKNOWN" if question.finding is None else question.finding.rule
        yield Finding(Key(NAME, rule, _resource(question.where, report)), one_line(question.message))


def _resource(where: Where | None, report: Report) -> str:
    if where is None:
        return ""
    return report.locate(where).construct_path or str(where)
