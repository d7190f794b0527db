"""The preflight within cfn-lint, which is installed for development only."""

import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from cfnlint.rules import Rules

from constructs_ecs.preflight.rules import RULES
from tests.commands import run
from tests.support import ROOT

FARGATE = Path(__file__).parent / "fixtures" / "fargate.yaml"
MODULE = "constructs_ecs.preflight.cfnlint"


def test_cfn_lint_finds_each_rule_as_an_error_and_as_a_warning() -> None:
    rules = Rules.create_from_module(MODULE)
    assert sorted(rules) == sorted(f"{letter}{_number(rule.id)}" for rule in RULES for letter in "EW")
    assert {rule.severity for rule in rules.values()} == {"error", "warning"}


def test_no_number_is_one_of_cfn_lint_s_own() -> None:
    package = find_spec("cfnlint")
    assert package is not None
    assert package.origin is not None
    own = Rules.create_from_directory(str(Path(package.origin).parent / "rules"))
    assert not set(own) & set(Rules.create_from_module(MODULE))


def _number(rule_id: str) -> str:
    return f"9{'GNCRTVXSKB'.index(rule_id[0])}{rule_id[1:]}"


def _linted(path: Path, *options: str) -> tuple[int, list[dict[str, Any]]]:
    command: list[str | Path] = ["cfn-lint", "--append-rules", MODULE, "--format", "json", *options, "--", path]
    done = run(command, env={"PYTHONPATH": str(ROOT)})
    return done.returncode, json.loads(done.stdout)


def test_a_template_that_the_preflight_passes_has_no_finding_of_it() -> None:
    _, found = _linted(FARGATE)
    assert [item["Message"] for item in found if item["Rule"]["Id"][1] == "9"] == []


def test_what_the_preflight_finds_stands_on_the_resource_s_line(tmp_path: Path) -> None:
    text = FARGATE.read_text()
    start, end = text.index("  LogsEndpoint:"), text.index("  SecretsManagerEndpoint:")
    path = tmp_path / "web.yaml"
    path.write_text(text[:start] + text[end:].replace("      - LogsEndpoint\n", ""))
    status, found = _linted(path)
    (logs,) = [item for item in found if item["Rule"]["Id"] == "E9107"]
    assert status != 0
    assert logs["Location"]["Start"]["LineNumber"] == 1 + path.read_text().splitlines().index("  Vpc:")
    assert logs["Level"] == "Error"
    assert "endpoint for logs" in logs["Message"]
    assert "E9107" not in [item["Rule"]["Id"] for item in _linted(path, "--ignore-checks", "E9107")[1]]
