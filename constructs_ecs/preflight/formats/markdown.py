"""The report for a pull request: tables that GitHub and GitLab show."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from constructs_ecs.preflight.findings import Finding
from constructs_ecs.preflight.formats import words
from constructs_ecs.preflight.formats.text import printable
from constructs_ecs.preflight.report import OpenQuestion, ProvenLaunchSite, Report

_SPECIAL: Final = re.compile(r"([\\`*_\[\]<>|~#@&])")


def as_markdown(report: Report, *, verbose: bool = False) -> str:
    """Write a report as Markdown; what a template holds is shown as it is, never as markup."""
    return "\n".join(_lines(report, verbose=verbose)) + "\n"


def _lines(report: Report, *, verbose: bool) -> Iterator[str]:
    yield f"### ECS preflight: {report.verdict.value}"
    yield ""
    yield _text(words.headline(report))
    if report.launch_sites:
        yield from _table(
            ("Launch site", "Kind", "Capacity", "Start", "Exec"), (_site(site) for site in report.launch_sites)
        )
    if report.findings:
        yield from _table(
            ("", "Rule", "Resource", "What is wrong", "On AWS", "Fix"),
            (_finding(finding, report) for finding in report.findings),
        )
    if report.unknowns:
        yield from _table(("Not decided", "Resource"), (_question(item, report) for item in report.unknowns))
        yield ""
        yield _text(words.SETTLE)
    if verbose:
        for site in report.launch_sites:
            yield from _evidence(site)


def _table(columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield ""
    yield _row(columns)
    yield _row("---" for _ in columns)
    yield from (_row(map(_text, row)) for row in rows)


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _site(site: ProvenLaunchSite) -> tuple[str, ...]:
    return site.name, site.kind, site.capacity, site.start.verdict.value, site.exec.verdict.value


def _finding(finding: Finding, report: Report) -> tuple[str, ...]:
    place = report.locate(finding.where)
    resource = f"{words.resource(finding.where, place)}, {words.position(place)}"
    sites = words.launch_sites(finding.launch_sites, report)
    message = f"{finding.message} {words.effect(finding)}: {sites}." if sites else finding.message
    return words.grade(finding), finding.rule, resource, message, finding.symptom, finding.fix


def _question(question: OpenQuestion, report: Report) -> tuple[str, ...]:
    if question.where is None:
        return words.question(question), ""
    place = report.locate(question.where)
    return words.question(question), f"{words.resource(question.where, place)}, {words.position(place)}"


def _evidence(site: ProvenLaunchSite) -> Iterator[str]:
    yield ""
    yield f"<details><summary>{_text(site.name)}</summary>"
    yield from _table(
        ("Call", "Link", "Verdict", "Evidence"),
        (
            (words.request(call), link.kind.value, link.verdict.value, link.text)
            for call in site.calls
            for link in call.evidence
        ),
    )
    yield ""
    yield "</details>"


def _text(text: str) -> str:
    """Spell text so that no character of it is markup, a mention or a new line."""
    return _SPECIAL.sub(r"\\\1", printable(" ".join(text.split())))
