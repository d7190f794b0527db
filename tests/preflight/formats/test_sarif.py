import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_ecs.preflight.formats import Format, render
from constructs_ecs.preflight.report import Place, Report
from constructs_ecs.preflight.rules import RULES
from tests.preflight.formats import given as reports

# The part of SARIF 2.1.0 that we write, after the standard's text; stricter than the official schema.
VALIDATOR = jsonschema.Draft202012Validator(json.loads((Path(__file__).parent / "sarif-subset.json").read_text()))


def _run(report: Report) -> dict[str, Any]:
    log = json.loads(render(report, Format.SARIF))
    VALIDATOR.validate(log)
    run: dict[str, Any] = log["runs"][0]
    return run


@pytest.mark.parametrize("make", [reports.report, reports.clean])
def test_a_log_is_valid(make: Callable[[], Report]) -> None:
    _run(make())


@given(st.text(max_size=40))
def test_any_text_of_a_template_gives_a_valid_log(text: str) -> None:
    _run(reports.hostile(text))


def test_each_rule_is_described() -> None:
    rules = _run(reports.clean())["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == [*(rule.id for rule in RULES), "UNKNOWN"]


def test_a_result_points_to_the_rule_the_line_and_the_construct() -> None:
    run = _run(reports.report())
    result = run["results"][0]
    rules = run["tool"]["driver"]["rules"]
    assert (result["ruleId"], result["kind"], result["level"]) == ("N07", "fail", "error")
    assert "ruleIndex" not in result or rules[result["ruleIndex"]]["id"] == "N07"
    assert result["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "cdk.out/Network.template.json"},
                "region": {"startLine": 3},
            },
            "logicalLocations": [{"name": "Vpc1", "fullyQualifiedName": "Network/Vpc", "kind": "resource"}],
        }
    ]
    assert result["relatedLocations"][0]["message"]["text"] == "Launch site Web/Service/Resource"
    assert "ResourceInitializationError" in result["message"]["text"]


def test_a_file_is_named_from_the_working_folder_if_it_is_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for file, uri in (
        (tmp_path / "cdk.out" / "A b.json", "cdk.out/A%20b.json"),
        (Path("/elsewhere/a.json"), "file:///elsewhere/a.json"),
    ):
        place = Place(str(file))
        located = replace(
            reports.report(), locate={reports.WEB: place, reports.JOB: place, reports.VPC: place}.__getitem__
        )
        location = _run(located)["results"][0]["locations"][0]["physicalLocation"]
        assert location == {"artifactLocation": {"uri": uri}}


def test_what_is_not_decided_is_open_and_no_failure() -> None:
    results = _run(reports.report())["results"]
    found = [(result["kind"], result["level"], result["ruleId"]) for result in results]
    assert found == [
        ("fail", "error", "N07"),
        ("fail", "warning", "N23"),
        ("open", "none", "UNKNOWN"),
        ("open", "none", "UNKNOWN"),
        ("open", "none", "N07"),
    ]


def test_results_are_told_apart_whatever_line_they_move_to() -> None:
    prints = [result["partialFingerprints"]["ruleAndResource/v1"] for result in _run(reports.report())["results"]]
    assert len(set(prints)) == len(prints)
