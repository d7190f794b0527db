"""The templates of the sample app, as a reviewer reads them in `snapshots/`."""

import json
import re
from dataclasses import fields
from tempfile import gettempdir
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension
from syrupy.location import PyTestLocation

from stacks.sample import Sample
from stacks.settings import Variant
from tests.sample import CASES, synthesize
from tests.support import ROOT

PARTS = [field.name for field in fields(Sample)]

_SNAPSHOTS = ROOT / "snapshots"
_ASSET_HASH = re.compile(r"\b[0-9a-f]{64}\b")


class _TemplateExtension(JSONSnapshotExtension):
    """One JSON file for each stack, right below `snapshots/`."""

    @classmethod
    def dirname(cls, *, test_location: PyTestLocation) -> str:  # noqa: ARG003 - one place for all
        return str(_SNAPSHOTS)

    @classmethod
    def get_snapshot_name(cls, *, test_location: PyTestLocation, index: int | str = 0) -> str:
        return index if isinstance(index, str) else super().get_snapshot_name(test_location=test_location, index=index)


def _readable(template: dict[str, Any]) -> dict[str, Any]:
    """The template without what changes with no change of meaning: asset hashes, the bootstrap check, CDK metadata."""
    readable: dict[str, Any] = json.loads(_ASSET_HASH.sub("<ASSET_HASH>", json.dumps(template)))
    for section, names in {
        "Parameters": ["BootstrapVersion"],
        "Rules": ["CheckBootstrapVersion"],
        "Resources": ["CDKMetadata"],
        "Conditions": ["CDKMetadataAvailable"],
    }.items():
        for name in names:
            readable.get(section, {}).pop(name, None)
        if not readable.get(section, True):
            del readable[section]
    return readable


@pytest.mark.parametrize(("variant", "environment"), CASES)
@pytest.mark.parametrize("part", PARTS)
def test_each_stack_of_the_sample_app_is_what_was_reviewed(
    variant: Variant, environment: str, part: str, snapshot: SnapshotAssertion
) -> None:
    sample = synthesize(variant, environment)
    stack = getattr(sample.sample, part)
    reviewed = snapshot.use_extension(_TemplateExtension)
    assert _readable(sample.templates[stack.stack_name]) == reviewed(name=f"{variant.value}-{environment}-{part}")


def test_a_snapshot_names_no_path_of_a_machine() -> None:
    texts = {path.name: path.read_text() for path in _SNAPSHOTS.glob("*.json")}
    assert texts
    places = (str(ROOT), gettempdir(), "site-packages")
    assert [name for name, text in texts.items() if any(place in text for place in places)] == []
