from collections.abc import Sequence
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constructs_ecs.errors import Code, ConflictError, ConstructsEcsError, InvalidValueError
from constructs_ecs.facts.limits import is_number_token
from constructs_ecs.facts.task_sizes import FARGATE_MEMORY_MIB, CpuArchitecture, OperatingSystem, TaskSize

NUMBER_TOKEN = -1.8881545897087535e289
WINDOWS = OperatingSystem.WINDOWS_SERVER_2022_CORE

# The developer guide's table in its own unit, GB of memory for vCPU; kept apart from the table under test.
GIB: dict[int, Sequence[float]] = {
    256: [0.5, 1, 2],
    512: [1, 2, 3, 4],
    1024: [2, 3, 4, 5, 6, 7, 8],
    2048: list(range(4, 17)),
    4096: list(range(8, 31)),
    8192: [16, 20, 24, 28, 32, 36, 40, 44, 48, 52, 56, 60],
    16384: [32, 40, 48, 56, 64, 72, 80, 88, 96, 104, 112, 120],
    32768: [60, 120, 244],
}
PAIRS = {(cpu, int(gib * 1024)) for cpu, sizes in GIB.items() for gib in sizes}
ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(min_value=0, max_value=300_000),
    st.sampled_from([0, 256, 512, 1024, 4096, 2**64, 10**400, -(10**5000), NUMBER_TOKEN]),
    st.floats(),
    st.text(),
    st.binary(),
    st.lists(st.integers()),
)


def refusal(**arguments: object) -> ConstructsEcsError:
    with pytest.raises(ConstructsEcsError) as caught:
        TaskSize(**arguments)  # type: ignore[arg-type]
    return caught.value


def test_fargate_offers_seventy_four_pairs_and_three_more_that_it_does_not_offer_everywhere() -> None:
    assert len([pair for pair in PAIRS if pair[0] < 32768]) == 74
    assert {(cpu, memory) for cpu, sizes in FARGATE_MEMORY_MIB.items() for memory in sizes} == PAIRS


def test_every_pair_in_the_table_is_a_size_and_every_other_is_refused() -> None:
    memories = {*range(0, 256 * 1024 + 1, 512), *(memory + step for _, memory in PAIRS for step in (-1, 1))}
    for cpu in GIB:
        for memory_mib in memories:
            if (cpu, memory_mib) in PAIRS:
                assert TaskSize(cpu=cpu, memory_mib=memory_mib).memory_mib == memory_mib
            else:
                assert refusal(cpu=cpu, memory_mib=memory_mib).code is Code.TASK_SIZE


@pytest.mark.parametrize("cpu", [-256, 0, 1, 128, 255, 257, 768, 3072, 6144, 32767, 65536])
def test_cpu_that_is_not_in_the_table_is_refused_whatever_the_memory(cpu: int) -> None:
    for memory_mib in {memory for _, memory in PAIRS}:
        assert refusal(cpu=cpu, memory_mib=memory_mib).code is Code.TASK_SIZE


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"cpu": 512, "memory_mib": 512},
            "ECS010: cpu=512 allows memory_mib 1024, 2048, 3072 or 4096; got 512. Raise memory_mib or lower cpu.",
        ),
        (
            {"cpu": 2048, "memory_mib": 30720},
            (
                "ECS010: cpu=2048 allows memory_mib 4096 to 16384 in steps of 1024; got 30720. "
                "Lower memory_mib or raise cpu."
            ),
        ),
        (
            {"cpu": 8192, "memory_mib": 20000},
            "ECS010: cpu=8192 allows memory_mib 16384 to 61440 in steps of 4096; got 20000. The nearest is 20480.",
        ),
        (
            {"cpu": 256, "memory_mib": 256},
            "ECS010: cpu=256 allows memory_mib 512, 1024 or 2048; got 256. Raise memory_mib.",
        ),
        (
            {"cpu": 32768, "memory_mib": 300000},
            "ECS010: cpu=32768 allows memory_mib 61440, 122880 or 249856; got 300000. Lower memory_mib.",
        ),
        (
            {"cpu": 4000, "memory_mib": 8192, "operating_system": WINDOWS},
            (
                "ECS011: Windows on Fargate allows cpu 1024, 2048 or 4096 (1024 is one vCPU); got 4000. "
                "The nearest is 4096."
            ),
        ),
        (
            {"cpu": 1024, "memory_mib": 1024, "operating_system": WINDOWS},
            "ECS010: cpu=1024 allows memory_mib 2048 to 8192 in steps of 1024; got 1024. Raise memory_mib.",
        ),
    ],
)
def test_a_refusal_says_what_was_given_what_is_allowed_and_what_to_do(
    arguments: dict[str, object], message: str
) -> None:
    assert str(refusal(**arguments)) == message


def test_unknown_cpu_names_the_allowed_ones_and_the_nearest() -> None:
    error = refusal(cpu=500, memory_mib=1024)

    assert "allows cpu 256, 512, 1024, 2048, 4096, 8192, 16384 or 32768" in error.problem
    assert error.remedy == "The nearest is 512."


def test_only_the_largest_cpu_carries_a_caution() -> None:
    cautioned = {cpu for cpu, memory in PAIRS if TaskSize(cpu=cpu, memory_mib=memory).caution is not None}

    assert cautioned == {32768}
    assert "cpu=32768" in str(TaskSize(cpu=32768, memory_mib=61440).caution)


@pytest.mark.parametrize("system", [system for system in OperatingSystem if system.is_windows])
def test_windows_has_one_two_or_four_vcpu(system: OperatingSystem) -> None:
    for cpu, memory_mib in PAIRS:
        if cpu in {1024, 2048, 4096}:
            assert TaskSize(cpu=cpu, memory_mib=memory_mib, operating_system=system).cpu == cpu
        else:
            assert refusal(cpu=cpu, memory_mib=memory_mib, operating_system=system).code is Code.TASK_SIZE_WINDOWS


def test_linux_is_the_only_system_that_is_not_windows() -> None:
    assert [system for system in OperatingSystem if not system.is_windows] == [OperatingSystem.LINUX]


def test_there_is_no_windows_on_arm() -> None:
    error = refusal(cpu=1024, memory_mib=2048, operating_system=WINDOWS, cpu_architecture=CpuArchitecture.ARM64)

    assert isinstance(error, ConflictError)
    assert error.code is Code.WINDOWS_ON_ARM


def test_every_linux_pair_runs_on_arm_too() -> None:
    for cpu, memory_mib in PAIRS:
        assert TaskSize(cpu=cpu, memory_mib=memory_mib, cpu_architecture=CpuArchitecture.ARM64).cpu == cpu


def test_ephemeral_storage_is_twenty_one_to_two_hundred_gib() -> None:
    for size in (21, 100, 200):
        assert TaskSize(cpu=256, memory_mib=512, ephemeral_storage_gib=size).ephemeral_storage_gib == size
    for garbage in (-1, 0, 20, 201, 20.5, "21", True):
        assert refusal(cpu=256, memory_mib=512, ephemeral_storage_gib=garbage).code is Code.EPHEMERAL_STORAGE


@pytest.mark.parametrize("argument", ["cpu", "memory_mib"])
@pytest.mark.parametrize("garbage", [None, True, 1024.0, float("nan"), "1024", "1 vCPU", "${Token[A.1]}", [1024], {}])
def test_a_figure_that_is_no_int_is_refused(argument: str, garbage: object) -> None:
    arguments: dict[str, object] = {"cpu": 1024, "memory_mib": 2048, argument: garbage}

    assert refusal(**arguments).code is Code.TASK_SIZE
    assert isinstance(refusal(**arguments), InvalidValueError)


@pytest.mark.parametrize("argument", ["operating_system", "cpu_architecture"])
@pytest.mark.parametrize("garbage", [None, "LINUX", "ARM64", 1])
def test_a_platform_that_is_no_member_is_refused(argument: str, garbage: object) -> None:
    error = refusal(**{"cpu": 256, "memory_mib": 512, argument: garbage})

    assert error.code is Code.TASK_SIZE
    assert argument in error.problem


def test_a_number_token_passes_in_place_of_each_figure() -> None:
    assert TaskSize(cpu=NUMBER_TOKEN, memory_mib=512).caution is None  # type: ignore[arg-type]
    TaskSize(cpu=256, memory_mib=NUMBER_TOKEN)  # type: ignore[arg-type]
    TaskSize(cpu=256, memory_mib=512, ephemeral_storage_gib=NUMBER_TOKEN)  # type: ignore[arg-type]


def test_what_is_beside_a_number_token_is_still_checked_for_itself() -> None:
    assert refusal(cpu=500, memory_mib=NUMBER_TOKEN).code is Code.TASK_SIZE
    assert refusal(cpu=NUMBER_TOKEN, memory_mib="512").code is Code.TASK_SIZE


@given(
    cpu=ANYTHING,
    memory_mib=ANYTHING,
    ephemeral_storage_gib=ANYTHING,
    operating_system=st.one_of(st.sampled_from(OperatingSystem), ANYTHING),
    cpu_architecture=st.one_of(st.sampled_from(CpuArchitecture), ANYTHING),
)
def test_any_input_gives_a_size_or_our_error(**arguments: object) -> None:
    with suppress(ConstructsEcsError):
        size = TaskSize(**arguments)  # type: ignore[arg-type]
        assert (size.cpu, size.memory_mib) in PAIRS or is_number_token(size.cpu) or is_number_token(size.memory_mib)
