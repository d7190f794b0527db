"""ARNs whose parts may be symbols."""

from functools import lru_cache
from typing import Final

from constructs_ecs.preflight.values import Symbol, Text, Unknown, parts_of, text

_COMPONENTS: Final = 6


def components(value: Text) -> tuple[Text, ...] | None:
    """Split an ARN into its six components, ``arn`` first; None if the text does not show them."""
    parts = split(value)
    return parts if parts is not None and parts[0] == "arn" else None


@lru_cache(maxsize=4096)  # the same few ARNs are asked about again and again
def split(value: Text) -> tuple[Text, ...] | None:
    """Split a text at its first five colons; None if it does not show so many.

    A symbol is taken to hold no colon: what stands between the colons of a template's ARN is a name.
    """
    found: list[list[str | Symbol | Unknown]] = [[]]
    for part in parts_of(value):
        if isinstance(part, str):
            first, *others = part.split(":", _COMPONENTS - len(found))
            found[-1].append(first)
            found += [[other] for other in others]
        elif isinstance(part, Unknown) and len(found) < _COMPONENTS:
            return None
        else:
            found[-1].append(part)
    return tuple(text(*parts) for parts in found) if len(found) == _COMPONENTS else None


def account_of(arn: Text) -> Text | None:
    """Return the account that an ARN names, if it names one."""
    parts = components(arn)
    return None if parts is None or parts[4] == "" else parts[4]
