"""Differences planted into what a template says, to see that they are found."""

import json
from collections.abc import Iterator
from typing import Any

Changed = tuple[str, Any]
"""Where something was changed, and the whole with the change in it."""


def altered(value: Any, path: str = "") -> Iterator[Changed]:
    """The value with each of its leaves changed, one at a time."""
    match value:
        case dict():
            for key, each in value.items():
                for where, changed in altered(each, f"{path}.{key}"):
                    yield where, {**value, key: changed}
        case list():
            for number, each in enumerate(value):
                for where, changed in altered(each, f"{path}[{number}]"):
                    yield where, [*value[:number], changed, *value[number + 1 :]]
        case str() if _is_document(value):
            for where, changed in altered(json.loads(value), path):
                yield where, json.dumps(changed)
        case _:
            yield path, _another(value)


def lacking(value: Any, path: str = "") -> Iterator[Changed]:
    """The value without one of its leaves or items, one at a time."""
    match value:
        case dict():
            for key, each in value.items():
                if not isinstance(each, dict | list):
                    yield f"{path}.{key} gone", {name: other for name, other in value.items() if name != key}
                for where, changed in lacking(each, f"{path}.{key}"):
                    yield where, {**value, key: changed}
        case list():
            for number, each in enumerate(value):
                yield f"{path}[{number}] gone", [*value[:number], *value[number + 1 :]]
                for where, changed in lacking(each, f"{path}[{number}]"):
                    yield where, [*value[:number], changed, *value[number + 1 :]]


def _another(leaf: bool | float | str) -> bool | float | str:
    match leaf:
        case bool():
            return not leaf
        case int() | float():
            return leaf + 1
    return {"true": "false", "false": "true"}.get(leaf, f"{leaf}x")


def _is_document(value: str) -> bool:
    return value.startswith("{") and value.endswith("}") and not value.startswith("{%")  # which is JSONata
