"""When EventBridge Scheduler starts something: the three forms of an expression, and what each of them takes.

Source: EventBridge Scheduler user guide, "Schedule types in EventBridge Scheduler".
"""

import re
from datetime import datetime
from typing import Final

from constructs_ecs.errors import Code, InvalidValueError
from constructs_ecs.facts.limits import contains_token, shown

_RATE: Final = re.compile(r"rate\(\s*0*[1-9]\d* +(minutes?|hours?|days?)\s*\)", re.ASCII)
_AT: Final = re.compile(r"at\((\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\)", re.ASCII)
_CRON: Final = re.compile(r"cron\(([^()]*)\)")
_PART: Final = re.compile(r"(\*|[0-9A-Z]+(?:-[0-9A-Z]+)?)(?:/([1-9]\d*))?", re.ASCII)
_MONTHS: Final = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_DAYS: Final = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_FIELDS: Final[tuple[tuple[str, int, int, tuple[str, ...]], ...]] = (
    ("minute", 0, 59, ()),
    ("hour", 0, 23, ()),
    ("day of month", 1, 31, ()),
    ("month", 1, 12, _MONTHS),
    ("day of week", 1, 7, _DAYS),
    ("year", 1970, 2199, ()),
)
"""Name, lowest and highest number, and the names that stand for numbers, the first for the lowest."""
_DAY_OF_MONTH: Final = 2
_DAY_OF_WEEK: Final = 4
_SPECIAL: Final = {
    _DAY_OF_MONTH: re.compile(r"L|LW|L-([1-9]|[12]\d|30)|([1-9]|[12]\d|3[01])W", re.ASCII),
    _DAY_OF_WEEK: re.compile(rf"L|([1-7]|{'|'.join(_DAYS)})(L|#[1-5])", re.ASCII),
}
"""The last day, the weekday next to a day, the last or n-th day of a kind in a month."""


def check_schedule_expression(expression: str) -> None:
    """Check an expression of EventBridge Scheduler: ``rate(...)``, ``cron(...)`` or ``at(...)``; a token passes.

    Raises:
        InvalidValueError: ECS075.
    """
    if contains_token(expression) or _RATE.fullmatch(expression) or _is_time(expression):
        return
    cron = _CRON.fullmatch(expression)
    problem = "it is none of the three" if cron is None else _cron_problem(cron[1])
    if problem is not None:
        raise InvalidValueError(
            Code.TRIGGER,
            "A schedule is rate(1 hour) in minutes, hours or days, cron(minute hour day-of-month month day-of-week "
            f"year) or at(yyyy-mm-ddThh:mm:ss); got {shown(expression)}: {problem}.",
            "Make it with scheduler.ScheduleExpression.rate, cron or at.",
        )


def _is_time(expression: str) -> bool:
    match = _AT.fullmatch(expression)
    if match is None:
        return False
    try:
        datetime.fromisoformat(match[1])
    except ValueError:
        return False
    return True


def _cron_problem(text: str) -> str | None:
    """Say what is wrong with the six fields of a cron expression, or nothing."""
    fields = text.upper().split()
    if len(fields) != len(_FIELDS):
        return f"it has {len(fields)} fields, not {len(_FIELDS)}"
    if [fields[_DAY_OF_MONTH], fields[_DAY_OF_WEEK]].count("?") != 1:
        return "one of day of month and day of week is ?, and the other is not"
    for place, (field, (name, lowest, highest, _)) in enumerate(zip(fields, _FIELDS, strict=True)):
        if not _is_field(place, field):
            return f"{field} is no {name}, which is {lowest} to {highest}"
    return None


def _is_field(place: int, field: str) -> bool:
    if field == "?":
        return place in {_DAY_OF_MONTH, _DAY_OF_WEEK}
    special = _SPECIAL.get(place)
    return all((special is not None and special.fullmatch(part)) or _is_part(place, part) for part in field.split(","))


def _is_part(place: int, part: str) -> bool:
    """Whether it is a number, a range of them, or all, each perhaps with a step."""
    match = _PART.fullmatch(part)
    if match is None:
        return False
    if match[1] == "*":
        return True
    _, lowest, highest, names = _FIELDS[place]
    numbers = {name: str(lowest + index) for index, name in enumerate(names)}
    values = [numbers.get(value, value) for value in match[1].split("-")]
    return all(value.isdecimal() and len(value) <= len("2199") for value in values) and all(
        lowest <= int(value) <= highest for value in values
    )
