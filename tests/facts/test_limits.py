from collections.abc import Callable
from typing import Any

import aws_cdk as cdk
import jsii
import pytest
from aws_cdk import aws_ec2 as ec2
from hypothesis import given
from hypothesis import strategies as st

from constructs_ecs.errors import Code, ConstructsEcsError, InvalidValueError
from constructs_ecs.facts import limits
from tests import support

NUMBER_TOKEN = -1.8881545897087535e289
STRING_TOKEN = "${Token[TOKEN.1]}"  # noqa: S105 - a CDK token is no secret
ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(min_value=-1, max_value=70_000),
    st.sampled_from([10**400, -(10**5000), NUMBER_TOKEN, float("nan"), float("-inf")]),
    st.floats(),
    st.text(),
    st.sampled_from(["a" * 255, "a" * 256, "web_1-a", "web\n", STRING_TOKEN, "\ud800", "٣", "é"]),
    st.binary(),
    st.lists(st.integers()),
)

# What each check takes at its edges, and what it refuses next to them.
RANGES: list[tuple[Callable[[Any], None], Code, int, int | None]] = [
    (limits.check_container_count, Code.CONTAINER_COUNT, 1, 10),
    (limits.check_port, Code.PORT, 1, 65535),
    (limits.check_ephemeral_storage_gib, Code.EPHEMERAL_STORAGE, 21, 200),
    (limits.check_desired_count, Code.SERVICE_COUNT, 0, None),
    (lambda value: limits.check_healthy_percent(value, 200), Code.SERVICE_COUNT, 0, 100),
    (lambda value: limits.check_healthy_percent(0, value), Code.SERVICE_COUNT, 100, None),
]


@jsii.implements(cdk.IStableNumberProducer)
class Number:
    def produce(self) -> float:
        return 512


@jsii.implements(cdk.IStableStringProducer)
class String:
    def produce(self) -> str:
        return "value"


@jsii.implements(cdk.IStableListProducer)
class Words:
    def produce(self) -> list[str]:
        return ["value"]


@pytest.fixture(scope="module")
def parameter() -> cdk.CfnParameter:
    return cdk.CfnParameter(support.stack(), "Parameter", type="Number")


def refusal(check: Callable[..., None], *arguments: object) -> ConstructsEcsError:
    with pytest.raises(InvalidValueError) as caught:
        check(*arguments)
    return caught.value


@pytest.mark.parametrize(("check", "code", "minimum", "maximum"), RANGES)
def test_a_figure_is_taken_at_its_bounds_and_refused_beyond_them(
    check: Callable[[Any], None], code: Code, minimum: int, maximum: int | None
) -> None:
    check(minimum)
    assert refusal(check, minimum - 1).code is code
    if maximum is None:
        check(10**9)
    else:
        check(maximum)
        assert refusal(check, maximum + 1).code is code


@pytest.mark.parametrize(("check", "code", "minimum", "maximum"), RANGES)
def test_a_figure_that_is_no_int_is_refused(
    check: Callable[[Any], None], code: Code, minimum: int, maximum: int | None
) -> None:
    for garbage in (True, float(minimum), float("nan"), str(maximum), STRING_TOKEN, b"8", [minimum]):
        assert refusal(check, garbage).code is code


@pytest.mark.parametrize(("check", "code", "minimum", "maximum"), RANGES)
def test_a_number_token_passes_every_figure(
    check: Callable[[Any], None], code: Code, minimum: int, maximum: int | None
) -> None:
    del code, minimum, maximum
    check(NUMBER_TOKEN)


@given(value=ANYTHING)
def test_any_input_passes_a_check_or_gives_our_error(value: object) -> None:
    checks = [check for check, *_ in RANGES]
    names = (limits.check_family, limits.check_container_name, limits.check_service_name, limits.check_cluster_name)
    for check in (*checks, *names):
        message = ""
        try:
            check(value)  # type: ignore[arg-type]
        except InvalidValueError as error:
            message = str(error)
        assert len(message) < 300


def test_the_message_names_the_argument_the_bounds_and_what_was_given() -> None:
    assert str(refusal(limits.check_port, 0)) == "ECS016: port is a whole number, 1 to 65535; got 0. Use 1 or more."
    assert str(refusal(limits.check_port, 65536)).endswith("got 65536. Use 65535 or less.")
    assert str(refusal(limits.check_port, "80")).endswith("got '80'. Give an int.")


@pytest.mark.parametrize(
    ("check", "code"),
    [
        (limits.check_family, Code.FAMILY),
        (limits.check_container_name, Code.CONTAINER_NAME),
        (limits.check_service_name, Code.SERVICE_NAME),
        (limits.check_cluster_name, Code.CLUSTER_NAME),
    ],
)
def test_a_name_is_up_to_255_letters_digits_hyphens_and_underscores(check: Callable[[Any], None], code: Code) -> None:
    for name in ("a", "0", "-", "web_1-A", "a" * 255):
        check(name)
    for garbage in ("", "a" * 256, "a b", "a/b", "a.b", "web\n", "é", "٣", None, 1, b"web", ["web"]):
        assert refusal(check, garbage).code is code


def test_a_name_with_a_token_in_it_passes() -> None:
    limits.check_family(f"{STRING_TOKEN} and a space")
    limits.check_container_names([STRING_TOKEN, STRING_TOKEN, "app"])


def test_the_containers_of_a_task_have_names_of_their_own() -> None:
    limits.check_container_names(["app", "App", "sidecar"])

    assert "'app' is there twice" in refusal(limits.check_container_names, ["app", "sidecar", "app"]).problem
    assert refusal(limits.check_container_names, ["app", "no name"]).code is Code.CONTAINER_NAME


def test_the_containers_of_a_task_use_a_port_once() -> None:
    limits.check_ports([80, 8080, NUMBER_TOKEN, NUMBER_TOKEN])  # type: ignore[list-item]

    assert "8080 is there twice" in refusal(limits.check_ports, [80, 8080, 8080]).problem
    assert refusal(limits.check_ports, [80, 0]).code is Code.PORT


def test_healthy_percentages_leave_room_to_replace_a_task() -> None:
    for minimum, maximum in ((0, 100), (50, 100), (100, 101), (100, 200), (100, 300)):
        limits.check_healthy_percent(minimum, maximum)
    for minimum, maximum in ((100, 100), (0, 99), (101, 200), (-1, 200)):
        assert refusal(limits.check_healthy_percent, minimum, maximum).code is Code.SERVICE_COUNT


def test_what_becomes_of_a_resource_is_a_removal_policy_without_a_snapshot() -> None:
    for policy in (cdk.RemovalPolicy.RETAIN, cdk.RemovalPolicy.DESTROY, cdk.RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE):
        limits.check_removal_policy(policy)
    for garbage in (cdk.RemovalPolicy.SNAPSHOT, "RETAIN", None):
        assert refusal(limits.check_removal_policy, garbage).code is Code.SETTING


def test_a_value_of_another_type_is_refused_with_the_types_that_are_taken() -> None:
    limits.check_kind(1, int, str, code=Code.SETTING, name="it")
    with pytest.raises(InvalidValueError, match=r"it is of type int or str; got None\."):
        limits.check_kind(None, int, str, code=Code.SETTING, name="it")


def test_the_cdk_s_own_tokens_are_recognised(parameter: cdk.CfnParameter) -> None:
    vpc = ec2.CfnVPC(cdk.Stack.of(parameter), "Vpc", cidr_block="10.0.0.0/16")
    tokens: list[object] = [
        cdk.Token.as_number(parameter.value),
        parameter.value_as_number,
        cdk.Lazy.number(Number()),
        cdk.Token.as_string(parameter.value),
        cdk.Lazy.string(String()),
        cdk.Token.as_list(vpc.attr_cidr_block_associations),
        cdk.Lazy.list(Words()),
        cdk.Aws.REGION,
        vpc.attr_vpc_id,
        f"arn:{cdk.Aws.PARTITION}:ecs:{cdk.Aws.REGION}:{cdk.Aws.ACCOUNT_ID}:cluster/c",
    ]
    for token in tokens:
        assert cdk.Token.is_unresolved(token)
        assert limits.is_token(token)


@pytest.mark.parametrize(
    "value",
    [
        *(0, 1, -1, 512, 1.5, -1.88e289, -1.7e308, -(10**300)),
        *("", "text", "Token[A.1]", "${Token[]}", "${Token[a b]}", "$Token[A.1]", "#{Token[A.1]}", "${AWS::Region}"),
        *([], ["text"], ["#{Token[A.1]}", "more"], [STRING_TOKEN]),
    ],
)
def test_what_is_no_token_to_the_cdk_is_none_here(value: object) -> None:
    assert not cdk.Token.is_unresolved(value)
    assert not limits.is_token(value)


@pytest.mark.parametrize(
    "value",
    [None, True, object(), {}, b"${Token[A.1]}", ("#{Token[A.1]}",), [1], float("inf"), float("nan"), 10**400],
)
def test_what_could_not_even_be_asked_of_the_cdk_is_no_token(value: object) -> None:
    assert not limits.is_token(value)


def test_a_number_token_formatted_into_a_text_is_found_where_the_cdk_would_resolve_it(
    parameter: cdk.CfnParameter,
) -> None:
    text = f"port-{parameter.value_as_number}"

    assert limits.contains_token(text)
    assert cdk.Stack.of(parameter).resolve(text) != text


def test_a_number_token_is_recognised_as_an_int_too(parameter: cdk.CfnParameter) -> None:
    assert limits.is_number_token(int(parameter.value_as_number))


def test_anything_is_shown_in_a_few_words() -> None:
    assert limits.shown("web") == "'web'"
    assert limits.shown("a" * 1000).endswith("a...")
    assert len(limits.shown("a" * 1000)) == 80
    assert limits.shown(10**5000) == "a number of thousands of digits"


@given(st.lists(st.text(st.characters(exclude_characters="$-"), max_size=5), min_size=1, max_size=4))
def test_a_text_is_taken_apart_at_its_tokens(plain: list[str]) -> None:
    text = cdk.Aws.REGION.join(plain)
    parts = limits.split_at_tokens(text)
    assert ("".join(parts), parts[::2]) == (text, plain)
    assert set(parts[1::2]) <= {cdk.Aws.REGION}
    assert limits.without_tokens(text) == "".join(plain)
