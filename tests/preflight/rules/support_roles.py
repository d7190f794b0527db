"""Changes to the roles of the templates in which all is well."""

from collections.abc import Callable
from typing import Any

from tests.preflight.rules.support_tasks import Change, Resources


def statements(resources: Resources, role: str) -> list[dict[str, Any]]:
    """Return the statements of a role's first inline policy."""
    found: list[dict[str, Any]] = resources[role]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"]
    return found


def without(role: str, *sids: str) -> Callable[[Resources], None]:
    """Take statements out of a role's first inline policy."""

    def change(resources: Resources) -> None:
        kept = [each for each in statements(resources, role) if each["Sid"] not in sids]
        assert len(kept) == len(statements(resources, role)) - len(sids)
        statements(resources, role)[:] = kept

    return change


def also(*changes: Change) -> Callable[[Resources], None]:
    """Make several changes."""

    def change(resources: Resources) -> None:
        for each in changes:
            each(resources)

    return change


def allowed(
    role: str, action: str | list[str], resource: object = "*", effect: str = "Allow"
) -> Callable[[Resources], None]:
    """Add a statement to a role's first inline policy."""

    def change(resources: Resources) -> None:
        statements(resources, role).append({"Sid": "Added", "Effect": effect, "Action": action, "Resource": resource})

    return change


def with_unknown_policy(role: str) -> Callable[[Resources], None]:
    """Attach a managed policy that is in no template."""

    def change(resources: Resources) -> None:
        resources[role]["Properties"]["ManagedPolicyArns"] = ["arn:aws:iam::111122223333:policy/Company"]

    return change
