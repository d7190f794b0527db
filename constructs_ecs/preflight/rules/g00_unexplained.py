"""G00: what no other rule explains, so that nothing that fails goes without a finding."""

from collections.abc import Iterable, Iterator

from constructs_ecs.preflight.findings import Finding, Severity, Verdict, Where
from constructs_ecs.preflight.rules.base import AT_STAGE, Context, Rule

_LONGEST = 500
"""So many characters of an error are said."""


class Unexplained(Rule):
    """A call fails that no other rule explains. The engine asks it last, and when the analysis itself fails."""

    id = "G00"
    severity = Severity.START
    statement = "A call fails for a reason that no other rule explains, or the analysis itself failed."
    symptom = "The task does not start, or ECS Exec does not connect."
    decided_by = "The evidence of the call; see it with -v."
    fix = "Follow the evidence and mend {the resource} that breaks the chain."
    source = "constructs-ecs, preflight"

    def check(self, context: Context) -> Iterator[Finding]:
        """Explain the failing calls that no :class:`CallRule` has explained in this context."""
        return self.explain(context, frozenset())

    def explain(self, context: Context, named: frozenset[tuple[Where, bool]]) -> Iterator[Finding]:
        """As :meth:`check`, but for launch sites that a rule of another kind has named.

        Args:
            context: what the rules looked at.
            named: launch sites, and whether it was for ECS Exec.
        """
        for proof in context.proofs:
            for call in proof.calls:
                stage = call.call.stage
                known = id(call) in context.explained or (proof.site.where, stage == "exec") in named
                if call.verdict is not Verdict.FAIL or known:
                    continue
                links = [link for link in call.evidence if link.verdict is Verdict.FAIL]
                where = next((place for link in links for place in link.where), call.call.where)
                text = " ".join(link.text for link in links)
                yield self.finding(
                    where,
                    f"{call.call.purpose.value}, by the {call.call.caller}: {text or 'it fails.'}",
                    launch_sites=(proof.site.where,),
                    severity=AT_STAGE.get(stage, Severity.WARNING),
                )

    def broken(self, where: Where, error: Exception, what: str = "The analysis itself failed") -> Finding:
        """Say that there is an error in this library: a finding, never a pass."""
        return self.finding(
            where,
            f"{what}: {type(error).__name__}: {' '.join(str(error).split())[:_LONGEST]}",
            symptom="Not known.",
            fix="Report it, with the template, to the authors of constructs-ecs.",
        )


def names(findings: Iterable[Finding]) -> frozenset[tuple[Where, bool]]:
    """The launch sites that findings give a reason for, and whether for ECS Exec."""
    return frozenset(
        (site, finding.severity is Severity.EXEC)
        for finding in findings
        if finding.verdict is Verdict.FAIL and finding.severity is not Severity.NOTE
        for site in finding.launch_sites
    )
