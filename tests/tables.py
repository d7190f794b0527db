"""Tables of text and of Markdown."""

import re
from collections.abc import Sequence


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Rows of Markdown."""
    if not rows:
        return ["None."]
    return [_row(heads), _row(["---"] * len(heads)), *map(_row, rows)]


def code(name: str) -> str:
    """A name as code, in which Markdown reads nothing but the end of a cell."""
    bar = r"\|"
    return f"`{name.replace('|', bar)}`"


def text(reason: str) -> str:
    """Text in which Markdown reads nothing."""
    return re.sub(r"([|*_<`])", r"\\\1", reason)


def grid(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Columns of text, under heads of several lines."""
    tops = [head.split("\n") for head in heads]
    height = max(map(len, tops))
    above = [[top[line] if line < len(top) else "" for top in tops] for line in range(height)]
    widths = [max(len(line[column]) for line in [*above, *rows]) for column in range(len(heads))]
    rule = ["-" * width for width in widths]
    return ["  ".join(map(str.ljust, line, widths)).rstrip() for line in [*above, rule, *rows]]


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
