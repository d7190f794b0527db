"""What ECS takes for the settings of a container, each and together with its task's size.

Sources: ECS API reference, ``ContainerDefinition`` and ``HealthCheck``; each check names what else it follows.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from constructs_ecs.errors import Code, InvalidValueError
from constructs_ecs.facts.limits import check_whole_number, is_token, shown

_SMALLEST_MEMORY_MIB: Final = 6


def check_text(text: object, *, name: str) -> None:
    """Check a setting that is text.

    Raises:
        InvalidValueError: ECS026, it is empty or no text.
    """
    if not isinstance(text, str) or not text:
        raise InvalidValueError(
            Code.CONTAINER_SETTING, f"{name} is text, not empty; got {shown(text)}.", "Give a text, or leave it out."
        )


def check_words(words: object, *, code: Code, name: str) -> None:
    """Check the words of a command: one text would be taken for a list of letters.

    Raises:
        InvalidValueError: the given code.
    """
    if not isinstance(words, list | tuple) or not words or not all(isinstance(word, str) for word in words):
        raise InvalidValueError(
            code, f"{name} is a list of words, at least one; got {shown(words)}.", 'Write it like ["sh", "-c", "..."].'
        )


def check_variables(variables: object, *, name: str) -> None:
    """Check the names of environment variables.

    Raises:
        InvalidValueError: ECS026, a name is empty, has an equals sign or is no text, or there is no mapping.
    """
    if not isinstance(variables, Mapping):
        raise InvalidValueError(
            Code.CONTAINER_SETTING, f"{name} maps names to values; got {shown(variables)}.", "Give a dict."
        )
    for variable in variables:
        if not isinstance(variable, str) or not variable or "=" in variable:
            raise InvalidValueError(
                Code.CONTAINER_SETTING,
                f"The name of a variable is text, not empty and without '='; {name} has {shown(variable)}.",
                "Rename the variable.",
            )


def check_environment(environment: object) -> None:
    """Check plain environment variables. An empty value is one.

    Raises:
        InvalidValueError: ECS026, a name is none that a variable can have, or a value is no text.
    """
    check_variables(environment, name="environment")
    assert isinstance(environment, Mapping)  # noqa: S101 - tells mypy what the check said
    for variable, value in environment.items():
        if not isinstance(value, str):
            raise InvalidValueError(
                Code.CONTAINER_SETTING,
                f"The value of an environment variable is text; {variable} is {shown(value)}.",
                "Give str(...) of it.",
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

    Source: ECS API reference, ``HealthCheck``. That a check ends before the next begins is the CDK's rule.

    Raises:
        InvalidValueError: ECS023, a figure is out of range, or the timeout is longer than the interval.
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
    if interval_seconds is None or timeout_seconds is None or is_token(interval_seconds) or is_token(timeout_seconds):
        return
    if timeout_seconds > interval_seconds:
        raise InvalidValueError(
            Code.HEALTH_CHECK,
            f"A health check ends before the next begins; got timeout_seconds={timeout_seconds} and "
            f"interval_seconds={interval_seconds}.",
            "Lower timeout_seconds or raise interval_seconds.",
        )


def check_container_cpu(cpu: int) -> None:
    """Check the CPU units that one container of a task gets first. Source: ``ContainerDefinition``, ``cpu``.

    ECS takes figures that the Linux kernel has no shares for, and uses the nearest.

    Raises:
        InvalidValueError: ECS026.
    """
    check_whole_number(cpu, code=Code.CONTAINER_SETTING, name="A container's cpu", minimum=0)


def check_container_memory(name: str, memory_mib: int | None, memory_reservation_mib: int | None) -> None:
    """Check the memory of a container: a hard limit, a reservation below it, one of them, or none.

    Source: ECS API reference, ``ContainerDefinition``, ``memory`` and ``memoryReservation``: Docker reserves 6 MiB.

    Args:
        name: the container's name, for the message.
        memory_mib: the hard limit.
        memory_reservation_mib: the soft limit.

    Raises:
        InvalidValueError: ECS026, one is too small, or the reservation is not below the limit.
    """
    for argument, value in (("memory_mib", memory_mib), ("memory_reservation_mib", memory_reservation_mib)):
        if value is not None:
            what = f"{argument} of container {shown(name)}"
            check_whole_number(value, code=Code.CONTAINER_SETTING, name=what, minimum=_SMALLEST_MEMORY_MIB)
    if memory_mib is None or memory_reservation_mib is None or is_token(memory_mib) or is_token(memory_reservation_mib):
        return
    if memory_reservation_mib >= memory_mib:
        raise InvalidValueError(
            Code.CONTAINER_SETTING,
            f"A memory reservation is below the limit; container {shown(name)} has memory_mib={shown(memory_mib)} and "
            f"memory_reservation_mib={shown(memory_reservation_mib)}.",
            "Lower memory_reservation_mib or raise memory_mib.",
        )


def check_ec2_container_memory(name: str, memory_mib: int | None, memory_reservation_mib: int | None) -> None:
    """Check that a container on EC2, whose task has no size, has a memory limit, a reservation or both.

    Raises:
        InvalidValueError: ECS026, it has none.
    """
    if memory_mib is None and memory_reservation_mib is None:
        raise InvalidValueError(
            Code.CONTAINER_SETTING,
            f"A container on EC2 has a memory limit, a reservation or both; container {shown(name)} has none.",
            "Give memory_mib.",
        )


def check_task_share(given: Iterable[int | None], *, task: int, name: str) -> None:
    """Check that what the containers of a task are given, of its CPU or its memory, is in the task.

    Source: ``ContainerDefinition``, ``cpu`` and ``memory``. Tokens are left out: AWS alone can add them up.

    Args:
        given: what each container is given; none where it is not said.
        task: what the task has.
        name: what is shared, as the argument's name.

    Raises:
        InvalidValueError: ECS026, it is more than the task has.
    """
    total = sum(each for each in given if each is not None and not is_token(each))
    if not is_token(task) and total > task:
        raise InvalidValueError(
            Code.CONTAINER_SETTING,
            f"The containers of a task share its {name}={task}; got {total} for them.",
            "Give the containers less, or the task a larger size.",
        )
