"""The names that CloudFormation makes up."""

from ministack.core.responses import new_uuid


def made_up(stack: str, logical_id: str, *, limit: int = 128, separator: str = "-") -> str:
    """The stack's name and the logical id, cut to fit, and an end that no other resource has."""
    end = separator + str(new_uuid()).replace("-", "")[:12]
    return f"{stack}{separator}{logical_id}"[: limit - len(end)] + end
