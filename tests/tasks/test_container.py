from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_ecs import Code, ConstructsEcsError, Container, HealthCheck, Image

IMAGE = Image.from_registry("public.ecr.aws/nginx/nginx:1.27")
ANYTHING = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)


@given(name=ANYTHING, port=ANYTHING, stop_timeout_seconds=ANYTHING)
def test_anything_gives_a_container_or_our_error(name: str, port: int, stop_timeout_seconds: int) -> None:
    try:
        Container(image=IMAGE, name=name, port=port, stop_timeout_seconds=stop_timeout_seconds)
    except ConstructsEcsError as error:
        assert error.code in {Code.CONTAINER_NAME, Code.PORT, Code.CONTAINER_SETTING}


@given(interval=ANYTHING, timeout=ANYTHING, retries=ANYTHING, start=ANYTHING)
def test_anything_gives_a_health_check_or_our_error(interval: int, timeout: int, retries: int, start: int) -> None:
    try:
        HealthCheck(
            command="true",
            interval_seconds=interval,
            timeout_seconds=timeout,
            retries=retries,
            start_period_seconds=start,
        )
    except ConstructsEcsError as error:
        assert error.code is Code.HEALTH_CHECK


@pytest.mark.parametrize("port", [0, 65536, -5])
def test_a_port_out_of_range_is_refused(port: int) -> None:
    with pytest.raises(ConstructsEcsError) as caught:
        Container(image=IMAGE, port=port)
    assert caught.value.code is Code.PORT


def test_a_health_check_of_one_text_runs_in_a_shell_and_words_do_not() -> None:
    assert HealthCheck(command="curl -f localhost").words == ["CMD-SHELL", "curl -f localhost"]
    assert HealthCheck(command=("curl", "-f", "localhost")).words == ["CMD", "curl", "-f", "localhost"]


@pytest.mark.parametrize(
    "settings",
    [
        {"image": "nginx:1.27"},
        {"health_check": "curl -f localhost"},
        {"secrets": {"TOKEN": "arn"}},
        {"secrets": {"": "arn"}},
        {"environment": {"LEVEL": 1}},
        {"command": "serve"},
        {"entry_point": []},
        {"user": 1000},
        {"working_directory": ""},
        {"memory_mib": 256, "memory_reservation_mib": 512},
        {"memory_mib": -1},
    ],
)
def test_a_setting_that_ecs_would_not_take_is_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(ConstructsEcsError) as caught:
        Container(**{"image": IMAGE, **settings})
    assert caught.value.code is Code.CONTAINER_SETTING


@pytest.mark.parametrize("command", ["", [], [1], None])
def test_a_health_check_has_a_command(command: Any) -> None:  # noqa: ANN401 - a user may pass anything
    with pytest.raises(ConstructsEcsError) as caught:
        HealthCheck(command=command)
    assert caught.value.code is Code.HEALTH_CHECK
