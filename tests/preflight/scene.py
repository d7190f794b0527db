"""Launch sites and their proofs, made by hand, for the tests of what is built on them."""

from collections.abc import Iterable, Iterator
from types import SimpleNamespace
from typing import Any, cast

from constructs_ecs.preflight.calls import Purpose
from constructs_ecs.preflight.findings import Fault, Finding, Link, LinkKind, Severity, Verdict, Where
from constructs_ecs.preflight.launch_sites import Capacity, LaunchKind
from constructs_ecs.preflight.merging import Case
from constructs_ecs.preflight.proof import CallProof, SiteProof
from constructs_ecs.preflight.report import Assignment
from constructs_ecs.preflight.rules.base import Context, Rule
from constructs_ecs.preflight.values import Ternary, Unknown

SERVICE = Where("Web", "Service")
VPC = Where("Web", "Vpc")


def link(verdict: Verdict, text: str = "A link.", fault: Fault | None = None, where: Where = VPC) -> Link:
    return Link(LinkKind.ENDPOINT, verdict, text, (where,), fault)


def call(
    *evidence: Link, purpose: Purpose = Purpose.WRITE_LOGS, stage: str = "start", resource: str = "*"
) -> CallProof:
    verdicts = [item.verdict for item in evidence]
    verdict = next((item for item in (Verdict.FAIL, Verdict.UNKNOWN) if item in verdicts), Verdict.PASS)
    made = SimpleNamespace(
        purpose=purpose,
        stage=stage,
        caller="execution role",
        role=None,
        container="app",
        actions=("logs:PutLogEvents",),
        resource=resource,
        destination=None,
        where=SERVICE,
    )
    return CallProof(cast("Any", made), verdict, evidence)


def proof(
    *calls: CallProof,
    where: Where = SERVICE,
    exec_enabled: Ternary = Ternary.NO,
    task_definition: object = None,
    cluster: object = None,
) -> SiteProof:
    site = SimpleNamespace(
        where=where,
        construct_path=None,
        kind=LaunchKind.SERVICE,
        capacity=Capacity.FARGATE,
        exec_enabled=exec_enabled,
        task_definition=task_definition,
        cluster=cluster,
    )
    return SiteProof(cast("Any", site), calls)


class GraphStub:
    """The part of a graph that merging asks: whether a resource is there."""

    def __init__(self, absent: Iterable[str] = (), unknowns: tuple[str, ...] = ()) -> None:
        self._absent = frozenset(absent)
        self.unknowns = unknowns
        self.assumed: tuple[str, ...] = ()

    def resource(self, template: str, logical_id: str) -> object | None:
        return None if logical_id in self._absent else (template, logical_id)


def case(
    assignment: Assignment = (), *proofs: SiteProof, findings: Iterable[Finding] = (), absent: Iterable[str] = ()
) -> Case:
    return Case(assignment, cast("Any", GraphStub(absent)), proofs, tuple(findings))


def context(*proofs: SiteProof) -> Context:
    return Context(cast("Any", GraphStub()), cast("Any", None), cast("Any", None), proofs)


def finding(
    message: str = "No endpoint.",
    *,
    rule: str = "N07",
    where: Where = VPC,
    severity: Severity = Severity.START,
    verdict: Verdict = Verdict.FAIL,
    sites: tuple[Where, ...] = (SERVICE,),
) -> Finding:
    return Finding(rule, severity, verdict, where, message, "It times out.", "Add one.", "A page", sites)


def unknown(reason: str) -> Unknown:
    return Unknown(reason)


class RuleStub(Rule):
    """A rule that yields what it is given, then fails if told to."""

    id = "N99"
    severity = Severity.WARNING
    statement = "A stub."
    symptom = "Nothing."
    decided_by = "The test."
    fix = "Mend {the VPC}."
    source = "None"

    def __init__(self, *found: Finding, error: Exception | None = None) -> None:
        self._found = found
        self._error = error

    def check(self, context: Context) -> Iterator[Finding]:  # noqa: ARG002 - the signature of the base class
        yield from self._found
        if self._error is not None:
            raise self._error
