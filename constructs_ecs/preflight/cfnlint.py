"""The preflight as rules of cfn-lint: ``cfn-lint --append-rules constructs_ecs.preflight.cfnlint -- template.yaml``.

cfn-lint looks at one template at a time, so what another template holds is unknown here and not shown. Each rule of the
preflight is two of cfn-lint's: ``E9107`` is what N07 proves, ``W9107`` what it warns of.
"""

from typing import Any, ClassVar, Final

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.template import Template as LintedTemplate

from constructs_ecs.preflight.engine import analyse_templates
from constructs_ecs.preflight.findings import Finding
from constructs_ecs.preflight.report import BLOCKING, Report
from constructs_ecs.preflight.rules import RULES
from constructs_ecs.preflight.rules.base import Rule
from constructs_ecs.preflight.templates.reader import template

_FAMILIES: Final = "GNCRTVXSKB"
"""The first letter of a rule's id; its place here is the hundred of cfn-lint's: N07 is 9107."""


class _Latest:
    """The report on the template that cfn-lint is at: all rules share it."""

    def __init__(self) -> None:
        self._linted: LintedTemplate | None = None
        self._report = Report((), (), ())

    def of(self, linted: LintedTemplate) -> Report:
        if linted is not self._linted:
            self._report = analyse_templates((template(linted.template, linted.filename or "template"),))
            self._linted = linted
        return self._report


_LATEST: Final = _Latest()


class _PreflightRule:
    """What the rules made below share. Not a cfn-lint rule itself: cfn-lint makes one of each that it finds here."""

    id: ClassVar[str]
    rule: ClassVar[Rule]
    proven: ClassVar[bool]

    def match(self, cfn: LintedTemplate) -> list[RuleMatch]:
        """Return what the preflight finds of this rule."""
        return [
            RuleMatch(_path(finding, cfn.template), f"{finding.message} On AWS: {finding.symptom} Fix: {finding.fix}")
            for finding in _LATEST.of(cfn).findings
            if finding.rule == self.rule.id and (finding.severity in BLOCKING) is self.proven
        ]


def _path(finding: Finding, body: Any) -> list[str | int]:  # noqa: ANN401 - a template's data
    """The finding's place, as far as the template has it."""
    where = finding.where
    wanted = ["Resources", where.logical_id, *(("Properties", *where.property_path) if where.property_path else ())]
    path: list[str | int] = []
    for key in wanted:
        try:
            body = body[key]
        except (KeyError, IndexError, TypeError):
            break
        path.append(key)
    return path


def _number(rule: Rule) -> str:
    return f"9{_FAMILIES.index(rule.id[0])}{rule.id[1:]}"


def _made(rule: Rule, *, proven: bool) -> type[CloudFormationLintRule]:
    attributes = {
        "id": f"{'E' if proven else 'W'}{_number(rule)}",
        "shortdesc": f"ECS preflight {rule.id}",
        "description": rule.statement,
        "tags": ["ecs", "preflight", rule.id],
        "rule": rule,
        "proven": proven,
        "__doc__": rule.statement,
    }
    return type(
        f"{type(rule).__name__}{'' if proven else 'Warning'}", (_PreflightRule, CloudFormationLintRule), attributes
    )


globals().update(
    {made.__name__: made for rule in RULES for proven in (True, False) for made in [_made(rule, proven=proven)]}
)
