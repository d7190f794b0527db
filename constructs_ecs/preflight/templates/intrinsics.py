"""CloudFormation's pure functions, on resolved values. Nothing here raises: what has no answer is unknown."""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from constructs_ecs.preflight.values import PSEUDO, Pattern, Symbol, Text, Unknown, integer, parts_of, text

MAX_PARTS: Final = 5_000
"""A text of more parts is unknown; no template that CloudFormation takes has one."""
MAX_CHARACTERS: Final = 1_000_000
"""As above."""
_MAX_IDENTITY: Final = 300
_MAX_BLOCKS: Final = 256
_HOST_BITS: Final = 8
_PART: Final = 40
"""Characters that a symbol counts as."""
_MARK: Final = re.compile(r"\\u0000(\d+)\\u0000")
_PLACEHOLDER: Final = re.compile(r"\$\{(!?)([^{}]*)\}")
_BEGIN: Final = "{{resolve:"
_END: Final = "}}"
_PLAIN: Final = "ssm:"
_DYNAMIC: Final = re.compile(f"({re.escape(_BEGIN)}|{re.escape(_END)})")


class Rest(Unknown):
    """The end of a split list, of which neither the values nor the number is known."""


def is_text(value: Any) -> bool:  # noqa: ANN401 - any resolved value
    """Whether a value stands where CloudFormation wants text: text itself, or a number or boolean it writes out."""
    return isinstance(value, str | int | float | Symbol | Pattern | Unknown)


def length(value: Any) -> int:  # noqa: ANN401 - any resolved value
    """How many characters a value has as text, about; a symbol counts as some."""
    if isinstance(value, str):
        return len(value)
    if isinstance(value, dict):
        return sum(len(key) + length(item) for key, item in value.items())
    nested = value.parts if isinstance(value, Pattern) else value if isinstance(value, list) else ()
    return _PART + sum(map(length, nested))


def joined(parts: Sequence[Any]) -> Text:
    """Join values to a text; unknown if it is longer than any that CloudFormation takes."""
    if len(parts) > MAX_PARTS or sum(map(length, parts)) > MAX_CHARACTERS:
        return Unknown("a text longer than any that CloudFormation takes")
    return text(*parts)


def derived(value: Any, how: str, reason: str) -> Unknown:  # noqa: ANN401 - any resolved value
    """Return what a function makes of something unknown: unknown too, but the same when it is made again."""
    identity = value.identity if isinstance(value, Unknown) else value
    if not isinstance(identity, Symbol) or len(identity.attribute) + len(how) > _MAX_IDENTITY:
        return Unknown(reason)
    return Unknown(reason, Symbol(identity.template, identity.logical_id, identity.attribute + how))


def join(delimiter: Any, values: Any) -> Text:  # noqa: ANN401 - any resolved value
    """``Fn::Join``."""
    if not isinstance(delimiter, str):
        return Unknown("Fn::Join with a delimiter that is no text")
    if isinstance(values, Unknown | Symbol):
        return derived(values, f".join({delimiter})", why(values))
    if not isinstance(values, list):
        return Unknown("Fn::Join of something that is no list")
    return joined([part for value in values for part in (delimiter, value)][1:])


def split(delimiter: Any, value: Any, is_atomic: Callable[[Symbol, str], bool]) -> Any:  # noqa: ANN401
    """``Fn::Split``: what stands behind a symbol that may itself contain the delimiter is unknown.

    Args:
        delimiter: where to split.
        value: the text.
        is_atomic: whether a delimiter cannot occur in what a symbol will be.
    """
    if not isinstance(delimiter, str) or not delimiter or not is_text(value):
        return Unknown("Fn::Split of what is no text, or with a delimiter that is none")
    if isinstance(value, Unknown) or (isinstance(value, Symbol) and not is_atomic(value, delimiter)):
        return derived(value, f".split({delimiter})", why(value))
    parts = parts_of(text(value))
    if sum(part.count(delimiter) for part in parts if isinstance(part, str)) > MAX_PARTS:
        return Unknown("Fn::Split into more values than CloudFormation takes")
    pieces: list[list[Any]] = [[]]
    for part in parts:
        if isinstance(part, str):
            first, *others = part.split(delimiter)
            pieces[-1].append(first)
            pieces.extend([other] for other in others)
        elif isinstance(part, Symbol) and is_atomic(part, delimiter):
            pieces[-1].append(part)
        else:
            rest = Rest(f"a name may contain {delimiter!r}: {value}"[:_MAX_IDENTITY])
            return [*(text(*piece) for piece in pieces[:-1]), rest]
    return [text(*piece) for piece in pieces]


def select(index: Any, values: Any) -> Any:  # noqa: ANN401 - any resolved value
    """``Fn::Select``."""
    number = integer(index)
    if number is None or number < 0:
        return Unknown("Fn::Select with an index that is no known number")
    if isinstance(values, Symbol):
        return Symbol(values.template, values.logical_id, f"{values.attribute}[{number}]")
    if isinstance(values, Unknown):
        return derived(values, f"[{number}]", values.reason)
    if not isinstance(values, list):
        return Unknown("Fn::Select of something that is no list")
    if number < len(values):
        return values[number]
    rest = values[-1] if values else None
    return rest if isinstance(rest, Rest) else Unknown(f"Fn::Select of index {number} in a list of {len(values)}")


def cidr(block: Any, count: Any, bits: Any = None) -> Any:  # noqa: ANN401 - any resolved value
    """``Fn::Cidr``."""
    import ipaddress  # noqa: PLC0415 - slow to load, and only some templates need it

    if isinstance(block, Unknown | Symbol):
        return derived(block, f".cidr({count},{bits})", f"the blocks of {block}")
    number, host_bits = integer(count), integer(_HOST_BITS if bits is None else bits)
    if number is None or host_bits is None:
        return Unknown("Fn::Cidr with figures that are not known")
    try:
        network = ipaddress.ip_network(block if isinstance(block, str) else "", strict=False)
    except ValueError:
        return Unknown("Fn::Cidr of something that is no block")
    prefix = network.max_prefixlen - host_bits
    if not network.prefixlen <= prefix <= network.max_prefixlen:
        return Unknown("Fn::Cidr of blocks that do not fit")
    if not 0 < number <= min(_MAX_BLOCKS, 1 << (prefix - network.prefixlen)):
        return Unknown("Fn::Cidr of more blocks than fit")
    start = int(network.network_address)
    return [str(type(network)((start + (place << host_bits), prefix))) for place in range(number)]


def found_in(table: Any, keys: Sequence[Any]) -> tuple[Any, int]:  # noqa: ANN401 - any resolved value
    """Look keys up in tables; one that is not known stands for every key.

    Returns:
        The value that they all lead to; None if they lead to none, unknown if to different ones. And how many values
        were looked at.
    """
    found = [table]
    looked_at = 0
    for key in keys:
        known = isinstance(key, str | int)
        tables = [value for value in found if isinstance(value, dict)]
        found = [value for values in tables for value in ([values.get(str(key))] if known else values.values())]
        looked_at += len(found)
    found = [value for value in found if value is not None]
    if any(value != found[0] for value in found):
        return Unknown("a mapping by a key that is not known"), looked_at
    return (found[0] if found else None), looked_at


def substituted(template: str, lookup: Callable[[str], Any]) -> Text:
    """``Fn::Sub``: look up each ``${name}``; ``${!name}`` stands for itself without the mark."""
    return joined(list(_substitutions(template, lookup)))


def names_in(template: str) -> Iterator[str]:
    """The names that ``Fn::Sub`` looks up in a text."""
    return (match[2].strip() for match in _PLACEHOLDER.finditer(template) if not match[1])


def dynamic(value: Text, read: Callable[[Text], Any]) -> Text:
    """Replace each ``{{resolve:...}}`` by what CloudFormation will read.

    Args:
        value: the text.
        read: returns what is stored under the name of a parameter of Systems Manager, in its latest version. Every
            other reference is unknown, but equals another one written the same way.
    """
    parts: list[Any] = []
    reference: list[Any] | None = None
    for part in parts_of(value):
        for piece in _DYNAMIC.split(part) if isinstance(part, str) else (part,):
            if piece == _BEGIN and reference is None:
                reference = []
            elif piece == _END and reference is not None:
                parts.append(_reference(text(*reference), read))
                reference = None
            else:
                (parts if reference is None else reference).append(piece)
    return joined(parts if reference is None else [*parts, _BEGIN, *reference])


def json_text(value: Any) -> Text:  # noqa: ANN401 - any resolved value
    """``Fn::ToJsonString``: the text, with the symbols where they will stand."""
    found: list[Text] = []

    def mark(part: Any) -> str:  # noqa: ANN401 - what JSON does not know: symbols, patterns, unknowns
        found.append(text(*(json.dumps(one)[1:-1] if isinstance(one, str) else one for one in parts_of(part))))
        return f"\0{len(found) - 1}\0"

    literals = _MARK.split(json.dumps(value, default=mark, separators=(",", ":")))[::2]
    if len(literals) != len(found) + 1:
        return Unknown("Fn::ToJsonString of text with control characters")
    between = [part for literal, one in zip(literals, found, strict=False) for part in (literal, one)]
    return joined([*between, literals[-1]])


def _substitutions(template: str, lookup: Callable[[str], Any]) -> Iterator[Any]:
    end = 0
    for match in _PLACEHOLDER.finditer(template):
        yield template[end : match.start()]
        yield f"${{{match[2]}}}" if match[1] else lookup(match[2].strip())
        end = match.end()
    yield template[end:]


def _reference(body: Text, read: Callable[[Text], Any]) -> Any:  # noqa: ANN401 - any resolved value
    service, *rest = parts_of(body)
    if isinstance(service, str) and service.startswith(_PLAIN):
        name = text(service.removeprefix(_PLAIN), *rest)
        if not any(":" in part for part in parts_of(name) if isinstance(part, str)):  # a colon begins the version
            return read(name)
    written = f"{_BEGIN}{body}{_END}"
    stable = len(written) <= _MAX_IDENTITY and not any(isinstance(part, Unknown) for part in parts_of(body))
    return Unknown(
        f"CloudFormation reads {written[:_MAX_IDENTITY]} when it deploys",
        Symbol(PSEUDO, "", written) if stable else None,
    )


def why(value: Unknown | Symbol) -> str:
    """Why a value is not known now."""
    return value.reason if isinstance(value, Unknown) else f"what {value} will be"
