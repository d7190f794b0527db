from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_ecs.errors import Code, ConstructsEcsError, InvalidValueError
from constructs_ecs.facts import containers

NUMBER_TOKEN: Any = -1.8881545897087535e289
STRING_TOKEN = "${Token[TOKEN.1]}"  # noqa: S105 - a CDK token is no secret
LIST_TOKEN = "#{Token[TOKEN.1]}"  # noqa: S105 - as above
ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=5),
    st.binary(max_size=5),
    st.lists(st.text(max_size=3) | st.integers(), max_size=3),
    st.dictionaries(st.text(max_size=3) | st.integers(), st.text(max_size=3) | st.none(), max_size=3),
)

# What each check takes at its edges, and what it refuses next to them.
RANGES: list[tuple[Callable[[Any], None], Code, int, int | None]] = [
    (containers.check_stop_timeout_seconds, Code.CONTAINER_SETTING, 2, 120),
    (containers.check_container_cpu, Code.CONTAINER_SETTING, 0, None),
    (lambda value: containers.check_health_check(interval_seconds=value), Code.HEALTH_CHECK, 5, 300),
    (lambda value: containers.check_health_check(timeout_seconds=value), Code.HEALTH_CHECK, 2, 60),
    (lambda value: containers.check_health_check(retries=value), Code.HEALTH_CHECK, 1, 10),
    (lambda value: containers.check_health_check(start_period_seconds=value), Code.HEALTH_CHECK, 0, 300),
    (lambda value: containers.check_container_memory("app", value, None), Code.CONTAINER_SETTING, 6, None),
    (lambda value: containers.check_container_memory("app", None, value), Code.CONTAINER_SETTING, 6, None),
]


def refusal(check: Callable[..., None], *arguments: object, **named: object) -> ConstructsEcsError:
    with pytest.raises(InvalidValueError) as caught:
        check(*arguments, **named)
    return caught.value


@pytest.mark.parametrize(("check", "code", "minimum", "maximum"), RANGES)
def test_a_figure_is_taken_at_its_bounds_and_refused_beyond_them(
    check: Callable[[Any], None], code: Code, minimum: int, maximum: int | None
) -> None:
    check(minimum)
    check(NUMBER_TOKEN)
    check(10**9 if maximum is None else maximum)
    refused = [minimum - 1, float(minimum), str(minimum), True, *([] if maximum is None else [maximum + 1])]
    for value in refused:
        assert refusal(check, value).code is code


@given(value=ANYTHING)
def test_any_input_passes_a_check_or_gives_our_error(value: object) -> None:
    checks: list[Callable[[], None]] = [
        *(lambda check=check: check(value) for check, *_ in RANGES),
        lambda: containers.check_text(value, name="user"),
        lambda: containers.check_words(value, code=Code.CONTAINER_SETTING, name="command"),
        lambda: containers.check_environment(value),
        lambda: containers.check_variables(value, name="secrets"),
    ]
    for check in checks:
        try:
            check()
        except InvalidValueError as error:
            assert error.code in {Code.CONTAINER_SETTING, Code.HEALTH_CHECK}


def test_a_health_check_without_figures_has_the_defaults_of_ecs() -> None:
    containers.check_health_check()


def test_a_health_check_ends_before_the_next_begins() -> None:
    containers.check_health_check(interval_seconds=5, timeout_seconds=5)
    containers.check_health_check(interval_seconds=5, timeout_seconds=NUMBER_TOKEN)
    containers.check_health_check(interval_seconds=NUMBER_TOKEN, timeout_seconds=60)
    error = refusal(containers.check_health_check, interval_seconds=5, timeout_seconds=6)
    assert error.code is Code.HEALTH_CHECK


def test_a_reservation_is_below_the_limit() -> None:
    for limit, reservation in ((None, None), (512, None), (None, 512), (512, 511), (512, NUMBER_TOKEN)):
        containers.check_container_memory("app", limit, reservation)
    for limit, reservation in ((512, 512), (512, 1024)):
        error = refusal(containers.check_container_memory, "app", limit, reservation)
        assert error.code is Code.CONTAINER_SETTING
        assert "container 'app'" in error.problem


def test_a_container_on_ec2_has_a_limit_or_a_reservation() -> None:
    containers.check_ec2_container_memory("app", 512, None)
    containers.check_ec2_container_memory("app", None, 512)
    assert refusal(containers.check_ec2_container_memory, "app", None, None).code is Code.CONTAINER_SETTING


def test_containers_share_what_the_task_has() -> None:
    containers.check_task_share([512, 512, None, NUMBER_TOKEN], task=1024, name="cpu")
    containers.check_task_share([4096], task=NUMBER_TOKEN, name="cpu")
    error = refusal(containers.check_task_share, [512, 513], task=1024, name="cpu")
    assert error.code is Code.CONTAINER_SETTING
    assert "cpu=1024; got 1025" in error.problem


def test_a_command_is_words_and_not_one_text() -> None:
    for words in (["serve"], ("sh", "-c", ""), [LIST_TOKEN], [STRING_TOKEN]):
        containers.check_words(words, code=Code.CONTAINER_SETTING, name="command")
    for garbage in ("serve", [], [1], None, {"a": 1}):
        assert refusal(containers.check_words, garbage, code=Code.CONTAINER_SETTING, name="command")


def test_an_environment_maps_names_to_texts() -> None:
    containers.check_environment({"LEVEL": "info", "EMPTY": "", "TOKEN": STRING_TOKEN})
    for garbage in ({"": "x"}, {"A=B": "x"}, {1: "x"}, {"A": 1}, {"A": None}, ["A"], "A=B", None):
        assert refusal(containers.check_environment, garbage).code is Code.CONTAINER_SETTING
