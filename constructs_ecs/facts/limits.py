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

MAX_NAME_LENGTH: Final = 255
"""Of a family, a service, a cluster or a container."""
_NAME: Final = re.compile(rf"[A-Za-z0-9_-]{{1,{MAX_NAME_LENGTH}}}", re.ASCII)
_TOKEN: Final = re.compile(r"\$\{Token\[[a-zA-Z0-9:._-]+\]\}|-1\.\d{10,16}e\+289", re.ASCII)
_TOKEN_PART: Final = re.compile(f"({_TOKEN.pattern})", re.ASCII)
_LIST_TOKEN: Final = re.compile(r"#\{Token\[[a-zA-Z0-9:._-]+\]\}")
_NUMBER_TOKEN: Final = b"\xfb\xff"
_SHOWN_LENGTH: Final = 80
_REMOVAL_POLICIES: Final = ("RETAIN", "RETAIN_ON_UPDATE_OR_DELETE", "DESTROY")


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


def split_at_tokens(text: str) -> list[str]:
    """Take a text apart into what is plain and what is a CDK token, by turns; the first and the last are plain."""
    return _TOKEN_PART.split(text)


def without_tokens(text: str) -> str:
    """Leave out of a text what a CDK token stands for."""
    return "".join(split_at_tokens(text)[::2])


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


def full_match(pattern: re.Pattern[str], value: object) -> re.Match[str] | None:
    """Match a whole text; none for what is no text, which then is refused like any other."""
    return pattern.fullmatch(value) if isinstance(value, str) else None


def check_kind(value: object, *kinds: type, code: Code, name: str) -> None:
    """Check that a value is of a type of this library, and not the text or number that is meant.

    Args:
        value: what was given, of any type.
        kinds: what it may be.
        code: the rule.
        name: the argument's name.

    Raises:
        InvalidValueError: the given code.
    """
    if not isinstance(value, kinds):
        allowed = " or ".join(kind.__name__ for kind in kinds)
        raise InvalidValueError(code, f"{name} is of type {allowed}; got {shown(value)}.", "Give one of that type.")


def check_removal_policy(policy: object) -> None:
    """Check what becomes of keys, log groups, buckets, secrets and repositories with their stack.

    Source: CloudFormation user guide, ``DeletionPolicy``: none of them takes a snapshot.

    Args:
        policy: the CDK's removal policy.

    Raises:
        InvalidValueError: ECS030.
    """
    name = getattr(policy, "name", None)
    if name not in _REMOVAL_POLICIES:
        raise InvalidValueError(
            Code.SETTING,
            f"removal_policy is {', '.join(_REMOVAL_POLICIES)} of cdk.RemovalPolicy; got {shown(policy)}.",
            "Use RETAIN, or DESTROY for what may go with its stack.",
        )


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


def check_service_name(name: str) -> None:
    """Check a service's name. Source: ``CreateService``, ``serviceName``.

    Raises:
        InvalidValueError: ECS036.
    """
    _check_name(name, Code.SERVICE_NAME, "service_name")


def check_cluster_name(name: str) -> None:
    """Check a cluster's name. Source: ``CreateCluster``, ``clusterName``.

    Raises:
        InvalidValueError: ECS035.
    """
    _check_name(name, Code.CLUSTER_NAME, "cluster_name")


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


def _check_name(value: object, code: Code, name: str) -> None:
    if is_token(value) and isinstance(value, str):
        return
    if not isinstance(value, str) or _NAME.fullmatch(value) is None:
        raise InvalidValueError(
            code,
            f"{name} is 1 to 255 letters, digits, hyphens and underscores; got {shown(value)}.",
            "Leave out every other character.",
        )
