"""The report: what is proven of each launch site, what is wrong, and what the templates leave open, as values."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from constructs_ecs.preflight.findings import Finding, Link, Severity, Verdict, Where

VERSION: Final = 1
"""The version of the report's JSON shape; it grows when a reader of the former shape would break."""

BLOCKING: Final = frozenset({Severity.START, Severity.EXEC, Severity.DEPLOY})
"""The severities that make a finding count; a warning or a note is only shown."""

Assignment = tuple[tuple[str, bool], ...]
"""Conditions and their values: ``(("Stack#IsProduction", True),)``."""


@dataclass(frozen=True)
class Place:
    """Where something is for a reader: in which file and line, and which construct made it.

    Args:
        file: the template's path as it was read.
        line: the line, from one; unknown where the resource is not written there.
        construct_path: the CDK's path of the construct; only templates with the CDK's metadata have it.
    """

    file: str
    line: int | None = None
    construct_path: str | None = None


@dataclass(frozen=True)
class Answer:
    """Whether something will work.

    Args:
        verdict: what is proven.
        reasons: why it is not PASS, each in a sentence.
    """

    verdict: Verdict
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True)
class ProvenCall:
    """A call that a launch site must make.

    Args:
        stage: ``start`` or ``exec``: what fails with it.
        purpose: what it is for.
        caller: who makes it, ``execution role`` for instance.
        container: the container that it is made for, if one.
        actions: the IAM actions.
        resource: the ARN or the host.
        endpoint: the service and its name, or the host and its port; None where nothing is called over a network.
        verdict: what is proven.
        evidence: the chain that shows it.
        assignment: the conditions under which the verdict does not hold good, when not under all.
    """

    stage: str
    purpose: str
    caller: str
    container: str | None
    actions: tuple[str, ...]
    resource: str
    endpoint: str | None
    verdict: Verdict
    evidence: tuple[Link, ...]
    assignment: Assignment = ()


@dataclass(frozen=True)
class ProvenLaunchSite:
    """A place where tasks are launched, and what will become of them.

    Args:
        where: the service, rule target, schedule or state.
        construct_path: the CDK's path of the construct, if known.
        kind: what launches.
        capacity: what it runs on.
        start: whether the task will start.
        exec: whether ECS Exec will work; OFF where it is not enabled.
        calls: every call that the task must make.
    """

    where: Where
    construct_path: str | None
    kind: str
    capacity: str
    start: Answer
    exec: Answer
    calls: tuple[ProvenCall, ...]

    @property
    def name(self) -> str:
        """What a reader calls it: the construct's path, else template and logical id."""
        path = str(Where("", "", self.where.property_path))[1:]
        return f"{self.construct_path}{path}" if self.construct_path else str(self.where)


@dataclass(frozen=True)
class OpenQuestion:
    """What the templates do not decide.

    Args:
        message: what is not known, in a sentence.
        where: the resource that leaves it open, if one.
        launch_sites: the launch sites whose verdict hangs on it.
        finding: the finding that would follow, if a rule asks.
        assignment: the conditions under which it would be a fault.
    """

    message: str
    where: Where | None = None
    launch_sites: tuple[Where, ...] = ()
    finding: Finding | None = None
    assignment: Assignment = ()

    @property
    def blocking(self) -> bool:
        """Whether a launch could fail of it; a warning that is not certain could not."""
        return self.finding is None or self.finding.severity in BLOCKING


@dataclass(frozen=True)
class Report:
    """What the preflight answers.

    Args:
        launch_sites: each launch site in the templates, in their order.
        findings: what is wrong, the gravest first.
        unknowns: what the templates leave open.
        templates: the names of the templates that were read.
        assumed: what was taken for granted: the defaults of parameters, and whose account a literal one is.
        locate: finds a place in the files; lines are counted only when asked for.
    """

    launch_sites: tuple[ProvenLaunchSite, ...]
    findings: tuple[Finding, ...]
    unknowns: tuple[OpenQuestion, ...]
    templates: tuple[str, ...] = ()
    assumed: tuple[str, ...] = ()
    locate: Callable[[Where], Place] = field(default=lambda where: Place(where.template), compare=False, repr=False)

    @property
    def verdict(self) -> Verdict:
        """FAIL if a launch or ECS Exec will fail or a resource be refused, else UNKNOWN if something is open."""
        answers = {answer.verdict for site in self.launch_sites for answer in (site.start, site.exec)}
        if Verdict.FAIL in answers or any(finding.severity in BLOCKING for finding in self.findings):
            return Verdict.FAIL
        open_ = Verdict.UNKNOWN in answers or any(question.blocking for question in self.unknowns)
        return Verdict.UNKNOWN if open_ else Verdict.PASS

    @cached_property
    def names(self) -> Mapping[Where, str]:
        """What a reader calls each launch site."""
        return {site.where: site.name for site in self.launch_sites}


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """FAIL before UNKNOWN before PASS; PASS of none."""
    given = set(verdicts)
    return next((verdict for verdict in (Verdict.FAIL, Verdict.UNKNOWN) if verdict in given), Verdict.PASS)


def conditions(assignment: Assignment) -> str:
    """Say an assignment: ``Stack#IsProduction is true and ...``."""
    return " and ".join(f"{name} is {str(value).lower()}" for name, value in assignment)
