"""Who calls, and whether a policy's ``Principal`` names them.

Source: IAM user guide, "AWS JSON policy elements: Principal".
"""

import re
from dataclasses import dataclass
from enum import Enum
from typing import Final

from constructs_ecs.preflight.iam.arns import account_of, components
from constructs_ecs.preflight.iam.documents import Statement
from constructs_ecs.preflight.iam.matching import equals
from constructs_ecs.preflight.iam.ternary import any_of
from constructs_ecs.preflight.values import PSEUDO, Symbol, Ternary, Text, Unknown


@dataclass(frozen=True, kw_only=True)
class Principal:
    """Who makes a request.

    Args:
        account: the caller's account.
        arn: the role's ARN; None when a service calls in its own name.
        service: the service's name, ``ecs-tasks.amazonaws.com``; None when a role calls.
    """

    account: Text
    arn: Text | None = None
    service: Text | None = None


class Naming(Enum):
    """Which mentions of a principal count."""

    ANY = "any"
    """By itself, as everyone, or by its account."""
    DIRECT = "direct"
    """Not by its account, which would leave the decision to the account's own policies."""
    GATEWAY = "gateway"
    """As everyone only. At a gateway endpoint an account means its root user, and no page says what a role means.

    Source: AWS PrivateLink guide, "Endpoint policies for gateway endpoints".
    """


_ACCOUNT_ID: Final = re.compile(r"[0-9]{12}")
_ACCOUNT_SYMBOL: Final = Symbol(PSEUDO, "", "AccountId")


def named(statement: Statement, principal: Principal | None, naming: Naming) -> Ternary:
    """Whether a statement's principals name the caller; a statement without the element names everyone."""
    if statement.principals is None:
        return Ternary.YES
    if isinstance(statement.principals, Unknown) or statement.not_principals or principal is None:
        return Ternary.UNKNOWN
    return any_of(
        _names(kind, name, principal, naming) for kind, names in statement.principals.items() for name in names
    )


def _names(kind: str, name: Text, principal: Principal, naming: Naming) -> Ternary:
    if kind == "AWS":
        return _names_caller(name, principal, naming)
    if kind == "Service":
        return Ternary.NO if principal.service is None else _names_service(name, principal.service)
    # Federated users and canonical user ids are neither roles nor services; other kinds do not exist.
    return Ternary.UNKNOWN if kind == "CanonicalUser" else Ternary.NO


def _names_caller(name: Text, principal: Principal, naming: Naming) -> Ternary:
    if name == "*":
        return Ternary.YES
    if principal.arn is None:
        return Ternary.NO
    account = _account_named(name)
    if account is not None:
        return equals(principal.account, account) if naming is Naming.ANY else Ternary.NO
    answer = _names_role(name, principal.arn)
    return answer & Ternary.UNKNOWN if naming is Naming.GATEWAY else answer


def _names_role(name: Text, arn: Text) -> Ternary:
    parts = components(name)
    if parts is not None and parts[2] == "sts":
        return Ternary.UNKNOWN  # one session of a role, whose name the service chooses
    answer = equals(arn, name)
    # A unique id (AROA...) names a role without saying which.
    return Ternary.UNKNOWN if parts is None and answer is Ternary.NO else answer


def _account_named(name: Text) -> Text | None:
    """Return the account that a principal names as a whole."""
    if name == _ACCOUNT_SYMBOL or (isinstance(name, str) and _ACCOUNT_ID.fullmatch(name)):
        return name
    parts = components(name)
    return account_of(name) if parts is not None and parts[2] == "iam" and parts[5] == "root" else None


def _names_service(name: Text, service: Text) -> Ternary:
    answer = equals(service, name)
    # logs.amazonaws.com for logs.eu-west-1.amazonaws.com, or with .cn: no page says that one stands for the other.
    return Ternary.UNKNOWN if answer is Ternary.NO and _variants(str(service), str(name)) else answer


def _variants(one: str, other: str) -> bool:
    """Whether two names are of one service, with and without a Region or a partition's ending."""
    first, second = one.split("."), other.split(".")
    return first[0] == second[0] and len(first) != len(second)
