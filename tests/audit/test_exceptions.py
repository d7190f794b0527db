from dataclasses import replace
from pathlib import Path

import pytest

from tests.audit.__main__ import conclude
from tests.audit.audit import Timed
from tests.audit.exceptions import Excepted, ExceptionsError, judge, load

VARIANTS = ("broken", "again")
LINE = '{ checker = "checkov", rule = "CKV_AWS_18", resource = "*/Bucket", reason = "Nobody reads it." }'


def every_exception(judged: list[Timed]) -> list[Excepted]:
    """One for each finding of all checkers."""
    keys = {key for each in judged for findings in each.outcome.findings.values() for key in findings}
    return [Excepted(*key, reason="It is broken on purpose.") for key in sorted(keys)]


def audit(judged: list[Timed], exceptions: list[Excepted], page: Path) -> int:
    """The second run: the first one writes the page."""
    conclude(judged, exceptions, VARIANTS, page)
    return conclude(judged, exceptions, VARIANTS, page)


def test_the_audit_passes_when_each_finding_has_an_exception(judged: list[Timed], tmp_path: Path) -> None:
    assert audit(judged, every_exception(judged), tmp_path / "audit.md") == 0


@pytest.mark.parametrize(
    "checker", ["cdk-nag", "cdk-validator", "cfn-guard", "cfn-lint", "checkov", "parliament", "preflight"]
)
def test_a_finding_without_an_exception_fails(
    judged: list[Timed], checker: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    exceptions = every_exception(judged)
    left_out = next(each for each in exceptions if each.checker == checker)
    exceptions.remove(left_out)

    assert audit(judged, exceptions, tmp_path / "audit.md") == 1
    assert f"{checker} {left_out.rule} {left_out.resource} (all): " in capsys.readouterr().out


@pytest.mark.parametrize(
    "change", [{"checker": "cfn-nag"}, {"rule": "CKV_AWS_0"}, {"resource": "Broken/Bucket/Nowhere"}], ids=str
)
def test_an_exception_that_matches_nothing_fails(
    judged: list[Timed], change: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    exceptions = every_exception(judged)
    real = next(each for each in exceptions if each.checker == "checkov")
    unused = replace(real, **change)

    assert audit(judged, [*exceptions, unused], tmp_path / "audit.md") == 1
    assert f"matches nothing: {unused.checker} {unused.rule} {unused.resource}" in capsys.readouterr().out


def test_a_page_that_is_not_what_was_reviewed_fails_once(judged: list[Timed], tmp_path: Path) -> None:
    page, exceptions = tmp_path / "audit.md", every_exception(judged)
    assert conclude(judged, exceptions, VARIANTS, page) == 1
    assert conclude(judged, exceptions, VARIANTS, page) == 0

    page.write_text(page.read_text().replace("on purpose", "by accident"))
    assert conclude(judged, exceptions, VARIANTS, page) == 1
    assert "by accident" not in page.read_text()


def test_the_page_tells_each_exception_and_each_acknowledgement(judged: list[Timed], tmp_path: Path) -> None:
    page = tmp_path / "audit.md"
    audit(judged, every_exception(judged), page)
    rows = page.read_text().splitlines()
    assert "| checkov | `CKV_AWS_18` | `Broken/Bucket` | all | It is broken on purpose. |" in rows
    assert "| `Broken/Known` | `S04` | all | This one is known. |" in rows


def test_the_page_is_the_same_however_long_it_took(judged: list[Timed], tmp_path: Path) -> None:
    page, exceptions = tmp_path / "audit.md", every_exception(judged)
    conclude(judged, exceptions, VARIANTS, page)
    slower = [replace(each, seconds=each.seconds + 60) for each in reversed(judged)]
    assert conclude(slower, exceptions, VARIANTS, page) == 0


def test_a_star_stands_for_any_text_of_a_resource_and_for_nothing_in_a_rule(judged: list[Timed]) -> None:
    outcomes = [each.outcome for each in judged]
    wide, wild = (Excepted("checkov", rule, "*/Bucket", "Known.") for rule in ("CKV_AWS_18", "*"))
    verdict = judge(outcomes, [wide, wild])
    assert verdict.variants == {wide: frozenset(VARIANTS), wild: frozenset()}


def written(text: str, folder: Path) -> Path:
    file = folder / "exceptions.toml"
    file.write_text(f"exceptions = [\n{text}\n]\n")
    return file


def test_exceptions_are_read_a_line_each(tmp_path: Path) -> None:
    assert load(written(LINE, tmp_path)) == [Excepted("checkov", "CKV_AWS_18", "*/Bucket", "Nobody reads it.")]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (LINE.replace("Nobody reads it.", " "), "reason is text that says something"),
        (LINE.replace(', reason = "Nobody reads it."', ""), "an exception has checker, reason, resource, rule"),
        (LINE.replace("reason", "because"), "an exception has checker, reason, resource, rule"),
        (LINE.replace('"CKV_AWS_18"', "18"), "rule is text that says something"),
        (f"{LINE},\n{LINE.replace('Nobody', 'Somebody')}", "1 exceptions are there twice"),
    ],
)
def test_a_line_that_is_no_exception_is_refused(text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(ExceptionsError, match=message):
        load(written(text, tmp_path))
