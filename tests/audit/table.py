"""The audit's result for a reader: a table for the terminal, and a page for review."""

from collections.abc import Iterable, Sequence

from tests.audit.audit import Timed
from tests.audit.exceptions import Verdict
from tests.audit.findings import Key, Outcome
from tests.tables import code, grid, table, text

LEGEND = "Each cell: findings without a reason / findings with one (an exception, or an acknowledgement in code)."
_INTRODUCTION = f"""\
# What the checkers say of the sample app

`make audit` writes this page. {LEGEND}
"""


def terminal(timed: Sequence[Timed], verdict: Verdict, variants: Sequence[str]) -> str:
    """The table with the time of each checker, and what it takes to pass."""
    rows = [
        [each.outcome.checker, *_cells(each.outcome, verdict, variants), f"{each.seconds:.1f}", each.outcome.judged]
        for each in timed
    ]
    heads = ["Checker", *(variant.replace("-", "\n") for variant in variants), "Seconds", "Judged"]
    lines = [*grid(heads, rows), "", LEGEND]
    lines += [f"matches nothing: {each.checker} {each.rule} {each.resource}" for each in verdict.unused]
    return "\n".join([*lines, *_left(verdict, variants)])


def markdown(outcomes: Sequence[Outcome], verdict: Verdict, variants: Sequence[str]) -> str:
    """The same without times, with each exception and each acknowledgement: equal for equal templates."""
    ordered = sorted(outcomes, key=lambda outcome: outcome.checker)
    rows = [[outcome.checker, outcome.judged, *_cells(outcome, verdict, variants)] for outcome in ordered]
    return "\n".join(
        [
            _INTRODUCTION,
            *table(["Checker", "Judged", *variants], rows),
            "\n## Exceptions\n",
            *table(["Checker", "Rule", "Resource", "Variants", "Reason"], _exceptions(verdict, variants)),
            "\n## Acknowledged in code\n",
            *table(["Resource", "Rules", "Variants", "Reason"], _acknowledged(ordered, variants)),
            "",
        ]
    )


def _left(verdict: Verdict, variants: Sequence[str]) -> list[str]:
    """A line for each finding without an exception, wherever it is."""
    found: dict[Key, tuple[str, set[str]]] = {}
    for (_, variant), findings in verdict.left.items():
        for finding in findings:
            found.setdefault(finding.key, (finding.message, set()))[1].add(variant)
    return [
        f"{key.checker} {key.rule} {key.resource} ({_where(places, variants)}): {message}"
        for key, (message, places) in sorted(found.items())
    ]


def _cells(outcome: Outcome, verdict: Verdict, variants: Sequence[str]) -> list[str]:
    return [
        f"{len(verdict.left.get((outcome.checker, variant), ()))}/"
        f"{len(verdict.covered.get((outcome.checker, variant), ())) + len(outcome.acknowledged.get(variant, ()))}"
        for variant in variants
    ]


def _exceptions(verdict: Verdict, variants: Sequence[str]) -> list[list[str]]:
    return [
        [each.checker, code(each.rule), code(each.resource), _where(found, variants), text(each.reason)]
        for each, found in verdict.variants.items()
    ]


def _acknowledged(outcomes: Sequence[Outcome], variants: Sequence[str]) -> list[list[str]]:
    """A row for each reason on a resource, with all rules that it is given to."""
    rules: dict[tuple[str, str], dict[str, set[str]]] = {}
    for outcome in outcomes:
        for variant, known in outcome.acknowledged.items():
            for key, reason in known.items():
                rules.setdefault((key.resource, reason), {}).setdefault(key.rule, set()).add(variant)
    rows = []
    for (resource, reason), found in sorted(rules.items()):
        places: dict[str, list[str]] = {}
        for rule, where in sorted(found.items()):
            places.setdefault(_where(where, variants), []).append(rule)
        rows += [[code(resource), ", ".join(map(code, names)), where, text(reason)] for where, names in places.items()]
    return rows


def _where(found: Iterable[str], variants: Sequence[str]) -> str:
    named = set(found)
    return "all" if named == set(variants) else ", ".join(variant for variant in variants if variant in named)
