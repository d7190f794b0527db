"""A template's text as data: JSON, or YAML with CloudFormation's short tags.

Nothing that a file contains leads to another error than :class:`InputError`, and to none that takes long: the limits
below are several times what CloudFormation takes (a template of 1 MB), and reading stops at the first that is passed.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Final, NoReturn

Place = tuple[str | int, ...]
"""Keys and indexes from a document's root."""

MAX_BYTES: Final = 5_000_000
"""The largest template; CloudFormation takes 1 MB."""
MAX_DEPTH: Final = 100
"""How deep values may nest."""
MAX_VALUES: Final = 1_000_000
"""How many values a document may have, each YAML alias counted as what it stands for."""
MAX_DIGITS: Final = 40
"""A number that is written longer stays text."""

_LONE_SURROGATES: Final = re.compile("[\ud800-\udfff]")
_ESCAPED_SURROGATE: Final = re.compile(r"\\u[dD][89a-fA-F]")
_SHOWN: Final = 60
_TOO_DEEP: Final = f"nests values more than {MAX_DEPTH} deep"


class InputError(Exception):
    """A file that cannot be read as what it should be.

    Args:
        path: the file, as the user named it.
        why: what is wrong with it, on one line and without the file's name.
    """

    def __init__(self, path: str, why: str) -> None:
        super().__init__(f"{path}: {why}")
        self.path = path
        self.why = why


@dataclass(frozen=True)
class Document:
    """A text that was read.

    Args:
        body: its data: mappings with text as keys, lists, text, numbers, booleans and None.
        line_of: the line, from 1, where the value at a place begins; None if the text does not show it there. The
            first call reads the text again.
        size_bytes: how large the file is; None for a text that is in none.
    """

    body: Any
    line_of: Callable[[Place], int | None]
    size_bytes: int | None = None


def load(path: Path, largest: int = MAX_BYTES) -> Document:
    """Read a file. Raises :class:`InputError`.

    Args:
        path: the file.
        largest: how many bytes it may have.
    """
    try:
        with path.open("rb") as file:
            data = file.read(largest + 1)
    except (OSError, ValueError) as error:
        raise InputError(str(path), getattr(error, "strerror", None) or "cannot be opened") from None
    if len(data) > largest:
        raise InputError(str(path), f"has more than {largest:,} bytes")
    try:
        return replace(parse(data.decode("utf-8-sig"), str(path)), size_bytes=len(data))
    except UnicodeDecodeError:
        raise InputError(str(path), "is no UTF-8 text") from None


def parse(text: str, name: str) -> Document:
    """Read a text, however long it is. Raises :class:`InputError`.

    Args:
        text: JSON or YAML.
        name: what an error calls the text; one that ends with ``.json`` is read as JSON alone.
    """
    text = _LONE_SURROGATES.sub("\ufffd", text)
    if text.lstrip()[:1] == "{":
        try:
            return _parse_json(text, name)
        except ValueError as error:
            if name.endswith(".json"):
                raise InputError(name, f"cannot be read as JSON: {_one_line(error)}") from None
    elif name.endswith(".json"):
        raise InputError(name, "is no JSON object")
    from constructs_ecs.preflight.templates import yaml_documents  # noqa: PLC0415 - slow to load, and only some templates need it

    try:
        body = yaml_documents.read(text)
    except ValueError as error:
        raise InputError(name, f"cannot be read as YAML: {_one_line(error)}") from None
    lines = cache(lambda: yaml_documents.lines(text))
    return Document(body, lambda place: lines().get(place))


def _parse_json(text: str, name: str) -> Document:
    try:
        body = json.loads(text, object_pairs_hook=_object, parse_constant=_constant, parse_float=_float, parse_int=_int)
    except RecursionError:
        raise InputError(name, _TOO_DEEP) from None
    except _TwiceError as error:
        raise InputError(name, str(error)) from None
    if _depth(body) > MAX_DEPTH:
        raise InputError(name, _TOO_DEEP)
    if _ESCAPED_SURROGATE.search(text):
        body = _without_surrogates(body)
    lines = cache(lambda: dict(_json_lines(text)))
    return Document(body, lambda place: lines().get(place))


class _TwiceError(Exception):
    """A key stands twice in a mapping: which one counts is not defined."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise _TwiceError(f"has the key {twice[:_SHOWN]!r} twice in one object")
    return made


def _constant(written: str) -> NoReturn:
    raise ValueError(f"{written} is no JSON number")


def _float(written: str) -> float | str:
    number = float(written)
    return number if abs(number) < float("inf") else written


def _int(written: str) -> int | str:
    return int(written) if len(written) <= MAX_DIGITS else written


def _depth(body: Any) -> int:  # noqa: ANN401 - any data
    """How deep values nest, counted level by level."""
    depth = 0
    level = [body]
    while level and depth <= MAX_DEPTH:
        nested = (value.values() if isinstance(value, dict) else value for value in level)
        level = [item for values in nested for item in values if isinstance(item, dict | list)]
        depth += 1
    return depth


def _without_surrogates(value: Any) -> Any:  # noqa: ANN401 - any data
    """Replace what no encoding can print."""
    if isinstance(value, str):
        return _LONE_SURROGATES.sub("\ufffd", value)
    if isinstance(value, list):
        return [_without_surrogates(item) for item in value]
    if isinstance(value, dict):
        return {_without_surrogates(key): _without_surrogates(item) for key, item in value.items()}
    return value


_PIECE: Final = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|\n|[^\s{}\[\],:"]+')


def _json_lines(text: str) -> Iterator[tuple[Place, int]]:
    """Where the values of a JSON text begin; the text is known to be well-formed."""
    line = 1
    stack: list[list[str | int | None]] = []  # per open container: the current key or index; None before a key
    for match in _PIECE.finditer(text):
        piece = match[0]
        if piece == "\n":
            line += 1
        elif piece in "]}":
            stack.pop()
        elif piece == ",":
            stack[-1][0] = stack[-1][0] + 1 if isinstance(stack[-1][0], int) else None
        elif piece != ":":
            if stack and stack[-1][0] is None:
                stack[-1][0] = json.loads(piece)
                yield tuple(top[0] for top in stack if top[0] is not None), line
                continue
            if stack and isinstance(stack[-1][0], int):
                yield tuple(top[0] for top in stack if top[0] is not None), line
            if piece in "{[":
                stack.append([None if piece == "{" else 0])


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
