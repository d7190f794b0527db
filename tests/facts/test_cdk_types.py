"""What is told from a construct of the CDK, without the CDK."""

from typing import Any

import pytest
from aws_cdk import aws_kms as kms
from hypothesis import given
from hypothesis import strategies as st

from constructs_ecs.errors import Code, InvalidValueError
from constructs_ecs.facts.cdk_types import CdkType, check_cdk
from tests import support


class Made:
    """As the CDK's own classes are: the attribute is the class's, and reading it takes a call."""

    @property
    def key_arn(self) -> str:
        raise AssertionError


class Imported:
    """As what the CDK imports is: only the instance has the attribute."""

    def __init__(self) -> None:
        self.key_arn = "arn"


@pytest.mark.parametrize("value", [Made(), Imported()])
def test_what_has_the_attribute_is_taken(value: object) -> None:
    check_cdk(value, CdkType.KEY, name="encryption_key")


@pytest.mark.parametrize("value", [Made, None])
def test_a_class_or_nothing_is_none(value: object) -> None:
    with pytest.raises(InvalidValueError):
        check_cdk(value, CdkType.KEY, name="encryption_key")


@pytest.mark.parametrize("name", ["own", "imported"])
def test_an_alias_is_no_key(name: str) -> None:
    scope = support.stack()
    own = kms.Alias(scope, "Own", alias_name="own", target_key=kms.Key(scope, "Key"))
    alias = own if name == "own" else kms.Alias.from_alias_name(scope, "Imported", "alias/imported")
    with pytest.raises(InvalidValueError, match=r"ECS030: encryption_key is a KMS key \(no alias\) of the CDK; got"):
        check_cdk(alias, CdkType.KEY, name="encryption_key")


@pytest.mark.parametrize("name", ["own", "imported"])
def test_a_key_of_the_cdk_is_taken(name: str) -> None:
    scope = support.stack()
    arn = "arn:aws:kms:us-east-1:123456789012:key/0123abcd-01ab-23cd-45ef-0123456789ab"
    key = kms.Key(scope, "Own") if name == "own" else kms.Key.from_key_arn(scope, "Imported", arn)
    check_cdk(key, CdkType.KEY, name="encryption_key")


def test_an_optional_argument_may_be_left_out() -> None:
    check_cdk(None, CdkType.KEY, name="encryption_key", optional=True)


@given(
    value=st.one_of(st.text(), st.integers(), st.booleans(), st.lists(st.text()), st.dictionaries(st.text(), st.text()))
)
@pytest.mark.parametrize("kind", CdkType)
def test_any_value_of_python_s_is_refused_by_the_argument_s_name(kind: CdkType, value: Any) -> None:  # noqa: ANN401
    with pytest.raises(InvalidValueError) as raised:
        check_cdk(value, kind, name="given")
    assert raised.value.code is Code.SETTING
    assert raised.value.problem.startswith(f"given is {kind.called} of the CDK; got ")
    assert raised.value.remedy == f"Use {kind.instead}."
