import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

import constructs_ecs.preflight
from constructs_ecs.preflight.formats import Format, render
from constructs_ecs.preflight.report import VERSION, Report
from tests.preflight.formats import given as reports

SCHEMA = json.loads((Path(constructs_ecs.preflight.__file__).parent / "schema.json").read_text())
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def _data(report: Report) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(render(report, Format.JSON))
    return data


def test_the_schema_is_a_schema_of_the_current_version() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["properties"]["version"] == {"const": VERSION}


@pytest.mark.parametrize("make", [reports.report, reports.clean])
def test_a_report_is_what_the_schema_describes(make: Callable[[], Report]) -> None:
    VALIDATOR.validate(_data(make()))


@given(st.text(max_size=40))
def test_any_text_of_a_template_gives_what_the_schema_describes(text: str) -> None:
    VALIDATOR.validate(_data(reports.hostile(text)))


def test_the_schema_refuses_another_shape() -> None:
    data = _data(reports.report())
    data["launch_sites"][0]["start"]["verdict"] = "OFF"
    with pytest.raises(jsonschema.ValidationError, match="'OFF' is not one of"):
        VALIDATOR.validate(data)


def test_the_shape_is_the_documented_one() -> None:
    data = _data(reports.report())
    (web, job), (missing, _) = data["launch_sites"], data["findings"]
    assert (data["version"], data["verdict"]) == (1, "FAIL")
    assert web.keys() >= {"template", "logical_id", "construct_path", "kind", "capacity", "start", "exec", "calls"}
    assert web["start"] == {"verdict": "FAIL", "reasons": ["N07: The VPC has no endpoint for logs."]}
    assert web["exec"] == {"verdict": "OFF", "reasons": []}
    assert web["calls"][0].keys() >= {"purpose", "caller", "action", "resource", "endpoint", "verdict", "evidence"}
    assert job["construct_path"] is None
    assert job["property_path"] == ["Targets", 0]
    assert missing == {
        "rule": "N07",
        "severity": "start",
        "template": "Network",
        "logical_id": "Vpc1",
        "property_path": [],
        "construct_path": "Network/Vpc",
        "file": "cdk.out/Network.template.json",
        "line": 3,
        "launch_sites": [{"template": "Web", "logical_id": "Service1", "property_path": []}],
        "message": "The VPC has no endpoint for logs.",
        "symptom": "ResourceInitializationError: failed to validate logger args.",
        "fix": "Add an interface endpoint for logs to the VPC Vpc1.",
        "source": "ECS developer guide",
    }
    assert data["assumed"] == [reports.ASSUMED]
    assert [(item["rule"], item["assignment"]) for item in data["unknowns"]] == [
        (None, {}),
        (None, {}),
        ("N07", {"Network#IsPrivate": True}),
    ]


def test_the_broken_link_has_its_fault_and_its_reachability_analyzer_code() -> None:
    (link, _) = _data(reports.report())["launch_sites"][0]["calls"][0]["evidence"]
    assert (link["fault"], link["explanation"]) == ("no endpoint", "NO_ROUTE_TO_DESTINATION")
    assert link["where"] == [{"template": "Network", "logical_id": "Vpc1", "property_path": []}]
