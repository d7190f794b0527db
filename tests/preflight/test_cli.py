import io
import json
import os
import resource
import subprocess
import sys
import tomllib
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pytest

from constructs_ecs.preflight import engine
from constructs_ecs.preflight.cli import main
from constructs_ecs.preflight.report import OpenQuestion, Report
from constructs_ecs.preflight.rules import RULES
from constructs_ecs.preflight.templates.reader import InputError
from tests.preflight.formats import given as reports
from tests.support import ROOT

Answering = Callable[[Report], None]
_OPEN = Report((), (), (OpenQuestion("The route is not known."),))


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch) -> Answering:
    """Let the engine answer with a report."""
    return lambda report: monkeypatch.setattr(engine, "analyse", lambda *_: report)


class _Terminal(io.StringIO):
    def __init__(self, *, terminal: bool) -> None:
        super().__init__()
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal


def _run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "constructs_ecs.preflight", *arguments]
    return subprocess.run(
        command, cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    ("report", "fail_on", "status"),
    [
        (reports.clean(), "fail", 0),
        (reports.clean(), "unknown", 0),
        (_OPEN, "fail", 0),
        (_OPEN, "unknown", 1),
        (_OPEN, "never", 0),
        (reports.report(), "fail", 1),
        (reports.report(), "unknown", 1),
        (reports.report(), "never", 0),
    ],
)
def test_the_exit_status_is_one_for_what_it_is_told_to_fail_on(
    report: Report, fail_on: str, status: int, answer: Answering, capsys: pytest.CaptureFixture[str]
) -> None:
    answer(report)
    assert main(["cdk.out", "--fail-on", fail_on]) == status
    assert capsys.readouterr().err == ""


def test_it_fails_on_failures_unless_told_otherwise(answer: Answering) -> None:
    answer(_OPEN)
    assert main(["cdk.out"]) == 0
    answer(reports.report())
    assert main(["cdk.out"]) == 1


@pytest.mark.parametrize(
    ("format_", "start"), [("text", "2 launch sites"), ("json", "{\n"), ("sarif", "{\n"), ("markdown", "### ECS")]
)
def test_each_format_is_written(
    format_: str, start: str, answer: Answering, capsys: pytest.CaptureFixture[str]
) -> None:
    answer(reports.report())
    main(["--format", format_, "cdk.out"])
    assert capsys.readouterr().out.startswith(start)


def test_evidence_comes_with_v(answer: Answering, capsys: pytest.CaptureFixture[str]) -> None:
    answer(reports.report())
    main(["cdk.out"])
    assert "identity policy" not in capsys.readouterr().out
    main(["cdk.out", "-v"])
    assert "identity policy" in capsys.readouterr().out


def test_the_report_goes_to_a_file_when_told_so(
    tmp_path: Path, answer: Answering, capsys: pytest.CaptureFixture[str]
) -> None:
    answer(reports.report())
    assert main(["cdk.out", "--format", "json", "--output", str(tmp_path / "report.json")]) == 1
    assert json.loads((tmp_path / "report.json").read_text())["verdict"] == "FAIL"
    assert capsys.readouterr() == ("", "")


def test_a_file_that_cannot_be_written_is_said_in_one_line(
    tmp_path: Path, answer: Answering, capsys: pytest.CaptureFixture[str]
) -> None:
    answer(reports.clean())
    assert main(["cdk.out", "--output", str(tmp_path / "no" / "report")]) == 2
    assert capsys.readouterr().err == f"ecs-preflight: {tmp_path / 'no' / 'report'}: No such file or directory\n"


def test_an_input_that_cannot_be_read_is_said_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_: object) -> Report:
        raise InputError("odd\nname\u2028.json", "it is no template\nat all")

    monkeypatch.setattr(engine, "analyse", refuse)
    assert main(["odd.json"]) == 2
    out, err = capsys.readouterr()
    assert (out, err) == ("", "ecs-preflight: odd name .json: it is no template at all\n")


def test_a_missing_file_ends_with_2_and_no_traceback(tmp_path: Path) -> None:
    done = _run(str(tmp_path / "nowhere"))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("ecs-preflight: ")
    assert done.stderr.count("\n") == 1


def test_an_assumption_that_there_is_none_of_is_refused_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cdk.out", "--assume", "egress=perhaps"]) == 2
    err = capsys.readouterr().err
    assert err.startswith("ecs-preflight: ECS030: ")
    assert err.count("\n") == 1


def test_an_unknown_option_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["cdk.out", "--assum", "egress=nat"])
    assert caught.value.code == 2
    assert "unrecognized arguments" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("terminal", "environment", "coloured"),
    [
        (True, {}, True),
        (False, {}, False),
        (True, {"NO_COLOR": "1"}, False),
        (True, {"NO_COLOR": ""}, True),
        (True, {"TERM": "dumb"}, False),
    ],
)
def test_colour_is_for_terminals_that_want_it(
    terminal: bool, environment: dict[str, str], coloured: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "analyse", lambda *_: reports.report())
    out = _Terminal(terminal=terminal)
    monkeypatch.setattr(sys, "stdout", out)
    for name in ("NO_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    main(["cdk.out"])
    assert ("\033[" in out.getvalue()) is coloured


def test_a_file_has_no_colour(tmp_path: Path, answer: Answering, monkeypatch: pytest.MonkeyPatch) -> None:
    answer(reports.report())
    monkeypatch.setattr(sys, "stdout", _Terminal(terminal=True))
    main(["cdk.out", "--output", str(tmp_path / "report")])
    assert "\033" not in (tmp_path / "report").read_text()


@pytest.mark.parametrize("rule_id", ["G00", "g00"])
def test_a_rule_is_explained(rule_id: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", rule_id]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "G00: the task does not start"
    assert [line.split()[0] for line in lines[2:] if line[2] != " "] == ["What", "Why", "On", "Fix", "Source"]


def test_a_rule_that_there_is_none_of_is_said_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "N999"]) == 2
    assert capsys.readouterr().err == "ecs-preflight: there is no rule N999; ecs-preflight rules lists them\n"


def test_the_rules_are_listed_a_line_each(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == [rule.id for rule in RULES]


def test_output_to_a_reader_that_went_away_is_no_traceback() -> None:
    command = f"{sys.executable} -m constructs_ecs.preflight rules | true"
    done = subprocess.run(["/bin/sh", "-c", command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stderr == ""


def test_a_narrow_output_encoding_is_no_traceback(
    answer: Answering, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    answer(reports.hostile("Zürich \ud800"))
    monkeypatch.setattr(type(sys.stdout), "encoding", "ascii", raising=False)
    main(["cdk.out"])
    assert r"Z\xfcrich \ud800" in capsys.readouterr().out


def test_the_package_installs_the_command() -> None:
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]
    module, _, function = scripts["ecs-preflight"].partition(":")
    assert getattr(import_module(module), function) is main


def test_help_takes_less_than_150_ms_of_cpu() -> None:
    def cpu() -> float:
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        return usage.ru_utime + usage.ru_stime

    spent = []
    for _ in range(4):  # the first may have to compile
        before = cpu()
        done = _run("--help")
        spent.append(cpu() - before)
        assert done.returncode == 0
    assert min(spent) < 0.15


def test_help_says_commands_options_and_exit_statuses() -> None:
    text = _run("--help", COLUMNS="120").stdout
    for part in ("explain RULE", "rules", "--format {text,json,sarif,markdown}", "--output", "--assume", "exit status"):
        assert part in text
    assert "--fail-on {fail,unknown,never}" in text
