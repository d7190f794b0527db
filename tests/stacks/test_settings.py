import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_ecs import Code, ConstructsEcsError
from stacks.settings import Settings, Variant
from tests.support import app


def test_without_context_the_images_come_from_a_registry_and_the_stacks_fit_any_account() -> None:
    settings = Settings.from_context(app().node)
    assert settings.variant is Variant.REGISTRY
    assert settings.env is None


def test_the_context_names_variant_account_and_region() -> None:
    context = {"variant": "isolated", "account": "123456789012", "region": "eu-west-1"}
    settings = Settings.from_context(app(context=context).node)
    assert settings.variant is Variant.ISOLATED
    assert settings.env is not None
    assert (settings.env.account, settings.env.region) == ("123456789012", "eu-west-1")


@pytest.mark.parametrize(("given", "expected"), [(True, True), ("true", True), (False, False), ("false", False)])
def test_protection_from_deletion_is_switched_in_the_context_or_on_the_command_line(
    given: object, expected: object
) -> None:
    assert Settings.from_context(app(context={"deletion_protection": given}).node).deletion_protection is expected


@given(
    variant=st.sampled_from(["registry", "isolated", "", "both"]) | st.integers() | st.booleans() | st.none(),
    account=st.none() | st.sampled_from(["123456789012", ""]) | st.integers(),
    region=st.none() | st.just("us-east-1"),
    deletion_protection=st.none()
    | st.booleans()
    | st.sampled_from(["true", "off"])
    | st.integers()
    | st.lists(st.none()),
)
def test_any_context_gives_settings_or_our_error(**context: object) -> None:
    class _Node:
        @staticmethod
        def try_get_context(name: str) -> object:
            return context.get(name)

    try:
        Settings.from_context(_Node())  # type: ignore[arg-type]  # the CDK's node costs a message for each
    except ConstructsEcsError as error:
        assert error.code is Code.SETTING


def test_an_account_without_a_region_is_refused() -> None:
    with pytest.raises(ConstructsEcsError) as caught:
        Settings(account="123456789012")
    assert caught.value.code is Code.SETTING
