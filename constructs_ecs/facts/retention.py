"""How long CloudWatch Logs can keep events.

Source: CloudWatch Logs API reference, ``PutRetentionPolicy``.
"""

from typing import Final

from constructs_ecs.errors import Code, InvalidValueError
from constructs_ecs.facts.limits import is_number_token, is_whole_number, shown

RETENTION_DAYS: Final = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545),
    *(731, 1096, 1827, 2192, 2557, 2922, 3288, 3653),
)
"""The periods on offer, in days."""


def check_retention_days(retention_days: int) -> None:
    """Check a retention period; a token passes.

    Raises:
        InvalidValueError: ECS018, CloudWatch Logs does not offer it.
    """
    if is_number_token(retention_days) or (is_whole_number(retention_days) and retention_days in RETENTION_DAYS):
        return
    remedy = "Give an int."
    if is_whole_number(retention_days):
        remedy = f"Use {next((days for days in RETENTION_DAYS if days > retention_days), RETENTION_DAYS[-1])}."
    raise InvalidValueError(
        Code.RETENTION,
        f"CloudWatch Logs keeps events for {', '.join(map(str, RETENTION_DAYS))} days; got {shown(retention_days)}.",
        remedy,
    )
