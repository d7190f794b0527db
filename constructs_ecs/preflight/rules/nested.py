"""What is anywhere inside of nested data."""

from collections.abc import Iterator, Mapping
from typing import Any


def texts(value: Any) -> Iterator[str]:  # noqa: ANN401 - any resolved value
    """Yield all values, as text."""
    if isinstance(value, Mapping):
        for item in value.values():
            yield from texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from texts(item)
    else:
        yield str(value)


def keys(value: Any) -> Iterator[str]:  # noqa: ANN401 - any resolved value
    """Yield all keys."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield str(key)
            yield from keys(item)
    elif isinstance(value, list):
        for item in value:
            yield from keys(item)
