"""Templates: what one is, and reading all that a user points at."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain, count
from os import PathLike
from os.path import realpath
from pathlib import Path
from typing import Any, Final

from constructs_ecs.preflight.templates.assets import sources, uploaded_name
from constructs_ecs.preflight.templates.documents import Document, InputError, Place, load

__all__ = ["InputError", "Template", "read", "template"]

MAX_TEMPLATES: Final = 1_000
"""In one run, each nested stack counted where it is used."""
MAX_NESTING: Final = 10
"""Of nested stacks; a template that nests itself ends here, too."""
NESTED: Final = "AWS::CloudFormation::Stack"
_SUFFIXES: Final = (".template.json", ".template.yaml", ".template.yml")


@dataclass(frozen=True, kw_only=True, eq=False)
class Template:
    """One template, as one stack that is made of it.

    Args:
        name: what it is called in a report; no two templates of a set have the same.
        body: its data, a mapping.
        path: the file it was read from.
        size_bytes: how large that file is.
        stack_name: the stack's name, if the assembly gives it.
        account: the stack's account, if the assembly fixes it.
        region: the stack's Region, likewise.
        construct_paths: logical id -> ``aws:cdk:path``.
        parent: the template and the logical id of the ``AWS::CloudFormation::Stack`` that this is the template of.
        line_of: the line where the value at a place begins.
    """

    name: str
    body: Mapping[str, Any]
    path: Path | None = None
    size_bytes: int | None = None
    stack_name: str | None = None
    account: str | None = None
    region: str | None = None
    construct_paths: Mapping[str, str] = field(default_factory=dict)
    parent: tuple[str, str] | None = None
    line_of: Callable[[Place], int | None] = lambda _: None

    def section(self, name: str) -> dict[str, Any]:
        """Return a section's entries; nothing if it is not there, or no mapping."""
        section = self.body.get(name)
        return section if isinstance(section, dict) else {}

    @cached_property
    def resources(self) -> dict[str, dict[str, Any]]:
        """The resources, without what is no mapping."""
        return {name: raw for name, raw in self.section("Resources").items() if isinstance(raw, dict)}

    @property
    def generators(self) -> tuple[str, ...]:
        """What makes further resources: ``Fn::ForEach`` and ``Fn::Transform`` among them."""
        return tuple(name for name in self.section("Resources") if name.startswith("Fn::"))

    def line(self, logical_id: str, *path: str | int) -> int | None:
        """Return the line of a resource, or of what is at a path in it; of the nearest parent that the text shows."""
        place: Place = ("Resources", logical_id, *path)
        lines = (self.line_of(place[:length]) for length in range(len(place), 1, -1))
        return next((line for line in lines if line is not None), None)


@dataclass(frozen=True, kw_only=True)
class Stack:
    """A template's file, and what an assembly says of its stack.

    Args:
        file: the template's file.
        name: the stack's name.
        account: its account.
        region: its Region.
        construct_paths: logical id -> construct path, where the assembly tells it.
    """

    file: Path
    name: str | None = None
    account: str | None = None
    region: str | None = None
    construct_paths: Mapping[str, str] = field(default_factory=dict)


def template(body: Mapping[str, Any], name: str, **about: Any) -> Template:  # noqa: ANN401 - Template's other fields
    """Make a template of data, with the construct paths that its metadata give.

    Args:
        body: the template.
        name: what to call it.
        **about: what else is known of it: the other fields of :class:`Template`.
    """
    made = Template(name=name, body=body, **about)
    return replace(made, construct_paths={**made.construct_paths, **dict(_construct_paths(made))})


def read(paths: Iterable[str | PathLike[str]]) -> tuple[Template, ...]:
    """Read templates: cloud assemblies, folders with ``*.template.json``, and files. Nested stacks are read, too.

    Raises:
        InputError: a path that cannot be read, or holds no template.
    """
    stacks = {_key(stack.file): stack for path in paths for stack in _stacks(Path(path))}
    reading = _Reading()
    nested = reading.nested_in(stack.file for stack in stacks.values())
    roots = [stack for file, stack in stacks.items() if file not in nested]
    for stack in roots or stacks.values():
        reading.add(stack)
    return tuple(reading.templates)


class _Reading:
    """Reads each file once and gives each template a name of its own."""

    def __init__(self) -> None:
        self.templates: list[Template] = []
        self._documents: dict[Path, Document] = {}
        self._uploaded: dict[Path, Mapping[str, Path]] = {}
        self._names: set[str] = set()

    def nested_in(self, files: Iterable[Path]) -> set[Path]:
        """Return the files that nested stacks of some files are made of, and the nested stacks of these."""
        nested: set[Path] = set()
        pending = list(files)
        while pending and len(nested) < MAX_TEMPLATES:
            file = pending.pop()
            for _, child in self._nested_files(self._document(file).body, file):
                if _key(child) not in nested:
                    nested.add(_key(child))
                    pending.append(child)
        return nested

    def add(self, stack: Stack, parent: Template | None = None, logical_id: str = "", depth: int = 0) -> None:
        """Read a stack's template and those that it nests."""
        if len(self.templates) >= MAX_TEMPLATES:
            raise InputError(str(stack.file), f"is one of more than {MAX_TEMPLATES} templates")
        document = self._document(stack.file)
        made = template(
            document.body,
            self._name(stack.file, parent, logical_id),
            path=stack.file,
            size_bytes=document.size_bytes,
            stack_name=stack.name,
            account=stack.account,
            region=stack.region,
            construct_paths=stack.construct_paths,
            parent=None if parent is None else (parent.name, logical_id),
            line_of=document.line_of,
        )
        self.templates.append(made)
        for name, file in self._nested_files(document.body, stack.file) if depth < MAX_NESTING else ():
            self.add(replace(stack, file=file, name=None, construct_paths={}), made, name, depth + 1)

    def _nested_files(self, body: Mapping[str, Any], path: Path) -> Iterator[tuple[str, Path]]:
        """The files of nested stacks, where the template or its assembly says which they are and they are there."""
        for logical_id, raw in body["Resources"].items():
            if not isinstance(raw, dict) or raw.get("Type") != NESTED:
                continue
            metadata, properties = raw.get("Metadata"), raw.get("Properties")
            asset = metadata.get("aws:asset:path") if isinstance(metadata, dict) else None
            url = properties.get("TemplateURL") if isinstance(properties, dict) else None
            named = asset if isinstance(asset, str) else url
            if isinstance(named, str) and "://" not in named and "\0" not in named:
                file: Path | None = path.parent / named
            else:
                file = self._uploads(path.parent).get(uploaded_name(url))
            if file is not None and file.is_file():
                yield logical_id, file

    def _uploads(self, folder: Path) -> Mapping[str, Path]:
        key = _key(folder)
        if key not in self._uploaded:
            self._uploaded[key] = sources(folder)
        return self._uploaded[key]

    def _document(self, file: Path) -> Document:
        key = _key(file)
        if key not in self._documents:
            document = load(file)
            if not isinstance(document.body, dict) or not isinstance(document.body.get("Resources"), dict):
                raise InputError(str(file), "is no CloudFormation template: it has no Resources")
            self._documents[key] = document
        return self._documents[key]

    def _name(self, file: Path, parent: Template | None, logical_id: str) -> str:
        """The file's name as far as it says something, else with what tells it from its namesakes."""
        stem = file.name
        for suffix in (".nested.template.json", *_SUFFIXES, file.suffix):
            stem = stem.removesuffix(suffix)
        within = f"{parent.name}/{logical_id}" if parent else str(file)
        ways = chain((stem, within, str(file)), (f"{within}-{place}" for place in count(2)))
        name = next(way for way in ways if way and way not in self._names)
        self._names.add(name)
        return name


def _stacks(path: Path) -> Iterator[Stack]:
    """The stacks that a path holds."""
    if "\0" in str(path):
        raise InputError(repr(str(path)), "is no path")
    manifest = path / "manifest.json" if path.is_dir() else path
    if manifest.name == "manifest.json" and manifest.is_file():
        from constructs_ecs.preflight.templates import assemblies  # noqa: PLC0415 - it builds on this module

        yield from assemblies.stacks(manifest)
    elif path.is_dir():
        found = sorted(path.glob("*.template.*"))
        found = [file for file in found if file.name.endswith(_SUFFIXES)]
        if not found:
            raise InputError(str(path), "is a folder with neither manifest.json nor templates (*.template.json)")
        yield from (Stack(file=file) for file in found)
    else:
        yield Stack(file=path)


def _construct_paths(made: Template) -> Iterator[tuple[str, str]]:
    for logical_id, raw in made.resources.items():
        metadata = raw.get("Metadata")
        path = metadata.get("aws:cdk:path") if isinstance(metadata, dict) else None
        if isinstance(path, str):
            yield logical_id, path


def _key(file: Path) -> Path:
    return Path(realpath(file))  # Path.resolve raises where links lead in a circle
