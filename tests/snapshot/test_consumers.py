"""The templates of apps that use what exists, which the sample app does not."""

import json
import runpy
from pathlib import Path

import pytest
from syrupy.assertion import SnapshotAssertion

from tests.snapshots import TemplateExtension, readable
from tests.support import ROOT

SCRIPTS = [
    ("existing_cluster", "app"),
    ("existing_vpc_with_nat", "app"),
    ("published_network", "app"),
    ("published_network", "publisher"),
    ("two_stacks_that_talk", "app"),
]


@pytest.mark.parametrize(("consumer", "script"), SCRIPTS)
def test_each_template_of_a_consumer_is_what_was_reviewed(
    consumer: str, script: str, snapshot: SnapshotAssertion
) -> None:
    names = runpy.run_path(str(ROOT / "tests" / "consumers" / consumer / f"{script}.py"), run_name="__main__")
    paths = sorted(Path(names["app"].outdir).glob("*.template.json"))
    assert paths
    for path in paths:
        name = f"consumer-{consumer}-{path.name.removesuffix('.template.json')}"
        assert readable(json.loads(path.read_text())) == snapshot.use_extension(TemplateExtension)(name=name)
