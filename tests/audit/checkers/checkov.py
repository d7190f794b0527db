"""checkov's rules for CloudFormation."""

import json
from collections.abc import Iterator
from typing import Any, Final

from tests.audit.assemblies import Subject
from tests.audit.findings import Finding, Outcome, by_variant
from tests.audit.tools import ToolError, environment, run_tool

NAME: Final = "checkov"
_FOUND: Final = 1


def checkov(subject: Subject) -> Outcome:
    """Scan all templates, with the rules that the package carries."""
    written = run_tool(
        [
            environment(NAME) / "bin" / "checkov",
            *("--directory", subject.files[0].path.parent, "--framework", "cloudformation"),
            *("--output", "json", "--quiet", "--skip-download"),
        ],
        folder=subject.folder,
        ends=(0, _FOUND),
    )
    answer: dict[str, Any] = json.loads(written)
    summary, failed = answer["summary"], answer["results"]["failed_checks"]
    if summary["parsing_errors"]:
        raise ToolError(f"checkov cannot read {summary['parsing_errors']} templates")
    found = by_variant(finding for check in failed for finding in _findings(check, subject))
    return Outcome(NAME, f"{summary['passed'] + summary['failed']} checks of {len(subject.files)} templates", found)


def _findings(check: dict[str, Any], subject: Subject) -> Iterator[tuple[str, Finding]]:
    logical_id = check["resource"].rpartition(".")[2]
    yield from subject.file(check["file_path"]).findings(NAME, check["check_id"], logical_id, check["check_name"])
