import itertools
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_ecs.errors import Code, InvalidValueError
from constructs_ecs.facts import published
from constructs_ecs.facts.endpoints import Endpoint

STRING_TOKEN = "${Token[TOKEN.1]}"  # noqa: S105 - a CDK token is no secret
LONGEST_ARN = "arn:aws-us-gov:ssm:ap-southeast-99:123456789012:parameter"
LONGEST_PATH = "/" + "/".join(["a" * 68] * 13)
NAMES = (
    published.SCHEMA_VERSION_PARAMETER,
    *published.NetworkParameter,
    *published.ClusterParameter,
    *map(published.endpoint_parameter, Endpoint),
    published.capacity_provider_parameter("FARGATE_SPOT"),
    published.s3_action_parameter("s3:PutObjectLegalHoldConfigurationOfSomeKind") or "",
)
ANYTHING = st.one_of(
    st.none(),
    st.integers(),
    st.binary(),
    st.text(),
    st.lists(st.text()),
    st.from_regex(r"(/[a-zA-Z0-9_.-]{0,4}){0,20}"),
    st.sampled_from([STRING_TOKEN, f"/platform/{STRING_TOKEN}", "/aws/x", "/SSMx", "/a\n", "/é", "/a//b"]),
)


@pytest.mark.parametrize("path", ["/a", "/platform/network", "/Platform_1/net-work.v2", "/my/aws", LONGEST_PATH])
def test_a_path_that_systems_manager_takes_is_one(path: str) -> None:
    published.check_path(path)


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("platform", "no slash at the beginning"),
        ("/platform/", "an empty name"),
        ("/platform//network", "an empty name"),
        ("/plat form", "another character"),
        ("/platform\n", "another character"),
        ("", "no slash at the beginning"),
        ("/aws/network", "AWS keeps the first name"),
        ("/AwsNetwork", "AWS keeps the first name"),
        ("/ssm-network", "AWS keeps the first name"),
        ("/a" * 14, "14 names"),
        ("/" + "a" * 900, "901 characters"),
        (None, "it is no text"),
        (["/a"], "it is no text"),
    ],
)
def test_another_path_is_refused_with_the_reason(path: Any, why: str) -> None:  # noqa: ANN401 - any value
    with pytest.raises(InvalidValueError, match=why) as raised:
        published.check_path(path)
    assert raised.value.code is Code.PUBLISH_PATH


def test_a_token_is_refused_because_a_template_names_parameters_literally() -> None:
    with pytest.raises(InvalidValueError, match="known at synth") as raised:
        published.check_path(f"/platform/{STRING_TOKEN}")
    assert raised.value.code is Code.PUBLISH_PATH


@given(ANYTHING)
def test_any_path_makes_names_that_systems_manager_takes_or_our_error(path: Any) -> None:  # noqa: ANN401 - any value
    try:
        published.check_path(path)
    except InvalidValueError as error:
        assert error.code is Code.PUBLISH_PATH
        return
    for name in NAMES:
        full = f"{path}/{name}"
        assert re.fullmatch(r"(/[a-zA-Z0-9_.-]+){2,15}", full, re.ASCII)
        assert not full.lower().startswith(("/aws", "/ssm"))
        assert len(LONGEST_ARN + full) <= 1011


def test_the_longest_path_leaves_room_for_each_name() -> None:
    assert max(len(f"{LONGEST_ARN}{LONGEST_PATH}/{name}") for name in NAMES) <= 1011


def test_each_name_is_there_once() -> None:
    assert len(set(NAMES)) == len(NAMES)


@pytest.mark.parametrize("action", ["s3:*", "s3:Get*", "s3:", "sqs:SendMessage", "s3:PutObject\n", ""])
def test_an_action_that_is_not_written_in_full_has_no_parameter(action: str) -> None:
    assert published.s3_action_parameter(action) is None


def test_an_action_has_a_parameter_of_its_name() -> None:
    assert published.s3_action_parameter("s3:PutObject") == "s3-actions/PutObject"


def test_no_two_ways_to_record_sessions_are_in_the_same_words() -> None:
    flags = ("session_key", "log_group", "log_group_key", "bucket", "bucket_key", "key_prefix")
    said = [
        published.exec_words(logging, **dict(zip(flags, values, strict=True)))
        for logging in ("NONE", "DEFAULT", "OVERRIDE")
        for values in itertools.product([False, True], repeat=len(flags))
    ]
    assert len(set(said)) == len(said) == 3 * 2**6
