"""What is refused before a task definition is made."""

from collections.abc import Sequence
from typing import Any

import pytest

from constructs_ecs import Code, ConstructsEcsError, Container, Image, OperatingSystem, TaskSize
from constructs_ecs.tasks.checks import check_containers

IMAGE = Image.from_registry("public.ecr.aws/nginx/nginx:1.27")
LINUX = TaskSize(cpu=1024, memory_mib=2048)
WINDOWS = TaskSize(cpu=1024, memory_mib=2048, operating_system=OperatingSystem.WINDOWS_SERVER_2022_CORE)


def _container(**settings: Any) -> Container:  # noqa: ANN401 - any setting
    return Container(image=IMAGE, **settings)


def _check(
    *containers: Container, size: TaskSize | None = LINUX, family: str | None = None, exec_on: bool = True
) -> None:
    check_containers(containers, size=size, family=family, enable_execute_command=exec_on)


@pytest.mark.parametrize(
    ("containers", "code"),
    [
        ([], Code.CONTAINER_COUNT),
        ([_container(name=f"c{n}") for n in range(11)], Code.CONTAINER_COUNT),
        ([_container(), _container()], Code.CONTAINER_NAME),
        ([_container(essential=False)], Code.ESSENTIAL_CONTAINER),
        ([_container(port=80), _container(name="b", port=80)], Code.PORT),
        ([_container(read_only_root_filesystem=True)], Code.READ_ONLY_ROOT_WITH_EXEC),
        ([_container(environment={"AWS_ACCESS_KEY_ID": "x"})], Code.EXEC_UNSUPPORTED),
    ],
)
def test_containers_that_cannot_make_a_task_are_refused(containers: Sequence[Container], code: Code) -> None:
    with pytest.raises(ConstructsEcsError) as caught:
        _check(*containers)
    assert caught.value.code is code


def test_ten_containers_are_taken() -> None:
    _check(*(_container(name=f"c{n}", port=8000 + n) for n in range(10)))


@pytest.mark.parametrize("family", ["", "a b", "x" * 256, "web.service"])
def test_a_family_that_ecs_does_not_take_is_refused(family: str) -> None:
    with pytest.raises(ConstructsEcsError) as caught:
        _check(_container(), family=family)
    assert caught.value.code is Code.FAMILY


def test_a_read_only_root_goes_with_exec_by_choice_of_the_mounts_or_without_exec() -> None:
    _check(_container(read_only_root_filesystem=True, exec_writable_mounts=True))
    _check(_container(read_only_root_filesystem=True), exec_on=False)


def test_key_variables_are_taken_without_exec() -> None:
    _check(_container(environment={"AWS_ACCESS_KEY_ID": "x"}), exec_on=False)


def test_windows_has_no_read_only_root() -> None:
    with pytest.raises(ConstructsEcsError) as caught:
        _check(_container(read_only_root_filesystem=True), size=WINDOWS, exec_on=False)
    assert caught.value.code is Code.CONTAINER_SETTING


@pytest.mark.parametrize(
    "settings",
    [{}, {"memory_mib": 2}, {"memory_mib": 512, "memory_reservation_mib": 1024}, {"memory_mib": 512, "cpu": -1}],
)
def test_a_container_on_ec2_has_memory_and_cpu_that_ecs_takes(settings: dict[str, int]) -> None:
    with pytest.raises(ConstructsEcsError):
        _check(_container(**settings), size=None)
    _check(_container(memory_mib=512), size=None)
    _check(_container(memory_reservation_mib=512), size=None)


@pytest.mark.parametrize(
    "settings",
    [
        [{"memory_mib": 4096}],
        [{"memory_reservation_mib": 4096}],
        [{"memory_mib": 1536}, {"memory_mib": 1024}],
        [{"cpu": 2048}],
        [{"cpu": 768}, {"cpu": 512}],
    ],
)
def test_containers_that_do_not_fit_into_their_task_are_refused(settings: list[dict[str, int]]) -> None:
    with pytest.raises(ConstructsEcsError) as caught:
        _check(*(_container(name=f"c{n}", **each) for n, each in enumerate(settings)))
    assert caught.value.code is Code.CONTAINER_SETTING


def test_limits_may_overlap_where_reservations_fit() -> None:
    both = {"memory_mib": 2048, "memory_reservation_mib": 1024}
    _check(_container(**both), _container(name="b", **both))


def test_what_is_no_container_is_refused() -> None:
    garbage: Any = "nginx:1.27"
    with pytest.raises(ConstructsEcsError) as caught:
        _check(garbage)
    assert caught.value.code is Code.CONTAINER_SETTING
