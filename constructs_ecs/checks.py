"""Let an app's synthesis fail on findings: the cdk-nag packs that fit ECS in a private network, and the preflight.

Acknowledge a finding that is right to stay on its own resource, with
``cdk.Validations.of(resource).acknowledge(cdk.Acknowledgment(id="AwsSolutions::AwsSolutions-SMG4", reason="..."))``,
and ``id="ecs-preflight::N08"`` for one of the preflight's.
"""

from collections.abc import Iterable
from enum import Enum
from os.path import commonpath
from pathlib import Path
from typing import Final

import aws_cdk as cdk
import cdk_nag
import jsii
from constructs import Construct

from constructs_ecs.errors import Code, ConflictError
from constructs_ecs.preflight.engine import analyse
from constructs_ecs.preflight.findings import Finding, Severity, Where
from constructs_ecs.preflight.formats import words
from constructs_ecs.preflight.report import VERSION as REPORT_VERSION
from constructs_ecs.preflight.report import OpenQuestion, Report
from constructs_ecs.preflight.rules import RULES
from constructs_ecs.preflight.topology import Assumptions

_UNKNOWN: Final = "UNKNOWN"
"""The rule id of what no rule asks: acknowledge it as ``ecs-preflight::UNKNOWN``."""
_SEVERITIES: Final = {Severity.WARNING: "warning", Severity.NOTE: "info"}


class NagPack(Enum):
    """A cdk-nag rule pack; the value is its name in reports and acknowledgements."""

    AWS_SOLUTIONS = "AwsSolutions"
    NIST_800_53_R5 = "NIST.800.53.R5"
    HIPAA_SECURITY = "HIPAA.Security"
    PCI_DSS_321 = "PCI.DSS.321"


def enforce_best_practices(app: Construct, *, packs: Iterable[NagPack] = tuple(NagPack)) -> None:
    """Make synthesis fail when a pack finds something that is not acknowledged; a rule that errors is a finding.

    The CDK's own template validator runs beside the packs; it fails synthesis too where the feature flag
    ``@aws-cdk/core:validateAgainstDefaultRules`` is on.

    Args:
        app: the app; a pack that is registered on less validates the whole app again.
        packs: which packs; all of them by default.

    Raises:
        ConflictError: ECS047, given a stage, stack or construct instead of the app.

    Source: cdk-nag 3, README and MIGRATION; aws-cdk-lib, ``Validations``.
    """
    whole = _whole(app, "enforce_best_practices")
    cdk.Validations.of(whole).add_plugins(*(_plugin(whole, pack) for pack in packs))


def enforce_preflight(app: Construct, *, assume: Iterable[str] = ()) -> None:
    """Make synthesis fail when a task of the app will not start, or ECS Exec will not work; what is open is a warning.

    Args:
        app: the app; all of its stacks are one graph.
        assume: what the templates do not say, as ``ecs-preflight --assume`` takes it: ``egress=nat``, for instance.

    Raises:
        ConflictError: ECS047, given a stage, stack or construct instead of the app.
        InvalidValueError: ECS030, an assumption that there is none of.
    """
    plugin = PreflightPlugin(Assumptions.parse(assume))
    cdk.Validations.of(_whole(app, "enforce_preflight")).add_plugins(plugin)


@jsii.implements(cdk.IPolicyValidationPlugin)
class PreflightPlugin:
    """The preflight as a policy validation plugin of the CDK.

    Args:
        assumptions: what the templates do not say; nothing is assumed by default.
    """

    def __init__(self, assumptions: Assumptions | None = None) -> None:
        self._assumptions = assumptions

    @property
    def name(self) -> str:
        """In front of ``::`` in an acknowledgement."""
        return "ecs-preflight"

    @property
    def version(self) -> str:
        """Of the report's shape."""
        return f"{REPORT_VERSION}.0.0"

    @property
    def rule_ids(self) -> list[str]:
        """Every rule, and what no rule asks."""
        return [*(rule.id for rule in RULES), _UNKNOWN]

    def validate(self, context: cdk.IPolicyValidationContext) -> cdk.PolicyValidationPluginReport:
        """Prove the synthesized templates, all stages' together."""
        # The folder that holds all templates is a cloud assembly: its manifest says which account and Region.
        assembly = commonpath([Path(path).parent for path in context.template_paths])
        report = analyse([assembly], self._assumptions)
        violations = [
            *(_violation(finding, report) for finding in report.findings),
            *(_doubt(question, report) for question in report.unknowns),
        ]
        success = all(violation.severity != "error" for violation in violations)
        return cdk.PolicyValidationPluginReport(success=success, violations=violations)


def _violation(finding: Finding, report: Report) -> cdk.PolicyViolation:
    sites = words.launch_sites(finding.launch_sites, report)
    return cdk.PolicyViolation(
        rule_name=finding.rule,
        severity=_SEVERITIES.get(finding.severity, "error"),
        description=f"{finding.message} On AWS: {finding.symptom}",
        fix=finding.fix,
        violating_resources=[_resource(finding.where, report)],
        rule_metadata={"source": finding.source, **({words.effect(finding): sites} if sites else {})},
    )


def _doubt(question: OpenQuestion, report: Report) -> cdk.PolicyViolation:
    where = question.where or next(iter(question.launch_sites), None) or Where(report.templates[0], "")
    return cdk.PolicyViolation(
        rule_name=_UNKNOWN if question.finding is None else question.finding.rule,
        severity="warning",
        description=words.question(question),
        fix=words.SETTLE,
        violating_resources=[_resource(where, report)],
    )


def _resource(where: Where, report: Report) -> cdk.PolicyViolatingResource:
    location = "/".join(map(str, ("Properties", *where.property_path))) if where.property_path else None
    return cdk.PolicyViolatingResource(
        resource_logical_id=where.logical_id,
        template_path=report.locate(where).file,
        locations=[] if location is None else [location],
    )


def _whole(app: Construct, function: str) -> cdk.App:
    if isinstance(app, cdk.App):
        return app
    raise ConflictError(
        Code.CHECKS_SCOPE,
        f"Checks validate the whole app and are attached to it once; got {type(app).__name__} {app.node.path}.",
        f"Call {function}(app).",
    )


def _plugin(app: cdk.App, pack: NagPack) -> cdk_nag.NagPack:
    match pack:
        case NagPack.AWS_SOLUTIONS:
            return cdk_nag.AwsSolutionsChecks(app)
        case NagPack.NIST_800_53_R5:
            return cdk_nag.NIST80053R5Checks(app)
        case NagPack.HIPAA_SECURITY:
            return cdk_nag.HIPAASecurityChecks(app)
        case NagPack.PCI_DSS_321:
            return cdk_nag.PCIDSS321Checks(app)
