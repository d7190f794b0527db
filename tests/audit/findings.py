"""What checkers say, as values."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple


class Key(NamedTuple):
    """What a finding is known by: the same rule on the same resource is the same finding in every variant."""

    checker: str
    rule: str
    resource: str
    """The construct's path; of what is no construct, the stack's name and the name in the template."""


@dataclass(frozen=True)
class Finding:
    """A rule's objection to a resource.

    Args:
        key: what it is known by.
        message: what the checker says, in a line.
    """

    key: Key
    message: str


@dataclass(frozen=True)
class Outcome:
    """What one checker says of all variants.

    Args:
        checker: its name, as exceptions and the table have it.
        judged: what it looked at, with its number: a checker that looked at nothing has no findings either.
        findings: by variant.
        acknowledged: what is acknowledged in code, on the resource itself, with the reason; by variant.
    """

    checker: str
    judged: str
    findings: Mapping[str, Mapping[Key, Finding]]
    acknowledged: Mapping[str, Mapping[Key, str]] = field(default_factory=dict)


def by_variant(found: Iterable[tuple[str, Finding]]) -> dict[str, dict[Key, Finding]]:
    """Sort findings by variant; of those with the same key, the first one speaks."""
    sorted_: dict[str, dict[Key, Finding]] = {}
    for variant, finding in found:
        sorted_.setdefault(variant, {}).setdefault(finding.key, finding)
    return sorted_


def one_line(message: str, limit: int = 300) -> str:
    """A message without line breaks, cut where it becomes a list of all that would be allowed."""
    line = " ".join(message.split())
    return line if len(line) <= limit else f"{line[:limit]}..."
