"""How Secrets Manager names secrets, and what ECS expects in them.

Sources: Secrets Manager user guide, "Secrets Manager secrets" and "Find secrets"; API reference, ``CreateSecret``; ECS
developer guide, "Using non-AWS container images in Amazon ECS".
"""

import re
from typing import Final

from constructs_ecs.errors import Code, InvalidValueError
from constructs_ecs.facts.limits import full_match, is_token, shown

REGISTRY_CREDENTIAL_KEYS: Final = ("username", "password")
"""The keys of the JSON object that ECS reads a registry's credentials from."""

_NAME_CHARACTER: Final = r"[A-Za-z0-9/_+=.@-]"
_NAME: Final = re.compile(rf"{_NAME_CHARACTER}{{1,512}}")
_ARN: Final = re.compile(
    r"arn:aws(?:-[a-z]+)*:secretsmanager:[a-z]{2,}(?:-[a-z]+)+-\d+:[0-9]{12}:secret:(?P<resource>.+)",
    re.ASCII | re.DOTALL,
)
_NAME_AND_SUFFIX: Final = re.compile(rf"{_NAME_CHARACTER}{{1,512}}-[A-Za-z0-9]{{6}}")


def check_secret_arn(arn: str) -> None:
    """Check that an ARN is the complete one of a secret, with the suffix that Secrets Manager adds; a token passes.

    A name that itself ends in a hyphen and six letters or digits looks complete: only AWS can tell the two apart.

    Raises:
        InvalidValueError: ECS019, the ARN is partial, names a part of the secret or is no secret's ARN.
    """
    if is_token(arn):
        return
    match = full_match(_ARN, arn)
    if match is None:
        raise InvalidValueError(
            Code.SECRET_ARN,
            "A secret's ARN is arn:<partition>:secretsmanager:<region>:<account>:secret:<name>-<6 characters>; "
            f"got {shown(arn)}.",
            "Copy the ARN from the secret in Secrets Manager.",
        )
    resource = match["resource"]
    if ":" in resource:
        raise InvalidValueError(
            Code.SECRET_ARN,
            f"A secret's ARN ends with its six-character suffix; {shown(arn)} goes on with a key or a version.",
            "Leave out what follows the suffix, and name a JSON key in its own argument.",
        )
    if _NAME_AND_SUFFIX.fullmatch(resource) is None:
        raise InvalidValueError(
            Code.SECRET_ARN,
            "A secret's complete ARN ends with a hyphen and six letters or digits, which Secrets Manager adds to the "
            "name. ECS reads the secret by it and the permission is given on it alone, so with a partial one the task "
            f"is denied; got {shown(arn)}.",
            "Copy the complete ARN from Secrets Manager: `aws secretsmanager describe-secret` shows it.",
        )


def check_secret_name(name: str) -> None:
    """Check the name of a new secret; a token passes.

    Raises:
        InvalidValueError: ECS032, it is empty or too long, or has a character that Secrets Manager does not take.
    """
    if not is_token(name) and full_match(_NAME, name) is None:
        raise InvalidValueError(
            Code.SECRET_NAME,
            f"A secret's name is 1 to 512 letters, digits and characters of /_+=.@-; got {shown(name)}.",
            "Leave out every other character.",
        )
