"""Cloud assemblies: the stacks that ``cdk synth`` writes, those of nested assemblies included.

Source: the ``cloud-assembly-schema`` package of the CDK.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from constructs_ecs.preflight.templates.documents import load
from constructs_ecs.preflight.templates.reader import InputError, Stack

MAX_MANIFEST_BYTES: Final = 50_000_000
"""Of a manifest, which repeats much of what the templates say."""
_ENVIRONMENT: Final = re.compile(r"aws://([^/]*)/(.*)")
_NOT_FIXED: Final = ("unknown-account", "unknown-region", "")
_MAX_NESTING: Final = 10


def stacks(manifest: Path, depth: int = 0) -> Iterator[Stack]:
    """Yield the stacks of an assembly and of the assemblies in it.

    Args:
        manifest: the assembly's ``manifest.json``.
        depth: how many assemblies it is nested in.

    Raises:
        InputError: a manifest that cannot be read, or that lists no stack.
    """
    body = load(manifest, MAX_MANIFEST_BYTES).body
    artifacts = body.get("artifacts") if isinstance(body, dict) else None
    if not isinstance(artifacts, dict):
        raise InputError(str(manifest), "is no manifest of a cloud assembly: it has no artifacts")
    if depth > _MAX_NESTING:
        raise InputError(str(manifest), f"nests assemblies more than {_MAX_NESTING} deep")
    found = False
    for artifact_id, artifact in artifacts.items():
        properties = _mapping(_mapping(artifact).get("properties"))
        match _mapping(artifact).get("type"):
            case "aws:cloudformation:stack":
                found = True
                yield _stack(manifest, artifact_id, artifact, properties)
            case "cdk:cloud-assembly":
                found = True
                folder = _text(manifest, artifact_id, properties, "directoryName")
                yield from stacks(manifest.parent / folder / "manifest.json", depth + 1)
    if not found:
        raise InputError(str(manifest), "lists no stack")


def _stack(manifest: Path, artifact_id: str, artifact: dict[str, Any], properties: dict[str, Any]) -> Stack:
    match = _ENVIRONMENT.fullmatch(str(artifact.get("environment")))
    account, region = (None if part in _NOT_FIXED else part for part in match.groups()) if match else (None, None)
    name = properties.get("stackName", artifact_id)
    return Stack(
        file=manifest.parent / _text(manifest, artifact_id, properties, "templateFile"),
        name=name if isinstance(name, str) else artifact_id,
        account=account,
        region=region,
        construct_paths=dict(_construct_paths(_mapping(artifact.get("metadata")))),
    )


def _construct_paths(metadata: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The construct path of each logical id, for templates that were made without them."""
    for path, entries in metadata.items():
        for entry in entries if isinstance(entries, list) else ():
            if _mapping(entry).get("type") == "aws:cdk:logicalId" and isinstance(entry.get("data"), str):
                yield entry["data"], path.removeprefix("/")


def _mapping(value: Any) -> dict[str, Any]:  # noqa: ANN401 - any data
    return value if isinstance(value, dict) else {}


def _text(manifest: Path, artifact_id: str, properties: dict[str, Any], name: str) -> str:
    value = properties.get(name)
    if not isinstance(value, str) or "\0" in value:
        raise InputError(str(manifest), f"says no {name} for {artifact_id[:100]}")
    return value
