"""YAML with CloudFormation's short tags, read event by event so that every limit holds while reading.

YAML 1.1 as CloudFormation reads it: ``yes`` and ``on`` are booleans, dates are text; aliases and merge keys are taken,
as AWS CLI's ``package`` takes them.
"""

from dataclasses import dataclass, field
from typing import Any, Final

import yaml

from constructs_ecs.preflight.templates.documents import MAX_DEPTH, MAX_DIGITS, MAX_VALUES, Place

_TAG: Final = "tag:yaml.org,2002:"
_LOADER: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_WITHOUT_PREFIX: Final = ("Ref", "Condition")
_MERGE: Final = "<<"
_SHOWN: Final = 60
_TRUE: Final = ("yes", "true", "on")


@dataclass
class _Made:
    """A value, and what it counts for where an alias repeats it."""

    value: Any
    size: int = 1
    height: int = 1


@dataclass
class _Open:
    """A mapping or list that is being read: what it is so far, the event it began with, and the key that is next."""

    made: _Made
    event: Any
    key: str | None = None
    merges: list[dict[str, Any]] = field(default_factory=list)


def read(text: str) -> Any:  # noqa: ANN401 - any data
    """Return the data of a text. Raises ValueError with the line."""
    return _Reader().read(text)


def lines(text: str) -> dict[Place, int]:
    """Return where each value of a text begins, from line 1."""
    reader = _Reader(lines={})
    reader.read(text)
    return reader.lines or {}


class _Reader:
    """Builds data from events.

    Args:
        lines: where to note the places' lines, if at all.
    """

    def __init__(self, lines: dict[Place, int] | None = None) -> None:
        self.lines = lines
        self._resolve: Any = yaml.resolver.Resolver().resolve
        constructor = yaml.constructor.SafeConstructor()
        self._integer = constructor.construct_yaml_int
        self._float = constructor.construct_yaml_float
        self._scalars: dict[str, Any] = {}
        self._open: list[_Open] = []
        self._anchors: dict[str, _Made | None] = {}
        self._root: _Made | None = None

    def read(self, text: str) -> Any:  # noqa: ANN401 - any data
        try:
            for event in yaml.parse(text, Loader=_LOADER):
                self._take(event)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            where = f"line {mark.line + 1}: " if mark is not None else ""
            raise ValueError(f"{where}{getattr(error, 'problem', None) or error}") from None
        return None if self._root is None else self._root.value

    def _take(self, event: Any) -> None:  # noqa: ANN401 - PyYAML's events
        if isinstance(event, yaml.DocumentStartEvent):
            if self._root is not None:
                raise _wrong(event, "a second document")
        elif isinstance(event, yaml.CollectionEndEvent):
            self._end()
        elif isinstance(event, yaml.NodeEvent):
            top = self._open[-1] if self._open else None
            if top is not None and isinstance(top.made.value, dict) and top.key is None:
                self._key(top, event)
            else:
                self._value(top, event)

    def _key(self, top: _Open, event: Any) -> None:  # noqa: ANN401 - PyYAML's events
        if isinstance(event, yaml.AliasEvent):
            key = self._anchored(event).value
        else:
            key = event.value if isinstance(event, yaml.ScalarEvent) else None
        if not isinstance(key, str):
            raise _wrong(event, "a key that is no text")
        if key in top.made.value:
            raise _wrong(event, f"the key {key[:_SHOWN]!r} twice in one mapping")
        top.key = key
        if isinstance(event, yaml.ScalarEvent) and event.anchor is not None:
            self._anchors[event.anchor] = _Made(key)
        self._note(event)

    def _value(self, top: _Open | None, event: Any) -> None:  # noqa: ANN401 - PyYAML's events
        if top is not None and isinstance(top.made.value, list):
            self._note(event)
        if isinstance(event, yaml.AliasEvent):
            self._add(self._anchored(event))
        elif isinstance(event, yaml.ScalarEvent):
            made = _Made(self._scalar(event))
            if event.anchor is not None:
                self._anchors[event.anchor] = made
            self._add(made)
        else:
            if event.anchor is not None:
                self._anchors[event.anchor] = None
            self._open.append(_Open(_Made({} if isinstance(event, yaml.MappingStartEvent) else []), event))
            if len(self._open) > MAX_DEPTH:
                raise _wrong(event, f"values more than {MAX_DEPTH} deep")

    def _end(self) -> None:
        done = self._open.pop()
        for merged in done.merges:
            for key, value in merged.items():
                done.made.value.setdefault(key, value)
        function = _function(done.event.tag)
        if function is not None:
            done.made.value = {function: done.made.value}
            done.made.height += 1
        if done.event.anchor is not None:
            self._anchors[done.event.anchor] = done.made
        self._add(done.made)

    def _add(self, made: _Made) -> None:
        """Put a finished value where it belongs."""
        if not self._open:
            self._root = made
            return
        top = self._open[-1]
        top.made.size += made.size
        top.made.height = max(top.made.height, made.height + 1)
        if top.made.size > MAX_VALUES or len(self._open) + made.height > 2 * MAX_DEPTH:
            raise _wrong(top.event, f"more than {MAX_VALUES:,} values, or values nested too deep, by way of aliases")
        if isinstance(top.made.value, list):
            top.made.value.append(made.value)
        elif top.key == _MERGE:
            top.merges.extend(_mappings(made.value, top.event))
            top.key = None
        else:
            top.made.value[top.key] = made.value
            top.key = None

    def _anchored(self, event: Any) -> _Made:  # noqa: ANN401 - PyYAML's events
        made = self._anchors.get(event.anchor)
        if made is None:
            raise _wrong(event, f"alias {event.anchor[:_SHOWN]!r} of nothing, or of what it stands in")
        return made

    def _scalar(self, event: Any) -> Any:  # noqa: ANN401 - any data
        written: str = event.value
        function = _function(event.tag)
        if function is not None:
            attribute = function == "Fn::GetAtt" and "." in written
            return {function: written.split(".", 1) if attribute else written}
        if event.tag in (None, "!") and not event.implicit[0]:
            return written
        if event.tag is not None and event.tag != "!":
            return self._typed(event.tag, written)
        if written not in self._scalars:
            tag: str = self._resolve(yaml.ScalarNode, written, (True, False))
            self._scalars[written] = self._typed(tag, written)
        return self._scalars[written]

    def _typed(self, tag: str, written: str) -> Any:  # noqa: ANN401 - any data
        """Return what a scalar is; dates, binaries and figures that are none stay text."""
        match tag.removeprefix(_TAG):
            case "null":
                return None
            case "bool":
                return written.lower() in _TRUE
            case "int" | "float" as kind:
                return _figure(self._integer if kind == "int" else self._float, tag, written)
        return written

    def _note(self, event: Any) -> None:  # noqa: ANN401 - PyYAML's events
        if self.lines is not None:
            place = tuple(len(top.made.value) if top.key is None else top.key for top in self._open)
            self.lines[place] = event.start_mark.line + 1


def _figure(construct: Any, tag: str, written: str) -> int | float | str:  # noqa: ANN401 - PyYAML's constructors
    if len(written) > MAX_DIGITS:
        return written
    try:
        figure: int | float = construct(yaml.ScalarNode(tag, written))
    except (ValueError, IndexError):
        return written
    return figure if abs(figure) < float("inf") else written


def _function(tag: str | None) -> str | None:
    """Return the function that a short tag stands for."""
    if tag is None or len(tag) < len("!x") or not tag.startswith("!"):
        return None
    name = tag[1:]
    return name if name in _WITHOUT_PREFIX else f"Fn::{name}"


def _mappings(value: Any, event: Any) -> list[Any]:  # noqa: ANN401 - any data
    """Return the mappings that a merge key names."""
    merged = value if isinstance(value, list) else [value]
    if not all(isinstance(item, dict) for item in merged):
        raise _wrong(event, "a merge key of something that is no mapping")
    return merged


def _wrong(event: Any, what: str) -> ValueError:  # noqa: ANN401 - PyYAML's events
    return ValueError(f"line {event.start_mark.line + 1}: {what}")
