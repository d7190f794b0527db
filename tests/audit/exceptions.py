"""What is known and right to stay: one line each in `exceptions.toml`, with the reason."""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final

from tests.audit.findings import Finding, Key, Outcome

FILE: Final = Path(__file__).with_name("exceptions.toml")


class ExceptionsError(Exception):
    """A line that is no exception, or the same one twice."""


@dataclass(frozen=True)
class Excepted:
    """Findings that are right to stay.

    Args:
        checker: whose.
        rule: of which rule.
        resource: on which resources: a construct's path, in which `*` stands for any text.
        reason: why.
    """

    checker: str
    rule: str
    resource: str
    reason: str

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if not isinstance(value, str) or not value.strip():
                raise ExceptionsError(f"{field.name} is text that says something; got {value!r} in {self}")

    def covers(self, key: Key) -> bool:
        """Whether a finding is one of these."""
        return (self.checker, self.rule) == (key.checker, key.rule) and fnmatchcase(key.resource, self.resource)


@dataclass(frozen=True)
class Verdict:
    """Findings and exceptions held against each other.

    Args:
        left: findings that no exception covers, by checker and variant.
        covered: findings that one does, likewise.
        variants: where each exception is needed; nowhere if it matches nothing.
    """

    left: Mapping[tuple[str, str], Sequence[Finding]]
    covered: Mapping[tuple[str, str], Sequence[Finding]]
    variants: Mapping[Excepted, frozenset[str]]

    @property
    def unused(self) -> list[Excepted]:
        """The exceptions that match nothing."""
        return [exception for exception, variants in self.variants.items() if not variants]

    @property
    def passed(self) -> bool:
        """Whether each finding has its exception, and each exception a finding."""
        return not self.unused and not any(self.left.values())


def load(file: Path = FILE) -> list[Excepted]:
    """Read the exceptions.

    Raises:
        ExceptionsError: a line lacks something, has too much, or is there twice.
    """
    lines = tomllib.loads(file.read_text()).get("exceptions", [])
    expected = {field.name for field in fields(Excepted)}
    for line in lines:
        if line.keys() != expected:
            raise ExceptionsError(f"an exception has {', '.join(sorted(expected))}; got {line}")
    exceptions = [Excepted(**line) for line in lines]
    known = {(each.checker, each.rule, each.resource) for each in exceptions}
    if len(known) != len(exceptions):
        raise ExceptionsError(f"{len(exceptions) - len(known)} exceptions are there twice")
    return exceptions


def judge(outcomes: Iterable[Outcome], exceptions: Sequence[Excepted]) -> Verdict:
    """Hold what the checkers found against what is known."""
    left: dict[tuple[str, str], list[Finding]] = {}
    covered: dict[tuple[str, str], list[Finding]] = {}
    variants: dict[Excepted, set[str]] = {exception: set() for exception in exceptions}
    for outcome in outcomes:
        for variant, findings in outcome.findings.items():
            for key, finding in sorted(findings.items()):
                covering = [exception for exception in exceptions if exception.covers(key)]
                (covered if covering else left).setdefault((outcome.checker, variant), []).append(finding)
                for exception in covering:
                    variants[exception].add(variant)
    return Verdict(left, covered, {exception: frozenset(where) for exception, where in variants.items()})
