"""Which file of an assembly a nested stack is made of, where its parent's template says only where it is uploaded to.

The CDK's command line asks for the file's path in the template's metadata; an app that is run without it has the asset
manifests beside the templates, which say the same.

Source: the ``cloud-assembly-schema`` package of the CDK, ``AssetManifest``.
"""

from pathlib import Path
from typing import Any, Final

from constructs_ecs.preflight.templates.documents import InputError, load

_MAX_BYTES: Final = 50_000_000
_MAX_MANIFESTS: Final = 1_000
_SUFFIX: Final = ".template.json"


def sources(folder: Path) -> dict[str, Path]:
    """Return the templates of a folder by the names that they are uploaded under; nothing where no manifest says it.

    Args:
        folder: where the templates and the asset manifests are.
    """
    found: dict[str, Path] = {}
    for manifest in sorted(folder.glob("*.assets.json"))[:_MAX_MANIFESTS]:
        try:
            body = load(manifest, _MAX_BYTES).body
        except InputError:
            continue
        for file in _mapping(_mapping(body).get("files")).values():
            source = _mapping(_mapping(file).get("source")).get("path")
            if isinstance(source, str) and source.endswith(_SUFFIX) and "\0" not in source:
                for destination in _mapping(_mapping(file).get("destinations")).values():
                    uploaded = _name(_mapping(destination).get("objectKey"))
                    if uploaded:
                        found[uploaded] = folder / source
    return found


def uploaded_name(url: Any) -> str:  # noqa: ANN401 - a template's data
    """Return the last part of a nested stack's ``TemplateURL``, as far as it is written out; nothing if it is not."""
    while isinstance(url, dict | list) and url:
        url = url[-1] if isinstance(url, list) else next(reversed(url.values()))
    return _name(url)


def _name(key: Any) -> str:  # noqa: ANN401 - a template's data
    name = key.rpartition("/")[2] if isinstance(key, str) else ""
    return "" if "$" in name else name


def _mapping(value: Any) -> dict[str, Any]:  # noqa: ANN401 - any data
    return value if isinstance(value, dict) else {}
