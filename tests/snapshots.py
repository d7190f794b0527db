"""Templates as a reviewer reads them in `snapshots/`."""

import json
import re
from typing import Any

from syrupy.data import SnapshotCollections
from syrupy.extensions.json import JSONSnapshotExtension
from syrupy.location import PyTestLocation

from tests.support import ROOT

SNAPSHOTS = ROOT / "snapshots"
_ASSET_HASH = re.compile(r"\b[0-9a-f]{64}\b")


class TemplateExtension(JSONSnapshotExtension):
    """One JSON file for each stack, right below `snapshots/`."""

    @classmethod
    def dirname(cls, *, test_location: PyTestLocation) -> str:  # noqa: ARG003 - one place for all
        return str(SNAPSHOTS)

    def discover_snapshots(
        self, *, test_location: PyTestLocation, ignore_extensions: list[str] | None = None
    ) -> SnapshotCollections:
        # The pages beside the templates are written by `make audit` and `make test-deploy`.
        return super().discover_snapshots(
            test_location=test_location, ignore_extensions=[*(ignore_extensions or ()), "md"]
        )

    @classmethod
    def get_snapshot_name(cls, *, test_location: PyTestLocation, index: int | str = 0) -> str:
        return index if isinstance(index, str) else super().get_snapshot_name(test_location=test_location, index=index)


def readable(template: dict[str, Any]) -> dict[str, Any]:
    """The template without what changes with no change of meaning: asset hashes, the bootstrap check, CDK metadata."""
    kept: dict[str, Any] = json.loads(_ASSET_HASH.sub("<ASSET_HASH>", json.dumps(template)))
    for section, names in {
        "Parameters": ["BootstrapVersion"],
        "Rules": ["CheckBootstrapVersion"],
        "Resources": ["CDKMetadata"],
        "Conditions": ["CDKMetadataAvailable"],
    }.items():
        for name in names:
            kept.get(section, {}).pop(name, None)
        if not kept.get(section, True):
            del kept[section]
    return kept
