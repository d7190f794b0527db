"""cfn-lint, with all that its data say of each Region of the partitions that customers can reach."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from sys import executable
from typing import Any, Final

from cfnlint.helpers import REGIONS

from tests.audit.assemblies import Subject
from tests.audit.findings import Finding, Outcome, by_variant
from tests.audit.tools import run_tool

NAME: Final = "cfn-lint"
OPEN_REGIONS: Final = tuple(sorted(region for region in REGIONS if "-iso" not in region))
"""The commercial Regions, GovCloud, China and the European Sovereign Cloud."""
_ENDS: Final = range(16)
"""A bit each for errors, warnings and remarks; 1 is a rule that crashed, which is a finding too."""


def cfn_lint(subject: Subject, regions: Sequence[str] = OPEN_REGIONS) -> Outcome:
    """Lint all templates, for all Regions unless told otherwise, with the remarks that are off by default."""
    command: list[str | Path] = [
        Path(executable).parent / "cfn-lint",
        "--format",
        "json",
        "--include-checks",
        "I",
        "--regions",
        *regions,
    ]
    written = run_tool([*command, "--", *(file.path for file in subject.files)], folder=subject.folder, ends=_ENDS)
    matches: list[dict[str, Any]] = json.loads(written)
    found = by_variant(finding for match in matches for finding in _findings(match, subject))
    return Outcome(NAME, f"{len(subject.files)} templates in {len(regions)} Regions", found)


def _findings(match: dict[str, Any], subject: Subject) -> Iterator[tuple[str, Finding]]:
    section, *rest = (str(part) for part in match["Location"].get("Path") or [""])
    name = rest[0] if section == "Resources" and rest else "/".join([section, *rest[:1]])
    yield from subject.file(match["Filename"]).findings(NAME, match["Rule"]["Id"], name, match["Message"])
