"""The preflight as a function: paths in, a report out.

>>> from constructs_ecs.preflight.engine import analyse
>>> report = analyse(["cdk.out"])  # doctest: +SKIP
>>> [finding.rule for finding in report.findings]  # doctest: +SKIP
['N07']
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from os import PathLike
from typing import TYPE_CHECKING, Final

from constructs_ecs.preflight.findings import Finding, Severity, Verdict, Where
from constructs_ecs.preflight.iam.authority import Authority
from constructs_ecs.preflight.launch_sites import unread
from constructs_ecs.preflight.merging import Case, merge_findings, merge_launch_sites
from constructs_ecs.preflight.proof import assumed_accounts, prove
from constructs_ecs.preflight.report import BLOCKING, OpenQuestion, Place, Report
from constructs_ecs.preflight.rules import RULES
from constructs_ecs.preflight.rules.base import CallRule, Context, Rule
from constructs_ecs.preflight.rules.g00_unexplained import Unexplained, names
from constructs_ecs.preflight.templates.graph import Graph, graphs
from constructs_ecs.preflight.templates.reader import Template, read
from constructs_ecs.preflight.topology import Assumptions, Topology

if TYPE_CHECKING:
    from constructs_ecs.preflight.proof import SiteProof

_ORDER: Final = tuple(Severity)


def analyse(paths: Iterable[str | PathLike[str]], assumptions: Assumptions | None = None) -> Report:
    """Prove of each launch site in the templates whether it will start, and whether ECS Exec will work.

    Reads files only: no AWS call, no CDK, no Node.

    Args:
        paths: cloud assemblies (``cdk.out``), folders in one, and template files, JSON or YAML. All of them make one
            graph, so that what one template exports and another imports is known.
        assumptions: what the templates do not say; nothing is assumed by default.

    Raises:
        InputError: a path that cannot be read or holds no template; it says which, and why, in one line.
    """
    return analyse_templates(read(tuple(paths)), assumptions)


def analyse_templates(templates: Sequence[Template], assumptions: Assumptions | None = None) -> Report:
    """As :func:`analyse`, for templates that are read already."""
    read_ = tuple(template.name for template in templates)
    everywhere = Where(read_[0] if read_ else "", "")
    places = _Places(templates)
    assumed = Assumptions() if assumptions is None else assumptions
    try:
        cases = [_case(graph, assumed, everywhere) for graph in graphs(templates)]
    except Exception as error:  # noqa: BLE001 - whatever it is, the reader of the report has to know
        return Report((), (Unexplained().broken(everywhere, error),), (), read_, locate=places.locate)
    sites, questions = merge_launch_sites(cases, places.construct_path)
    findings = sorted(merge_findings(cases), key=_sort_key)
    return Report(
        launch_sites=sites,
        findings=tuple(finding for finding in findings if finding.verdict is Verdict.FAIL),
        unknowns=(*_general(cases), *_unread(cases), *questions, *_open(findings)),
        templates=read_,
        assumed=tuple(dict.fromkeys(note for case in cases for note in _assumed(case))),
        locate=places.locate,
    )


class _Places:
    """Where resources stand in the files."""

    def __init__(self, templates: Sequence[Template]) -> None:
        self._templates = {template.name: template for template in templates}
        self._known: dict[Where, Place] = {}

    def construct_path(self, where: Where) -> str | None:
        template = self._templates.get(where.template)
        return None if template is None else template.construct_paths.get(where.logical_id)

    def locate(self, where: Where) -> Place:
        if where not in self._known:
            self._known[where] = self._locate(where)
        return self._known[where]

    def _locate(self, where: Where) -> Place:
        template = self._templates.get(where.template)
        if template is None:
            return Place(where.template)
        path = ("Properties", *where.property_path) if where.property_path else ()
        line = template.line(where.logical_id, *path) if where.logical_id else None
        return Place(str(template.path or template.name), line, self.construct_path(where))


def _case(graph: Graph, assumptions: Assumptions, everywhere: Where) -> Case:
    """What is found under one assignment; an error in the analysis is a finding, never a pass."""
    proofs: tuple[SiteProof, ...] = ()
    try:
        topology, authority = Topology(graph, assumptions), Authority(graph)
        proofs = prove(graph, topology=topology, authority=authority)
        context = Context(graph, topology, authority, proofs)
    except Exception as error:  # noqa: BLE001 - whatever it is, the reader of the report has to know
        return Case(graph.assignment, graph, proofs, (Unexplained().broken(everywhere, error),))
    return Case(graph.assignment, graph, proofs, tuple(_findings(context, RULES, everywhere)))


def _findings(context: Context, rules: Iterable[Rule], everywhere: Where) -> list[Finding]:
    found: list[Finding] = []
    named: list[Finding] = []
    for rule in rules:
        if not isinstance(rule, Unexplained):
            of_rule = _checked(rule, context, everywhere)
            found += of_rule
            named += [] if isinstance(rule, CallRule) else of_rule
    return [*found, *Unexplained().explain(context, names(named))]


def _checked(rule: Rule, context: Context, everywhere: Where) -> list[Finding]:
    found: list[Finding] = []
    try:
        found.extend(rule.check(context))  # what came before an error stays
    except Exception as error:  # noqa: BLE001 - a rule that fails is a finding, never a pass
        severity = rule.severity if rule.severity in BLOCKING else Severity.DEPLOY
        crash = Unexplained().broken(everywhere, error, what="The rule itself failed")
        found.append(replace(crash, rule=rule.id, severity=severity, source=rule.source))
    return found


def _sort_key(finding: Finding) -> tuple[int, str, str, str, str, str]:
    where = finding.where
    return (
        _ORDER.index(finding.severity),
        finding.rule,
        where.template,
        where.logical_id,
        str(where),
        finding.message,
    )


def _general(cases: Sequence[Case]) -> list[OpenQuestion]:
    """What is unknown of the templates as such, said once."""
    return [
        OpenQuestion(message) for message in dict.fromkeys(str(item) for case in cases for item in case.graph.unknowns)
    ]


def _assumed(case: Case) -> tuple[str, ...]:
    return (*case.graph.assumed, *assumed_accounts(case.graph, case.proofs))


def _unread(cases: Sequence[Case]) -> list[OpenQuestion]:
    """Where tasks may be launched that nobody can see."""
    places = dict.fromkeys(place for case in cases for place in unread(case.graph))
    return [OpenQuestion(f"What {where.logical_id} launches cannot be read: {why}.", where) for where, why in places]


def _open(findings: Iterable[Finding]) -> list[OpenQuestion]:
    return [
        OpenQuestion(
            message=finding.message,
            where=finding.where,
            launch_sites=finding.launch_sites,
            finding=finding,
            assignment=finding.assignment,
        )
        for finding in findings
        if finding.verdict is not Verdict.FAIL
    ]
