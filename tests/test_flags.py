"""A consumer's cdk.json is not ours: what is deployed, and what it may do, depends on no feature flag."""

import pytest

from stacks.settings import Variant
from tests.meaning import meaning, permissions
from tests.sample import ALL, CASES, NONE, synthesize


@pytest.mark.parametrize(("variant", "environment"), CASES)
def test_resources_are_the_same_under_no_flags_and_all(variant: Variant, environment: str) -> None:
    none = synthesize(variant, environment, flags=NONE).templates
    every = synthesize(variant, environment, flags=ALL).templates
    assert {name: meaning(template) for name, template in none.items()} == {
        name: meaning(template) for name, template in every.items()
    }


@pytest.mark.parametrize(("variant", "environment"), CASES)
def test_effective_permissions_are_the_same_under_no_flags_and_all(variant: Variant, environment: str) -> None:
    none = synthesize(variant, environment, flags=NONE).templates
    every = synthesize(variant, environment, flags=ALL).templates
    assert any(permissions(template) for template in none.values())
    assert {name: permissions(template) for name, template in none.items()} == {
        name: permissions(template) for name, template in every.items()
    }
