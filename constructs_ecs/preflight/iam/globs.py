"""IAM's wildcards on plain text, in time that no pattern can make explode."""

import re
from functools import lru_cache
from typing import Final

from constructs_ecs.preflight.iam.tokens import PLAIN

_CACHED: Final = 16384


@lru_cache(maxsize=_CACHED)
def glob_matches(value: str, pattern: str) -> bool:
    """Whether a text matches a pattern in which ``*`` stands for any text and ``?`` for any character."""
    if "*" not in pattern:
        return _piece(pattern).fullmatch(value) is not None
    first, *middle, last = pattern.split("*")
    start = _piece(first).match(value)
    if start is None or len(value) - start.end() < len(last):
        return False
    end = len(value) - len(last)
    if _piece(last).fullmatch(value, end) is None:
        return False
    # The leftmost place for each piece leaves the most room for the next.
    place = start.end()
    for piece in filter(None, middle):
        found = _piece(piece).search(value, place, end)
        if found is None:
            return False
        place = found.end()
    return True


@lru_cache(maxsize=_CACHED)
def _piece(pattern: str) -> re.Pattern[str]:
    """A pattern without ``*``, as a regular expression of fixed length."""
    return re.compile("".join("." if c == "?" else re.escape(c.translate(PLAIN)) for c in pattern), re.DOTALL)
