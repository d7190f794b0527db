"""The report for programs; ``schema.json`` beside the package's modules describes it."""

import json
from typing import Any

from constructs_ecs.preflight.findings import Finding, Link, Where
from constructs_ecs.preflight.report import (
    VERSION,
    Answer,
    OpenQuestion,
    ProvenCall,
    ProvenLaunchSite,
    Report,
)


def as_json(report: Report) -> str:
    """Write a report as JSON."""
    return json.dumps(as_dict(report), indent=2) + "\n"


def as_dict(report: Report) -> dict[str, Any]:
    """The report as plain data."""
    return {
        "version": VERSION,
        "verdict": report.verdict.value,
        "launch_sites": [_site(site) for site in report.launch_sites],
        "findings": [_finding(finding, report) for finding in report.findings],
        "unknowns": [_question(question, report) for question in report.unknowns],
        "assumed": list(report.assumed),
    }


def _where(where: Where) -> dict[str, Any]:
    return {
        "template": where.template,
        "logical_id": where.logical_id,
        "property_path": list(where.property_path),
    }


def _site(site: ProvenLaunchSite) -> dict[str, Any]:
    return {
        **_where(site.where),
        "construct_path": site.construct_path,
        "kind": site.kind,
        "capacity": site.capacity,
        "start": _answer(site.start),
        "exec": _answer(site.exec),
        "calls": [_call(call) for call in site.calls],
    }


def _answer(answer: Answer) -> dict[str, Any]:
    return {"verdict": answer.verdict.value, "reasons": list(answer.reasons)}


def _call(call: ProvenCall) -> dict[str, Any]:
    return {
        "stage": call.stage,
        "purpose": call.purpose,
        "caller": call.caller,
        "container": call.container,
        "action": list(call.actions),
        "resource": call.resource,
        "endpoint": call.endpoint,
        "verdict": call.verdict.value,
        "evidence": [_link(link) for link in call.evidence],
        "assignment": dict(call.assignment),
    }


def _link(link: Link) -> dict[str, Any]:
    return {
        "kind": link.kind.value,
        "verdict": link.verdict.value,
        "text": link.text,
        "where": [_where(where) for where in link.where],
        "fault": None if link.fault is None else link.fault.value,
        "explanation": link.explanation,
    }


def _located(where: Where, report: Report) -> dict[str, Any]:
    place = report.locate(where)
    return {**_where(where), "construct_path": place.construct_path, "file": place.file, "line": place.line}


def _finding(finding: Finding, report: Report) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        **_located(finding.where, report),
        "launch_sites": [_where(site) for site in finding.launch_sites],
        "message": finding.message,
        "symptom": finding.symptom,
        "fix": finding.fix,
        "source": finding.source,
    }


def _question(question: OpenQuestion, report: Report) -> dict[str, Any]:
    nowhere: dict[str, Any] = {"template": None, "logical_id": None, "property_path": [], "construct_path": None}
    located = {**nowhere, "file": None, "line": None} if question.where is None else _located(question.where, report)
    finding = question.finding
    return {
        "rule": None if finding is None else finding.rule,
        "severity": None if finding is None else finding.severity.value,
        **located,
        "launch_sites": [_where(site) for site in question.launch_sites],
        "message": question.message,
        "assignment": dict(question.assignment),
    }
