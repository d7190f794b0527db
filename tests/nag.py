"""What the four cdk-nag packs say about an app, as values; read after synthesis, when references are resolved."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from weakref import WeakSet

import aws_cdk as cdk
import cdk_nag

_PACKS = (
    cdk_nag.AwsSolutionsChecks,
    cdk_nag.NIST80053R5Checks,
    cdk_nag.HIPAASecurityChecks,
    cdk_nag.PCIDSS321Checks,
)
_NAMES = frozenset({"AwsSolutions", "NIST.800.53.R5", "HIPAA.Security", "PCI.DSS.321"})
_watched: WeakSet[cdk.App] = WeakSet()


@dataclass(frozen=True, order=True)
class Finding:
    """One rule on one resource.

    `text` is the rule's description; where the finding is suppressed, the reason given instead.
    A rule that threw is a finding too, as is a pack that did (its `rule` is "pack").
    """

    pack: str
    rule: str
    path: str
    severity: str
    text: str


def findings(app: cdk.App) -> list[Finding]:
    """What is neither fixed nor acknowledged. Synthesizes the app anew, so later changes are seen."""
    found = []
    for report in _reports(app):
        error = report.get("metadata", {}).get("error")
        if error is not None:
            found.append(Finding(report["pluginName"], "pack", "", "error", error))
        found.extend(_each(report, "violations", "description"))
    return sorted(found)


def suppressed(app: cdk.App) -> list[Finding]:
    """What is acknowledged, with the reason as its text. Synthesizes the app anew, so later changes are seen."""
    return sorted(finding for report in _reports(app) for finding in _each(report, "suppressedViolations", "reason"))


def _each(report: dict[str, Any], kind: str, text: str) -> list[Finding]:
    return [
        Finding(
            pack=report["pluginName"],
            rule=violation["ruleName"],
            path=construct["constructPath"],
            severity=violation["severity"],
            text=violation[text],
        )
        for violation in report.get(kind, [])
        for construct in violation["violatingConstructs"]
    ]


def _reports(app: cdk.App) -> list[dict[str, Any]]:
    if app not in _watched:
        cdk.Validations.of(app).add_plugins(*(pack(app) for pack in _PACKS))
        _watched.add(app)
    try:
        app.synth(force=True)
    except RuntimeError as error:
        # Unless the app's context says otherwise, findings fail the synthesis, after the report is written.
        if "A copy of this report can be found in" not in str(error):
            raise
    report = json.loads((Path(app.outdir) / "validation-report.json").read_text())
    # A pack that found nothing leaves nothing here; without any pack there would be no report at all.
    return [plugin for plugin in report["pluginReports"] if plugin["pluginName"] in _NAMES]
