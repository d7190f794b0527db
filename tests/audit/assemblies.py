"""The variants of the sample app, synthesized, and the templates that the checkers read."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from pathlib import Path
from typing import Any, Final

from constructs_ecs.preflight.templates.reader import Template, read
from tests.audit.findings import Finding, Key, one_line
from tests.audit.tools import ROOT, ToolError, run_app

_ENVIRONMENTS: Final = {"agnostic": {}, "fixed": {"account": "123456789012", "region": "us-east-1"}}
_LISTENERS: Final = {
    "": {},
    "-https": {
        "certificate_arn": "arn:aws:acm:us-east-1:123456789012:certificate/3f0a7b52-6c1d-4e8f-9a20-5d7c1b8e4f63"
    },
}
_COLLECTED: Final = {
    "aws:cdk:enable-path-metadata": True,  # as the CDK CLI has it
    "@aws-cdk/core:failSynthOnValidationErrors": False,  # findings are read from the report
}

VARIANTS: Final[Mapping[str, Mapping[str, str]]] = {
    f"{images}-{environment}{listener}": {"variant": images, **_ENVIRONMENTS[environment], **_LISTENERS[listener]}
    for images, environment, listener in product(("registry", "isolated"), _ENVIRONMENTS, _LISTENERS)
}
"""The settings of each variant, by its name."""


@dataclass(frozen=True)
class Assembly:
    """What an app was synthesized into."""

    variant: str
    folder: Path

    @cached_property
    def templates(self) -> tuple[Template, ...]:
        """The templates of all stacks."""
        return tuple(read([self.folder]))

    @cached_property
    def report(self) -> list[dict[str, Any]]:
        """What the CDK wrote of each validation plugin that found something."""
        report = json.loads((self.folder / "validation-report.json").read_text())
        return list(report["pluginReports"])


@dataclass(frozen=True)
class TemplateFile:
    """A template that is judged once, for all variants that have it.

    Args:
        path: the file.
        owners: the variants, and the template as each of them has it.
    """

    path: Path
    owners: tuple[tuple[str, Template], ...]

    def findings(self, checker: str, rule: str, name: str, message: str) -> Iterator[tuple[str, Finding]]:
        """The same finding for each variant; the name is a logical id, or a path of another section."""
        for variant, template in self.owners:
            key = Key(checker, rule, resource(template, name))
            yield variant, Finding(key, one_line(message))


def resource(template: Template, name: str) -> str:
    """What a finding calls a resource: its construct's path, if it has one."""
    return template.construct_paths.get(name) or "/".join(filter(None, (template.name, name)))


def synthesize(
    variant: str, folder: Path, settings: Mapping[str, str], *, app: Sequence[str | Path] = ("app.py",)
) -> Assembly:
    """Run an app with all of its checks on, the CDK's own validator with its default rules among them."""
    context = {**json.loads((ROOT / "cdk.json").read_text())["context"], **_COLLECTED, **settings}
    run_app(app, {"CDK_OUTDIR": str(folder), "CDK_CONTEXT_JSON": json.dumps(context)})
    return Assembly(variant, folder)


def distinct(assemblies: Sequence[Assembly], folder: Path) -> tuple[TemplateFile, ...]:
    """Write each template that differs from the others into a folder, once."""
    owners: dict[str, list[tuple[str, Template]]] = {}
    for assembly in assemblies:
        for template in assembly.templates:
            if template.path is None:
                raise ToolError(f"{template.name} of {assembly.variant} comes from no file")
            text = template.path.read_text()
            owners.setdefault(text, []).append((assembly.variant, template))
    files = []
    for text, having in owners.items():
        variant, template = having[0]
        path = folder / f"{variant}.{template.name}.template.json"
        path.write_text(text)
        files.append(TemplateFile(path, tuple(having)))
    return tuple(files)


@dataclass(frozen=True)
class Subject:
    """All that is judged.

    Args:
        assemblies: one for each variant.
        files: their templates, each different one once.
        folder: where checkers may write.
    """

    assemblies: tuple[Assembly, ...]
    files: tuple[TemplateFile, ...]
    folder: Path

    @classmethod
    def of(cls, assemblies: Sequence[Assembly], folder: Path) -> "Subject":
        """Take the assemblies' templates together, in a folder's subfolder of their own."""
        templates = folder / "templates"
        templates.mkdir()
        return cls(tuple(assemblies), distinct(assemblies, templates), folder)

    @property
    def stacks(self) -> str:
        """How many stacks there are, in words."""
        return f"{sum(len(assembly.templates) for assembly in self.assemblies)} stacks"

    def file(self, name: str) -> TemplateFile:
        """The template file that a checker names, with or without the path to it."""
        (found,) = [file for file in self.files if file.path.name == Path(name).name]
        return found
