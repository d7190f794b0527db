from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_ecs.errors import Code, InvalidValueError
from constructs_ecs.facts.secrets import check_secret_arn, check_secret_name

PREFIX = "arn:aws:secretsmanager:us-east-1:123456789012:secret:"


@pytest.mark.parametrize(
    "arn",
    [
        f"{PREFIX}dockerhub-AbCd12",
        f"{PREFIX}team/app_1+=.@x-y-AbCd12",
        "arn:aws-cn:secretsmanager:cn-north-1:123456789012:secret:dockerhub-AbCd12",
        "arn:aws-us-gov:secretsmanager:us-gov-west-1:123456789012:secret:dockerhub-AbCd12",
        "arn:aws-iso-b:secretsmanager:us-isob-east-1:123456789012:secret:dockerhub-AbCd12",
    ],
)
def test_a_complete_arn_is_taken_in_every_partition(arn: str) -> None:
    check_secret_arn(arn)


@pytest.mark.parametrize("arn", [f"{PREFIX}dockerhub", f"{PREFIX}dockerhub-AbC", f"{PREFIX}dockerhub-AbCd1_"])
def test_an_arn_without_the_six_character_suffix_is_refused_with_the_reason(arn: str) -> None:
    with pytest.raises(InvalidValueError, match="with a partial one the task is denied") as raised:
        check_secret_arn(arn)
    assert raised.value.code is Code.SECRET_ARN


def test_an_arn_that_goes_on_with_a_json_key_is_refused() -> None:
    with pytest.raises(InvalidValueError, match="name a JSON key in its own argument") as raised:
        check_secret_arn(f"{PREFIX}dockerhub-AbCd12:username::")
    assert raised.value.code is Code.SECRET_ARN


@pytest.mark.parametrize(
    "arn",
    [
        "",
        "dockerhub",
        f"{PREFIX}dockerhub-AbCd12\n",
        "arn:aws:ssm:us-east-1:123456789012:parameter/dockerhub-AbCd12",
        "arn:aws:secretsmanager:us-east-1:12345:secret:dockerhub-AbCd12",
        "arn:aws:secretsmanager::123456789012:secret:dockerhub-AbCd12",
        "arn:aws:secretsmanager:us-east-1:١٢٣٤٥٦٧٨٩٠١٢:secret:dockerhub-AbCd12",
    ],
)
def test_what_is_no_secret_arn_is_refused(arn: str) -> None:
    with pytest.raises(InvalidValueError) as raised:
        check_secret_arn(arn)
    assert raised.value.code is Code.SECRET_ARN


def test_a_token_passes_as_an_arn_and_as_a_name() -> None:
    check_secret_arn("${Token[AWS.Partition.3]}")
    check_secret_arn("arn:aws:secretsmanager:${Token[AWS.Region.12]}:123456789012:secret:dockerhub")
    check_secret_name("${Token[TOKEN.7]}")


@given(st.text() | st.text().map(PREFIX.__add__))
def test_any_text_is_a_complete_arn_or_our_error(text: str) -> None:
    try:
        check_secret_arn(text)
    except InvalidValueError as error:
        assert error.code is Code.SECRET_ARN
    else:
        assert text.startswith("arn:aws") or "${Token[" in text


@given(st.from_regex(r"[A-Za-z0-9/_+=.@-]{1,100}-[A-Za-z0-9]{6}", fullmatch=True))
def test_every_name_with_a_suffix_makes_a_complete_arn(resource: str) -> None:
    check_secret_arn(PREFIX + resource)


@pytest.mark.parametrize("name", ["d", "prod/dockerhub", "a" * 512, "a+=.@_-b"])
def test_a_name_that_secrets_manager_takes_is_taken(name: str) -> None:
    check_secret_name(name)


@pytest.mark.parametrize("name", ["", "a" * 513, "with space", "docker:hub", "schlüssel", "a\n"])
def test_a_name_that_secrets_manager_does_not_take_is_refused(name: str) -> None:
    with pytest.raises(InvalidValueError) as raised:
        check_secret_name(name)
    assert raised.value.code is Code.SECRET_NAME


def test_what_is_no_text_is_refused() -> None:
    garbage: Any = None
    for check, code in ((check_secret_arn, Code.SECRET_ARN), (check_secret_name, Code.SECRET_NAME)):
        with pytest.raises(InvalidValueError) as caught:
            check(garbage)
        assert caught.value.code is code
