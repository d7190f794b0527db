from dataclasses import replace

import pytest

from constructs_ecs.preflight.findings import Severity, Verdict, Where
from constructs_ecs.preflight.report import Answer, OpenQuestion, Place, Report, conditions, worst
from tests.preflight.formats import given as reports
from tests.preflight.scene import finding

EMPTY = Report((), (), ())


def test_nothing_found_and_nothing_open_is_a_pass() -> None:
    assert (EMPTY.verdict, reports.clean().verdict) == (Verdict.PASS, Verdict.PASS)


@pytest.mark.parametrize("severity", [Severity.START, Severity.EXEC, Severity.DEPLOY])
def test_a_finding_of_a_fault_is_a_failure(severity: Severity) -> None:
    assert replace(EMPTY, findings=(finding(severity=severity),)).verdict is Verdict.FAIL


@pytest.mark.parametrize("severity", [Severity.WARNING, Severity.NOTE])
def test_a_warning_or_a_note_is_none_even_if_it_is_not_certain(severity: Severity) -> None:
    shown = finding(severity=severity)
    open_ = OpenQuestion("Perhaps.", finding=shown)
    assert replace(EMPTY, findings=(shown,), unknowns=(open_,)).verdict is Verdict.PASS


def test_a_launch_site_that_fails_is_a_failure_even_without_a_finding() -> None:
    (site,) = reports.clean().launch_sites
    for changed in (replace(site, start=Answer(Verdict.FAIL)), replace(site, exec=Answer(Verdict.FAIL))):
        assert replace(EMPTY, launch_sites=(changed,)).verdict is Verdict.FAIL


def test_what_is_open_is_unknown_unless_something_fails() -> None:
    open_ = replace(EMPTY, unknowns=(OpenQuestion("What the transform makes is not known."),))
    assert open_.verdict is Verdict.UNKNOWN
    assert replace(open_, findings=(finding(),)).verdict is Verdict.FAIL


def test_exec_that_is_off_is_no_failure() -> None:
    (site,) = reports.clean().launch_sites
    assert replace(EMPTY, launch_sites=(replace(site, exec=Answer(Verdict.OFF)),)).verdict is Verdict.PASS


def test_a_launch_site_is_called_by_its_construct_or_else_by_its_logical_id() -> None:
    assert reports.report().names == {reports.WEB: "Web/Service/Resource", reports.JOB: "Jobs#Nightly.Targets[0]"}
    site = replace(reports.report().launch_sites[1], construct_path="Jobs/Nightly")
    assert site.name == "Jobs/Nightly.Targets[0]"


def test_fail_comes_before_unknown_before_pass() -> None:
    assert worst([]) is worst([Verdict.PASS, Verdict.OFF]) is Verdict.PASS
    assert worst([Verdict.PASS, Verdict.UNKNOWN]) is Verdict.UNKNOWN
    assert worst([Verdict.UNKNOWN, Verdict.FAIL, Verdict.PASS]) is Verdict.FAIL


def test_conditions_are_said_in_words() -> None:
    assert conditions((("A#X", True), ("A#Y", False))) == "A#X is true and A#Y is false"


def test_without_files_a_place_is_the_template() -> None:
    assert EMPTY.locate(Where("Web", "Service")) == Place("Web")
