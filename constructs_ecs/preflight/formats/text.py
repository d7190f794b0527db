"""The report for people at a terminal: a table by launch site, then what is wrong and what is open."""

import textwrap
from collections.abc import Iterable, Iterator
from typing import Final

from constructs_ecs.preflight.findings import Finding, Link, Verdict
from constructs_ecs.preflight.formats import words
from constructs_ecs.preflight.report import OpenQuestion, ProvenLaunchSite, Report

_WIDTH: Final = 110
_LABEL: Final = 12
_COLUMNS: Final = ("Launch site", "Kind", "Capacity", "Start", "Exec")
_COLOURS: Final = {"PASS": 32, "FAIL": 31, "UNKNOWN": 33, "WARNING": 33, "NOTE": 36, "OFF": 2}


def as_text(report: Report, *, verbose: bool = False, colour: bool = False) -> str:
    """Write a report as text; control characters that a template holds are spelled out."""
    return "\n".join(_lines(report, _Ink(on=colour), verbose=verbose)) + "\n"


class _Ink:
    def __init__(self, *, on: bool) -> None:
        self._on = on

    def __call__(self, word: str, *, width: int = 0) -> str:
        padding = " " * (width - len(word))
        return f"\033[{_COLOURS[word]}m{word}\033[0m{padding}" if self._on else word + padding


def _lines(report: Report, ink: _Ink, *, verbose: bool) -> Iterator[str]:
    yield printable(words.headline(report))
    if report.launch_sites:
        yield ""
        yield from _table(report.launch_sites, ink)
    if verbose:
        for site in report.launch_sites:
            yield from _evidence(site, ink)
        for note in report.assumed:
            yield from field("Assumed", note)
    for finding in report.findings:
        yield from _finding(finding, report, ink)
    for question in report.unknowns:
        yield from _question(question, report, ink)
    if report.unknowns:
        yield ""
        yield words.SETTLE


def _table(sites: Iterable[ProvenLaunchSite], ink: _Ink) -> Iterator[str]:
    rows = [tuple(map(printable, (site.name, site.kind, site.capacity))) for site in sites]
    widths = [max(map(len, column)) for column in zip(_COLUMNS[:3], *rows, strict=True)]
    verdict = len(Verdict.UNKNOWN.value)

    def line(cells: Iterable[str], start: str, exec_: str) -> str:
        left = "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
        return f"{left}  {start}  {exec_}"

    yield line(_COLUMNS[:3], _COLUMNS[3].ljust(verdict), _COLUMNS[4])
    yield line(("-" * width for width in widths), "-" * verdict, "-" * verdict)
    for row, site in zip(rows, sites, strict=True):
        yield line(row, ink(site.start.verdict.value, width=verdict), ink(site.exec.verdict.value))


def _evidence(site: ProvenLaunchSite, ink: _Ink) -> Iterator[str]:
    yield ""
    yield printable(site.name)
    for call in site.calls:
        yield from _hanging(f"  {ink(call.verdict.value, width=9)}", words.request(call), 11)
        for link in call.evidence:
            yield from _hanging(f"    {ink(link.verdict.value, width=9)}", _link(link), 13)


def _link(link: Link) -> str:
    code = f" [{link.explanation}]" if link.explanation else ""
    where = f" ({', '.join(map(str, link.where))})" if link.where else ""
    return f"{link.kind.value}: {link.text}{where}{code}"


def _finding(finding: Finding, report: Report, ink: _Ink) -> Iterator[str]:
    place = report.locate(finding.where)
    resource = printable(words.resource(finding.where, place))
    yield ""
    yield f"{ink(words.grade(finding))} {finding.rule} {resource}, {printable(words.position(place))}"
    yield from field("", finding.message)
    if finding.launch_sites:
        yield from field(words.effect(finding), words.launch_sites(finding.launch_sites, report))
    yield from field("On AWS", finding.symptom)
    yield from field("Fix", finding.fix)
    yield from field("Source", finding.source)


def _question(question: OpenQuestion, report: Report, ink: _Ink) -> Iterator[str]:
    where = ""
    if question.where is not None:
        place = report.locate(question.where)
        where = f" {words.resource(question.where, place)}, {words.position(place)}"
    yield ""
    yield f"{ink(Verdict.UNKNOWN.value)}{printable(where)}"
    yield from field("", words.question(question))
    if question.launch_sites:
        yield from field("Asked by", words.launch_sites(question.launch_sites, report))


def field(label: str, text: str) -> Iterator[str]:
    """Write a labelled text, wrapped behind its label."""
    if label:
        yield from _hanging("  " + label.ljust(_LABEL - 2), text, _LABEL)
    else:
        yield from _hanging("  ", text, 2)


def _hanging(start: str, text: str, indent: int) -> Iterator[str]:
    """Wrap text behind a start that may hold colours, and indent what follows."""
    lines = textwrap.wrap(printable(text), _WIDTH - indent, break_long_words=False, break_on_hyphens=False) or [""]
    yield start + lines[0]
    yield from (" " * indent + line for line in lines[1:])


def printable(text: str) -> str:
    """Spell out what a terminal would act on or cannot show."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)
