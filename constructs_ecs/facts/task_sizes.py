"""The sizes of tasks that Fargate offers.

Sources: ECS developer guide, "Task definition differences for Fargate" and "Fargate Windows containers
considerations"; CloudFormation, ``AWS::ECS::TaskDefinition``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from constructs_ecs.errors import Code, ConflictError, InvalidValueError
from constructs_ecs.facts.limits import check_ephemeral_storage_gib, is_number_token, is_whole_number, shown

FARGATE_MEMORY_MIB: Final[Mapping[int, Sequence[int]]] = {
    256: (512, 1024, 2048),
    512: range(1024, 4096 + 1, 1024),
    1024: range(2048, 8192 + 1, 1024),
    2048: range(4096, 16384 + 1, 1024),
    4096: range(8192, 30720 + 1, 1024),
    8192: range(16384, 61440 + 1, 4096),
    16384: range(32768, 122880 + 1, 8192),
    32768: (61440, 122880, 249856),
}
"""CPU units, 1024 to a vCPU -> the memory that goes with them."""

WINDOWS_CPU: Final = (1024, 2048, 4096)
"""The CPU units that Fargate offers to Windows tasks."""

_GATED_CPU: Final = 32768
_LISTED: Final = 4  # so many values are spelled out in a message; more are a range


class OperatingSystem(Enum):
    """What a task's containers run on; the value is ECS's name."""

    LINUX = "LINUX"
    WINDOWS_SERVER_2019_CORE = "WINDOWS_SERVER_2019_CORE"
    WINDOWS_SERVER_2019_FULL = "WINDOWS_SERVER_2019_FULL"
    WINDOWS_SERVER_2022_CORE = "WINDOWS_SERVER_2022_CORE"
    WINDOWS_SERVER_2022_FULL = "WINDOWS_SERVER_2022_FULL"
    WINDOWS_SERVER_2025_CORE = "WINDOWS_SERVER_2025_CORE"
    WINDOWS_SERVER_2025_FULL = "WINDOWS_SERVER_2025_FULL"

    @property
    def is_windows(self) -> bool:
        """Whether it is a Windows Server."""
        return self is not OperatingSystem.LINUX


class CpuArchitecture(Enum):
    """The processor that a task's images are built for; the value is ECS's name."""

    X86_64 = "X86_64"
    ARM64 = "ARM64"


@dataclass(frozen=True, kw_only=True)
class TaskSize:
    """What a task on Fargate is given, checked against what Fargate offers.

    A CDK number token passes; what goes with it is then checked by AWS alone.

    Args:
        cpu: CPU units, 1024 to a vCPU.
        memory_mib: memory; each ``cpu`` goes with certain amounts.
        ephemeral_storage_gib: disk space that ends with the task; by default what Fargate includes at no charge.
        operating_system: Linux by default.
        cpu_architecture: x86 by default.

    Raises:
        InvalidValueError: ECS010, not a pair that Fargate offers; ECS011, not one for Windows; ECS012, the storage.
        ConflictError: ECS041, Windows on Arm.
    """

    cpu: int
    memory_mib: int
    ephemeral_storage_gib: int | None = None
    operating_system: OperatingSystem = OperatingSystem.LINUX
    cpu_architecture: CpuArchitecture = CpuArchitecture.X86_64

    def __post_init__(self) -> None:
        self._check_platform()
        if not is_number_token(self.cpu):
            self._check_cpu()
        if not is_number_token(self.memory_mib):
            self._check_memory()
        if self.ephemeral_storage_gib is not None:
            check_ephemeral_storage_gib(self.ephemeral_storage_gib)

    @property
    def caution(self) -> str | None:
        """What may still be refused on AWS, in words; nothing for most sizes."""
        if self.cpu != _GATED_CPU:
            return None
        return (
            f"Fargate does not offer cpu={_GATED_CPU} in every Region and account, and CloudFormation's own "
            "documentation ends at 16384. Register a task definition of this size by hand before you rely on it."
        )

    def _check_platform(self) -> None:
        choices: tuple[tuple[str, object, type[Enum]], ...] = (
            ("operating_system", self.operating_system, OperatingSystem),
            ("cpu_architecture", self.cpu_architecture, CpuArchitecture),
        )
        for name, value, kind in choices:
            if not isinstance(value, kind):
                raise InvalidValueError(
                    Code.TASK_SIZE,
                    f"{name} is a member of {kind.__name__}: {_listed([m.name for m in kind])}; got {shown(value)}.",
                    f"Give one, such as {kind.__name__}.{next(iter(kind)).name}.",
                )
        if self.operating_system.is_windows and self.cpu_architecture is CpuArchitecture.ARM64:
            raise ConflictError(
                Code.WINDOWS_ON_ARM,
                f"ECS runs Windows on X86_64 alone; got {self.operating_system.name} on ARM64.",
                "Use CpuArchitecture.X86_64, or OperatingSystem.LINUX.",
            )

    def _check_cpu(self) -> None:
        windows = self.operating_system.is_windows
        allowed = _cpus(self.operating_system)
        if is_whole_number(self.cpu) and self.cpu in allowed:
            return
        raise InvalidValueError(
            Code.TASK_SIZE_WINDOWS if windows else Code.TASK_SIZE,
            f"{'Windows on Fargate' if windows else 'Fargate'} allows cpu {_listed(allowed)} (1024 is one vCPU); "
            f"got {shown(self.cpu)}.",
            f"The nearest is {_nearest(self.cpu, allowed)}." if is_whole_number(self.cpu) else "Give an int.",
        )

    def _check_memory(self) -> None:
        if not is_whole_number(self.memory_mib):
            raise InvalidValueError(
                Code.TASK_SIZE, f"memory_mib is a whole number of MiB; got {shown(self.memory_mib)}.", "Give an int."
            )
        if is_number_token(self.cpu) or self.memory_mib in FARGATE_MEMORY_MIB[self.cpu]:
            return
        raise InvalidValueError(
            Code.TASK_SIZE,
            f"cpu={self.cpu} allows memory_mib {_sizes(FARGATE_MEMORY_MIB[self.cpu])}; got {shown(self.memory_mib)}.",
            self._memory_remedy(),
        )

    def _memory_remedy(self) -> str:
        allowed = FARGATE_MEMORY_MIB[self.cpu]
        cpus = _cpus(self.operating_system)
        if self.memory_mib < allowed[0]:
            return "Raise memory_mib." if self.cpu == cpus[0] else "Raise memory_mib or lower cpu."
        if self.memory_mib > allowed[-1]:
            return "Lower memory_mib." if self.cpu == cpus[-1] else "Lower memory_mib or raise cpu."
        return f"The nearest is {_nearest(self.memory_mib, allowed)}."


def _cpus(operating_system: OperatingSystem) -> tuple[int, ...]:
    return WINDOWS_CPU if operating_system.is_windows else tuple(FARGATE_MEMORY_MIB)


def _nearest(given: int, allowed: Sequence[int]) -> int:
    return min(allowed, key=lambda offered: abs(offered - given))


def _sizes(allowed: Sequence[int]) -> str:
    if isinstance(allowed, range) and len(allowed) > _LISTED:
        return f"{allowed[0]} to {allowed[-1]} in steps of {allowed.step}"
    return _listed(allowed)


def _listed(values: Sequence[object]) -> str:
    *first, last = map(str, values)
    return f"{', '.join(first)} or {last}"
