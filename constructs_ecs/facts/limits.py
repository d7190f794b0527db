"""What ECS takes for single values: names, ports, counts and figures; and how a CDK token is told from a value.

A CDK token stands for a value that only AWS knows. Every check lets tokens pass and refuses anything else that AWS
would not take.

Sources: ECS API reference and ECS developer guide; each check names its own page.
"""

import re
import struct
from collections.abc import Iterable
from typing import Final, TypeGuard

from constructs_ecs.errors import Code, InvalidValueError

_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,255}", re.ASCII)
_TOKEN: Final = re.compile(r"\$\{Token\[[a-zA-Z0-9:._-]+\]\}|-1\.\d{10,16}e\+289", re.ASCII)
_LIST_TOKEN: Final = re.compile(r"#\{Token\[[a-zA-Z0-9:._-]+\]\}")
_NUMBER_TOKEN: Final = b"\xfb\xff"
_SHOWN_LENGTH: Final = 80


def is_number_token(value: object) -> bool:
    """Whether a number stands for a CDK token: a double that begins with the bits 0xFBFF, about -1.9e289.

    Source: aws-cdk-lib, ``core/lib/private/encoding.ts``.
    """
    if not isinstance(value, int | float):
        return False
    try:
        return struct.pack(">d", float(value)).startswith(_NUMBER_TOKEN)
    except OverflowError:  # an int beyond all doubles
        return False


def contains_token(text: str) -> bool:
    """Whether a text has a CDK token in it, also a number token that was formatted into it. Source: as for numbers."""
    return _TOKEN.search(text) is not None


def is_token(value: object) -> bool:
    """Whether a value is, or has in it, a CDK token; what ``Token.is_unresolved`` says, without the CDK.

    Numbers, strings and lists are recognised; an ``IResolvable`` is none of them.
    """
    if isinstance(value, str):
        return contains_token(value)
    if isinstance(value, list) and len(value) == 1:
        return isinstance(value[0], str) and _LIST_TOKEN.search(value[0]) is not None
    return is_number_token(value)


def is_whole_number(value: object) -> TypeGuard[int]:
    """Whether a value is an ``int``; a ``bool`` is not taken for one."""
    return isinstance(value, int) and not isinstance(value, bool)


def shown(value: object) -> str:
    """Spell any value for an error message: its ``repr``, cut where it would drown the message."""
    try:
        text = repr(value)
    except ValueError:  # Python refuses to spell an int of thousands of digits
        return "a number of thousands of digits"
    return text if len(text) <= _SHOWN_LENGTH else f"{text[: _SHOWN_LENGTH - 3]}..."


def check_whole_number(value: object, *, code: Code, name: str, minimum: int, maximum: int | None = None) -> None:
    """Check that a value is an ``int`` within bounds, both included.

    Args:
        value: what was given, of any type.
        code: the rule.
        name: the argument's name, with its unit.
        minimum: the lowest value that AWS takes.
        maximum: the highest; none when AWS states none.

    Raises:
        InvalidValueError: the given code.
    """
    if is_number_token(value):
        return
    allowed = f"{minimum} or more" if maximum is None else f"{minimum} to {maximum}"
    problem = f"{name} is a whole number, {allowed}; got {shown(value)}."
    if not is_whole_number(value):
        raise InvalidValueError(code, problem, "Give an int.")
    if value < minimum:
        raise InvalidValueError(code, problem, f"Use {minimum} or more.")
    if maximum is not None and value > maximum:
        raise InvalidValueError(code, problem, f"Use {maximum} or less.")


def check_family(family: str) -> None:
    """Check a task definition's family. Source: ``RegisterTaskDefinition``, ``family``.

    Raises:
        InvalidValueError: ECS015.
    """
    _check_name(family, Code.FAMILY, "family")


def check_container_name(name: str) -> None:
    """Check a container's name. Source: ``ContainerDefinition``, ``name``.

    Raises:
        InvalidValueError: ECS022.
    """
    _check_name(name, Code.CONTAINER_NAME, "A container's name")


def check_container_names(names: Iterable[str]) -> None:
    """Check the names of one task's containers, each and together. Source: ``ContainerDefinition``, ``name``.

    Raises:
        InvalidValueError: ECS022, one is malformed or there twice.
    """
    seen: set[str] = set()
    for name in names:
        check_container_name(name)
        if name in seen and not is_token(name):
            raise InvalidValueError(
                Code.CONTAINER_NAME,
                f"A container's name is unique in its task; {shown(name)} is there twice.",
                "Rename one of the two.",
            )
        seen.add(name)


def check_container_count(count: int) -> None:
    """Check how many containers a task has. Source: "Service quotas", containers per task definition.

    Raises:
        InvalidValueError: ECS013.
    """
    check_whole_number(
        count, code=Code.CONTAINER_COUNT, name="The number of a task's containers", minimum=1, maximum=10
    )


def check_port(port: int) -> None:
    """Check a port's number. Source: RFC 9293 and RFC 768; port 0 stands for no port.

    Raises:
        InvalidValueError: ECS016.
    """
    check_whole_number(port, code=Code.PORT, name="port", minimum=1, maximum=65535)


def check_ports(ports: Iterable[int]) -> None:
    """Check the ports of one protocol in one task, whose containers share a network interface.

    Source: ECS developer guide, "Allocate a network interface for an Amazon ECS task".

    Raises:
        InvalidValueError: ECS016, one is out of range or there twice.
    """
    seen: set[int] = set()
    for port in ports:
        check_port(port)
        if port in seen and not is_token(port):
            raise InvalidValueError(
                Code.PORT,
                f"The containers of a task share one network interface, so a port is used once; {port} is there twice.",
                "Let one of the two listen on another port.",
            )
        seen.add(port)


def check_ephemeral_storage_gib(size_gib: int) -> None:
    """Check the ephemeral storage of a Fargate task, in GiB. Source: CloudFormation, ``EphemeralStorage``.

    Raises:
        InvalidValueError: ECS012.
    """
    check_whole_number(size_gib, code=Code.EPHEMERAL_STORAGE, name="ephemeral_storage_gib", minimum=21, maximum=200)


def check_desired_count(count: int) -> None:
    """Check how many tasks a service keeps running. Source: ``CreateService``, ``desiredCount``.

    Raises:
        InvalidValueError: ECS025.
    """
    check_whole_number(count, code=Code.SERVICE_COUNT, name="desired_count", minimum=0)


def check_healthy_percent(minimum: int, maximum: int) -> None:
    """Check between which percentages of its desired count a service stays during a deployment.

    Between equal percentages no task could be replaced. AWS states no upper bound for the maximum.

    Source: ECS API reference, ``DeploymentConfiguration``.

    Raises:
        InvalidValueError: ECS025, the minimum is not 0 to 100, the maximum not 100 or more, or they leave no room.
    """
    check_whole_number(minimum, code=Code.SERVICE_COUNT, name="minimum_healthy_percent", minimum=0, maximum=100)
    check_whole_number(maximum, code=Code.SERVICE_COUNT, name="maximum_healthy_percent", minimum=100)
    if not is_token(minimum) and not is_token(maximum) and minimum >= maximum:
        raise InvalidValueError(
            Code.SERVICE_COUNT,
            f"Between equal healthy percentages no task can be replaced; got {minimum} for both.",
            "Lower minimum_healthy_percent or raise maximum_healthy_percent.",
        )


def check_stop_timeout_seconds(seconds: int) -> None:
    """Check how long a container on Fargate may take to stop. Source: ``ContainerDefinition``, ``stopTimeout``.

    Raises:
        InvalidValueError: ECS026.
    """
    check_whole_number(seconds, code=Code.CONTAINER_SETTING, name="stop_timeout_seconds", minimum=2, maximum=120)


def check_health_check(
    *,
    interval_seconds: int | None = None,
    timeout_seconds: int | None = None,
    retries: int | None = None,
    start_period_seconds: int | None = None,
) -> None:
    """Check the figures of a container's health check; what is not given is ECS's default.

    Source: ECS API reference, ``HealthCheck``.

    Raises:
        InvalidValueError: ECS023.
    """
    figures = (
        ("interval_seconds", interval_seconds, 5, 300),
        ("timeout_seconds", timeout_seconds, 2, 60),
        ("retries", retries, 1, 10),
        ("start_period_seconds", start_period_seconds, 0, 300),
    )
    for name, value, minimum, maximum in figures:
        if value is not None:
            check_whole_number(value, code=Code.HEALTH_CHECK, name=name, minimum=minimum, maximum=maximum)


def check_security_group_count(count: int) -> None:
    """Check how many security groups a task's network interface carries. Source: ``AwsVpcConfiguration``.

    Raises:
        InvalidValueError: ECS030.
    """
    name = "The number of a task's security groups"
    check_whole_number(count, code=Code.SECURITY_GROUP_COUNT, name=name, minimum=1, maximum=5)


def check_ec2_cpu(cpu: int) -> None:
    """Check the CPU units of a task on EC2. Source: ``RegisterTaskDefinition``, ``cpu``.

    Raises:
        InvalidValueError: ECS026.
    """
    check_whole_number(cpu, code=Code.CONTAINER_SETTING, name="cpu", minimum=128, maximum=196608)


def check_container_cpu(cpu: int) -> None:
    """Check the CPU units that one container of a task gets first. Source: ``ContainerDefinition``, ``cpu``.

    ECS takes figures that the Linux kernel has no shares for, and uses the nearest.

    Raises:
        InvalidValueError: ECS026.
    """
    check_whole_number(cpu, code=Code.CONTAINER_SETTING, name="A container's cpu", minimum=0)


def check_ec2_container_memory(name: str, memory_mib: int | None, memory_reservation_mib: int | None) -> None:
    """Check the memory of a container on EC2: a hard limit, a reservation below it, or one of them.

    Source: ECS API reference, ``ContainerDefinition``, ``memory`` and ``memoryReservation``: Docker reserves 6 MiB.

    Args:
        name: the container's name, for the message.
        memory_mib: the hard limit.
        memory_reservation_mib: the soft limit.

    Raises:
        InvalidValueError: ECS026, none is given, one is too small, or the reservation is not below the limit.
    """
    for argument, value in (("memory_mib", memory_mib), ("memory_reservation_mib", memory_reservation_mib)):
        if value is not None:
            what = f"{argument} of container {shown(name)}"
            check_whole_number(value, code=Code.CONTAINER_SETTING, name=what, minimum=6)
    if memory_mib is None and memory_reservation_mib is None:
        raise InvalidValueError(
            Code.CONTAINER_SETTING,
            f"A container on EC2 has a memory limit, a reservation or both; container {shown(name)} has none.",
            "Give memory_mib.",
        )
    if memory_mib is None or memory_reservation_mib is None or is_token(memory_mib) or is_token(memory_reservation_mib):
        return
    if memory_reservation_mib >= memory_mib:
        raise InvalidValueError(
            Code.CONTAINER_SETTING,
            f"A memory reservation is below the limit; container {shown(name)} has memory_mib={shown(memory_mib)} and "
            f"memory_reservation_mib={shown(memory_reservation_mib)}.",
            "Lower memory_reservation_mib or raise memory_mib.",
        )


def _check_name(value: object, code: Code, name: str) -> None:
    if is_token(value) and isinstance(value, str):
        return
    if not isinstance(value, str) or _NAME.fullmatch(value) is None:
        raise InvalidValueError(
            code,
            f"{name} is 1 to 255 letters, digits, hyphens and underscores; got {shown(value)}.",
            "Leave out every other character.",
        )
