from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_ecs.errors import Code, InvalidValueError
from constructs_ecs.facts import load_balancing as facts

NUMBER_TOKEN = -1.8881545897087535e289
STRING_TOKEN = "${Token[TOKEN.1]}"  # noqa: S105 - a CDK token is no secret
ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 60_000),
    st.floats(),
    st.text(),
    st.text("ab./*?-1", max_size=8),
    st.binary(),
    st.lists(st.text("a./*", max_size=4), max_size=3),
    st.sampled_from([NUMBER_TOKEN, STRING_TOKEN, 10**400, "200-", "\ud800", "a" * 129]),
)
HEALTH_CHECK: dict[str, Any] = {
    "path": "/",
    "healthy_codes": "200",
    "interval_seconds": 10,
    "timeout_seconds": 5,
    "healthy_threshold": 2,
    "unhealthy_threshold": 3,
}
RANGES: list[tuple[Callable[[Any], None], int, int]] = [
    (facts.check_idle_timeout_seconds, 1, 4000),
    (facts.check_deregistration_delay_seconds, 0, 3600),
    (facts.check_grace_period_seconds, 0, 2_147_483_647),
    (facts.check_priority, 1, 50_000),
    (lambda value: health_check(interval_seconds=value, timeout_seconds=2), 5, 300),
    (lambda value: health_check(timeout_seconds=value, interval_seconds=300), 2, 120),
    (lambda value: health_check(healthy_threshold=value), 2, 10),
    (lambda value: health_check(unhealthy_threshold=value), 2, 10),
]
TEXTS: list[Callable[[Any], object]] = [
    facts.check_load_balancer_name,
    facts.check_access_log_prefix,
    facts.host_patterns,
    facts.path_patterns,
    lambda value: health_check(path=value),
    lambda value: health_check(healthy_codes=value),
]


def health_check(**changes: Any) -> None:  # noqa: ANN401 - any value is under test
    facts.check_target_health_check(**{**HEALTH_CHECK, **changes})


def refusal(check: Callable[..., object], *arguments: object) -> InvalidValueError:
    with pytest.raises(InvalidValueError) as caught:
        check(*arguments)
    assert caught.value.code is Code.LOAD_BALANCER
    return caught.value


@pytest.mark.parametrize(("check", "minimum", "maximum"), RANGES)
def test_a_figure_is_taken_at_its_bounds_and_refused_beyond_them(
    check: Callable[[Any], None], minimum: int, maximum: int
) -> None:
    check(minimum)
    check(maximum)
    refusal(check, minimum - 1)
    refusal(check, maximum + 1)


@pytest.mark.parametrize("name", ["a", "web-1", "A" * 32, "internal", "a-internal-b"])
def test_a_name_of_letters_digits_and_hyphens_is_taken(name: str) -> None:
    facts.check_load_balancer_name(name)


@pytest.mark.parametrize("name", ["", "-a", "a-", "A" * 33, "internal-a", "a_b", "a.b", "é", "web\n", None, 3])
def test_another_name_is_refused(name: object) -> None:
    refusal(facts.check_load_balancer_name, name)


@pytest.mark.parametrize("prefix", ["logs", "platform/web", "a" * 512])
def test_a_prefix_in_parts_is_taken(prefix: str) -> None:
    facts.check_access_log_prefix(prefix)


@pytest.mark.parametrize("prefix", ["", "/a", "a/", "a//b", "AWSLogs", "a/AWSLogs/b", "a b", "a/*", "a" * 513, None])
def test_a_prefix_that_is_no_plain_path_or_has_the_services_own_folder_is_refused(prefix: object) -> None:
    refusal(facts.check_access_log_prefix, prefix)


@pytest.mark.parametrize(
    "host", ["shop.example.com", "*.example.com", "a_b.example", "?.a.b", "SHOP.Example.COM", "*.*", f"{'a' * 126}.b"]
)
def test_a_host_name_with_wildcards_is_taken(host: str) -> None:
    assert facts.host_patterns(host) == (host,)


@pytest.mark.parametrize(
    "host", ["", "shop", "a.b1", "a.", "a.b:80", "a b.c", "é.fr", "a/b.c", f"{'a' * 127}.b", [], [3]]
)
def test_what_is_no_host_name_is_refused(host: object) -> None:
    refusal(facts.host_patterns, host)


@pytest.mark.parametrize("path", ["/", "/*", "*", "/a/b.c", "/~a/$b'\"@:+;&_-?", f"/{'a' * 127}"])
def test_a_path_with_wildcards_is_taken(path: str) -> None:
    assert facts.path_patterns(path) == (path,)


@pytest.mark.parametrize("path", ["", "a", "/a b", "/a#b", "/a=b", "/é", f"/{'a' * 128}", (), ["/a", None], {"/a"}])
def test_what_is_no_path_is_refused(path: object) -> None:
    refusal(facts.path_patterns, path)


def test_patterns_are_given_one_by_one_or_as_a_list_and_count_once() -> None:
    assert facts.path_patterns(None) == ()
    assert facts.path_patterns(["/a", "/b", "/a"]) == ("/a", "/b")
    assert facts.host_patterns(("a.b",)) == ("a.b",)


def test_a_rule_has_five_values_and_six_wildcards() -> None:
    facts.check_conditions(["a.b", "/1", "/2", "/3", "/4"])
    facts.check_conditions(["*.b*", "/?*", "/*?"])
    assert "got 6" in refusal(facts.check_conditions, ["a.b", "/1", "/2", "/3", "/4", "/5"]).problem
    assert "got 7" in refusal(facts.check_conditions, ["*.b*", "/?*", "/*?*"]).problem


@pytest.mark.parametrize("codes", ["200", "499", "200,204", "200-299", "200-299,401", "204-204"])
def test_status_codes_are_one_several_or_a_range(codes: str) -> None:
    health_check(healthy_codes=codes)


@pytest.mark.parametrize(
    "codes", ["", "199", "500", "2xx", "200-", "299-200", "200,", "200, 204", "200-600", 200, None]
)
def test_other_status_codes_are_refused(codes: object) -> None:
    refusal(lambda: health_check(healthy_codes=codes))


@pytest.mark.parametrize("path", ["", "health", "/a b", "/é", f"/{'a' * 1024}", None, 3])
def test_a_health_check_of_no_path_is_refused(path: object) -> None:
    refusal(lambda: health_check(path=path))


def test_a_health_check_of_a_path_with_a_query_is_taken() -> None:
    health_check(path="/health?deep=1")


def test_a_health_check_ends_before_the_next_begins() -> None:
    assert "timeout_seconds=10" in refusal(lambda: health_check(timeout_seconds=10, interval_seconds=10)).problem
    health_check(timeout_seconds=NUMBER_TOKEN, interval_seconds=10)
    health_check(timeout_seconds=5, interval_seconds=NUMBER_TOKEN)


def test_a_token_passes_every_check() -> None:
    for check, _, _ in RANGES:
        check(NUMBER_TOKEN)
    for text in TEXTS:
        text(STRING_TOKEN)
    assert facts.host_patterns(["#{Token[TOKEN.2]}"]) == ("#{Token[TOKEN.2]}",)
    facts.check_conditions([STRING_TOKEN] * 5)


@given(value=ANYTHING)
def test_any_value_is_taken_or_refused_with_our_error(value: object) -> None:
    for check in (*(check for check, _, _ in RANGES), *TEXTS):
        try:
            check(value)
        except InvalidValueError as error:
            assert error.code is Code.LOAD_BALANCER
