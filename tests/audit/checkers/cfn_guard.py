"""cfn-guard with the proactive controls of AWS Control Tower, both as the CDK's plugin for it carries them."""

import json
import platform
import re
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from tests.audit.assemblies import Subject, TemplateFile
from tests.audit.findings import Finding, Outcome, by_variant
from tests.audit.tools import ToolError, environment, run_tool

NAME: Final = "cfn-guard"
_FOUND: Final = 19
_SYSTEMS: Final = {"Linux": "ubuntu", "Darwin": "macos"}
_MACHINES: Final = {"x86_64": "x86_64", "aarch64": "aarch64", "arm64": "aarch64"}
_CONTROLS: Final = "package/rules/control-tower/cfn-guard"
_RESOURCE: Final = re.compile(r"/Resources/([A-Za-z0-9]+)\b")
_TEXT: Final = re.compile(r"\[(?P<control>CT\.[^]]+)\]: (?P<text>.*?)(?:\s*\[FIX\].*)?\s*$", re.DOTALL)


def cfn_guard(subject: Subject) -> Outcome:
    """Hold all controls against all templates."""
    binary, controls = _unpack(subject.folder)
    written = run_tool(
        [
            binary,
            *("validate", "--rules", controls),
            *(word for file in subject.files for word in ("--data", file.path)),
            *("--structured", "--output-format", "json", "--show-summary", "none"),
        ],
        folder=subject.folder,
        ends=(0, _FOUND),
    )
    answers: list[dict[str, Any]] = json.loads(written)
    if len(answers) != len(subject.files):
        raise ToolError(f"cfn-guard answers for {len(answers)} of {len(subject.files)} templates")
    found = by_variant(
        finding
        for answer in answers
        for failed in answer["not_compliant"]
        for finding in _findings(failed["Rule"], subject.file(answer["name"]))
    )
    judged = f"{len(list(controls.rglob('*.guard')))} controls on {len(subject.files)} templates"
    return Outcome(NAME, judged, found)


def _unpack(folder: Path) -> tuple[Path, Path]:
    """The binary for this machine, and the folder of the controls, out of the package's archive."""
    archives = environment(NAME).glob("lib/python*/site-packages/cdklabs/cdk_validator_cfnguard/_jsii/*.tgz")
    members = (f"package/bin/{_SYSTEMS[platform.system()]}/{_MACHINES[platform.machine()]}/cfn-guard", _CONTROLS)
    with tarfile.open(next(archives)) as archive:
        wanted = [member for member in archive.getmembers() if member.name.startswith(members)]
        archive.extractall(folder, members=wanted, filter="data")
    return folder / members[0], folder / members[1]


def _findings(rule: dict[str, Any], file: TemplateFile) -> Iterator[tuple[str, Finding]]:
    """One for each resource that the checks of a failed rule speak of; of the stack if they speak of none."""
    texts = list(_texts(rule))
    said = next((match for match in map(_TEXT.search, texts) if match), None)
    control, message = (said["control"], said["text"]) if said else (rule["name"], rule["name"])
    named = {name: None for text in texts for name in _RESOURCE.findall(text)}
    for logical_id in named or [""]:
        yield from file.findings(NAME, control, logical_id, message)


def _texts(value: Any) -> Iterator[str]:  # noqa: ANN401 - any JSON
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for child in value.values() if isinstance(value, dict) else value:
            yield from _texts(child)
