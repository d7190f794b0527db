"""What a rule is, what it may look at, and the common case: a call that fails for a reason that the rule explains.

Write a rule as one class in one file, ``rules/n01_ecr_api_endpoint.py``, and register an instance in
``rules/__init__.py``. A rule looks at :class:`Context` and yields findings made by :meth:`Rule.finding`. It never
yields FAIL for something unknown. An exception in a rule becomes a finding of that rule, never a pass.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, Final

from constructs_ecs.preflight.findings import Fault, Finding, Link, Severity, Verdict, Where

if TYPE_CHECKING:
    from constructs_ecs.preflight.calls import Call, Purpose
    from constructs_ecs.preflight.iam.authority import Authority
    from constructs_ecs.preflight.launch_sites import LaunchSite
    from constructs_ecs.preflight.proof import CallProof, SiteProof
    from constructs_ecs.preflight.task_definition import TaskDefinition
    from constructs_ecs.preflight.templates.graph import Graph, Resource
    from constructs_ecs.preflight.topology import Topology

_NAMED = re.compile(r"(?<!\$)\{([^{}]+)\}")
"""A noun in braces; what has a dollar sign before it is a symbol, as in a template."""
AT_STAGE: Final = {"start": Severity.START, "exec": Severity.EXEC}
"""What it means that a call of a stage fails; later calls leave the task running, without what they are for."""
_SHOWN = 3
"""So many different things said of one resource are spelled out."""


@dataclass(frozen=True)
class Context:
    """What a rule may look at: one graph, under one assignment of conditions, and what is proven of it.

    Args:
        graph: the resources.
        topology: who reaches whom.
        authority: who may do what.
        proofs: the launch sites with their calls, each proven or refuted.
        explained: the failing calls that a :class:`CallRule` has explained, by identity; for G00 only.
    """

    graph: "Graph"
    topology: "Topology"
    authority: "Authority"
    proofs: "tuple[SiteProof, ...]"
    explained: set[int] = field(default_factory=set, compare=False, repr=False)

    def failures(self, purposes: "Iterable[Purpose]", faults: Iterable[Fault]) -> "Iterator[Failure]":
        """Each link that breaks a call: of these purposes, for one of these faults."""
        wanted, explained = frozenset(purposes), frozenset(faults)
        for proof in self.proofs:
            for call in proof.calls:
                if call.verdict is Verdict.FAIL and call.call.purpose in wanted:
                    broken = (link for link in call.evidence if link.verdict is Verdict.FAIL)
                    yield from (Failure(proof, call, link) for link in broken if link.fault in explained)

    def launch_sites(self, wanted: "Callable[[LaunchSite], bool]") -> tuple[Where, ...]:
        """Where the launch sites are that answer to a test."""
        return tuple(proof.site.where for proof in self.proofs if wanted(proof.site))

    def launch_sites_of(self, task_definition: "Resource") -> tuple[Where, ...]:
        """Where a task definition is launched."""
        return tuple(site.where for site in self.sites_of(task_definition))

    def sites_of(self, task_definition: "Resource") -> "tuple[LaunchSite, ...]":
        """The launch sites of a task definition."""
        return tuple(self._sites_of.get((task_definition.template, task_definition.logical_id), ()))

    @cached_property
    def task_definitions(self) -> "tuple[TaskDefinition, ...]":
        """What the templates can run: task definitions, those of daemons, and Express Mode services."""
        from constructs_ecs.preflight.task_definition import (  # noqa: PLC0415 - loads the analysis
            DAEMON,
            EXPRESS,
            read_task_definition,
        )

        found = self.graph.resources("AWS::ECS::TaskDefinition", DAEMON, EXPRESS)
        return tuple(read_task_definition(self.graph, resource) for resource in found)

    @cached_property
    def _sites_of(self) -> "dict[tuple[str, str], list[LaunchSite]]":
        sites: dict[tuple[str, str], list[LaunchSite]] = {}
        for proof in self.proofs:
            where = getattr(proof.site.task_definition, "where", None)
            if isinstance(where, Where):
                sites.setdefault((where.template, where.logical_id), []).append(proof.site)
        return sites

    def launch_sites_in(self, cluster: "Resource") -> tuple[Where, ...]:
        """Which launch sites use a cluster."""
        return self.launch_sites(lambda site: _is(site.cluster, cluster))


@dataclass(frozen=True)
class Failure:
    """One broken link of one call of one launch site.

    Args:
        site: the launch site and its calls.
        proof: the call that fails.
        link: what breaks it.
    """

    site: "SiteProof"
    proof: "CallProof"
    link: Link

    @property
    def call(self) -> "Call":
        """The call that fails."""
        return self.proof.call

    @property
    def where(self) -> Where:
        """The decisive resource: the link's first, else the one that makes the call."""
        return self.link.where[0] if self.link.where else self.call.where

    @property
    def launch_site(self) -> Where:
        """Where the task is launched."""
        return self.site.site.where


class Rule(ABC):
    """A fault that can be told from the templates.

    A subclass states the class attributes. In ``fix``, braces hold what is to be changed: a fix of
    ``Add an endpoint for logs to {the VPC}.`` reads ``... to the VPC`` in general and ``... to the VPC Vpc8378EB38`` in
    a finding.
    """

    id: ClassVar[str]
    """``N01``; never used again for another rule."""
    severity: ClassVar[Severity]
    """What it means for a task, if a finding does not say otherwise."""
    statement: ClassVar[str]
    """The fault, in a sentence."""
    symptom: ClassVar[str]
    """What the user would see on AWS."""
    decided_by: ClassVar[str]
    """The properties that decide it, and when it does not apply."""
    fix: ClassVar[str]
    """What to do, in a sentence."""
    source: ClassVar[str]
    """The page or the document that it rests on."""

    @abstractmethod
    def check(self, context: Context) -> Iterator[Finding]:
        """Find the fault."""

    def finding(
        self,
        where: Where,
        message: str,
        *,
        launch_sites: Iterable[Where] = (),
        severity: Severity | None = None,
        verdict: Verdict = Verdict.FAIL,
        symptom: str | None = None,
        fix: str | None = None,
    ) -> Finding:
        """Make a finding of this rule.

        Args:
            where: the resource to change.
            message: what is wrong here, in a sentence.
            launch_sites: the launch sites that it stops or endangers.
            severity: the rule's own by default.
            verdict: FAIL, or UNKNOWN where the templates do not decide.
            symptom: the rule's own by default.
            fix: the rule's own by default; braces as there.
        """
        return Finding(
            rule=self.id,
            severity=self.severity if severity is None else severity,
            verdict=verdict,
            where=where,
            message=message,
            symptom=self.symptom if symptom is None else symptom,
            fix=_NAMED.sub(lambda noun: f"{noun[1]} {where.logical_id}".rstrip(), self.fix if fix is None else fix),
            source=self.source,
            launch_sites=tuple(dict.fromkeys(launch_sites)),
        )

    def general_fix(self) -> str:
        """The fix, of no resource in particular."""
        return _NAMED.sub(r"\1", self.fix)


class CallRule(Rule):
    """A rule that explains why calls fail: one finding per decisive resource, with all launch sites that it breaks.

    What breaks the start, what breaks ECS Exec only and what breaks a running task are findings of their own, of
    severity START, EXEC and WARNING, unless the rule's own severity is neither of the first two.
    """

    purposes: "ClassVar[frozenset[Purpose]]"
    """Which calls it looks at."""
    faults: ClassVar[frozenset[Fault]]
    """Which broken links it explains."""

    def check(self, context: Context) -> Iterator[Finding]:
        """Group the failures that this rule explains by the resource that decides them."""
        groups: dict[tuple[str, str, str], list[Failure]] = {}
        for failure in self.failures(context):
            if self.explains(failure, context):
                where = self.decisive(failure)
                key = (where.template, where.logical_id, failure.call.stage)
                groups.setdefault(key, []).append(failure)
                context.explained.add(id(failure.proof))
        for failures in groups.values():
            yield self.finding(
                self.decisive(failures[0]),
                self.message(failures),
                launch_sites=(failure.launch_site for failure in failures),
                severity=self.severity_of(failures),
                symptom=self.symptom_of(failures),
                fix=self.fix_of(failures),
            )

    def failures(self, context: Context) -> "Iterator[Failure]":
        """Yield the broken links to look at; those that make a call of these purposes fail by default."""
        yield from context.failures(self.purposes, self.faults)

    def explains(self, failure: Failure, context: Context) -> bool:  # noqa: ARG002 - for subclasses
        """Whether the rule is about this failure; about all of its purposes and faults by default."""
        return True

    def decisive(self, failure: Failure) -> Where:
        """The resource to change; that of the broken link by default."""
        return failure.where

    def message(self, failures: Sequence[Failure]) -> str:
        """Say what is wrong with a resource; what the broken links say by default, each once."""
        return sentence(failure.link.text for failure in failures)

    def symptom_of(self, failures: Sequence[Failure]) -> str:  # noqa: ARG002 - for subclasses
        """What the user would see; the rule's symptom by default."""
        return self.symptom

    def fix_of(self, failures: Sequence[Failure]) -> str:  # noqa: ARG002 - for subclasses
        """What to do; the rule's fix by default. Braces as there."""
        return self.fix

    def severity_of(self, failures: Sequence[Failure]) -> Severity:
        """What the failures mean; decided by the stage of the calls by default."""
        return self.severity_at(failures[0].call.stage)

    def severity_at(self, stage: str) -> Severity:
        """What it means that a call of this stage fails."""
        if self.severity in (Severity.START, Severity.EXEC):
            return AT_STAGE.get(stage, Severity.WARNING)
        return self.severity


def sentence(texts: Iterable[str]) -> str:
    """Say several things of one resource in a sentence, each once; many are counted."""
    said = list(dict.fromkeys(text.rstrip(".") for text in texts))
    more = f"; and {len(said) - _SHOWN} more" if len(said) > _SHOWN else ""
    return f"{'; '.join(said[:_SHOWN])}{more}."


def _is(resource: object, other: "Resource") -> bool:
    where = getattr(resource, "where", None)
    return isinstance(where, Where) and (where.template, where.logical_id) == (
        other.where.template,
        other.where.logical_id,
    )
