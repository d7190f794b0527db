"""The report as SARIF 2.1.0, for code scanning and editors.

Source: OASIS, "Static Analysis Results Interchange Format (SARIF) Version 2.1.0".
"""

import hashlib
import json
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from constructs_ecs.preflight.findings import Finding, Severity, Where
from constructs_ecs.preflight.formats import words
from constructs_ecs.preflight.report import BLOCKING, OpenQuestion, Place, Report
from constructs_ecs.preflight.rules import RULES
from constructs_ecs.preflight.rules.base import Rule

SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/schemas/sarif-schema-2.1.0.json"
_UNKNOWN: Final = "UNKNOWN"
"""The rule id of what no rule asks."""


def as_sarif(report: Report) -> str:
    """Write a report as SARIF: a failure is a result of kind ``fail``, what is not decided one of kind ``open``."""
    driver = {
        "name": "ecs-preflight",
        "version": _version(),
        "shortDescription": {"text": "Proves from CloudFormation templates that ECS tasks will start."},
        "rules": [*map(_rule, RULES), _UNKNOWN_RULE],
    }
    results = [
        *(_failure(finding, report) for finding in report.findings),
        *(_open(question, report) for question in report.unknowns),
    ]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


_UNKNOWN_RULE: Final[dict[str, Any]] = {
    "id": _UNKNOWN,
    "shortDescription": {"text": "The templates do not decide whether a call can be made."},
    "help": {"text": words.SETTLE},
    "defaultConfiguration": {"level": "none"},
}
_INDEX: Final = {**{rule.id: index for index, rule in enumerate(RULES)}, _UNKNOWN: len(RULES)}


def _version() -> str:
    try:
        return version("constructs-ecs")
    except PackageNotFoundError:
        return "0"


def _level(severity: Severity) -> str:
    if severity in BLOCKING:
        return "error"
    return "warning" if severity is Severity.WARNING else "note"


def _rule(rule: Rule) -> dict[str, Any]:
    fix = rule.general_fix()
    return {
        "id": rule.id,
        "name": type(rule).__name__,
        "shortDescription": {"text": rule.statement},
        "fullDescription": {"text": f"{rule.statement} Decided by: {rule.decided_by}"},
        "help": {"text": f"On AWS: {rule.symptom}\nFix: {fix}\nSource: {rule.source}"},
        "defaultConfiguration": {"level": _level(rule.severity)},
        "properties": {"tags": ["ecs", rule.severity.value]},
    }


def _failure(finding: Finding, report: Report) -> dict[str, Any]:
    sites = words.launch_sites(finding.launch_sites, report)
    effect = f" {words.effect(finding)}: {sites}." if sites else ""
    text = f"{finding.message}{effect} On AWS: {finding.symptom} Fix: {finding.fix}"
    return {
        **_ruled(finding.rule),
        "kind": "fail",
        "level": _level(finding.severity),
        "message": {"text": text},
        "locations": [_location(finding.where, report)],
        "relatedLocations": [_related(site, report) for site in finding.launch_sites],
        "partialFingerprints": {"ruleAndResource/v1": _fingerprint(finding.rule, finding.where, finding.message)},
    }


def _open(question: OpenQuestion, report: Report) -> dict[str, Any]:
    rule = _UNKNOWN if question.finding is None else question.finding.rule
    where = question.where
    return {
        **_ruled(rule),
        "kind": "open",
        "level": "none",
        "message": {"text": words.question(question)},
        "locations": [] if where is None else [_location(where, report)],
        "relatedLocations": [_related(site, report) for site in question.launch_sites],
        "partialFingerprints": {"ruleAndResource/v1": _fingerprint(rule, where, words.question(question))},
    }


def _ruled(rule: str) -> dict[str, Any]:
    return {"ruleId": rule, **({"ruleIndex": _INDEX[rule]} if rule in _INDEX else {})}


def _location(where: Where, report: Report) -> dict[str, Any]:
    place = report.locate(where)
    physical: dict[str, Any] = {"artifactLocation": {"uri": _uri(place.file)}}
    if place.line is not None:
        physical["region"] = {"startLine": place.line}
    return {"physicalLocation": physical, "logicalLocations": _logical(where, place)}


def _logical(where: Where, place: Place) -> list[dict[str, Any]]:
    return [
        {
            "name": where.logical_id or where.template,
            "fullyQualifiedName": place.construct_path or str(where),
            "kind": "resource",
        }
    ]


def _related(site: Where, report: Report) -> dict[str, Any]:
    name = report.names.get(site, str(site))
    return {**_location(site, report), "message": {"text": f"Launch site {name}"}}


def _uri(file: str) -> str:
    """Name a file from the working folder if it is in it: a relative URI is one within the repository."""
    path = Path(file)
    if path.is_relative_to(Path.cwd()):
        path = path.relative_to(Path.cwd())
    return path.as_uri() if path.is_absolute() else quote(path.as_posix(), errors="replace")


def _fingerprint(rule: str, where: Where | None, message: str) -> str:
    """Tell a result from others on the same resource, whatever line it moves to."""
    digest = hashlib.sha256(f"{rule}\0{where}\0{message}".encode(errors="replace"))
    return digest.hexdigest()[:32]
