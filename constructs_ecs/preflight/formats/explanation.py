"""A rule, and all of them, for people."""

from collections.abc import Iterable, Iterator
from typing import Final

from constructs_ecs.preflight.findings import Severity
from constructs_ecs.preflight.formats.text import field
from constructs_ecs.preflight.rules.base import Rule

_MEANINGS: Final = {
    Severity.START: "the task does not start",
    Severity.EXEC: "ECS Exec does not work",
    Severity.DEPLOY: "CloudFormation or ECS refuses it",
    Severity.WARNING: "it may fail",
    Severity.NOTE: "worth knowing",
}


def explain(rule: Rule) -> str:
    """Say what a rule finds, why it matters, what the user would see, what to do, and who says so."""
    return "\n".join(_explanation(rule)) + "\n"


def listing(rules: Iterable[Rule]) -> str:
    """One line for each rule: id, what it means, what it finds."""
    width = max(map(len, _MEANINGS.values()))
    return "".join(f"{rule.id}  {_MEANINGS[rule.severity]:{width}}  {rule.statement}\n" for rule in rules)


def _explanation(rule: Rule) -> Iterator[str]:
    meaning = _MEANINGS[rule.severity]
    yield f"{rule.id}: {meaning}"
    yield ""
    yield from field("What", rule.statement)
    yield from field("Why", f"{meaning[0].upper()}{meaning[1:]}. Decided by: {rule.decided_by}")
    yield from field("On AWS", rule.symptom)
    yield from field("Fix", rule.general_fix())
    yield from field("Source", rule.source)
