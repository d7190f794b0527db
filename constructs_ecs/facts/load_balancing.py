"""What Elastic Load Balancing takes for an Application Load Balancer, and who writes its access logs.

Sources: the user guide for Application Load Balancers and the Elastic Load Balancing API reference; each check names
its own page.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from constructs_ecs.errors import Code, InvalidValueError
from constructs_ecs.facts.limits import check_whole_number, contains_token, full_match, is_token, shown

HTTP_PORT: Final = 80

SMALLEST_SUBNET_PREFIX: Final = 27
"""Source: user guide, "Subnets for your load balancer", which also wants eight free addresses in each."""

LOWEST_PRIORITY: Final = 50_000
"""The last rule of a listener before its default action. Source: ``CreateRule``, ``Priority``."""

TARGET_GROUPS_PER_SERVICE: Final = 5
"""Source: ECS developer guide, "Register multiple target groups with an Amazon ECS service"."""

LOG_DELIVERY_SERVICE: Final = "logdelivery.elasticloadbalancing.amazonaws.com"
"""Who writes access logs, but in the Regions of :data:`LOG_DELIVERY_ACCOUNTS`.

Source: user guide, "Enable access logs". Regions from before August 2022 once took an account each instead; they take
both now, GovCloud among them, and the page recommends the service.
"""

LOG_DELIVERY_ACCOUNTS: Final = {"cn-north-1": "638102146993", "cn-northwest-1": "037604701340"}
"""Region -> the account that writes access logs there. In China it is an account still.

Source: the same page for the China Regions, on docs.amazonaws.cn; terraform-aws-modules/terraform-aws-s3-bucket 264,
in which the service was tried there and refused.
"""

_NAME: Final = re.compile(r"(?!internal-)(?!-)[A-Za-z0-9-]{1,32}(?<!-)", re.ASCII)
_HOST: Final = re.compile(r"(?=.{1,128}\Z)[A-Za-z0-9._*?-]*\.[A-Za-z*?]+", re.ASCII)
_PATH: Final = re.compile(r"""[/*?][A-Za-z0-9_.$/~"'@:+;&*?-]{0,127}""", re.ASCII)
_PREFIX: Final = re.compile(r"(?!.*AWSLogs)[A-Za-z0-9!_.'()-]+(/[A-Za-z0-9!_.'()-]+)*", re.ASCII)
_PREFIX_LENGTH: Final = 512
_HEALTH_PATH: Final = re.compile(r"/[!-~]{0,1023}", re.ASCII)
_CODES: Final = re.compile(r"[0-9]{3}(-[0-9]{3})?(,[0-9]{3}(-[0-9]{3})?)*", re.ASCII)
_WILDCARD: Final = re.compile(r"[*?]")
_VALUES_PER_RULE: Final = 5
_WILDCARDS_PER_RULE: Final = 6


def check_load_balancer_name(name: str) -> None:
    """Check a load balancer's name. Source: ``CreateLoadBalancer``, ``Name``.

    Raises:
        InvalidValueError: ECS038.
    """
    _check_text(
        name,
        _NAME,
        problem="load_balancer_name is 1 to 32 letters, digits and hyphens, with no hyphen at either end, and does "
        "not begin with internal-",
        remedy="Rename it, or leave it out: a fixed name cannot be replaced without downtime.",
    )


def check_idle_timeout_seconds(seconds: int) -> None:
    """Check for how long a connection may be idle. Source: user guide, "Connection idle timeout".

    Raises:
        InvalidValueError: ECS038.
    """
    check_whole_number(seconds, code=Code.LOAD_BALANCER, name="idle_timeout_seconds", minimum=1, maximum=4000)


def check_deregistration_delay_seconds(seconds: int) -> None:
    """Check for how long requests to a task that leaves may end. Source: user guide, "Deregistration delay".

    Raises:
        InvalidValueError: ECS038.
    """
    check_whole_number(seconds, code=Code.LOAD_BALANCER, name="deregistration_delay_seconds", minimum=0, maximum=3600)


def check_grace_period_seconds(seconds: int) -> None:
    """Check for how long health checks of a new task do not count. Source: ``CreateService``.

    Raises:
        InvalidValueError: ECS038.
    """
    check_whole_number(seconds, code=Code.LOAD_BALANCER, name="grace_period_seconds", minimum=0, maximum=2_147_483_647)


def check_access_log_prefix(prefix: str) -> None:
    """Check the objects' prefix of access logs, which is part of a resource in a policy.

    Source: user guide, "Enable access logs": the service adds ``AWSLogs`` itself, and the prefix is without it.

    Raises:
        InvalidValueError: ECS038.
    """
    _check_text(
        prefix,
        _PREFIX,
        problem=f"access_log_prefix is at most {_PREFIX_LENGTH} letters, digits and !_.'()- in parts with a slash "
        "between them and none at either end, without AWSLogs",
        remedy="Write it like 'platform/web'.",
        length=_PREFIX_LENGTH,
    )


def check_priority(priority: int) -> None:
    """Check a rule's place among the rules of its listener, the lowest first. Source: ``CreateRule``, ``Priority``.

    Raises:
        InvalidValueError: ECS038.
    """
    check_whole_number(priority, code=Code.LOAD_BALANCER, name="priority", minimum=1, maximum=LOWEST_PRIORITY)


def host_patterns(host: str | Sequence[str] | None) -> tuple[str, ...]:
    """Return the hosts of a rule.

    Source: user guide, "Add a listener rule", host header.

    Raises:
        InvalidValueError: ECS038, a pattern is none for a host name.
    """
    return _patterns(
        host,
        _HOST,
        name="host",
        rule="a host name of at most 128 letters, digits and -_. with wildcards * and ?, at least one dot, and no "
        "digit after the last dot",
        remedy="Write it like 'shop.example.com' or '*.example.com'.",
    )


def path_patterns(path: str | Sequence[str] | None) -> tuple[str, ...]:
    """Return the paths of a rule.

    Source: user guide, "Add a listener rule", path.

    Raises:
        InvalidValueError: ECS038, a pattern is none for the path of a URL.
    """
    return _patterns(
        path,
        _PATH,
        name="path",
        rule="a path that begins with a slash, of at most 128 letters, digits and _-.$/~\"'@:+;& with wildcards * "
        "and ?, without a query",
        remedy="Write it like '/orders/*'.",
    )


def check_conditions(patterns: Iterable[str]) -> None:
    """Check hosts and paths of one rule together. Source: "Quotas for your Application Load Balancers", rules.

    Raises:
        InvalidValueError: ECS038, there are too many, or too many wildcards in them.
    """
    given = tuple(patterns)
    if len(given) > _VALUES_PER_RULE:
        raise InvalidValueError(
            Code.LOAD_BALANCER,
            f"A rule has at most {_VALUES_PER_RULE} hosts and paths together; got {len(given)}.",
            "Use wildcards, or a second target.",
        )
    wildcards = sum(len(_WILDCARD.findall(pattern)) for pattern in given if not contains_token(pattern))
    if wildcards > _WILDCARDS_PER_RULE:
        raise InvalidValueError(
            Code.LOAD_BALANCER,
            f"The hosts and paths of a rule have at most {_WILDCARDS_PER_RULE} wildcards together; got {wildcards}.",
            "Use fewer, or a second target.",
        )


def check_target_health_check(
    *,
    path: str,
    healthy_codes: str,
    interval_seconds: int,
    timeout_seconds: int,
    healthy_threshold: int,
    unhealthy_threshold: int,
) -> None:
    """Check how a load balancer tells whether a task is healthy. Source: user guide, "Health check settings".

    Raises:
        InvalidValueError: ECS038, a value is out of range, or a check would not end before the next begins.
    """
    _check_text(
        path,
        _HEALTH_PATH,
        problem="The path of a health check begins with a slash and has at most 1024 printable ASCII characters",
        remedy="Write it like '/health'.",
    )
    _check_codes(healthy_codes)
    figures = (
        ("interval_seconds", interval_seconds, 5, 300),
        ("timeout_seconds", timeout_seconds, 2, 120),
        ("healthy_threshold", healthy_threshold, 2, 10),
        ("unhealthy_threshold", unhealthy_threshold, 2, 10),
    )
    for name, value, minimum, maximum in figures:
        check_whole_number(value, code=Code.LOAD_BALANCER, name=name, minimum=minimum, maximum=maximum)
    if not is_token(interval_seconds) and not is_token(timeout_seconds) and timeout_seconds >= interval_seconds:
        raise InvalidValueError(
            Code.LOAD_BALANCER,
            f"A health check ends before the next begins; got timeout_seconds={timeout_seconds} and "
            f"interval_seconds={interval_seconds}.",
            "Lower timeout_seconds or raise interval_seconds.",
        )


def _check_codes(codes: object) -> None:
    if isinstance(codes, str) and is_token(codes):
        return
    if full_match(_CODES, codes) is None or not all(map(_is_range, str(codes).split(","))):
        raise InvalidValueError(
            Code.LOAD_BALANCER,
            f"healthy_codes are HTTP status codes from 200 to 499; got {shown(codes)}.",
            "Write them like '200', '200,204' or '200-299'.",
        )


def _is_range(codes: str) -> bool:
    first, _, last = codes.partition("-")
    return 200 <= int(first) <= int(last or first) <= 499  # noqa: PLR2004 - the HTTP status codes of the message


def _patterns(given: object, pattern: re.Pattern[str], *, name: str, rule: str, remedy: str) -> tuple[str, ...]:
    if given is None:
        return ()
    values = (given,) if isinstance(given, str) else given
    if not isinstance(values, list | tuple) or not values:
        raise InvalidValueError(
            Code.LOAD_BALANCER, f"{name} is a pattern or a list of them; got {shown(given)}.", remedy
        )
    if is_token(list(values)):  # one that stands for the whole list
        return tuple(values)
    for value in values:
        _check_text(value, pattern, problem=f"{name} is {rule}", remedy=remedy)
    return tuple(dict.fromkeys(values))


def _check_text(
    text: object, pattern: re.Pattern[str], *, problem: str, remedy: str, length: int | None = None
) -> None:
    if isinstance(text, str) and is_token(text):
        return
    if full_match(pattern, text) is None or (length is not None and len(str(text)) > length):
        raise InvalidValueError(Code.LOAD_BALANCER, f"{problem}; got {shown(text)}.", remedy)
