"""Read a text with a parser that knows plain strings only: symbols and unknown parts get stand-ins for the time."""

import json
import re
from typing import Any, Final

from constructs_ecs.preflight.values import Symbol, Text, Unknown, parts_of, text

_FIRST: Final = 0x100000
_LAST: Final = 0x10FFFD
"""Unicode's last private use area: no template means these characters."""
_RESERVED: Final = re.compile(f"[{chr(_FIRST)}-{chr(_LAST)}]")
_TOO_MANY: Final = Unknown("a text of more parts than there are stand-ins")
_JSON_PIECE: Final = re.compile(rf'"(?:[^"\\]|\\.)*"|[{chr(_FIRST)}-{chr(_LAST)}]+|[\[{{]|[\]}}]', re.DOTALL)
_MAX_DEPTH: Final = 100
"""Nothing that AWS takes nests more deeply."""


class StandIns:
    """Spells texts as plain strings, and plain strings as texts again.

    A stand-in is one character that no separator is among, so splitting a spelled text splits the text.
    """

    def __init__(self) -> None:
        self._parts: dict[str, Symbol | Unknown] = {}
        self._known: dict[Symbol | Unknown, str] = {}

    def spell(self, value: Text) -> str:
        """Spell a text as a plain string."""
        return "".join(self._spelled(part) for part in parts_of(value))

    def text(self, spelled: str) -> Text:
        """Return the text that a spelled string, or a part of one, stands for."""
        return text(*(self._parts.get(character, character) for character in spelled))

    def has_unknown(self, spelled: str) -> bool:
        """Whether something unknown stands in a spelled string."""
        return any(isinstance(self._parts.get(character), Unknown) for character in spelled)

    def _spelled(self, part: str | Symbol | Unknown) -> str:
        if isinstance(part, str):
            return _RESERVED.sub("\ufffd", part)
        if part not in self._known:
            full = _FIRST + len(self._known) >= _LAST
            character = chr(_LAST) if full else chr(_FIRST + len(self._known))
            self._parts[character] = _TOO_MANY if full else part
            if full:
                return character
            self._known[part] = character
        return self._known[part]


def structured(value: Text) -> Any:  # noqa: ANN401 - any resolved value
    """Read a text as JSON, with symbols and unknown parts where they stand; unknown if it is no JSON."""
    stand_ins = StandIns()
    try:
        return _restored(json.loads(_with_quotes(stand_ins.spell(value))), stand_ins)
    except (ValueError, RecursionError):
        missing = [part.reason for part in parts_of(value) if isinstance(part, Unknown)]
        return Unknown(missing[0] if missing else "a text that should be JSON is none")


def _with_quotes(spelled: str) -> str:
    """Put quotes around stand-ins that are outside of strings: a number or an object that is not known.

    Raises:
        ValueError: it nests too deeply.
    """
    depth = 0

    def quoted(match: re.Match[str]) -> str:
        nonlocal depth
        piece = match[0]
        depth += (piece in "[{") - (piece in "]}")
        if depth > _MAX_DEPTH:
            raise ValueError("nested too deeply")
        return f'"{piece}"' if piece[0] >= chr(_FIRST) else piece

    return _JSON_PIECE.sub(quoted, spelled)


def _restored(value: Any, stand_ins: StandIns) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(value, dict):
        return {_key(key, stand_ins): _restored(item, stand_ins) for key, item in value.items()}
    if isinstance(value, list):
        return [_restored(item, stand_ins) for item in value]
    return stand_ins.text(value) if isinstance(value, str) else value


def _key(spelled: str, stand_ins: StandIns) -> str:
    return str(stand_ins.text(spelled))
