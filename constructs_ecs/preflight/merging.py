"""One answer from many: each assignment of conditions gives a case, and a fault counts if no case is free of it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from constructs_ecs.preflight.findings import Finding, Link, Severity, Verdict, Where
from constructs_ecs.preflight.report import (
    Answer,
    Assignment,
    OpenQuestion,
    ProvenCall,
    ProvenLaunchSite,
    conditions,
    worst,
)
from constructs_ecs.preflight.topology import AwsService, InternetHost, Peer
from constructs_ecs.preflight.values import Ternary, Unknown

if TYPE_CHECKING:
    from constructs_ecs.preflight.proof import CallProof, SiteProof
    from constructs_ecs.preflight.templates.graph import Graph
    from constructs_ecs.preflight.topology import Destination

STAGES: Final[Mapping[str, frozenset[Severity]]] = {
    "start": frozenset({Severity.START, Severity.DEPLOY}),
    "exec": frozenset({Severity.EXEC}),
}
"""What a launch site is asked for, and the findings that decide it."""


@dataclass(frozen=True)
class Case:
    """What is found under one assignment of conditions.

    Args:
        assignment: the conditions' values.
        graph: the resources that exist then.
        proofs: the launch sites that exist then.
        findings: what the rules found.
    """

    assignment: Assignment
    graph: "Graph"
    proofs: "tuple[SiteProof, ...]"
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class _Reason:
    text: str
    where: Where | None
    rule: str | None = None


@dataclass(frozen=True)
class _Outcome:
    verdict: Verdict
    reasons: tuple[_Reason, ...] = ()


Locate = Callable[[Where], str | None]
"""Finds a construct's path."""


def merge_launch_sites(
    cases: Sequence[Case], construct_path: Locate
) -> tuple[tuple[ProvenLaunchSite, ...], list[OpenQuestion]]:
    """Merge the proofs of each launch site over the cases in which it exists, and collect what is left open."""
    by_site: dict[Where, list[tuple[Case, SiteProof]]] = {}
    for case in cases:
        for proof in case.proofs:
            by_site.setdefault(proof.site.where, []).append((case, proof))
    named = {id(case): _by_launch_site(case.findings) for case in cases}
    questions: dict[str, OpenQuestion] = {}
    sites = tuple(_merge_site(where, cases_, named, construct_path, questions) for where, cases_ in by_site.items())
    return sites, list(questions.values())


def merge_findings(cases: Sequence[Case]) -> list[Finding]:
    """Merge what the rules found: FAIL only if it stands in every case in which it could, else UNKNOWN and when."""
    groups: dict[tuple[Any, ...], list[list[Finding]]] = {}
    for index, case in enumerate(cases):
        for finding in dict.fromkeys(case.findings):
            key = (finding.rule, finding.severity, finding.where)
            groups.setdefault(key, [[] for _ in cases])[index].append(finding)
    return [merged for group in groups.values() for merged in _merge_group(group, cases)]


def when(failing: Sequence[Assignment], feasible: Iterable[Assignment]) -> Assignment:
    """The fewest of the first failing assignment's conditions that always fail; none if all assignments do."""
    wrong = set(failing)
    fine = [set(assignment) for assignment in feasible if assignment not in wrong]
    kept = list(failing[0])
    for literal in failing[0]:
        rest = {other for other in kept if other != literal}
        if not any(rest <= assignment for assignment in fine):
            kept.remove(literal)
    return tuple(kept)


def _by_launch_site(findings: Iterable[Finding]) -> dict[Where, list[Finding]]:
    found: dict[Where, list[Finding]] = {}
    for finding in findings:
        for site in finding.launch_sites:
            found.setdefault(site, []).append(finding)
    return found


def _merge_site(
    where: Where,
    cases: "list[tuple[Case, SiteProof]]",
    named: dict[int, dict[Where, list[Finding]]],
    construct_path: Locate,
    questions: dict[str, OpenQuestion],
) -> ProvenLaunchSite:
    answers = {}
    for stage in STAGES:
        outcomes = {case.assignment: _outcome(proof, stage, named[id(case)].get(where, ())) for case, proof in cases}
        answers[stage] = _merge_outcomes(where, outcomes, questions)
    site = cases[0][1].site
    return ProvenLaunchSite(
        where=where,
        construct_path=construct_path(where),
        kind=site.kind.value,
        capacity=" or ".join(dict.fromkeys(proof.site.capacity.value for _, proof in cases)),
        start=answers["start"],
        exec=answers["exec"],
        calls=_merge_calls(cases),
    )


def _outcome(proof: "SiteProof", stage: str, findings: Iterable[Finding]) -> _Outcome:
    """What one case says of one stage of one launch site."""
    enabled = proof.site.exec_enabled if stage == "exec" else Ternary.YES
    if enabled is Ternary.NO:
        return _Outcome(Verdict.OFF)
    calls = [call for call in proof.calls if call.call.stage == stage]
    relevant = [finding for finding in findings if finding.severity in STAGES[stage]]
    verdict = worst([*(call.verdict for call in calls), *(finding.verdict for finding in relevant)])
    reasons = [
        _Reason(f"{finding.rule}: {finding.message}", finding.where, finding.rule)
        for finding in relevant
        if finding.verdict is verdict
    ]
    if verdict is Verdict.UNKNOWN or not reasons:
        reasons += _link_reasons(calls, verdict)
    if enabled is Ternary.UNKNOWN:
        reasons.append(_Reason("Whether ECS Exec is enabled is not known.", proof.site.where))
        verdict = Verdict.UNKNOWN
    if stage == "start" and isinstance(proof.site.task_definition, Unknown) and verdict is not Verdict.FAIL:
        reason = f"The task definition is not known: {proof.site.task_definition.reason}."
        return _Outcome(Verdict.UNKNOWN, (_Reason(reason, proof.site.where), *reasons))
    return _Outcome(verdict, tuple(dict.fromkeys(reasons)))


def _link_reasons(calls: "Iterable[CallProof]", verdict: Verdict) -> list[_Reason]:
    if verdict is Verdict.PASS:
        return []
    return [
        _Reason(link.text, link.where[0] if link.where else call.call.where)
        for call in calls
        if call.verdict is verdict
        for link in _telling(call.evidence, verdict)
    ]


def _telling(evidence: Iterable[Link], verdict: Verdict) -> list[Link]:
    """The links that decide. Of what is open, the first of each kind: those after it are open because it is."""
    links = [link for link in evidence if link.verdict is verdict]
    if verdict is Verdict.FAIL:
        return links
    first = {link.kind: link for link in reversed(links)}
    return [link for link in links if first[link.kind] is link]


def _merge_outcomes(site: Where, outcomes: Mapping[Assignment, _Outcome], questions: dict[str, OpenQuestion]) -> Answer:
    verdict, under = _merge_verdicts({assignment: outcome.verdict for assignment, outcome in outcomes.items()})
    if verdict in (Verdict.PASS, Verdict.OFF):
        return Answer(verdict)
    decisive = worst(outcome.verdict for outcome in outcomes.values())
    reasons = list(
        dict.fromkeys(
            reason for outcome in outcomes.values() if outcome.verdict is decisive for reason in outcome.reasons
        )
    )
    if decisive is Verdict.UNKNOWN:
        # What a rule leaves open is listed as its finding.
        for reason in (reason for reason in reasons if reason.rule is None):
            known = questions.setdefault(reason.text, OpenQuestion(reason.text, reason.where))
            if site not in known.launch_sites:
                questions[reason.text] = replace(known, launch_sites=(*known.launch_sites, site))
    prefix = f"If {conditions(under)}: " if under else ""
    return Answer(verdict, tuple(prefix + reason.text for reason in reasons))


def _merge_verdicts(verdicts: Mapping[Assignment, Verdict]) -> tuple[Verdict, Assignment]:
    """One verdict, and under which conditions it is not PASS, when not under all."""
    given = set(verdicts.values())
    if len(given) == 1:
        return given.pop(), ()
    decisive = worst(given)
    if decisive is Verdict.PASS:
        return Verdict.PASS, ()
    failing = [assignment for assignment, verdict in verdicts.items() if verdict is decisive]
    return Verdict.UNKNOWN, when(failing, verdicts)


def _merge_calls(cases: "list[tuple[Case, SiteProof]]") -> tuple[ProvenCall, ...]:
    made: dict[ProvenCall, dict[Assignment, CallProof]] = {}
    for case, proof in cases:
        for call in proof.calls:
            of_case = made.setdefault(_call(call), {})
            # A container may ask twice for one thing: the worse answer counts.
            if case.assignment not in of_case or call.verdict is worst(
                (call.verdict, of_case[case.assignment].verdict)
            ):
                of_case[case.assignment] = call
    return tuple(_merge_call(call, proofs, [case.assignment for case, _ in cases]) for call, proofs in made.items())


def _merge_call(call: ProvenCall, proofs: "Mapping[Assignment, CallProof]", feasible: list[Assignment]) -> ProvenCall:
    # Where it is not made, it does not fail.
    verdicts = {item: proofs[item].verdict if item in proofs else Verdict.PASS for item in feasible}
    verdict, under = _merge_verdicts(verdicts)
    decisive = worst(proof.verdict for proof in proofs.values())
    shown = next(proof for proof in proofs.values() if proof.verdict is decisive)
    return replace(call, verdict=verdict, evidence=shown.evidence, assignment=under)


def _call(proof: "CallProof") -> ProvenCall:
    call = proof.call
    return ProvenCall(
        stage=call.stage,
        purpose=call.purpose.value,
        caller=call.caller,
        container=call.container,
        actions=tuple(call.actions),
        resource=str(call.resource),
        endpoint=_endpoint(call.destination),
        verdict=Verdict.PASS,
        evidence=(),
    )


def _endpoint(destination: "Destination | Unknown | None") -> str | None:
    match destination:
        case AwsService(endpoint, None):
            return endpoint.value
        case AwsService(endpoint, region):
            return f"{endpoint.value} in {region}"
        case InternetHost(host, port):
            return f"{host}:{port}"
        case Peer():
            return f"{destination.name}:{destination.port}"
    return None if destination is None else str(destination)


def _merge_group(group: list[list[Finding]], cases: Sequence[Case]) -> list[Finding]:
    """Merge findings of one rule on one resource; one list per case."""
    sites = {site for findings in group for finding in findings for site in finding.launch_sites}
    where = next(finding for findings in group for finding in findings).where
    relevant = [index for index, case in enumerate(cases) if group[index] or _possible(case, where, sites)]
    by_message: dict[str, dict[int, Finding]] = {}
    for index in relevant:
        for finding in group[index]:
            by_message.setdefault(finding.message, {})[index] = finding
    certain = [index for index in relevant if any(finding.verdict is Verdict.FAIL for finding in group[index])]
    merged = []
    for found in by_message.values():
        failing = [index for index, finding in found.items() if finding.verdict is Verdict.FAIL]
        if len(failing) == len(relevant):
            merged.append(_united(found.values(), Verdict.FAIL, ()))
        else:
            under = [cases[index].assignment for index in failing or found]
            literals = when(under, (cases[index].assignment for index in relevant))
            merged.append(_united(found.values(), Verdict.UNKNOWN, literals))
    if len(certain) == len(relevant) and all(finding.verdict is not Verdict.FAIL for finding in merged):
        # It fails in every case, only in other words: one of them is enough.
        first = next(finding for finding in group[certain[0]] if finding.verdict is Verdict.FAIL)
        united = (finding for findings in group for finding in findings)
        return [replace(_united(united, Verdict.FAIL, ()), message=first.message, symptom=first.symptom, fix=first.fix)]
    return merged


def _possible(case: Case, where: Where, sites: set[Where]) -> bool:
    """Whether a finding could stand in a case: its resource exists, and one of the launch sites that it names."""
    exists = not where.logical_id or case.graph.resource(where.template, where.logical_id) is not None
    return exists and (not sites or any(proof.site.where in sites for proof in case.proofs))


def _united(findings: Iterable[Finding], verdict: Verdict, assignment: Assignment) -> Finding:
    all_ = list(findings)
    sites = tuple(dict.fromkeys(site for finding in all_ for site in finding.launch_sites))
    return replace(all_[0], verdict=verdict, launch_sites=sites, assignment=assignment)
