"""The templates of the sample app, as a reviewer reads them in `snapshots/`."""

from dataclasses import fields
from tempfile import gettempdir

import pytest
from syrupy.assertion import SnapshotAssertion

from stacks.sample import Sample, compose
from stacks.settings import Settings, Variant
from tests.sample import CASES, synthesize
from tests.snapshots import SNAPSHOTS, TemplateExtension, readable
from tests.support import ROOT, app, template

PARTS = [field.name for field in fields(Sample)]


@pytest.mark.parametrize(("variant", "environment"), CASES)
@pytest.mark.parametrize("part", PARTS)
def test_each_stack_of_the_sample_app_is_what_was_reviewed(
    variant: Variant, environment: str, part: str, snapshot: SnapshotAssertion
) -> None:
    sample = synthesize(variant, environment)
    stack = getattr(sample.sample, part)
    reviewed = snapshot.use_extension(TemplateExtension)
    assert readable(sample.templates[stack.stack_name]) == reviewed(name=f"{variant.value}-{environment}-{part}")


def test_the_load_balancer_with_a_certificate_is_what_was_reviewed(snapshot: SnapshotAssertion) -> None:
    arn = "arn:aws:acm:us-east-1:123456789012:certificate/0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"
    stack = compose(app(), Settings(certificate_arn=arn)).load_balancer
    assert readable(template(stack)) == snapshot.use_extension(TemplateExtension)(name="https-agnostic-load_balancer")


def test_a_snapshot_names_no_path_of_a_machine() -> None:
    texts = {path.name: path.read_text() for path in SNAPSHOTS.glob("*.json")}
    assert texts
    places = (str(ROOT), gettempdir(), "site-packages")
    assert [name for name, text in texts.items() if any(place in text for place in places)] == []
